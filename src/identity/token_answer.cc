#include "identity/token_answer.h"

#include <algorithm>
#include <boost/json.hpp>

#include "api/json_parts.h"
#include "identity/time_text.h"

namespace tarn::identity {
namespace {

namespace json = boost::json;
using api::object_at;
using api::text_at;

std::unexpected<Error> broken(const std::string& field) {
  return fail(ErrorCode::corrupt, "the identity service answered without a good '" + field + "'");
}

// A user or a project: {"id", "name", "domain": {"id"}}.
struct Named {
  std::string id;
  std::string name;
  std::string domain_id;
};
Named named_at(const json::object& object) {
  const json::object* domain = object_at(object, "domain");
  return {text_at(object, "id"), text_at(object, "name"), domain ? text_at(*domain, "id") : ""};
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

Result<std::vector<std::string>> roles_of(const json::object& token) {
  std::vector<std::string> roles;
  const json::value* list = token.if_contains("roles");
  if (!list) return roles;  // unscoped
  if (!list->is_array()) return broken("roles");
  for (const json::value& role : list->get_array()) {
    const std::string name = role.is_object() ? text_at(role.get_object(), "name") : "";
    if (name.empty()) return broken("roles");
    roles.push_back(lower(name));
  }
  std::ranges::sort(roles);
  roles.erase(std::ranges::unique(roles).begin(), roles.end());
  return roles;
}

}  // namespace

Result<Verified> parse_token_answer(const std::string& body) {
  boost::system::error_code error;
  const json::value parsed = json::parse(body, error);
  const json::object* token = !error && parsed.is_object() ? object_at(parsed.get_object(), "token") : nullptr;
  if (!token) return broken("token");
  Verified verified;
  const auto expires_at = parse_time(text_at(*token, "expires_at"));
  if (!expires_at) return broken("expires_at");
  verified.expires_at_ms = *expires_at;
  const json::object* user = object_at(*token, "user");
  Named named = user ? named_at(*user) : Named{};
  if (named.id.empty()) return broken("user");
  verified.who.user_id = std::move(named.id);
  verified.who.user_name = std::move(named.name);
  verified.who.user_domain_id = std::move(named.domain_id);
  if (token->contains("project")) {
    const json::object* project = object_at(*token, "project");
    named = project ? named_at(*project) : Named{};
    if (named.id.empty()) return broken("project");
    verified.who.project_id = std::move(named.id);
    verified.who.project_name = std::move(named.name);
    verified.who.project_domain_id = std::move(named.domain_id);
  }
  if (const json::object* system = object_at(*token, "system")) {
    const json::value* all = system->if_contains("all");
    if (all && all->is_bool() && all->get_bool()) verified.who.system_scope = "all";
  }
  auto roles = roles_of(*token);
  if (!roles) return fail(roles.error());
  verified.who.roles = std::move(*roles);
  return verified;
}

}  // namespace tarn::identity
