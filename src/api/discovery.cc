// What clients ask before they ask anything: versions, resources, extensions, health (users.md 25, 26, section 4).
#include "api/exchange.h"

namespace tarn::api {
namespace {

namespace json = boost::json;

json::array self_link(const std::string& href) {
  return {{{"rel", "self"}, {"href", href}}};
}

json::object shown(const dialect::Alias& alias) {
  return {{"alias", alias.alias},
          {"name", alias.name},
          {"description", alias.description},
          {"updated", "2026-11-28T00:00:00-00:00"},
          {"links", json::array()}};
}

}  // namespace

Response versions(const Exchange& exchange) {
  json::object version{{"id", "v2.0"}, {"status", "CURRENT"}, {"links", self_link(exchange.url_root + "/v2.0/")}};
  return json_response(200, {{"versions", json::array{std::move(version)}}});
}

Response core_resources(const Exchange& exchange) {
  json::array resources;
  for (const auto& resource : exchange.core->table.resources) {
    if (!resource.alias.empty()) continue;
    resources.push_back({{"name", resource.singular},
                         {"collection", resource.plural},
                         {"links", self_link(exchange.url_root + "/v2.0/" + resource.collection())}});
  }
  return json_response(200, {{"resources", std::move(resources)}});
}

Response extensions(const Exchange& exchange, const std::string* alias) {
  const auto& table = exchange.core->table;
  if (alias) {
    const auto* found = table.advertised(*alias);
    if (!found) return error_response(404, "ExtensionNotFound", "Extension with alias " + *alias + " does not exist.");
    return json_response(200, {{"extension", shown(*found)}});
  }
  json::array all;
  for (const auto& each : table.aliases)
    if (each.advertised()) all.push_back(shown(each));
  return json_response(200, {{"extensions", std::move(all)}});
}

Response healthcheck(const Exchange& exchange) {
  const std::string& method = exchange.request.method;
  if (method != "GET" && method != "HEAD") {
    Response refused = error_response(405, "HTTPMethodNotAllowed", "Only GET and HEAD are allowed here.");
    refused.headers.emplace_back("Allow", "GET, HEAD");
    return refused;
  }
  const auto& healthy = exchange.core->options.healthy;
  const bool well = !healthy || healthy();
  if (method == "HEAD") return {well ? 204U : 503U, {}, {}};
  const auto* accept = find_header(exchange.request.headers, "Accept");
  if (accept && accept->find("application/json") != std::string::npos) {
    json::array reasons;
    if (!well) reasons.emplace_back("DISABLED");
    return json_response(well ? 200 : 503, {{"detailed", false}, {"reasons", std::move(reasons)}});
  }
  return {well ? 200U : 503U, {{"Content-Type", "text/plain; charset=UTF-8"}}, well ? "OK" : "DISABLED"};
}

}  // namespace tarn::api
