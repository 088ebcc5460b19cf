// What of the model switch is about wires: BFD over its tunnel ports, the wires of a provider bridge, and frames that
// come from, or go to, the physical segment behind its patch port.
#include <algorithm>

#include "base/bytes.h"
#include "render/names.h"
#include "sim/model_switch.h"
#include "sim/traffic.h"
#include "wire/dhcp/client4.h"
#include "wire/nd/neighbour.h"
#include "wire/packet/arp.h"
#include "wire/packet/transport.h"

namespace tarn::sim {

namespace of = wire::of;
namespace ovsdb = wire::ovsdb;

namespace {

// An ARP frame for IPv4 as its fields (RFC 826); absent for any other.
std::optional<Packet> arp_of(ByteView bytes) {
  ByteReader reader(bytes);
  const auto mac = [&reader] {
    Mac out;
    std::ranges::copy(reader.take(out.bytes.size()), out.bytes.begin());
    return out;
  };
  Packet packet;
  packet.set(Field::eth_dst, mac()).set(Field::eth_src, mac());
  const std::uint16_t type = reader.u16();
  reader.skip(6);  // which link, which protocol, how long their addresses are
  const std::uint16_t operation = reader.u16();
  if (type != wire::packet::ether_type_arp) return std::nullopt;
  packet.set(Field::eth_type, type).set(Field::arp_op, operation);
  packet.set(Field::arp_sha, mac()).set(Field::arp_spa, Ip::from_v4(reader.u32()));
  packet.set(Field::arp_tha, mac()).set(Field::arp_tpa, Ip::from_v4(reader.u32()));
  return reader.ok() ? std::optional(packet) : std::nullopt;
}

// A neighbour solicitation or advertisement likewise (RFC 4861 section 4).
std::optional<Packet> neighbour_message_of(ByteView bytes) {
  namespace nd = wire::nd;
  const auto ethernet = wire::packet::read_ethernet(bytes);
  const auto ip = ethernet ? wire::packet::read_ip(*ethernet) : std::nullopt;
  const auto message = ip ? wire::packet::read_icmp6(*ip) : std::nullopt;
  if (!message) return std::nullopt;
  Packet packet;
  packet.set(Field::eth_dst, ethernet->destination).set(Field::eth_src, ethernet->source);
  packet.set(Field::eth_type, ethernet->ether_type).set(Field::ip_proto, ip->protocol);
  packet.set(Field::ipv6_src, ip->source).set(Field::ipv6_dst, ip->destination).set(Field::ip_ttl, ip->hop_limit);
  packet.set(Field::icmpv6_type, message->type);
  if (message->type == nd::type_neighbour_solicitation) {
    const auto asked = nd::decode_neighbour_solicitation(message->body);
    if (!asked) return std::nullopt;
    return packet.set(Field::nd_target, asked->target).set(Field::nd_sll, asked->source_link.value_or(Mac{}));
  }
  const auto told = nd::decode_neighbour_advertisement(message->body);
  if (message->type != nd::type_neighbour_advertisement || !told) return std::nullopt;
  return packet.set(Field::nd_target, told->target).set(Field::nd_tll, told->target_link.value_or(Mac{}));
}

// A DHCPv4 offer likewise (RFC 2131 section 4.3.1).
std::optional<Packet> offer_of(ByteView bytes) {
  namespace dhcp = wire::dhcp;
  if (!dhcp::offer4(bytes)) return std::nullopt;
  const auto ethernet = wire::packet::read_ethernet(bytes);
  const auto ip = wire::packet::read_ip(*ethernet);
  return udp(ethernet->source, ethernet->destination, ip->source, ip->destination)
      .set(Field::udp_src, dhcp::server_port4)
      .set(Field::udp_dst, dhcp::client_port4);
}

}  // namespace

std::string segment_port() {
  return render::patch_names(physical_network).integration_end;
}

void ModelSwitch::join_wires() {
  if (settings_.wires == nullptr) return;
  settings_.wires->up(settings_.address,
                      {[this] { reconfigure_soon(); }, [this](const Packet& frame) { frame_came(frame); }});
}

// While it waits for its flows it forwards nothing for anybody, BFD neither.
LivePorts ModelSwitch::speak(const std::map<std::string, Uuid>& interfaces, const PortNumbers& ports,
                             ovsdb::Transaction& writes) {
  LivePorts alive;
  for (const auto& [name, number] : ports) alive.insert(number);
  if (settings_.wires == nullptr) return alive;
  Wires::Sessions sessions;
  std::map<Uuid, std::string> watching;
  for (const auto& [name, uuid] : interfaces) {
    const Row& row = *database_.find("Interface", uuid);
    const ovsdb::StringMap bfd = ovsdb::column_of(row, "bfd").strings();
    const ovsdb::StringMap options = ovsdb::column_of(row, "options").strings();
    const auto enable = bfd.find("enable");
    const auto remote = options.find("remote_ip");
    if (enable == bfd.end() || enable->second != "true" || remote == options.end()) continue;
    const auto path_down = bfd.find("cpath_down");
    sessions[remote->second] = path_down != bfd.end() && path_down->second == "true";
    watching[uuid] = remote->second;
  }
  settings_.wires->speak(settings_.address, waits_for_flows() ? Wires::Sessions() : sessions);
  for (const auto& [name, uuid] : interfaces) {
    const auto remote = watching.find(uuid);
    const auto status =
        remote == watching.end() ? Wires::Status() : settings_.wires->status(settings_.address, remote->second);
    write(writes, "Interface", uuid, "bfd_status", Datum::map(ovsdb::StringMap(status.begin(), status.end())));
    const auto forwarding = status.find("forwarding");
    if (forwarding != status.end() && forwarding->second != "true") alive.erase(ports.at(name));
  }
  return alive;
}

// The wire of the operator's bridge is the one to the segment.
void ModelSwitch::look_at_segment(ovsdb::Transaction& writes) {
  const auto bridge = database_.named("Bridge", provider_bridge);
  if (settings_.wires == nullptr || !bridge) return;
  const bool whole = settings_.wires->reaches_segment(settings_.address);
  for (const auto& [name, uuid] : interfaces_of(*database_.find("Bridge", *bridge))) {
    if (!ovsdb::string_of(*database_.find("Interface", uuid), "type").empty()) continue;
    write(writes, "Interface", uuid, "link_state", Datum::of(whole ? "up" : "down"));
  }
}

void ModelSwitch::frame_came(const Packet& frame) {
  if (const auto port = datapath_.number_of(segment_port())) emit(datapath_.send(*port, frame));
}

std::uint64_t ModelSwitch::offers_to(const std::string& interface) const {
  const auto found = offers_.find(interface);
  return found == offers_.end() ? 0 : found->second;
}

// Of the agent's own packets only what neighbours say, and what DHCP offers, has anybody here to hear it.
void ModelSwitch::packet_out(const of::PacketOut& packet) {
  if (const auto offer = offer_of(packet.packet)) {
    for (const Emission& emission : datapath_.send_out(packet.actions, *offer))
      ++offers_[datapath_.name_of(emission.port)];
    return;
  }
  auto frame = arp_of(packet.packet);
  if (!frame) frame = neighbour_message_of(packet.packet);
  if (frame) emit(datapath_.send_out(packet.actions, *frame));
}

void ModelSwitch::emit(const std::vector<Emission>& emissions) {
  const auto port = datapath_.number_of(segment_port());
  if (settings_.wires == nullptr || !port) return;
  for (const Emission& emission : emissions) {
    if (emission.port == *port) settings_.wires->emit(settings_.address, emission.packet.frame());
  }
}

}  // namespace tarn::sim
