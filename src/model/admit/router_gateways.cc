#include <algorithm>

#include "model/admit/plug.h"
#include "model/admit/port_users.h"
#include "model/admit/router_parts.h"
#include "model/admit/rules.h"

namespace tarn::model::admission {
namespace {

struct WantedGateway {
  NetworkId network;
  bool enable_snat = true;
  std::vector<WantedIp> addresses;  // empty: as they are, or as usual
  bool names_policy = false;
  std::optional<QosPolicyId> qos_policy;
};

Result<WantedGateway> gateway_in(const boost::json::value& value) {
  const boost::json::object* given = value.if_object();
  if (given == nullptr) return invalid_input("a gateway is not an object.");
  WantedGateway wanted;
  const Result<Uuid> network = uuid_in(*given, "network");
  if (!network) return fail(network.error());
  wanted.network = {*network};
  if (is_given(*given, "enable_snat")) {
    const bool* snat = given->at("enable_snat").if_bool();
    if (snat == nullptr) return invalid_input("'enable_snat' is neither true nor false.");
    wanted.enable_snat = *snat;
  }
  if (is_given(*given, "fixed_ips")) {
    Result<std::vector<WantedIp>> addresses = parse_fixed_ips(given->at("fixed_ips"));
    if (!addresses) return fail(addresses.error());
    wanted.addresses = std::move(*addresses);
  }
  wanted.names_policy = given->contains("qos_policy");
  if (is_given(*given, "qos_policy")) {
    const Result<Uuid> policy = uuid_in(*given, "qos_policy");
    if (!policy) return fail(policy.error());
    wanted.qos_policy = QosPolicyId{*policy};
  }
  return wanted;
}

Status check_wanted(const Draft& draft, const WantedGateway& wanted) {
  const Result<Network> network = row_for<Network>(draft, wanted.network.uuid);
  if (!network) return fail(network.error());
  if (!network->external) {
    return bad_request("router", "Network " + wanted.network.text() + " is not an external network.");
  }
  for (const SubnetId& id : draft.now().subnets_of(wanted.network)) {
    const std::optional<Ip>& gateway = (**draft.now().find(id)).gateway;
    const auto is_it = [&](const WantedIp& ip) { return ip.address && ip.address == gateway; };
    if (!std::ranges::any_of(wanted.addresses, is_it)) continue;
    return bad_request("router", "External IP " + gateway->text() + " is the same as the gateway IP.");
  }
  if (!wanted.qos_policy) return {};
  const Result<QosPolicy> policy = row_for<QosPolicy>(draft, wanted.qos_policy->uuid);
  return policy ? Status{} : fail(policy.error());
}

bool is_satisfied(const WantedIp& wanted, const Port& port) {
  return std::ranges::any_of(port.fixed_ips, [&](const FixedIp& ip) {
    return (!wanted.subnet || wanted.subnet == ip.subnet) && (!wanted.address || wanted.address == ip.address);
  });
}

// The gateway that `wanted` speaks of.
std::vector<Gateway>::iterator named_in(const Snapshot& cloud, std::vector<Gateway>& gateways,
                                        const WantedGateway& wanted) {
  return std::ranges::find_if(gateways, [&](const Gateway& gateway) {
    if (gateway.network != wanted.network) return false;
    const Port& port = **cloud.find(gateway.port);
    const auto has = [&](const WantedIp& ip) { return is_satisfied(ip, port); };
    return wanted.addresses.empty() || std::ranges::any_of(wanted.addresses, has);
  });
}

Result<Gateway> plug_gateway(Draft& draft, const Router& router, const WantedGateway& wanted) {
  if (Status status = check_gateway_fits(draft, router, wanted.network); !status) return fail(status.error());
  Plug plugged{wanted.network, "", router.id.text(), std::string(owner_gateway), {}};
  if (!wanted.addresses.empty()) plugged.addresses = wanted.addresses;
  const Result<Port> port = plug(draft, plugged);
  if (!port) return fail(port.error());
  return Gateway{wanted.network, port->id, wanted.enable_snat, wanted.qos_policy};
}

Status change_gateway(Draft& draft, Gateway& gateway, const WantedGateway& wanted) {
  gateway.enable_snat = wanted.enable_snat;
  if (wanted.names_policy) gateway.qos_policy = wanted.qos_policy;
  if (wanted.addresses.empty()) return {};
  const Port& port = **draft.now().find(gateway.port);
  const auto has = [&](const WantedIp& ip) { return is_satisfied(ip, port); };
  if (wanted.addresses.size() == port.fixed_ips.size() && std::ranges::all_of(wanted.addresses, has)) return {};
  const Result<Port> readdressed = readdress(draft, gateway.port, wanted.addresses);
  if (!readdressed) return fail(readdressed.error());
  drop_unfounded(draft, gateway.port);
  return {};
}

Status check_gateway_free(const Snapshot& cloud, const Router& router, const Gateway& gateway) {
  const auto beside = [&](const Gateway& other) {
    return other.network == gateway.network && other.port != gateway.port;
  };
  if (std::ranges::any_of(router.gateways, beside)) return {};
  for (const Uuid& id : cloud.referrers(router.id.uuid, Kind::floatingip)) {
    if ((**cloud.find<FloatingIp>(id)).network != gateway.network) continue;
    return fail(ErrorCode::conflict, "RouterExternalGatewayInUseByFloatingIp",
                "Gateway cannot be updated for router " + router.id.text() + ", since a gateway to external network " +
                    gateway.network.text() + " is required by one or more floating IPs.");
  }
  if (gateway.port != router.gateways.front().port || !cloud.is_referred(router.id.uuid, Kind::ndp_proxy)) return {};
  return fail(ErrorCode::conflict, "RouterGatewayInUseByNDPProxy",
              "Unable to unset external gateway of router " + router.id.text() +
                  ", There are one or more ndp proxies still in use on the router.");
}

Status unplug_gateway(Draft& draft, Router& router, std::vector<Gateway>::iterator gateway) {
  if (Status status = check_gateway_free(draft.now(), router, *gateway); !status) return status;
  if (Status status = unplug(draft, gateway->port); !status) return status;
  router.gateways.erase(gateway);
  return {};
}

Status set_first(Draft& draft, const boost::json::value& value, Router& router) {
  if (value.is_null()) {
    return router.gateways.empty() ? Status{} : unplug_gateway(draft, router, router.gateways.begin());
  }
  const Result<WantedGateway> wanted = gateway_in(value);
  if (!wanted) return fail(wanted.error());
  if (Status status = check_wanted(draft, *wanted); !status) return status;
  if (!router.gateways.empty() && router.gateways.front().network == wanted->network) {
    return change_gateway(draft, router.gateways.front(), *wanted);
  }
  if (!router.gateways.empty()) {
    if (Status status = unplug_gateway(draft, router, router.gateways.begin()); !status) return status;
  }
  const Result<Gateway> plugged = plug_gateway(draft, router, *wanted);
  if (!plugged) return fail(plugged.error());
  router.gateways.insert(router.gateways.begin(), *plugged);
  return {};
}

Status add(Draft& draft, const WantedGateway& wanted, Router& router) {
  if (Status status = check_wanted(draft, wanted); !status) return status;
  const Result<Gateway> plugged = plug_gateway(draft, router, wanted);
  if (!plugged) return fail(plugged.error());
  router.gateways.push_back(*plugged);
  return {};
}

Refusal no_gateway(const WantedGateway& wanted) {
  return bad_request("router", "the router has no such gateway to network " + wanted.network.text() + ".");
}

Status change(Draft& draft, const WantedGateway& wanted, Router& router) {
  const auto gateway = named_in(draft.now(), router.gateways, wanted);
  if (gateway == router.gateways.end()) return no_gateway(wanted);
  if (Status status = check_wanted(draft, wanted); !status) return status;
  return change_gateway(draft, *gateway, wanted);
}

Status remove(Draft& draft, const WantedGateway& wanted, Router& router) {
  const auto gateway = named_in(draft.now(), router.gateways, wanted);
  return gateway == router.gateways.end() ? no_gateway(wanted) : unplug_gateway(draft, router, gateway);
}

Result<std::vector<WantedGateway>> gateways_in(const boost::json::value& value) {
  const boost::json::array* list = value.if_array();
  if (list == nullptr) return invalid_input("the gateways are not a list.");
  std::vector<WantedGateway> all;
  for (const boost::json::value& each : *list) {
    Result<WantedGateway> wanted = gateway_in(each);
    if (!wanted) return fail(wanted.error());
    all.push_back(std::move(*wanted));
  }
  return all;
}

// Gateways that are not named go first, so that the new ones may stand where they stood.
Status set_all(Draft& draft, const std::vector<WantedGateway>& wanted, Router& router) {
  std::vector<PortId> kept;
  std::vector<Gateway> unnamed = router.gateways;
  std::vector<std::optional<PortId>> of_each;
  for (const WantedGateway& each : wanted) {
    const auto named = named_in(draft.now(), unnamed, each);
    of_each.push_back(named == unnamed.end() ? std::nullopt : std::optional(named->port));
    if (named != unnamed.end()) unnamed.erase(named);
  }
  for (const Gateway& gone : unnamed) {
    const auto at = std::ranges::find(router.gateways, gone.port, &Gateway::port);
    if (Status status = unplug_gateway(draft, router, at); !status) return status;
  }
  std::vector<PortId> order;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Status status = of_each[i] ? change(draft, wanted[i], router) : add(draft, wanted[i], router);
    if (!status) return status;
    order.push_back(of_each[i].value_or(router.gateways.back().port));
  }
  std::ranges::sort(router.gateways, {},
                    [&](const Gateway& gateway) { return std::ranges::find(order, gateway.port); });
  return {};
}

}  // namespace

Status settle_gateways(Draft& draft, const boost::json::object& given, Router& router) {
  if (const boost::json::value* first = given.if_contains("gateway")) {
    if (Status status = set_first(draft, *first, router); !status) return status;
  }
  if (is_given(given, "external_gateways")) {
    const Result<std::vector<WantedGateway>> wanted = gateways_in(given.at("external_gateways"));
    if (!wanted) return fail(wanted.error());
    if (Status status = set_all(draft, *wanted, router); !status) return status;
  }
  const std::pair<std::string_view, Status (*)(Draft&, const WantedGateway&, Router&)> edits[] = {
      {"add_gateways", add}, {"update_gateways", change}, {"remove_gateways", remove}};
  for (const auto& [word, edit] : edits) {
    if (!given.contains(word)) continue;
    const Result<std::vector<WantedGateway>> wanted = gateways_in(given.at(word));
    if (!wanted) return fail(wanted.error());
    for (const WantedGateway& each : *wanted) {
      if (Status status = edit(draft, each, router); !status) return status;
    }
  }
  return {};
}

Status release_gateways(Draft& draft, Router& router) {
  while (!router.gateways.empty()) {
    if (Status status = unplug_gateway(draft, router, router.gateways.end() - 1); !status) return status;
  }
  return {};
}

Status settle_ndp_proxying(const Draft& draft, const boost::json::object& given, const Router* before, Router& router) {
  if (!router.enable_ndp_proxy) return {};
  const Snapshot& cloud = draft.now();
  const Gateway* gateway = router.gateways.empty() ? nullptr : &router.gateways.front();
  if (gateway != nullptr && has_family(**cloud.find(gateway->port), Family::v6) &&
      scope_of(cloud, gateway->network, Family::v6)) {
    return {};
  }
  if (is_given(given, "enable_ndp_proxy")) {
    return fail(ErrorCode::conflict, "RouterGatewayNotValid",
                "Can not enable ndp proxy on router " + router.id.text() +
                    ", The router has no external gateway or the external gateway port has no IPv6 address or IPv6 "
                    "address scope.");
  }
  const bool same_network = gateway != nullptr && before != nullptr && !before->gateways.empty() &&
                            before->gateways.front().network == gateway->network;
  if (!same_network) {
    router.enable_ndp_proxy = false;
    return {};
  }
  return fail(ErrorCode::conflict, "RouterIPv6GatewayInUse",
              "Can't remove the IPv6 subnet from external gateway of router " + router.id.text() +
                  ", the IPv6 subnet in use by the router's ndp proxy.");
}

}  // namespace tarn::model::admission
