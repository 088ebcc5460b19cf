// The table's rows for routers.
#include <set>

#include "api/dialect/answering.h"
#include "api/dialect/router_interfaces.h"
#include "api/dialect/routing_types.h"
#include "api/dialect/spelling.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::Router;

json::value shown_gateway(const View& view, const model::Gateway& gateway) {
  const auto* port = view.snapshot.find(gateway.port);
  const auto addresses = show_fixed_ips(port ? (*port)->fixed_ips : std::vector<model::FixedIp>());
  return {{"network_id", gateway.network.text()},
          {"enable_snat", gateway.enable_snat},
          {"external_fixed_ips", value_of(addresses, view.storage)},
          {"qos_policy_id", value_of(gateway.qos_policy, view.storage)}};
}

json::value first_gateway(const View& view) {
  const auto& gateways = view.as<Router>().gateways;
  return gateways.empty() ? json::value(nullptr) : shown_gateway(view, gateways.front());
}

json::value all_gateways(const View& view) {
  json::array all(view.storage);
  for (const auto& gateway : view.as<Router>().gateways) all.push_back(shown_gateway(view, gateway));
  return all;
}

json::value conntrack_of(const View& view) {
  json::array shown(view.storage);
  for (const Uuid& id : view.snapshot.referrers(view.as<Router>().id.uuid, model::Kind::conntrack_helper)) {
    const auto& tracked = **view.snapshot.find<model::ConntrackHelper>(id);
    shown.push_back({{"protocol", tracked.protocol}, {"port", tracked.port}, {"helper", tracked.application}});
  }
  return shown;
}

std::set<std::string> zones(const View& view) {
  std::set<std::string> names;
  for (const Place& place : places_of(view, view.as<Router>()))
    if (const auto* agent = view.snapshot.agent_on(place.host)) names.insert((*agent)->availability_zone);
  return names;
}

// Given as true or false; null is as if it had not been named.
Attribute choice(std::string name, Mapping model, std::string absent, std::string alias) {
  return {.name = std::move(name),
          .type = boolean(),
          .model = std::move(model),
          .given = Given::both,
          .null_is_absent = true,
          .absent = std::move(absent),
          .filter = false,
          .alias = std::move(alias)};
}

void add_gateways(Resource& resource) {
  auto& rows = resource.attributes;
  rows.push_back({.name = "external_gateway_info",
                  .type = gateway_info(),
                  .model = {"gateway", first_gateway},
                  .given = Given::both,
                  .absent = "null",
                  .filter = false});
  rows.push_back({.name = "external_gateways",
                  .type = gateways(),
                  .model = {"external_gateways", all_gateways},
                  .given = Given::both,
                  .absent = "[]",
                  .filter = false,
                  .alias = "external-gateway-multihoming"});
  for (const auto& [name, word] :
       {std::pair("add_external_gateways", "add_gateways"), std::pair("update_external_gateways", "update_gateways"),
        std::pair("remove_external_gateways", "remove_gateways")}) {
    Attribute list{.name = "external_gateways", .type = gateways(), .model = {word}, .required = true};
    resource.actions.push_back(
        {.name = name, .root = "router", .body = {std::move(list)}, .alias = "external-gateway-multihoming"});
  }
}

void add_routes(Resource& resource) {
  resource.attributes.push_back({.name = "routes",
                                 .type = host_routes(),
                                 .model = member(&Router::routes, show_routes),
                                 .given = Given::put,
                                 .filter = false,
                                 .alias = "extraroute"});
  for (const auto& [name, word] :
       {std::pair("add_extraroutes", "add_routes"), std::pair("remove_extraroutes", "remove_routes")}) {
    Attribute routes{.name = "routes", .type = host_routes(), .model = {word}, .required = true};
    resource.actions.push_back(
        {.name = name, .root = "router", .body = {std::move(routes)}, .alias = "extraroute-atomic"});
  }
}

void add_kind(std::vector<Attribute>& rows) {
  rows.push_back(choice("distributed", member(&Router::distributed), "true", "dvr"));
  rows.push_back(choice("ha", member(&Router::ha), "true", "l3-ha"));
  rows.push_back(choice("enable_ndp_proxy", member(&Router::enable_ndp_proxy), "false", "l3-ext-ndp-proxy"));
  rows.push_back({.name = "availability_zone_hints",
                  .type = texts(255),
                  .model = member(&Router::availability_zone_hints),
                  .given = Given::post,
                  .absent = "[]",
                  .filter = false,
                  .alias = "router_availability_zone"});
  rows.push_back({.name = "availability_zones",
                  .type = shown("list of strings"),
                  .model = derived(zones),
                  .filter = false,
                  .alias = "router_availability_zone"});
  rows.push_back({.name = "flavor_id",
                  .type = or_null(uuid()),
                  .model = member(&Router::flavor),
                  .given = Given::post,
                  .absent = "null",
                  .sort = true,
                  .alias = "l3-flavors"});
  rows.push_back({.name = "conntrack_helpers",
                  .type = shown("list of objects"),
                  .model = derived(conntrack_of),
                  .filter = false,
                  .alias = "expose-l3-conntrack-helper"});
}

}  // namespace

Resource routers() {
  Resource resource{.singular = "router",
                    .plural = "routers",
                    .kind = model::Kind::router,
                    .alias = "router",
                    .not_found = "RouterNotFound"};
  add_standard<Router>(resource);
  auto& rows = resource.attributes;
  rows.push_back({.name = "admin_state_up",
                  .type = boolean(),
                  .model = member(&Router::admin_state_up),
                  .given = Given::both,
                  .absent = "true",
                  .sort = true});
  rows.push_back({.name = "status",
                  .type = shown_text(),
                  .model = derived([](const View&) { return json::value("ACTIVE"); }),
                  .sort = true});
  add_gateways(resource);
  add_routes(resource);
  add_kind(rows);
  for (Action& each : interface_actions()) resource.actions.push_back(std::move(each));
  return resource;
}

Resource conntrack_helpers() {
  using model::ConntrackHelper;
  Resource resource{.singular = "conntrack_helper",
                    .plural = "conntrack_helpers",
                    .rule = "router_conntrack_helper",
                    .kind = model::Kind::conntrack_helper,
                    .alias = "l3-conntrack-helper",
                    .not_found = "ConntrackHelperNotFound"};
  resource.parent = {
      .word = "ext_parent", .kind = model::Kind::router, .id = member(&ConntrackHelper::router), .path = "routers"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&ConntrackHelper::id), .sort = true});
  for (Attribute& each : project_attributes(Mapping("project_id"))) rows.push_back(std::move(each));
  rows.push_back({.name = "protocol",
                  .type = l4_protocol(),
                  .model = member(&ConntrackHelper::protocol),
                  .given = Given::both,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "port",
                  .type = integer(1, 65'535),
                  .model = member(&ConntrackHelper::port),
                  .given = Given::both,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "helper",
                  .type = text(64),
                  .model = member(&ConntrackHelper::application),
                  .given = Given::both,
                  .required = true,
                  .sort = true});
  for (Attribute& each : rows) each.alias = "l3-conntrack-helper";
  return resource;
}

Resource ndp_proxies() {
  using model::NdpProxy;
  Resource resource{.singular = "ndp_proxy",
                    .plural = "ndp_proxies",
                    .kind = model::Kind::ndp_proxy,
                    .alias = "l3-ndp-proxy",
                    .not_found = "NDPProxyNotFound"};
  add_identity<NdpProxy>(resource);
  add_history<NdpProxy>(resource);
  const auto post = [&](std::string name, Type type, Mapping model, bool required) {
    resource.attributes.push_back({.name = std::move(name),
                                   .type = std::move(type),
                                   .model = std::move(model),
                                   .given = Given::post,
                                   .required = required,
                                   .null_is_absent = !required,
                                   .filter = false,
                                   .sort = true,
                                   .alias = "l3-ndp-proxy"});
  };
  post("router_id", uuid(), member(&NdpProxy::router), true);
  post("port_id", uuid(), member(&NdpProxy::port), true);
  post("ip_address", ip(), member(&NdpProxy::address), false);
  resource.attributes.back().absent = "the port's first address that the router reaches";
  return resource;
}

}  // namespace tarn::api::dialect
