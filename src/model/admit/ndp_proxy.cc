// NDP proxies: IPv6 addresses of instances that a router answers for on its external network.
#include <algorithm>

#include "model/admit/plain.h"
#include "model/admit/routing.h"

namespace tarn::model::admission {
namespace {

Refusal unreachable(const NdpProxy& proxy) {
  return fail(ErrorCode::conflict, "PortUnreachableRouter",
              "The port " + proxy.port.text() + " cannot reach the router " + proxy.router.text() + " by IPv6 subnet.");
}

Refusal invalid_address(const NdpProxy& proxy, std::string why) {
  return fail(ErrorCode::invalid, "InvalidAddress",
              "The address " + proxy.address.text() + " is invalid, reason: " + std::move(why) + ".");
}

// The address that was given, or the port's first that the router reaches.
Status settle_address(const Snapshot& cloud, const Port& port, bool given, NdpProxy& proxy) {
  if (!has_family(port, Family::v6)) {
    return bad_request("ndp_proxy", "Requested port " + port.id.text() + " must allocate one IPv6 address at least.");
  }
  const std::vector<const Port*> interfaces = interfaces_of(cloud, proxy.router);
  const auto reaches = [&](const FixedIp& ip) {
    const auto in_subnet = [&](const Port* interface) { return has_subnet(*interface, ip.subnet); };
    return !ip.address.is_v4() && std::ranges::any_of(interfaces, in_subnet);
  };
  if (!given) {
    const auto found = std::ranges::find_if(port.fixed_ips, reaches);
    if (found == port.fixed_ips.end()) return unreachable(proxy);
    proxy.address = found->address;
    return {};
  }
  const auto found = std::ranges::find(port.fixed_ips, proxy.address, &FixedIp::address);
  if (found == port.fixed_ips.end() || proxy.address.is_v4()) {
    return invalid_address(proxy, "This address not belong to the port " + port.id.text());
  }
  if (!reaches(*found)) return invalid_address(proxy, "This address cannot reach the router " + proxy.router.text());
  return {};
}

Status check_scopes(const Snapshot& cloud, const Router& router, const Port& port) {
  const auto outside = scope_of(cloud, router.gateways.front().network, Family::v6);
  const auto inside = scope_of(cloud, port.network, Family::v6);
  if (outside == inside) return {};
  const auto text = [](const auto& scope) { return scope ? scope->text() : std::string("None"); };
  return fail(ErrorCode::conflict, "AddressScopeConflict",
              "The IPv6 address scope " + text(outside) +
                  " of external network conflict with internal network's IPv6 address scope " + text(inside) + ".");
}

struct NdpProxyRules {
  using Row = NdpProxy;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"name", When::both},    {"description", When::both},
      {"router", When::created},     {"port", When::created}, {"address", When::created},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request& request, const NdpProxy* before, NdpProxy& proxy) {
    if (before != nullptr) return {};
    const Result<Port> port = row_for<Port>(draft, proxy.port.uuid);
    if (!port) return fail(port.error());
    const Result<Router> router = row_for<Router>(draft, proxy.router.uuid);
    if (!router) return fail(router.error());
    const std::vector<const Port*> interfaces = interfaces_of(draft.now(), router->id);
    const auto on_network = [&](const Port* interface) { return interface->network == port->network; };
    if (std::ranges::none_of(interfaces, on_network)) return unreachable(proxy);
    if (!router->enable_ndp_proxy || router->gateways.empty()) {
      return fail(ErrorCode::conflict, "RouterNDPProxyNotEnable",
                  "The enable_ndp_proxy parameter of router " + router->id.text() +
                      " must be set as True while create ndp proxy entry on it.");
    }
    if (Status status = settle_address(draft.now(), *port, is_given(request.given, "address"), proxy); !status) {
      return status;
    }
    return check_scopes(draft.now(), *router, *port);
  }
  static Status release(Draft&, const NdpProxy&) { return {}; }
};

}  // namespace

KindRules ndp_proxy_rules() {
  return plain_rules<NdpProxyRules>();
}

}  // namespace tarn::model::admission
