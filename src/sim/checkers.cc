#include "sim/checkers.h"

#include <algorithm>
#include <boost/json.hpp>
#include <deque>

#include "agent/explain.h"

namespace tarn::sim {

namespace of = wire::of;

namespace {

constexpr const char* tunnel_port = "tarn-vxlan";
constexpr int tunnel_hops_max = 4;
constexpr std::uint64_t ethertype_ipv4 = 0x0800;
constexpr std::uint64_t ethertype_arp = 0x0806;
const Mac broadcast{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

// The frame alone: what registers and metadata said stays in the switch that it leaves.
Packet frame_of(const Packet& packet) {
  Packet frame;
  const of::Match fields = packet.description();
  for (const of::FieldValue& value : fields.fields()) {
    if (value.field >= Field::eth_dst) frame.set(value);
  }
  return frame;
}

const model::Port* port_of(const Scene& scene, const PortId& id) {
  const auto* found = scene.cloud.snapshot().find(id);
  return found == nullptr ? nullptr : found->row.get();
}

std::optional<Ip> address_of(const model::Port& port) {
  for (const model::FixedIp& fixed : port.fixed_ips) {
    if (fixed.address.is_v4()) return fixed.address;
  }
  return std::nullopt;
}

Packet udp(const Mac& from, const Mac& to, const Ip& source, const Ip& destination) {
  return Packet()
      .set(Field::eth_src, from)
      .set(Field::eth_dst, to)
      .set(Field::eth_type, ethertype_ipv4)
      .set(Field::ip_proto, 17)
      .set(Field::ip_ttl, 64)
      .set(Field::ipv4_src, source)
      .set(Field::ipv4_dst, destination)
      .set(Field::udp_src, 4000)
      .set(Field::udp_dst, 5000);
}

std::string text(const Scene& scene, const Attachment& at) {
  return at.interface + "@" + scene.nodes[at.node]->host();
}

bool wired(const Scene& scene, const Attachment& at) {
  const model::Port* port = port_of(scene, at.port);
  if (port == nullptr || !port->admin_state_up) return false;
  if (model::bound_host(*port) != scene.nodes[at.node]->host()) return false;
  const auto* network = scene.cloud.snapshot().find(port->network);
  return network != nullptr && (*network)->admin_state_up;
}

}  // namespace

std::vector<Delivery> deliveries(const Scene& scene, const Attachment& from, const Packet& packet) {
  struct Arrival {
    std::size_t node;
    std::uint32_t port;
    Packet packet;
    int hops;
  };
  std::vector<Delivery> delivered;
  const auto first = scene.nodes[from.node]->datapath().number_of(from.interface);
  if (!first) return delivered;
  std::deque<Arrival> arrivals{{from.node, *first, packet, 0}};
  while (!arrivals.empty()) {
    const Arrival arrival = std::move(arrivals.front());
    arrivals.pop_front();
    const Node& node = *scene.nodes[arrival.node];
    for (const Emission& emission : node.datapath().walk(arrival.port, arrival.packet).emissions) {
      const std::string name = node.datapath().name_of(emission.port);
      if (name.empty()) continue;
      if (name != tunnel_port) {
        delivered.push_back({arrival.node, name});
        continue;
      }
      const std::string to = emission.packet.ip(Field::tunnel_dst).text();
      for (std::size_t other = 0; other < scene.nodes.size() && arrival.hops < tunnel_hops_max; ++other) {
        const auto entry = scene.nodes[other]->datapath().number_of(tunnel_port);
        if (scene.nodes[other]->tunnel_address() != to || !entry) continue;
        Packet inner = frame_of(emission.packet);
        inner.set(Field::tunnel_id, emission.packet.number(Field::tunnel_id));
        inner.set(Field::tunnel_src, Ip::parse(node.tunnel_address()).value());
        inner.set(Field::tunnel_dst, emission.packet.ip(Field::tunnel_dst));
        arrivals.push_back({other, *entry, std::move(inner), arrival.hops + 1});
      }
    }
  }
  return delivered;
}

bool allowed(const Scene& scene, const Attachment& from, const Attachment& to) {
  return wired(scene, from) && wired(scene, to) &&
         port_of(scene, from.port)->network == port_of(scene, to.port)->network;
}

std::optional<Packet> datagram(const Scene& scene, const PortId& from, const PortId& to) {
  const model::Port* sender = port_of(scene, from);
  const model::Port* receiver = port_of(scene, to);
  if (sender == nullptr || receiver == nullptr) return std::nullopt;
  const auto source = address_of(*sender);
  const auto destination = address_of(*receiver);
  if (!source || !destination) return std::nullopt;
  return udp(sender->mac, receiver->mac, *source, *destination);
}

// Nothing that the node is still to hear or to do can change what it does with a packet: a wish that was withdrawn and
// came back may still be on its way as two changes.
bool Continuity::is_settled(const Scene& scene, std::size_t index) const {
  const Node& node = *scene.nodes[index];
  if (distrusted_.contains(index) || !node.in_sync() || !node.wish()) return false;
  return model::difference(node.wish()->slice, model::slice(scene.cloud.snapshot(), node.host())).empty();
}

std::vector<std::string> Continuity::look(const Scene& scene) {
  std::vector<std::string> broken;
  std::set<std::size_t> settled;
  for (std::size_t i = 0; i < scene.nodes.size(); ++i) {
    if (is_settled(scene, i)) settled.insert(i);
  }
  std::map<Probe, Packet> now;
  for (const Attachment& from : scene.attachments) {
    for (const Attachment& to : scene.attachments) {
      if (from == to || !allowed(scene, from, to)) continue;
      const auto packet = datagram(scene, from.port, to.port);
      if (!packet) continue;
      for (const bool is_broadcast : {false, true}) {
        Packet sent = *packet;
        if (is_broadcast) sent.set(Field::eth_dst, broadcast);
        const Probe probe{{from, to}, is_broadcast};
        const auto before = established_.find(probe);
        const bool promised = before != established_.end() && before->second == sent;
        if (!promised && !(settled.contains(from.node) && settled.contains(to.node))) continue;
        const auto out = deliveries(scene, from, sent);
        const bool arrives = std::ranges::find(out, Delivery{to.node, to.interface}) != out.end();
        if (!arrives && promised) {
          broken.push_back("continuity: " + text(scene, from) + " no longer reaches " + text(scene, to) +
                           (is_broadcast ? " by broadcast" : ""));
        }
        if (arrives) now.emplace(probe, std::move(sent));
      }
    }
  }
  established_ = std::move(now);
  return broken;
}

std::vector<std::string> isolation(const Scene& scene) {
  std::vector<std::string> broken;
  const auto network_of = [&](const std::string& interface) -> std::optional<NetworkId> {
    const auto tap = scene.taps.find(interface);
    return tap == scene.taps.end() ? std::nullopt : std::optional(scene.networks.at(tap->second));
  };
  const auto send = [&](const Attachment& from, const Packet& packet, const std::string& what, bool forged) {
    for (const Delivery& out : deliveries(scene, from, packet)) {
      const auto network = network_of(out.interface);
      if (!forged && network == scene.networks.at(from.port)) continue;
      broken.push_back("isolation: " + what + " of " + text(scene, from) + " reached " + out.interface + "@" +
                       scene.nodes[out.node]->host());
    }
  };
  for (const Attachment& from : scene.attachments) {
    const model::Port* own = port_of(scene, from.port);
    const auto source = own == nullptr ? std::nullopt : address_of(*own);
    if (!source) continue;
    send(from,
         Packet()
             .set(Field::eth_src, own->mac)
             .set(Field::eth_dst, broadcast)
             .set(Field::eth_type, ethertype_arp)
             .set(Field::arp_op, 1)
             .set(Field::arp_sha, own->mac)
             .set(Field::arp_spa, *source)
             .set(Field::arp_tpa, source->plus(100)),
         "a broadcast", false);
    for (const Attachment& to : scene.attachments) {
      const model::Port* other = port_of(scene, to.port);
      const auto destination = other == nullptr ? std::nullopt : address_of(*other);
      if (from == to || !destination) continue;
      send(from, udp(own->mac, other->mac, *source, *destination), "a datagram", false);
      if (!own->port_security_enabled) continue;
      send(from, udp(other->mac, broadcast, *source, *destination), "a forged MAC", true);
      send(from, udp(own->mac, other->mac, source->plus(77), *destination), "a forged address", true);
    }
  }
  return broken;
}

// ---- ownership

namespace {

constexpr std::uint64_t foreign_cookie = 0xf00dU;

std::vector<std::pair<of::FlowKey, of::FlowSpec>> foreign_flows() {
  const of::FlowSpec drop{foreign_cookie, {}, {}};
  return {{{200, 7, of::Match{of::FieldValue::number(Field::in_port, 3)}}, drop},
          {{0, 1, of::Match{of::FieldValue::number(Field::eth_type, 0x88cc)}}, drop},
          {{60, 1, of::Match{of::FieldValue::number(Field::eth_type, 0x88cc)}}, drop}};
}

}  // namespace

void Ownership::plant(Node& node) {
  using wire::ovsdb::Insert;
  using wire::ovsdb::NamedUuid;
  OvsDatabase& database = node.database();
  const bool done = database.write(
      {Insert{"Interface", {{"name", Datum::of("br-other")}, {"type", Datum::of("internal")}}, "interface"},
       Insert{"Port", {{"name", Datum::of("br-other")}, {"interfaces", Datum::of(NamedUuid{"interface"})}}, "port"},
       Insert{"Bridge",
              {{"name", Datum::of("br-other")},
               {"external_ids", Datum::map(wire::ovsdb::StringMap{{"owner", "somebody"}})},
               {"ports", Datum::of(NamedUuid{"port"})}},
              "bridge"},
       wire::ovsdb::Mutate{"Open_vSwitch",
                           database.root(),
                           {{"bridges", wire::ovsdb::Mutator::insert, Datum::of(NamedUuid{"bridge"})}}}});
  if (!done) return;
  for (const char* table : {"Interface", "Port", "Bridge"}) {
    const Uuid uuid = *database.named(table, "br-other");
    rows_[node.host()][{table, uuid}] = without_our_columns(table, *database.find(table, uuid));
  }
}

void Ownership::plant_flows(Node& node) {
  FlowTable& planted = flows_[node.host()];
  planted.clear();
  for (const auto& [key, spec] : foreign_flows()) {
    node.vswitchd().put(key, spec);
    planted[key] = node.vswitchd().flows().at(key);
  }
}

void Ownership::plant_more(Node& node, std::uint32_t salt) {
  constexpr std::uint32_t kinds = 8;
  const of::FlowKey key{static_cast<std::uint8_t>(10 * (salt % kinds)), static_cast<std::uint16_t>(300 + salt % 3),
                        of::Match{of::FieldValue::number(Field::eth_type, 0x88cc + salt % kinds)}};
  node.vswitchd().put(key, {foreign_cookie + salt % 2, {}, {}});
  flows_[node.host()][key] = node.vswitchd().flows().at(key);
}

// The switch writes some columns by itself.
Row Ownership::without_our_columns(const std::string& table, Row row) {
  if (table == "Interface") {
    for (const char* column : {"ofport", "link_state", "admin_state", "mtu", "error"}) row.erase(column);
  }
  if (table == "Bridge") row.erase("datapath_id");
  return row;
}

std::vector<std::string> Ownership::look(const Scene& scene) const {
  std::vector<std::string> broken;
  for (const auto& node : scene.nodes) {
    if (const auto rows = rows_.find(node->host()); rows != rows_.end()) {
      for (const auto& [key, row] : rows->second) {
        const Row* now = node->database().find(key.first, key.second);
        if (now == nullptr || without_our_columns(key.first, *now) != row) {
          broken.push_back("ownership: a foreign row of " + key.first + " was touched at " + node->host());
        }
      }
    }
    const auto flows = flows_.find(node->host());
    if (flows == flows_.end() || !node->switch_runs()) continue;
    for (const auto& [key, seen] : flows->second) {
      const auto now = node->vswitchd().flows().find(key);
      if (now == node->vswitchd().flows().end() || !(now->second == seen)) {
        broken.push_back("ownership: a foreign flow was touched at " + node->host());
      }
    }
  }
  return broken;
}

std::vector<std::string> at_rest(const Scene& scene) {
  std::vector<std::string> broken;
  for (const Attachment& from : scene.attachments) {
    const bool is_wired = wired(scene, from);
    if (port_of(scene, from.port) != nullptr && scene.cloud.active(from.port) != is_wired) {
      broken.push_back("status: " + text(scene, from) + " should " + (is_wired ? "" : "not ") + "be ACTIVE");
    }
    for (const Attachment& to : scene.attachments) {
      const auto packet = datagram(scene, from.port, to.port);
      if (from == to || !packet) continue;
      const auto out = deliveries(scene, from, *packet);
      const auto times = std::ranges::count(out, Delivery{to.node, to.interface});
      const bool is_allowed = allowed(scene, from, to);
      if (times == (is_allowed ? 1 : 0)) continue;
      broken.push_back("convergence: " + text(scene, from) + " reaches " + text(scene, to) + " " +
                       std::to_string(times) + " times, " + (is_allowed ? "which is allowed" : "which is not allowed"));
    }
  }
  for (const auto& [id, row] : scene.cloud.snapshot().ports()) {
    const bool is_wired = std::ranges::any_of(
        scene.attachments, [&](const Attachment& at) { return at.port.uuid == id && wired(scene, at); });
    if (row->status == model::PortStatus::active && !is_wired) {
      broken.push_back("status: port " + id.text() + " is ACTIVE and plugged nowhere");
    }
  }
  for (const auto& node : scene.nodes) {
    if (!node->agent_runs()) continue;
    const boost::json::object plan = agent::plan_of(node->brain());
    if (plan.at("complete") != true || plan.at("empty") != true) {
      broken.push_back("plan: not empty at rest at " + node->host() + ": " + boost::json::serialize(plan));
    }
    const auto wanted = node->brain().renderer().tables().flows;
    std::size_t ours = 0;
    for (const auto& [key, seen] : node->vswitchd().flows()) {
      if (domain::Flow::ownership(key, seen) == reconcile::Ownership::foreign) continue;
      ++ours;
      const auto wish = wanted.find(key);
      if (wish != wanted.end() && wish->second == seen.spec) continue;
      broken.push_back("leftover: a flow that nobody wishes for at " + node->host() + ": " + of::text(key, seen.spec));
    }
    if (ours < wanted.size()) broken.push_back("leftover: flows are missing at " + node->host());
  }
  return broken;
}

}  // namespace tarn::sim
