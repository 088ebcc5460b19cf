// A small directory and its token service, for tests of the built-in identity service.
// Its passwords' hashes are made by `openssl passwd -6`, which is not the library that reads them here.
#pragma once

#include <memory>
#include <string>

#include "base/check.h"
#include "identity/directory_file.h"
#include "identity/local_tokens.h"
#include "support/temp_dir.h"
#include "things.h"

namespace tarn::identity::test {

// openssl passwd -6 -salt saltstring 'Hello world!': quick, because Drepper's method starts with 5000 rounds.
inline constexpr const char* open_sesame =
    "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";
inline constexpr const char* sesame = "Hello world!";

inline std::string directory_text(const std::string& hash = open_sesame) {
  const std::string secret = "password_hash: \"" + hash + "\"";
  return "domains: [{name: Acme, id: acme}]\n"
         "projects: [{name: blue, id: p-blue}, {name: red, id: p-red}, {name: off, id: p-off, enabled: false}]\n"
         "users:\n"
         "  - {name: root, id: u-root, " +
         secret +
         ", roles: [{role: admin, project: blue}, {role: admin, system: all}]}\n"
         "  - {name: ada, id: u-ada, " +
         secret +
         ", roles: [{role: member, project: blue}, {role: reader, project: red},"
         " {role: member, project: off}, {role: reader, domain: Acme}]}\n"
         "  - {name: nova, id: u-nova, " +
         secret +
         ", roles: [{role: service, project: red}]}\n"
         "  - {name: gone, id: u-gone, " +
         secret +
         ", enabled: false, roles: [{role: member, project: blue}]}\n"
         "  - {name: ada, id: u-ada2, domain: Acme, " +
         secret + "}\n";
}

struct LocalCloud {
  // Reads what an earlier one left in `state`.
  explicit LocalCloud(const std::string& state, const HandClock& clock, const std::string& text = directory_text())
      : tokens(parse_directory(text).value(), "a key of 32 bytes, or so it says", Revocations::load(state).value(),
               clock) {}

  const User& user(const std::string& id) const { return *tokens.directory().user(id); }
  std::string token(const std::string& user_id, const Scope& scope = {}) const {
    return tokens.issue(user(user_id), scope, 0).value().token;
  }

  LocalTokens tokens;
};

inline const Scope blue{ScopeKind::project, "p-blue"};
inline const Scope red{ScopeKind::project, "p-red"};
inline const Scope everything{ScopeKind::system, {}};

}  // namespace tarn::identity::test
