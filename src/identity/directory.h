// The users, projects, domains and roles of one machine's cloud, and who has which role where. An immutable value, read
// once from a file (directory_file.h); finding and asking are pure. Knows no token.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::identity {

struct Domain {
  std::string id;
  std::string name;
  bool operator==(const Domain&) const = default;
};

struct Project {
  std::string id;
  std::string name;
  std::string domain_id;
  std::string description;
  bool enabled = true;
  bool operator==(const Project&) const = default;
};

struct User {
  std::string id;
  std::string name;
  std::string domain_id;
  std::string password_hash;  // crypt(5)
  bool enabled = true;
  bool operator==(const User&) const = default;
};

// What a token or a role is good for. `id` is empty for none and system.
enum class ScopeKind : std::uint8_t { none, project, domain, system };
struct Scope {
  ScopeKind kind = ScopeKind::none;
  std::string id;
  bool operator==(const Scope&) const = default;
};

struct Grant {
  std::string user_id;
  std::string role;  // its name, lower case
  Scope scope;
  bool operator==(const Grant&) const = default;
};

struct Directory {
  std::vector<Domain> domains;
  std::vector<Project> projects;
  std::vector<User> users;
  std::vector<std::string> roles;  // names, lower case
  std::vector<Grant> grants;
  std::chrono::seconds token_life{3600};
  std::string region = "RegionOne";

  [[nodiscard]] const Domain* domain(std::string_view id) const;
  [[nodiscard]] const Project* project(std::string_view id) const;
  [[nodiscard]] const User* user(std::string_view id) const;
  [[nodiscard]] const Domain* domain_named(std::string_view name) const;
  [[nodiscard]] const Project* project_named(std::string_view domain_id, std::string_view name) const;
  [[nodiscard]] const User* user_named(std::string_view domain_id, std::string_view name) const;

  // The roles that a user has in a scope, with those that they imply, sorted. None in a disabled project.
  [[nodiscard]] std::vector<std::string> roles_in(std::string_view user_id, const Scope& scope) const;
  // The enabled projects in which a user has a role, in the file's order.
  [[nodiscard]] std::vector<const Project*> projects_of(std::string_view user_id) const;
};

inline constexpr const char* default_domain_id = "default";  // as keystone-manage bootstrap names it

// The id of a role, which files do not give.
std::string role_id(const std::string& role);

}  // namespace tarn::identity
