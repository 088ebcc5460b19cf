#include <algorithm>
#include <boost/json.hpp>

#include "identity/local_identity.h"
#include "identity/words.h"

namespace tarn::identity {
namespace {

namespace json = boost::json;

const std::string* param(const Params& asked, std::string_view name) {
  const auto found = std::ranges::find(asked, name, &Params::value_type::first);
  return found == asked.end() ? nullptr : &found->second;
}

// As Keystone reads flags: there and not "0".
bool flag(const Params& asked, std::string_view name) {
  const std::string* value = param(asked, name);
  return value && *value != "0";
}

bool fits(const Grant& grant, const Params& asked) {
  const auto same = [&](std::string_view name, ScopeKind kind) {
    const std::string* id = param(asked, name);
    return !id || (grant.scope.kind == kind && grant.scope.id == *id);
  };
  const std::string* user = param(asked, "user.id");
  const std::string* role = param(asked, "role.id");
  return !param(asked, "group.id") && (!user || *user == grant.user_id) && (!role || *role == role_id(grant.role)) &&
         same("scope.project.id", ScopeKind::project) && same("scope.domain.id", ScopeKind::domain) &&
         (!param(asked, "scope.system") || grant.scope.kind == ScopeKind::system);
}

// Each grant, or with `effective` each role that is really held somewhere, the implied ones too.
std::vector<Grant> grants_of(const Directory& directory, bool effective) {
  if (!effective) return directory.grants;
  std::vector<Grant> held;
  for (const Grant& grant : directory.grants) {
    for (const std::string& role : directory.roles_in(grant.user_id, grant.scope)) {
      Grant one{grant.user_id, role, grant.scope};
      if (std::ranges::find(held, one) == held.end()) held.push_back(std::move(one));
    }
  }
  return held;
}

// {"id"}, and with names {"id", "name", "domain": {"id", "name"}}.
template <class Row>
json::object row_words(const Directory& directory, const Row* row, bool names) {
  json::object words{{"id", row->id}};
  if (!names) return words;
  const Domain* domain = directory.domain(row->domain_id);
  words["name"] = row->name;
  words["domain"] = json::object{{"id", row->domain_id}, {"name", domain ? domain->name : ""}};
  return words;
}

json::object scope_words(const Directory& directory, const Scope& scope, bool names) {
  if (scope.kind == ScopeKind::system) return {{"system", {{"all", true}}}};
  if (scope.kind == ScopeKind::project) return {{"project", row_words(directory, directory.project(scope.id), names)}};
  json::object domain{{"id", scope.id}};
  if (names) domain["name"] = directory.domain(scope.id)->name;
  return {{"domain", std::move(domain)}};
}

}  // namespace

json::array assignment_words(const Directory& directory, const Params& asked, const std::string& url_root) {
  const bool names = flag(asked, "include_names");
  json::array all;
  for (const Grant& grant : grants_of(directory, flag(asked, "effective"))) {
    if (!fits(grant, asked)) continue;
    json::object role{{"id", role_id(grant.role)}};
    if (names) role["name"] = grant.role;
    all.push_back({{"role", std::move(role)},
                   {"user", row_words(directory, directory.user(grant.user_id), names)},
                   {"scope", scope_words(directory, grant.scope, names)},
                   {"links", {{"assignment", auth_url(url_root) + "/role_assignments"}}}});
  }
  return all;
}

}  // namespace tarn::identity
