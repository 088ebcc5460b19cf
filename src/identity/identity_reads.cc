#include <boost/json.hpp>

#include "api/envelope.h"
#include "identity/asked.h"
#include "identity/local_identity.h"

namespace tarn::identity {

namespace json = boost::json;

api::Response below_auth(const Directory& directory, const Asked& asked, const Session& caller) {
  const bool known = asked.depth() == 3;
  if (known && asked.is(2, "projects"))
    return api::json_response(200,
                              {{"projects", project_words(directory.projects_of(caller.user->id), asked.url_root)}});
  if (known && asked.is(2, "catalog"))
    return api::json_response(200, {{"catalog", catalog_words(directory, asked.url_root)}});
  if (known && asked.is(2, "system")) {
    json::array all;
    if (!directory.roles_in(caller.user->id, {ScopeKind::system, {}}).empty())
      all.push_back(json::object{{"all", true}});
    return api::json_response(200, {{"system", all}});
  }
  if (!known || !asked.is(2, "domains")) return not_found("this path");
  json::array mine;
  const auto domains = collection_words(directory, "domains", asked.url_root);
  for (const json::value& domain : *domains) {
    const std::string id(domain.at("id").as_string());
    if (!directory.roles_in(caller.user->id, {ScopeKind::domain, id}).empty()) mine.push_back(domain);
  }
  return api::json_response(200, {{"domains", mine}});
}

api::Response collection(const Directory& directory, const Asked& asked, const Session& caller) {
  const std::string& name = asked.target.segments[1];
  const bool assignments = name == "role_assignments";
  auto all = assignments ? assignment_words(directory, asked.target.params, asked.url_root)
                         : collection_words(directory, name, asked.url_root);
  if (!all) return not_found("this path");
  if (!reads_all(caller)) return forbidden();
  json::object body{{name, assignments ? std::move(*all) : those_with(std::move(*all), asked.target.params)}};
  body["links"] =
      json::object{{"self", auth_url(asked.url_root) + "/" + name}, {"previous", nullptr}, {"next", nullptr}};
  return api::json_response(200, body);
}

// /v3/COLLECTION/ID and /v3/users/ID/projects.
api::Response item(const Directory& directory, const Asked& asked, const Session& caller) {
  const auto& path = asked.target.segments;
  const std::string& name = path[1];
  const Scope& scope = caller.claims.scope;
  const bool own = (name == "users" && path[2] == caller.user->id) ||
                   (name == "projects" && scope.kind == ScopeKind::project && path[2] == scope.id);
  if (!own && !reads_all(caller)) return forbidden();
  if (asked.depth() == 4 && name == "users" && path[3] == "projects") {
    auto words = project_words(directory.projects_of(path[2]), asked.url_root);
    return api::json_response(200, {{"projects", those_with(std::move(words), asked.target.params)}});
  }
  const auto all = asked.depth() == 3 ? collection_words(directory, name, asked.url_root) : std::nullopt;
  if (!all) return not_found("this path");
  const auto found =
      std::ranges::find_if(*all, [&](const json::value& one) { return one.at("id").as_string() == path[2]; });
  if (found == all->end()) return not_found(singular_of(name) + ": " + path[2]);
  return api::json_response(200, {{singular_of(name), *found}});
}

}  // namespace tarn::identity
