// Acts about the outside: external networks, gateways, floating IPs, and the wires that lead there.
#include "sim/exits.h"
#include "sim/stage.h"

namespace tarn::sim {

namespace {

constexpr std::uint32_t vlan_outside = 109;
constexpr std::uint32_t forwarded_first = 7000;
constexpr std::uint32_t answering_first = 5000;

boost::json::array one_port(std::uint32_t port) {
  return {port, port};
}

}  // namespace

void Stage::of_outside(const Act& act) {
  Cloud& cloud = world_.cloud();
  const std::uint32_t number = act.numbers[0];
  if (act.deed <= Deed::remove_external) return of_external(act);
  if (act.deed >= Deed::floating) return of_floating(act);
  const auto router = routers_.find(number);
  if (router == routers_.end()) return;
  if (act.deed >= Deed::proxy && act.deed <= Deed::stop_proxying) return of_proxies(act, router->second);
  if (act.deed == Deed::central || act.deed == Deed::distribute) {
    const auto* row = cloud.snapshot().find<model::Router>(router->second.uuid);
    const bool is_up = row != nullptr && (*row)->admin_state_up;
    // The API demands that it was down.
    cloud.update(router->second, {{"admin_state_up", false}});
    cloud.update(router->second, {{"distributed", act.deed == Deed::distribute}});
    if (is_up) cloud.update(router->second, {{"admin_state_up", true}});
    return;
  }
  if (act.deed == Deed::choose || act.deed == Deed::bar) {
    const auto node = host(act.numbers[1]);
    if (!node) return;
    const char* word = act.deed == Deed::choose ? "choose_host" : "bar_host";
    return cloud.update(router->second, {{word, world_.node(*node).host()}});
  }
  if (act.deed == Deed::second_gateway) return second_gateway(router->second, act.numbers[1]);
  boost::json::value wanted = nullptr;
  if (act.deed != Deed::clear_gateway) {
    const auto external = externals_.find(act.numbers[1]);
    if (external == externals_.end()) return;
    wanted = {{"network", external->second.text()}, {"enable_snat", act.deed == Deed::gateway}};
  }
  cloud.update(router->second, {{"gateway", std::move(wanted)}});
}

// Once for each router: its first one may still be on its way into the store.
void Stage::second_gateway(RouterId router, std::uint32_t number) {
  const auto external = externals_.find(number);
  if (external == externals_.end() || !widened_.insert(router).second) return;
  const boost::json::object wanted{{"network", external->second.text()}};
  world_.cloud().update(router, {{"add_gateways", boost::json::array{wanted}}});
}

void Stage::of_external(const Act& act) {
  Cloud& cloud = world_.cloud();
  const std::uint32_t number = act.numbers[0];
  const auto known = externals_.find(number);
  const bool is_there = known != externals_.end() && cloud.snapshot().find(known->second) != nullptr;
  if (act.deed == Deed::remove_external) {
    if (is_there) cloud.remove(known->second);
  } else if (act.deed == Deed::external6) {
    if (known == externals_.end()) return;
    cloud.outer_subnet(known->second, number == 1 ? "fd00:203::/64" : "fd00:198::/64",
                       from_pool(known->second, Family::v6));
  } else if (!is_there) {
    create_external(number, act.deed == Deed::pooled_external);
  }
}

void Stage::create_external(std::uint32_t number, bool pooled) {
  Cloud& cloud = world_.cloud();
  const std::string v4 = number == 1 ? "203.0.113.0/24" : "198.51.100.0/24";
  const NetworkId network = cloud.external(number == 1 ? 0 : vlan_outside);
  externals_[number] = network;
  if (pooled) {
    pools_[network] = {{Family::v4, cloud.pool(v4)},
                       {Family::v6, cloud.pool(number == 1 ? "fd00:203::/32" : "fd00:198::/32")}};
  }
  cloud.outer_subnet(network, v4, from_pool(network, Family::v4));
  cloud.announce(network);
}

boost::json::object Stage::from_pool(NetworkId network, Family family) const {
  const auto pools = pools_.find(network);
  if (pools == pools_.end()) return {};
  return {{"subnetpool", pools->second.at(family).text()}};
}

void Stage::of_scopes(const Act& act) {
  Cloud& cloud = world_.cloud();
  const std::uint32_t number = act.numbers[0];
  const auto& places = number <= networks_max ? networks_ : externals_;
  const auto place = places.find(number <= networks_max ? number : number - networks_max);
  const auto pools = place == places.end() ? pools_.end() : pools_.find(place->second);
  if (pools == pools_.end()) return;
  for (const auto& [family, pool] : pools->second) {
    if (act.deed == Deed::scope && !scopes_.contains(family))
      scopes_[family] = cloud.address_scope(family == Family::v4 ? 4 : 6);
    const auto scope = act.deed == Deed::scope ? boost::json::value(scopes_[family].text()) : nullptr;
    cloud.update(pool, {{"address_scope", scope}});
  }
}

void Stage::of_proxies(const Act& act, RouterId router) {
  Cloud& cloud = world_.cloud();
  if (act.deed == Deed::stop_proxying) return cloud.update(router, {{"enable_ndp_proxy", false}});
  const auto port = ports_.find(act.numbers[1]);
  if (port == ports_.end()) return;
  const std::pair key(router, port->second.id);
  const auto known = proxies_.find(key);
  const bool is_there =
      known != proxies_.end() && cloud.snapshot().find<model::NdpProxy>(known->second.uuid) != nullptr;
  if (act.deed == Deed::unproxy) {
    if (is_there) cloud.remove(known->second);
    return;
  }
  cloud.update(router, {{"enable_ndp_proxy", true}});
  if (!is_there) proxies_[key] = cloud.ndp_proxy(router, port->second.id);
}

void Stage::of_floating(const Act& act) {
  Cloud& cloud = world_.cloud();
  const std::uint32_t number = act.numbers[0];
  const auto floating = floatings_.find(number);
  const bool is_there =
      floating != floatings_.end() && cloud.snapshot().find<model::FloatingIp>(floating->second.uuid) != nullptr;
  if (act.deed == Deed::floating) {
    const auto external = externals_.find(act.numbers[1]);
    if (!is_there && external != externals_.end()) floatings_[number] = cloud.floating(external->second);
    return;
  }
  if (floating == floatings_.end()) return;
  const FloatingIpId id = floating->second;
  if (act.deed == Deed::remove_floating) return cloud.remove(id);
  if (act.deed == Deed::disassociate) return cloud.update(id, {{"port", nullptr}});
  if (act.deed == Deed::lead) {
    if (networks_.contains(act.numbers[1])) cloud.update(id, {{"port", holder_on(act.numbers[1]).text()}});
    return;
  }
  const std::uint32_t kind = act.deed == Deed::forward ? act.numbers[2] : act.numbers[1];
  const auto forwarding = forwardings_.find({number, kind});
  if (act.deed == Deed::stop_forwarding) {
    if (forwarding != forwardings_.end()) cloud.remove(forwarding->second);
    return;
  }
  const auto port = ports_.find(act.numbers[1]);
  if (port == ports_.end()) return;
  if (act.deed == Deed::associate) return cloud.update(id, {{"port", port->second.id.text()}});
  forwardings_[{number, kind}] = cloud.forwarding({{"floatingip", id.text()},
                                                   {"internal_port", port->second.id.text()},
                                                   {"protocol", "udp"},
                                                   {"external_ports", one_port(forwarded_first + kind)},
                                                   {"internal_ports", one_port(answering_first + kind - 1)}});
}

void Stage::limit_gateway(std::uint32_t number, const boost::json::value& policy) {
  Cloud& cloud = world_.cloud();
  const auto router = routers_.find(number);
  const auto* row = router == routers_.end() ? nullptr : cloud.snapshot().find<model::Router>(router->second.uuid);
  if (row == nullptr || (*row)->gateways.empty()) return;
  const model::Gateway& held = (*row)->gateways.front();
  boost::json::object gateway{
      {"network", held.network.text()}, {"enable_snat", held.enable_snat}, {"qos_policy", policy}};
  cloud.update(router->second, {{"gateway", std::move(gateway)}});
}

void Stage::of_gateway_hosts(const Act& act) {
  const std::uint32_t number = act.numbers[0];
  if (act.deed == Deed::boot_gateway) {
    const auto lost = lost_gateways_.find(number);
    if (lost != lost_gateways_.end() && !world_.node(lost->second).powered()) world_.boot(lost->second);
    return;
  }
  const model::Snapshot& cloud = world_.cloud().snapshot();
  const auto router = routers_.find(number);
  const auto* row = router == routers_.end() ? nullptr : cloud.find<model::Router>(router->second.uuid);
  if (row == nullptr || (*row)->gateways.empty()) return;
  const model::Gateway& gateway = (*row)->gateways.front();
  const auto address = address_of(**cloud.find(gateway.port), Family::v4);
  if (!address) return;
  for (const std::size_t node : answerers(world_.scene(), tci_of(**cloud.find(gateway.network)), *address)) {
    lost_gateways_[number] = node;
    return world_.lose_power(node);
  }
}

void Stage::of_wires(Deed deed, std::size_t index) {
  const std::string& address = world_.node(index).tunnel_address();
  if (deed == Deed::cut_segment || deed == Deed::join_segment)
    return world_.wires().cut_from_segment(address, deed == Deed::cut_segment);
  world_.wires().cut_from_hosts(address, deed == Deed::cut_hosts);
}

}  // namespace tarn::sim
