#include "identity/directory_file.h"

#include <algorithm>

#include "identity/password.h"
#include "identity/secret.h"
#include "identity/yaml_words.h"

namespace tarn::identity {
namespace {

constexpr std::size_t id_bytes_max = 64;
constexpr unsigned token_seconds_min = 60;
constexpr unsigned token_seconds_max = 86'400;

// Ids become parts of tokens and paths.
Read id(std::string& into) {
  return [&into](const YAML::Node& node) {
    into = text_of(node, "id");
    const bool plain =
        into.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == std::string::npos;
    if (!plain || into.size() > id_bytes_max) refuse(node, "id is not of 1 to 64 letters, digits, '-' and '_'");
  };
}

std::string lower(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return name;
}

class Reader {
 public:
  Directory read(const YAML::Node& root) {
    found_.domains.push_back({default_domain_id, "Default"});
    found_.roles = {"admin", "manager", "member", "reader", "service"};
    each_field(root, "the file",
               {{"domains", each_item("domains", [this](const auto& node) { domain(node); })},
                {"projects", each_item("projects", [this](const auto& node) { later(projects_, node); })},
                {"users", each_item("users", [this](const auto& node) { later(users_, node); })},
                {"roles", each_item("roles", [this](const auto& node) { role(node); })},
                {"token_seconds",
                 [this](const auto& node) {
                   found_.token_life =
                       std::chrono::seconds(number_of(node, "token_seconds", token_seconds_min, token_seconds_max));
                 }},
                {"region", text(found_.region, "region")}});
    // Whatever the order in the file: what is referred to comes first.
    for (const YAML::Node& node : projects_) project(node);
    for (const YAML::Node& node : users_) user(node);
    return std::move(found_);
  }

 private:
  static void later(std::vector<YAML::Node>& list, const YAML::Node& node) { list.push_back(node); }

  void role(const YAML::Node& node) {
    const std::string name = lower(text_of(node, "roles"));
    if (std::ranges::find(found_.roles, name) != found_.roles.end()) refuse(node, "the role '" + name + "' is there");
    found_.roles.push_back(name);
  }

  void domain(const YAML::Node& node) {
    Domain domain;
    each_field(node, "a domain", {{"name", text(domain.name, "name")}, {"id", id(domain.id)}});
    if (domain.name.empty()) refuse(node, "a domain has no name");
    if (domain.id.empty()) domain.id = id_of("domain", "", domain.name);
    if (found_.domain(domain.id) || found_.domain_named(domain.name))
      refuse(node, "there is another domain '" + domain.name + "' or one with its id");
    found_.domains.push_back(std::move(domain));
  }

  Read domain_by_name(std::string& into, const std::string& key) {
    return [this, &into, key](const YAML::Node& node) {
      const Domain* domain = found_.domain_named(text_of(node, key));
      if (!domain) refuse(node, key + ": there is no domain '" + node.Scalar() + "'");
      into = domain->id;
    };
  }

  void project(const YAML::Node& node) {
    Project project;
    project.domain_id = default_domain_id;
    each_field(node, "a project",
               {{"name", text(project.name, "name")},
                {"id", id(project.id)},
                {"domain", domain_by_name(project.domain_id, "domain")},
                {"description", [&](const auto& said) { project.description = said.IsScalar() ? said.Scalar() : ""; }},
                {"enabled", truth(project.enabled, "enabled")}});
    if (project.name.empty()) refuse(node, "a project has no name");
    if (project.id.empty()) project.id = id_of("project", project.domain_id, project.name);
    if (found_.project(project.id) || found_.project_named(project.domain_id, project.name))
      refuse(node, "there is another project '" + project.name + "' or one with its id");
    found_.projects.push_back(std::move(project));
  }

  void user(const YAML::Node& node) {
    User user;
    user.domain_id = default_domain_id;
    YAML::Node roles;
    each_field(node, "a user",
               {{"name", text(user.name, "name")},
                {"id", id(user.id)},
                {"domain", domain_by_name(user.domain_id, "domain")},
                {"password_hash", text(user.password_hash, "password_hash")},
                {"enabled", truth(user.enabled, "enabled")},
                {"roles", [&roles](const auto& list) { roles.reset(list); }}});
    if (user.name.empty()) refuse(node, "a user has no name");
    if (!is_password_hash(user.password_hash))
      refuse(node, "user '" + user.name + "' has no password_hash as `tarn password` prints it");
    if (user.id.empty()) user.id = id_of("user", user.domain_id, user.name);
    if (found_.user(user.id) || found_.user_named(user.domain_id, user.name))
      refuse(node, "there is another user '" + user.name + "' or one with its id");
    found_.users.push_back(user);
    if (!roles.IsNull()) each_item("roles", [&](const auto& grant) { this->grant(user, grant); })(roles);
  }

  void grant(const User& user, const YAML::Node& node) {
    Grant grant{user.id, {}, {}};
    std::string project_domain = user.domain_id;
    std::string project;
    std::string system;
    std::string domain;
    each_field(node, "a user's role",
               {{"role", text(grant.role, "role")},
                {"project", text(project, "project")},
                {"project_domain", domain_by_name(project_domain, "project_domain")},
                {"system", text(system, "system")},
                {"domain", domain_by_name(domain, "domain")}});
    grant.role = lower(grant.role);
    if (std::ranges::find(found_.roles, grant.role) == found_.roles.end())
      refuse(node, "there is no role '" + grant.role + "'");
    if (int{!project.empty()} + int{!system.empty()} + int{!domain.empty()} != 1)
      refuse(node, "a user's role is for one of project, domain and system");
    if (!system.empty() && system != "all") refuse(node, "system is not 'all'");
    if (!system.empty()) grant.scope = {ScopeKind::system, ""};
    if (!domain.empty()) grant.scope = {ScopeKind::domain, domain};
    if (!project.empty()) {
      const Project* where = found_.project_named(project_domain, project);
      if (!where) refuse(node, "there is no project '" + project + "' in that domain");
      grant.scope = {ScopeKind::project, where->id};
    }
    found_.grants.push_back(std::move(grant));
  }

  Directory found_;
  std::vector<YAML::Node> projects_;
  std::vector<YAML::Node> users_;
};

}  // namespace

Result<Directory> parse_directory(const std::string& text) {
  try {
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return fail(ErrorCode::invalid, "the file is empty: nobody could log in");
    return Reader().read(root);
  } catch (const YAML::Exception& error) {
    return complaint(error);
  }
}

}  // namespace tarn::identity
