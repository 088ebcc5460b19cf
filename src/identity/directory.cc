#include "identity/directory.h"

#include <algorithm>
#include <array>

#include "identity/secret.h"

namespace tarn::identity {
namespace {

// Each implies all after it, as keystone-manage bootstrap sets them up.
constexpr std::array<std::string_view, 4> implied{"admin", "manager", "member", "reader"};

template <class Row, class Fits>
const Row* find(const std::vector<Row>& rows, Fits fits) {
  const auto found = std::ranges::find_if(rows, fits);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

const Domain* Directory::domain(std::string_view id) const {
  return find(domains, [id](const Domain& each) { return each.id == id; });
}
const Project* Directory::project(std::string_view id) const {
  return find(projects, [id](const Project& each) { return each.id == id; });
}
const User* Directory::user(std::string_view id) const {
  return find(users, [id](const User& each) { return each.id == id; });
}
const Domain* Directory::domain_named(std::string_view name) const {
  return find(domains, [name](const Domain& each) { return each.name == name; });
}
const Project* Directory::project_named(std::string_view domain_id, std::string_view name) const {
  return find(projects, [&](const Project& each) { return each.domain_id == domain_id && each.name == name; });
}
const User* Directory::user_named(std::string_view domain_id, std::string_view name) const {
  return find(users, [&](const User& each) { return each.domain_id == domain_id && each.name == name; });
}

std::vector<std::string> Directory::roles_in(std::string_view user_id, const Scope& scope) const {
  std::vector<std::string> held;
  const Project* in = scope.kind == ScopeKind::project ? project(scope.id) : nullptr;
  if (scope.kind == ScopeKind::none || (in && !in->enabled)) return held;
  for (const Grant& grant : grants) {
    if (grant.user_id != user_id || grant.scope != scope) continue;
    held.push_back(grant.role);
    const auto at = std::ranges::find(implied, grant.role);
    for (auto next = at; next != implied.end(); ++next) held.emplace_back(*next);
  }
  std::ranges::sort(held);
  held.erase(std::ranges::unique(held).begin(), held.end());
  return held;
}

std::vector<const Project*> Directory::projects_of(std::string_view user_id) const {
  std::vector<const Project*> mine;
  for (const Project& each : projects)
    if (!roles_in(user_id, {ScopeKind::project, each.id}).empty()) mine.push_back(&each);
  return mine;
}

std::string role_id(const std::string& role) {
  return id_of("role", "", role);
}

}  // namespace tarn::identity
