#include "identity/words.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

#include "api/envelope.h"
#include "identity/local_identity.h"
#include "identity/secret.h"
#include "identity/time_text.h"

namespace tarn::identity {
namespace {

namespace json = boost::json;

constexpr std::array services{std::pair{"network", "tarn"}, std::pair{"identity", "tarn-identity"}};
constexpr std::array interfaces{"public", "internal", "admin"};

std::string service_id(const std::string& type) {
  return id_of("service", "", type);
}

json::object named(const std::string& id, const std::string& name) {
  return {{"id", id}, {"name", name}};
}

json::object domain_of(const Directory& directory, const std::string& id) {
  const Domain* domain = directory.domain(id);
  return named(id, domain ? domain->name : "");
}

json::object links(const std::string& url_root, const std::string& collection, const std::string& id) {
  return {{"self", auth_url(url_root) + "/" + collection + "/" + id}};
}

json::object one_project(const Project& project, const std::string& url_root) {
  return {{"id", project.id},
          {"name", project.name},
          {"domain_id", project.domain_id},
          {"parent_id", project.domain_id},
          {"description", project.description},
          {"enabled", project.enabled},
          {"is_domain", false},
          {"tags", json::array()},
          {"options", json::object()},
          {"links", links(url_root, "projects", project.id)}};
}

json::array users(const Directory& directory, const std::string& url_root) {
  json::array all;
  for (const User& user : directory.users) {
    all.push_back({{"id", user.id},
                   {"name", user.name},
                   {"domain_id", user.domain_id},
                   {"enabled", user.enabled},
                   {"password_expires_at", nullptr},
                   {"options", json::object()},
                   {"links", links(url_root, "users", user.id)}});
  }
  return all;
}

json::array domains(const Directory& directory, const std::string& url_root) {
  json::array all;
  for (const Domain& domain : directory.domains) {
    all.push_back({{"id", domain.id},
                   {"name", domain.name},
                   {"description", ""},
                   {"enabled", true},
                   {"tags", json::array()},
                   {"options", json::object()},
                   {"links", links(url_root, "domains", domain.id)}});
  }
  return all;
}

json::array roles(const Directory& directory, const std::string& url_root) {
  json::array all;
  for (const std::string& role : directory.roles) {
    all.push_back({{"id", role_id(role)},
                   {"name", role},
                   {"domain_id", nullptr},
                   {"description", nullptr},
                   {"options", json::object()},
                   {"links", links(url_root, "roles", role_id(role))}});
  }
  return all;
}

json::array all_services(const std::string& url_root) {
  json::array all;
  for (const auto& [type, name] : services) {
    all.push_back({{"id", service_id(type)},
                   {"type", type},
                   {"name", name},
                   {"enabled", true},
                   {"links", links(url_root, "services", service_id(type))}});
  }
  return all;
}

json::object endpoint(const std::string& type, const std::string& interface, const std::string& region,
                      const std::string& url_root) {
  return {{"id", id_of("endpoint", type, interface)},
          {"interface", interface},
          {"region", region},
          {"region_id", region},
          {"url", type == "identity" ? auth_url(url_root) : url_root}};
}

json::array endpoints(const Directory& directory, const std::string& url_root) {
  json::array all;
  for (const auto& [type, name] : services) {
    for (const std::string interface : interfaces) {
      json::object one = endpoint(type, interface, directory.region, url_root);
      one["service_id"] = service_id(type);
      one["enabled"] = true;
      one["links"] = links(url_root, "endpoints", id_of("endpoint", type, interface));
      all.push_back(std::move(one));
    }
  }
  return all;
}

void add_scope(json::object& token, const Directory& directory, const Scope& scope) {
  if (scope.kind == ScopeKind::system) token["system"] = json::object{{"all", true}};
  if (scope.kind == ScopeKind::domain) token["domain"] = domain_of(directory, scope.id);
  if (const Project* project = scope.kind == ScopeKind::project ? directory.project(scope.id) : nullptr) {
    json::object words = named(project->id, project->name);
    words["domain"] = domain_of(directory, project->domain_id);
    token["project"] = std::move(words);
    token["is_domain"] = false;
  }
}

// As a filter writes a field's value: enabled=true, name=admin.
std::string filter_text(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

}  // namespace

json::object version_words(const std::string& url_root) {
  return {{"id", "v3.14"},  // Keystone's since 2020.1: what is here is in it
          {"status", "stable"},
          {"updated", "2020-04-07T00:00:00Z"},
          {"links", json::array{json::object{{"rel", "self"}, {"href", auth_url(url_root) + "/"}}}},
          {"media-types", json::array{json::object{{"base", "application/json"},
                                                   {"type", "application/vnd.openstack.identity-v3+json"}}}}};
}

json::array catalog_words(const Directory& directory, const std::string& url_root) {
  json::array catalog;
  for (const auto& [type, name] : services) {
    json::array reached;
    for (const char* interface : interfaces) reached.push_back(endpoint(type, interface, directory.region, url_root));
    catalog.push_back({{"id", service_id(type)}, {"type", type}, {"name", name}, {"endpoints", std::move(reached)}});
  }
  return catalog;
}

json::object token_words(const Directory& directory, const Session& session, const std::string& url_root,
                         bool catalog) {
  json::object user = named(session.user->id, session.user->name);
  user["domain"] = domain_of(directory, session.user->domain_id);
  user["password_expires_at"] = nullptr;
  json::object token{{"methods", json::array{"password"}},
                     {"user", std::move(user)},
                     {"audit_ids", json::array{session.claims.audit_id}},
                     {"issued_at", time_text(session.claims.issued_at_ms)},
                     {"expires_at", time_text(session.claims.expires_at_ms)}};
  if (session.claims.scope.kind != ScopeKind::none) {
    add_scope(token, directory, session.claims.scope);
    json::array held;
    for (const std::string& role : session.roles) held.push_back(named(role_id(role), role));
    token["roles"] = std::move(held);
    if (catalog) token["catalog"] = catalog_words(directory, url_root);
  }
  return {{"token", std::move(token)}};
}

json::array project_words(const std::vector<const Project*>& projects, const std::string& url_root) {
  json::array all;
  for (const Project* project : projects) all.push_back(one_project(*project, url_root));
  return all;
}

std::optional<json::array> collection_words(const Directory& directory, const std::string& collection,
                                            const std::string& url_root) {
  if (collection == "users") return users(directory, url_root);
  if (collection == "domains") return domains(directory, url_root);
  if (collection == "roles") return roles(directory, url_root);
  if (collection == "services") return all_services(url_root);
  if (collection == "endpoints") return endpoints(directory, url_root);
  if (collection == "groups") return json::array();
  if (collection == "regions")
    return json::array{json::object{{"id", directory.region}, {"description", ""}, {"parent_region_id", nullptr}}};
  if (collection != "projects") return std::nullopt;
  std::vector<const Project*> all;
  for (const Project& project : directory.projects) all.push_back(&project);
  return project_words(all, url_root);
}

std::string singular_of(const std::string& collection) {
  return collection.substr(0, collection.size() - 1);
}

json::array those_with(json::array all, const Params& asked) {
  const auto fits = [&asked](const json::value& one) {
    return std::ranges::all_of(asked, [&one](const auto& param) {
      const json::value* field = one.as_object().if_contains(param.first);
      return !field || filter_text(*field) == param.second;
    });
  };
  json::array fitting;
  for (json::value& one : all)
    if (fits(one)) fitting.push_back(std::move(one));
  return fitting;
}

api::Response identity_error(unsigned status, const std::string& message) {
  static const std::map<unsigned, const char*> titles{
      {400, "Bad Request"},        {401, "Unauthorized"},          {403, "Forbidden"},          {404, "Not Found"},
      {405, "Method Not Allowed"}, {500, "Internal Server Error"}, {503, "Service Unavailable"}};
  const auto title = titles.find(status);
  return api::json_response(
      status,
      json::object{
          {"error",
           {{"code", status}, {"message", message}, {"title", title == titles.end() ? "Error" : title->second}}}});
}

api::Response unauthorized(const std::string& url_root) {
  api::Response refused = identity_error(401, "The request you have made requires authentication.");
  refused.headers.emplace_back("WWW-Authenticate", "Keystone uri=\"" + auth_url(url_root) + "\"");
  return refused;
}

}  // namespace tarn::identity
