#include "identity/login_request.h"

#include <boost/json.hpp>

#include "api/json_parts.h"
namespace tarn::identity {
namespace {

namespace json = boost::json;
using api::object_at;
using api::text_at;

std::unexpected<Error> wrong(const std::string& field) {
  return fail(ErrorCode::invalid, "Expecting to find valid '" + field + "' in request body.");
}

// Errors: invalid, when neither an id nor a name within a domain is there.
Result<Reference> reference(const json::object& object, const std::string& field) {
  Reference found{text_at(object, "id"), text_at(object, "name"), {}, {}};
  if (!found.id.empty()) return found;
  const json::object* domain = object_at(object, "domain");
  if (domain) {
    found.domain_id = text_at(*domain, "id");
    found.domain_name = text_at(*domain, "name");
  }
  if (found.name.empty()) return wrong(field);
  if (found.domain_id.empty() && found.domain_name.empty()) return wrong(field + ".domain");
  return found;
}

Status read_password(const json::object& identity, LoginRequest& login) {
  const json::object* password = object_at(identity, "password");
  const json::object* user = password ? object_at(*password, "user") : nullptr;
  if (!user) return wrong("password.user");
  auto who = reference(*user, "user");
  if (!who) return fail(who.error());
  const json::value* said = user->if_contains("password");
  if (!said || !said->is_string()) return wrong("password");
  login.by_password = true;
  login.user = std::move(*who);
  login.password = std::string(said->get_string());
  return {};
}

Status read_token(const json::object& identity, LoginRequest& login) {
  const json::object* token = object_at(identity, "token");
  login.token = token ? text_at(*token, "id") : "";
  if (login.token.empty()) return wrong("token.id");
  login.by_token = true;
  return {};
}

Status read_methods(const json::object& identity, LoginRequest& login) {
  const json::value* methods = identity.if_contains("methods");
  if (!methods || !methods->is_array()) return wrong("methods");
  for (const json::value& method : methods->get_array()) {
    if (!method.is_string()) return wrong("methods");
    Status read;
    if (method.get_string() == "password") read = read_password(identity, login);
    if (method.get_string() == "token") read = read_token(identity, login);
    if (!read) return read;
  }
  return {};
}

// {"project": …}, {"domain": {"id" or "name"}}, {"system": {"all": true}}; "unscoped" or nothing: no scope.
Status read_scope(const json::value& said, LoginRequest& login) {
  if (said.is_string() && said.get_string() == "unscoped") return {};
  const json::object* scope = said.if_object();
  if (!scope || scope->size() != 1) return wrong("scope");
  if (scope->contains("unscoped")) return {};
  if (const json::object* system = object_at(*scope, "system")) {
    const json::value* all = system->if_contains("all");
    if (!all || !all->is_bool() || !all->get_bool()) return wrong("scope.system.all");
    login.wanted = ScopeWanted::system;
    return {};
  }
  if (const json::object* domain = object_at(*scope, "domain")) {
    login.scope = {text_at(*domain, "id"), text_at(*domain, "name"), {}, {}};
    if (login.scope.id.empty() && login.scope.name.empty()) return wrong("scope.domain");
    login.wanted = ScopeWanted::domain;
    return {};
  }
  const json::object* project = object_at(*scope, "project");
  if (!project) return wrong("scope");
  auto where = reference(*project, "scope.project");
  if (!where) return fail(where.error());
  login.scope = std::move(*where);
  login.wanted = ScopeWanted::project;
  return {};
}

}  // namespace

Result<LoginRequest> parse_login(const std::string& body) {
  boost::system::error_code error;
  const json::value parsed = json::parse(body, error);
  const json::object* auth = !error && parsed.is_object() ? object_at(parsed.get_object(), "auth") : nullptr;
  if (!auth) return wrong("auth");
  const json::object* identity = object_at(*auth, "identity");
  if (!identity) return wrong("identity");
  LoginRequest login;
  if (Status read = read_methods(*identity, login); !read) return fail(read.error());
  if (const json::value* scope = auth->if_contains("scope"); scope && !scope->is_null())
    if (Status read = read_scope(*scope, login); !read) return fail(read.error());
  return login;
}

}  // namespace tarn::identity
