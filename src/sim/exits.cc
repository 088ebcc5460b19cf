#include "sim/exits.h"

#include <algorithm>

#include "model/address_scopes.h"
#include "model/gateways.h"
#include "sim/ways.h"

namespace tarn::sim {
namespace {

constexpr std::uint64_t vlan_present = 0x1000;
constexpr std::uint64_t protocol_tcp = 6;
constexpr std::uint32_t unprivileged = 1024;  // RFC 6056 section 3.2

std::optional<Ip> outer_address(const model::Snapshot& cloud, const PortId& id, Family family) {
  const auto* port = cloud.find(id);
  return port == nullptr ? std::nullopt : address_of(**port, family);
}

// The address scope of a port's addresses; there is none where it has no address.
std::optional<AddressScopeId> scope_at(const model::Snapshot& cloud, const model::Port& port, Family family) {
  const auto fixed =
      std::ranges::find_if(port.fixed_ips, [&](const auto& each) { return each.address.family == family; });
  return fixed == port.fixed_ips.end() ? std::nullopt : model::address_scope_of(cloud, fixed->subnet);
}

// What becomes of a packet between addresses inside and outside, if it is no floating IP's: Neutron's rule (its
// administrators' guide, "Address scopes").
enum class Opening : std::uint8_t { closed, open, translated };
Opening opening(const model::Snapshot& cloud, const model::Gateway& gateway, const model::Port& inside, Family family) {
  const auto inner = scope_at(cloud, inside, family);
  const bool is_one = inner == scope_at(cloud, **cloud.find(gateway.port), family);
  if (is_one && inner) return Opening::open;
  if (family == Family::v4 && gateway.enable_snat) return Opening::translated;
  return is_one ? Opening::open : Opening::closed;
}

// Whether the router lets in what is for an IPv6 address of the port.
bool is_let_in(const model::Snapshot& cloud, const model::Router& router, const PortId& port, const Ip& address) {
  return !router.enable_ndp_proxy ||
         std::ranges::any_of(cloud.referrers(port.uuid, model::Kind::ndp_proxy), [&](const Uuid& id) {
           const model::NdpProxy& proxy = **cloud.find<model::NdpProxy>(id);
           return proxy.router == router.id && proxy.address == address;
         });
}

// Whether packets get on from there: the network is up, and tells who its next hop is.
bool leads_on(const model::Snapshot& cloud, const model::Network& external, Family family) {
  const Upstream upstream = upstream_of(tci_of(external));
  const Ip& next_hop = family == Family::v4 ? upstream.address : upstream.address6;
  return external.admin_state_up && std::ranges::any_of(cloud.subnets_of(external.id), [&](const SubnetId& id) {
           return (**cloud.find(id)).gateway == next_hop;
         });
}

const model::FloatingIp* floating_of(const model::Snapshot& cloud, const PortId& port, RouterId router,
                                     NetworkId network) {
  for (const Uuid& id : cloud.referrers(port.uuid, model::Kind::floatingip)) {
    const model::FloatingIp& floating = **cloud.find<model::FloatingIp>(id);
    if (floating.port == port && floating.router == router && floating.network == network) return &floating;
  }
  return nullptr;
}

std::optional<model::PortBlock> block_of(const model::Snapshot& cloud, const PortId& gateway, const std::string& host) {
  const auto* row = cloud.find<model::PortBlock>(model::port_block_id(gateway, host).uuid);
  return row == nullptr ? std::nullopt : std::optional(**row);
}

bool is_limited(const model::Snapshot& cloud, const model::Gateway& gateway) {
  return gateway.qos_policy && cloud.any_referrer(gateway.qos_policy->uuid, model::Kind::qos_rule, [&](const Uuid& id) {
    const model::QosRule& rule = **cloud.find<model::QosRule>(id);
    return rule.direction == model::Direction::egress &&
           (rule.type == model::QosRuleType::bandwidth_limit || rule.type == model::QosRuleType::packet_rate_limit);
  });
}

// The way by one gateway of the router that has this interface on the instance's network, if it is one.
std::optional<Exit> exit_by(const Scene& scene, const Attachment& from, const model::Port& own,
                            const model::Port& interface, const Ip& inside, const model::Gateway& gateway) {
  const model::Snapshot& cloud = scene.cloud.snapshot();
  const model::Router& router = **cloud.find<model::Router>(model::router_of(interface)->uuid);
  const auto* external = cloud.find(gateway.network);
  const auto address = outer_address(cloud, gateway.port, inside.family);
  if (external == nullptr || !address || !leads_on(cloud, **external, inside.family)) return std::nullopt;
  const Opening how = opening(cloud, gateway, own, inside.family);
  const bool translates = how == Opening::translated;
  Exit exit;
  exit.router = router.id;
  exit.gateway = gateway.port;
  exit.network = gateway.network;
  exit.door = interface.mac;
  exit.tci = tci_of(**external);
  const Upstream upstream = upstream_of(exit.tci);
  exit.far = gateway.port == router.gateways.front().port ? far_away(inside.family)
             : inside.is_v4()                             ? upstream.address
                                                          : upstream.address6;
  exit.address = translates ? *address : inside;
  exit.inside = inside;
  exit.mac = (**cloud.find(gateway.port)).mac;
  exit.is_translated = translates;
  exit.is_called = inside.is_v4() || is_let_in(cloud, router, own.id, inside);
  const std::string& host = scene.nodes[from.node]->host();
  const auto* floating = inside.is_v4() ? floating_of(cloud, own.id, router.id, gateway.network) : nullptr;
  if (floating != nullptr) {
    exit.address = floating->address;
    exit.mac = (**cloud.find(floating->own_port)).mac;
    exit.is_floating = exit.is_translated = true;
  } else if (translates) {
    exit.is_central = is_limited(cloud, gateway);
    exit.block = block_of(cloud, gateway.port, host);
    if (!exit.block) return std::nullopt;
  }
  exit.is_closed = how == Opening::closed && floating == nullptr;
  exit.terms = router.id.text() + gateway.port.text() + gateway.network.text() + exit.door.text() +
               exit.address.text() + exit.mac.text() + (translates ? " translates" : " opens") +
               (router.enable_ndp_proxy ? " proxies" : "") + (exit.is_called ? "" : " out alone") +
               (exit.block ? " " + std::to_string(exit.block->first) : "");
  return exit;
}

}  // namespace

Ip far_away(Family family) {
  return Ip::parse(family == Family::v4 ? "198.18.0.7" : "2001:2::7").value();  // RFC 2544, RFC 5180: nobody's
}

std::uint64_t tci_of(const model::Network& external) {
  return external.type == model::NetworkType::vlan ? vlan_present | external.segmentation_id : 0;
}

bool offers_segment(const model::Snapshot& cloud, const std::string& host) {
  const auto* agent = cloud.agent_on(host);
  return agent != nullptr && (*agent)->admin_state_up && (*agent)->bridge_mappings.contains(physical_network);
}

namespace {

// The router asks for it, or its limit, or the host has no wire of its own; absent where nobody else has one either,
// and while the cloud does not know.
std::optional<Exit> by_others(const Scene& scene, const Attachment& from, Exit exit) {
  const model::Snapshot& cloud = scene.cloud.snapshot();
  const Node& node = *scene.nodes[from.node];
  const bool has_wire = node.offers_segment();
  if (has_wire != offers_segment(cloud, node.host())) return std::nullopt;  // its agent could not tell the cloud yet
  exit.is_central = exit.is_central || !has_wire || !(*cloud.find<model::Router>(exit.router.uuid))->distributed;
  exit.through = {from.node};
  if (!exit.is_central) return exit;
  exit.through = landings(scene, from, exit.router);
  std::erase_if(exit.through, [&](std::size_t each) { return !scene.nodes[each]->switch_runs(); });
  exit.terms += " central";
  // One that comes may be the one that it is handed to, and be waited for where nobody has been seen yet.
  for (const auto& each : scene.nodes)
    if (offers_segment(cloud, each->host()) && !bars(cloud, exit.router, each->host()))
      exit.terms += " " + each->host();
  for (const std::size_t each : exit.through) exit.terms += " " + std::to_string(each);
  return exit.through.empty() ? std::nullopt : std::optional(std::move(exit));
}

// The first of them there.
const model::Gateway& gateway_on(const model::Router& router, NetworkId network) {
  return *std::ranges::find(router.gateways, network, &model::Gateway::network);
}

}  // namespace

namespace {

// Closed ones too.
std::vector<Exit> all_exits(const Scene& scene, const Attachment& from) {
  std::vector<Exit> exits;
  if (scene.outdoors.addresses.empty() || !wired(scene, from)) return exits;
  const model::Port& own = *port_of(scene, from.port);
  for (const Family family : {Family::v4, Family::v6}) {
    const auto fixed =
        std::ranges::find_if(own.fixed_ips, [&](const model::FixedIp& each) { return each.address.family == family; });
    if (fixed == own.fixed_ips.end()) continue;
    for (const model::Port* interface : routers_at(scene, from)) {
      if (std::ranges::find(interface->fixed_ips, fixed->subnet, &model::FixedIp::subnet) == interface->fixed_ips.end())
        continue;
      const model::Router& router = **scene.cloud.snapshot().find<model::Router>(model::router_of(*interface)->uuid);
      for (const model::Gateway& gateway : router.gateways) {
        // Where two are on one network, either leads to its link.
        if (gateway_on(router, gateway.network).port != gateway.port) continue;
        auto exit = exit_by(scene, from, own, *interface, fixed->address, gateway);
        if (exit) exit = by_others(scene, from, std::move(*exit));
        if (exit) exits.push_back(std::move(*exit));
      }
    }
  }
  return exits;
}

}  // namespace

std::vector<Exit> exits_of(const Scene& scene, const Attachment& from) {
  std::vector<Exit> exits = all_exits(scene, from);
  std::erase_if(exits, [](const Exit& exit) { return exit.is_closed; });
  return exits;
}

std::optional<Exit> exit_from(const Scene& scene, Exit exit, std::size_t node) {
  const model::Snapshot& cloud = scene.cloud.snapshot();
  const auto& gateways = (*cloud.find<model::Router>(exit.router.uuid))->gateways;
  exit.block = block_of(cloud, exit.gateway, scene.nodes[node]->host());
  if (!exit.block) return std::nullopt;
  exit.is_central = is_limited(cloud, *std::ranges::find(gateways, exit.gateway, &model::Gateway::port));
  exit.terms += " from " + scene.nodes[node]->host() + " " + std::to_string(exit.block->first);
  return by_others(scene, {node, {}, {}}, std::move(exit));
}

std::vector<Forwarded> forwarded_to(const Scene& scene, const Attachment& at) {
  std::vector<Forwarded> all;
  const model::Snapshot& cloud = scene.cloud.snapshot();
  const std::vector<Exit> exits = all_exits(scene, at);
  for (const Uuid& id :
       exits.empty() ? std::vector<Uuid>() : cloud.referrers(at.port.uuid, model::Kind::port_forwarding)) {
    const model::PortForwarding& row = **cloud.find<model::PortForwarding>(id);
    const model::FloatingIp& floating = **cloud.find<model::FloatingIp>(row.floatingip.uuid);
    const auto exit = std::ranges::find_if(exits, [&](const Exit& each) {
      return each.inside.is_v4() && each.router == floating.router && each.network == floating.network;
    });
    if (exit == exits.end()) continue;
    all.push_back({exit->router, exit->tci, floating.address, (**cloud.find(floating.own_port)).mac,
                   static_cast<std::uint16_t>(row.external_first), static_cast<std::uint16_t>(row.internal_first),
                   exit->terms + " " + id.text()});
  }
  return all;
}

bool bars(const model::Snapshot& cloud, RouterId router, const std::string& host) {
  const auto* row = cloud.find<model::Router>(router.uuid);
  return row != nullptr && std::ranges::find((*row)->barred_hosts, host) != (*row)->barred_hosts.end();
}

std::vector<std::size_t> landings(const Scene& scene, const Attachment& of, RouterId router) {
  std::vector<std::size_t> nodes;
  const std::string& home = scene.nodes[of.node]->tunnel_address();
  for (std::size_t i = 0; i < scene.nodes.size(); ++i) {
    const Node& node = *scene.nodes[i];
    const model::Snapshot& cloud = scene.cloud.snapshot();
    const bool takes_part =
        node.offers_segment() && offers_segment(cloud, node.host()) && !bars(cloud, router, node.host());
    if (takes_part && node.powered() && scene.wires.reaches_segment(node.tunnel_address()) &&
        scene.wires.connects(home, node.tunnel_address()))
      nodes.push_back(i);
  }
  return nodes;
}

Packet outward(const model::Port& from, const Exit& by, std::uint16_t source_port) {
  return udp(from.mac, by.door, by.inside, by.far).set(Field::udp_src, source_port);
}

Packet answer_to_call(const model::Port& from, const Exit& by, std::uint16_t source_port,
                      std::uint16_t destination_port) {
  return udp(from.mac, by.door, by.inside, far_away(by.inside.family))
      .set(Field::udp_src, destination_port)
      .set(Field::udp_dst, source_port);
}

std::string terms_of(const model::Port& port) {
  std::string text = port.port_security_enabled ? " secured" : " open";
  for (const SecurityGroupId& group : port.security_groups) text += " " + group.text();
  if (port.qos_policy) text += " " + port.qos_policy->text();
  return text;
}

Ip source_of(const Packet& packet) {
  constexpr std::uint64_t ethertype_ipv4 = 0x0800;
  return packet.ip(packet.number(Field::eth_type) == ethertype_ipv4 ? Field::ipv4_src : Field::ipv6_src);
}

std::optional<Packet> left_by(const std::vector<Delivery>& out, const Exit& by) {
  const auto left = std::ranges::find_if(out, [&](const Delivery& each) {
    return is_outside(each) && std::ranges::find(by.through, each.node) != by.through.end() &&
           source_of(each.packet) == by.address && each.packet.mac(Field::eth_dst) == upstream_of(by.tci).mac;
  });
  if (left == out.end()) return std::nullopt;
  const bool is_segment = left->packet.number(Field::ip_proto) == protocol_tcp;
  const std::uint64_t port = left->packet.number(is_segment ? Field::tcp_src : Field::udp_src);
  const bool is_own = !by.block || (port >= by.block->first && port < by.block->first + by.block->size);
  if (!is_own) return std::nullopt;
  Packet frame = left->packet.frame();
  if (by.is_central) frame.set(Field::eth_src, Mac{});
  return frame;
}

Packet inward(std::uint64_t tci, const Ip& address, const Mac& mac, std::uint16_t source_port,
              std::uint16_t destination_port) {
  return udp(upstream_of(tci).mac, mac, far_away(address.family), address)
      .set(Field::udp_src, source_port)
      .set(Field::udp_dst, destination_port);
}

std::set<PortId> takers_of(const model::Snapshot& cloud, const model::Port& holder) {
  std::set<PortId> takers;
  if (!model::holds_for_others(holder)) return takers;
  for (const model::FixedIp& fixed : holder.fixed_ips)
    for (const PortId& taker : cloud.claimants_of(holder.network, fixed.address)) takers.insert(taker);
  return takers;
}

bool is_dead(const Node& node) {
  return !node.powered() || !node.switch_runs();
}

std::vector<std::size_t> answerers(const Scene& scene, std::uint64_t tci, const Ip& address) {
  const Upstream upstream = upstream_of(tci);
  std::vector<std::size_t> nodes;
  for (std::size_t i = 0; i < scene.nodes.size(); ++i) {
    if (is_dead(*scene.nodes[i])) continue;
    const Packet question = address.is_v4() ? arp_request(upstream.mac, upstream.address, address)
                                            : solicitation(upstream.mac, upstream.address6, address);
    const auto out = deliveries_from_outside(scene, i, tci, question);
    const auto is_answer = [&](const Delivery& each) {
      const bool says = address.is_v4() ? is_arp_reply(each.packet) && each.packet.ip(Field::arp_spa) == address
                                        : is_advertisement(each.packet) && each.packet.ip(Field::nd_target) == address;
      return says && is_outside(each) && each.node == i && each.packet.mac(Field::eth_dst) == upstream.mac;
    };
    if (std::ranges::any_of(out, is_answer)) nodes.push_back(i);
  }
  return nodes;
}

void notice(Outdoors& outdoors, const model::Snapshot& cloud) {
  const auto put = [&](const NetworkId& network, const PortId& holder, Family family = Family::v4) {
    const auto* external = cloud.find(network);
    const auto address = outer_address(cloud, holder, family);
    if (external == nullptr || !address) return std::optional<Ip>();
    outdoors.addresses.insert({tci_of(**external), *address, (**cloud.find(holder)).mac});
    return address;
  };
  for (const auto& [id, router] : cloud.table<model::Router>()) {
    for (const model::Gateway& gateway : router->gateways) {
      const auto address = put(gateway.network, gateway.port);
      const bool has_v6 = put(gateway.network, gateway.port, Family::v6).has_value();
      for (const PortId& interface : cloud.interfaces_of(router->id)) {
        const model::Port& port = **cloud.find(interface);
        const NetworkId inside = port.network;
        if (address) outdoors.of_networks[inside].insert(*address);
        const auto is_open = [&](Family family) { return opening(cloud, gateway, port, family) == Opening::open; };
        if (address && is_open(Family::v4)) outdoors.untranslated.insert({Family::v4, inside});
        if (has_v6 && is_open(Family::v6)) outdoors.untranslated.insert({Family::v6, inside});
        if (address && is_open(Family::v4)) outdoors.let_in.insert({Family::v4, inside});
        const bool proxies = router->enable_ndp_proxy && &gateway == &router->gateways.front();
        if (has_v6 && is_open(Family::v6) && !proxies) outdoors.let_in.insert({Family::v6, inside});
      }
    }
  }
  for (const auto& [id, proxy] : cloud.table<model::NdpProxy>()) {
    const model::Router& router = **cloud.find<model::Router>(proxy->router.uuid);
    if (router.gateways.empty()) continue;
    outdoors.proxied.insert(proxy->port);
    outdoors.answered.insert({tci_of(**cloud.find(router.gateways.front().network)), proxy->address});
  }
  const auto behind = [&](const Ip& address, const PortId& port) {
    outdoors.behind[address].insert(port);
    const auto* row = cloud.find(port);
    if (row == nullptr) return;
    outdoors.of_networks[(*row)->network].insert(address);
    for (const PortId& taker : takers_of(cloud, **row)) outdoors.behind[address].insert(taker);
  };
  for (const auto& [id, floating] : cloud.table<model::FloatingIp>()) {
    put(floating->network, floating->own_port);
    if (floating->port) behind(floating->address, *floating->port);
  }
  for (const auto& [id, forwarding] : cloud.table<model::PortForwarding>())
    behind((**cloud.find<model::FloatingIp>(forwarding->floatingip.uuid)).address, forwarding->internal_port);
}

void greet(const Scene& scene, std::uint16_t source_port) {
  for (const Attachment& from : scene.attachments) {
    for (const Exit& exit : exits_of(scene, from))
      send(scene, from, outward(*port_of(scene, from.port), exit, source_port));
  }
}

std::vector<std::string> blocks_apart(const model::Snapshot& cloud) {
  std::vector<std::string> broken;
  std::map<PortId, std::vector<model::PortBlock>> blocks;
  for (const auto& [id, block] : cloud.table<model::PortBlock>()) blocks[block->gateway].push_back(*block.row);
  for (auto& [gateway, all] : blocks) {
    std::ranges::sort(all, {}, &model::PortBlock::first);
    std::uint32_t free_from = unprivileged;
    for (const model::PortBlock& block : all) {
      if (block.first < free_from)
        broken.push_back("blocks: " + block.host + " has ports of a gateway that are another's");
      free_from = std::max(free_from, block.first + block.size);
    }
  }
  return broken;
}

}  // namespace tarn::sim
