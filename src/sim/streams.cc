#include "sim/streams.h"

#include <algorithm>
#include <utility>

#include "model/reach.h"
#include "sim/groups.h"

namespace tarn::sim {
namespace {

constexpr std::uint64_t protocol_tcp = 6;
constexpr std::uint64_t protocol_udp = 17;
constexpr std::uint64_t flag_syn = 2;
constexpr std::uint64_t flag_ack = 16;
constexpr std::uint16_t far_port = 443;
constexpr std::uint16_t first_port = 10000;
constexpr std::uint16_t ports_most = 1000;
constexpr std::size_t moves_most = 3;  // docs/pipeline.md, "Instances that move"

// A datagram made a segment of the same addresses.
Packet segment(Packet packet, std::uint16_t source_port, std::uint16_t destination_port, std::uint64_t flags) {
  packet.clear(Field::udp_src);
  packet.clear(Field::udp_dst);
  return packet.set(Field::ip_proto, protocol_tcp)
      .set(Field::tcp_src, source_port)
      .set(Field::tcp_dst, destination_port)
      .set(Field::tcp_flags, flags);
}

bool is_datagram(const Packet& packet) {
  return packet.number(Field::ip_proto) == protocol_udp;
}
std::uint16_t source_port_of(const Packet& packet) {
  return static_cast<std::uint16_t>(packet.number(is_datagram(packet) ? Field::udp_src : Field::tcp_src));
}
std::uint16_t destination_port_of(const Packet& packet) {
  return static_cast<std::uint16_t>(packet.number(is_datagram(packet) ? Field::udp_dst : Field::tcp_dst));
}
// What an instance says outside, or what it hears, by one of both protocols.
Packet by_protocol(Packet datagram, bool datagrams, std::uint64_t flags) {
  const std::uint16_t source_port = source_port_of(datagram);
  const std::uint16_t destination_port = destination_port_of(datagram);
  return datagrams ? datagram : segment(std::move(datagram), source_port, destination_port, flags);
}
Packet said(const model::Port& own, const Exit& exit, std::uint16_t source_port, bool datagrams, std::uint64_t flags) {
  return by_protocol(outward(own, exit, source_port).set(Field::udp_dst, far_port), datagrams, flags);
}
Packet answer_to(const Packet& opening, const Packet& seen, const Exit& by) {
  const Packet datagram = inward(by.tci, by.address, by.mac, destination_port_of(opening), source_port_of(seen))
                              .set(Field::ipv4_src, opening.ip(Field::ipv4_dst));
  return by_protocol(datagram, is_datagram(opening), flag_ack);
}
// Whatever part of the connection it is, and by whosever wire it left.
Packet as_seen(Packet packet) {
  if (!is_datagram(packet)) packet.set(Field::tcp_flags, 0);
  return packet.set(Field::eth_src, Mac{});
}

// The gateway is still one by whose address packets of the port may leave, and the address is the same.
bool is_wished(const model::Snapshot& cloud, const model::Port& port, const PortId& gateway, const Packet& opening,
               const Packet& seen) {
  const auto* own = cloud.find(gateway);
  const bool is_there = own != nullptr && address_of(**own, Family::v4) == source_of(seen) &&
                        address_of(port, Family::v4) == source_of(opening);
  const auto has = [&](const RouterId& id) {
    const auto* router = cloud.find<model::Router>(id.uuid);
    return router != nullptr && std::ranges::any_of((*router)->gateways, [&](const model::Gateway& each) {
             return each.port == gateway && each.enable_snat;
           });
  };
  return is_there && std::ranges::any_of(model::routers_from(cloud, port.network), has);
}

}  // namespace

void Streams::prune(const Scene& scene) {
  const model::Snapshot& cloud = scene.cloud.snapshot();
  std::erase_if(streams_, [&](const auto& each) {
    const model::Port* port = port_of(scene, each.first.port);
    return port == nullptr || port->binding_host.empty() ||
           !is_wished(cloud, *port, each.first.gateway, each.second.opening, each.second.seen);
  });
  for (auto& [key, stream] : streams_) {
    stream.came = std::exchange(stream.comes, {});
    const std::string& host = port_of(scene, key.port)->binding_host;
    if (host == stream.host) continue;
    std::erase(stream.left, stream.host);
    stream.left.insert(stream.left.begin(), std::exchange(stream.host, host));
    std::erase(stream.left, host);
    if (stream.left.size() > moves_most) stream.left.resize(moves_most);
  }
  std::erase_if(streams_, [&](const auto& each) {
    const std::string& home = scene.nodes[each.second.began]->host();
    const auto& left = each.second.left;
    return each.second.host != home && std::ranges::find(left, home) == left.end();
  });
}

void Streams::open(const Scene& scene, const Attachment& at, const Exit& exit, const Key& key) {
  const model::Port& own = *port_of(scene, at.port);
  const auto port = static_cast<std::uint16_t>(first_port + opened_++ % ports_most);
  const Packet opening = said(own, exit, port, key.datagrams, flag_syn);
  if (!left_by(deliveries(scene, at, opening), exit)) return;
  if (const auto seen = left_by(send(scene, at, opening), exit))
    streams_.emplace(key, Stream{at.node, opening, as_seen(*seen), own.binding_host});
}

void Streams::look_at(const Scene& scene, const Attachment& at, const Exit& exit, const Key& key, const Asker& asker) {
  const auto found = streams_.find(key);
  if (found == streams_.end()) {
    if (asker.is_settled(at.node)) open(scene, at, exit, key);
    return;
  }
  Stream& stream = found->second;
  if (stream.opening.ip(Field::ipv4_dst) != exit.far) {  // it may leave by another gateway
    streams_.erase(found);
    return;
  }
  const std::string& home = scene.nodes[stream.began]->tunnel_address();
  const bool is_away = stream.began != at.node && !asker.may_refuse(stream.began) &&
                       scene.wires.connects(home, scene.nodes[at.node]->tunnel_address());
  if (!is_away) return;  // at home it is a connection like others
  if (!may_send(scene.cloud.snapshot(), *port_of(scene, at.port), stream.opening)) return;
  const auto by = exit_from(scene, exit, stream.began);
  if (!by || std::ranges::any_of(by->through, asker.may_refuse)) return;
  look_at(scene, at, *by, stream, by->terms + " to " + text(scene, at) + terms_of(*port_of(scene, at.port)), asker);
}

void Streams::look_at(const Scene& scene, const Attachment& at, const Exit& by, Stream& stream,
                      const std::string& terms, const Asker& asker) {
  const auto probe = [&](const std::string& promise, bool settled, const std::string& what, auto&& passes) {
    const bool promised = stream.came.contains(promise);
    if (!promised && !settled && !asker.at_rest) return false;
    const bool came = passes();
    if (came) {
      stream.comes.insert(promise);
    } else if (promised || asker.at_rest) {
      asker.broken.push_back((promised ? "continuity: " : "convergence: ") + text(scene, at) +
                             " moved, and its connection " + what);
    }
    return came;
  };
  const bool settled =
      asker.is_settled(at.node) && asker.is_settled(stream.began) && std::ranges::all_of(by.through, asker.is_settled);
  const bool datagrams = is_datagram(stream.opening);
  const std::uint16_t source_port = source_port_of(stream.opening);
  const Packet on = said(*port_of(scene, at.port), by, source_port, datagrams, flag_ack);
  const Packet answer = answer_to(stream.opening, stream.seen, by);
  std::vector<std::size_t> doors = landings(scene, {stream.began, at.interface, at.port}, by.router);
  std::erase_if(doors, [&](std::size_t each) { return asker.may_refuse(each) || !asker.is_settled(each); });
  const auto is_as_it_was = [&] {
    const auto seen = left_by(deliveries(scene, at, on), by);
    return seen && as_seen(*seen) == stream.seen;
  };
  // Who knows a session is learned of an answer.
  if (datagrams && settled && !doors.empty() && !is_as_it_was())
    send_from_outside(scene, doors.front(), by.tci, answer);
  if (datagrams && doors.empty() && !stream.came.contains(terms)) return;
  if (!probe(terms, settled, "is not seen outside as it was", is_as_it_was) || !settled) return;
  for (const std::size_t landing : doors) {
    probe(terms + " by " + scene.nodes[landing]->host(), true, "hears no answers", [&] {
      return std::ranges::any_of(deliveries_from_outside(scene, landing, by.tci, answer), [&](const Delivery& each) {
        return each.is_at(at) && each.packet.ip(Field::ipv4_dst) == by.inside &&
               destination_port_of(each.packet) == source_port;
      });
    });
  }
}

void Streams::forget(std::size_t node) {
  std::erase_if(streams_, [node](const auto& each) { return each.second.began == node; });
  for (auto& [key, stream] : streams_) {
    stream.comes.clear();
  }
}

}  // namespace tarn::sim
