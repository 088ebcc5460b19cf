#include <algorithm>

#include "model/admit/router_parts.h"
#include "model/admit/rules.h"
#include "model/json_fields.h"

namespace tarn::model::admission {
namespace {

constexpr std::size_t routes_max = 30;  // Neutron's max_routes, by default

Result<std::vector<HostRoute>> routes_in(const boost::json::object& given, std::string_view word) {
  std::vector<HostRoute> routes;
  if (!is_given(given, word)) return routes;
  if (Status status = fields::take(word, given.at(word), routes); !status) {
    return invalid_input(status.error().message);
  }
  return routes;
}

Refusal invalid_route(const HostRoute& route, std::string_view why) {
  return fail(ErrorCode::invalid, "InvalidRoutes",
              "Invalid format for routes: [{'destination': '" + route.destination.text() + "', 'nexthop': '" +
                  route.nexthop.text() + "'}], the nexthop is " + std::string(why) + " router.");
}

Status check_reached(const Snapshot& cloud, const Router& router) {
  std::vector<const Port*> ports = interfaces_of(cloud, router.id);
  std::vector<Prefix> links;
  for (const Port* port : ports) {
    for (const FixedIp& ip : port->fixed_ips) links.push_back((**cloud.find(ip.subnet)).cidr);
  }
  for (const Gateway& gateway : router.gateways) {
    ports.push_back(cloud.find(gateway.port)->row.get());
    for (const SubnetId& id : cloud.subnets_of(gateway.network)) links.push_back((**cloud.find(id)).cidr);
  }
  for (const HostRoute& route : router.routes) {
    const auto holds = [&](const Prefix& link) { return link.contains(route.nexthop); };
    if (std::ranges::none_of(links, holds)) return invalid_route(route, "not connected with");
    const auto is_own = [&](const Port* port) { return has_address(*port, route.nexthop); };
    if (std::ranges::any_of(ports, is_own)) return invalid_route(route, "used by");
  }
  return {};
}

}  // namespace

Status settle_routes(const Draft& draft, const boost::json::object& given, const Router* before, Router& router) {
  const Result<std::vector<HostRoute>> more = routes_in(given, "add_routes");
  if (!more) return fail(more.error());
  const Result<std::vector<HostRoute>> gone = routes_in(given, "remove_routes");
  if (!gone) return fail(gone.error());
  for (const HostRoute& route : *more) {
    if (std::ranges::find(router.routes, route) == router.routes.end()) router.routes.push_back(route);
  }
  std::erase_if(router.routes, [&](const HostRoute& route) { return std::ranges::find(*gone, route) != gone->end(); });
  if (router.routes.size() > routes_max) {
    return fail(ErrorCode::invalid, "RoutesExhausted",
                "Unable to complete operation for " + router.id.text() + ". The number of routes exceeds the maximum " +
                    std::to_string(routes_max) + ".");
  }
  const bool changed = before == nullptr || before->routes != router.routes || before->gateways != router.gateways;
  return changed ? check_reached(draft.now(), router) : Status{};
}

}  // namespace tarn::model::admission
