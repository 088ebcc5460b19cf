// One request below the identity service's paths, and the one chance to answer it; the refusals they share.
// Internal to the service: its header does not show this.
#pragma once

#include <algorithm>
#include <boost/json/value.hpp>
#include <string>

#include "api/http.h"
#include "api/query.h"
#include "identity/local_tokens.h"
#include "identity/words.h"

namespace tarn::identity {

struct Asked {
  api::Request request;
  api::Respond respond;
  api::Target target;  // segments from "v3" on
  std::string url_root;

  [[nodiscard]] std::size_t depth() const { return target.segments.size(); }
  [[nodiscard]] bool is(std::size_t at, std::string_view word) const {
    return at < depth() && target.segments[at] == word;
  }
  [[nodiscard]] bool reads() const { return request.method == "GET" || request.method == "HEAD"; }
  [[nodiscard]] bool says(std::string_view flag) const {
    return std::ranges::find(target.params, flag, &api::Params::value_type::first) != target.params.end();
  }
  [[nodiscard]] std::string header(std::string_view name) const {
    const std::string* value = api::find_header(request.headers, name);
    return value ? *value : std::string();
  }
};

inline bool holds(const Session& session, std::string_view role) {
  return std::ranges::binary_search(session.roles, role, {}, [](const auto& held) { return std::string_view(held); });
}

// Keystone's defaults: an administrator of anything, or a reader of the whole system.
inline bool reads_all(const Session& caller) {
  return holds(caller, "admin") || (caller.claims.scope.kind == ScopeKind::system && holds(caller, "reader"));
}

inline api::Response not_found(const std::string& what) {
  return identity_error(404, "Could not find " + what + ".");
}

inline api::Response forbidden() {
  return identity_error(403, "You are not authorized to perform the requested action.");
}

// identity_reads.cc: what a caller may look up. `asked` is below /v3 and reads.
api::Response below_auth(const Directory& directory, const Asked& asked, const Session& caller);
api::Response collection(const Directory& directory, const Asked& asked, const Session& caller);
api::Response item(const Directory& directory, const Asked& asked, const Session& caller);

}  // namespace tarn::identity
