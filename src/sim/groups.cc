#include "sim/groups.h"

#include <algorithm>

#include "model/protocol.h"

namespace tarn::sim {
namespace {

using model::Direction;

constexpr std::uint64_t ethertype_ipv4 = 0x0800;
constexpr std::uint64_t ethertype_ipv6 = 0x86dd;
constexpr std::uint64_t icmp_v6 = 58;

bool is_ip(const Packet& packet) {
  const std::uint64_t type = packet.number(Field::eth_type);
  return type == ethertype_ipv4 || type == ethertype_ipv6;
}

// Listener, router and neighbour messages (RFC 2710, RFC 3810, RFC 4861).
bool is_of_the_network(const Packet& packet) {
  if (packet.number(Field::ip_proto) != icmp_v6) return false;
  const std::uint64_t type = packet.number(Field::icmpv6_type);
  return (type >= 130 && type <= 136) || type == 143;
}

bool has_address(const model::Port& port, const Ip& address) {
  return std::ranges::any_of(port.fixed_ips, [&](const auto& fixed) { return fixed.address == address; }) ||
         std::ranges::any_of(port.allowed_address_pairs,
                             [&](const auto& pair) { return pair.address.contains(address); });
}

bool is_remote(const model::Snapshot& cloud, const model::Permission& permission, const Ip& address) {
  if (permission.remote_prefix && !permission.remote_prefix->contains(address)) return false;
  if (permission.remote_address_group) {
    const auto* group = cloud.find<model::AddressGroup>(permission.remote_address_group->uuid);
    if (group == nullptr ||
        std::ranges::none_of((*group)->addresses, [&](const Prefix& prefix) { return prefix.contains(address); }))
      return false;
  }
  if (!permission.remote_group) return true;
  return std::ranges::any_of(cloud.referrers(permission.remote_group->uuid, model::Kind::port), [&](const Uuid& id) {
    const model::Port& member = **cloud.find<model::Port>(id);
    return member.port_security_enabled && has_address(member, address);
  });
}

bool lets(const model::Snapshot& cloud, const model::Permission& permission, const Packet& packet, const Ip& remote) {
  if ((permission.ip_version == 4) != remote.is_v4() || !is_remote(cloud, permission, remote)) return false;
  if (permission.protocol.empty()) return true;
  const auto protocol = model::protocol_number(permission.protocol);
  if (!protocol || static_cast<std::uint64_t>(*protocol) != packet.number(Field::ip_proto)) return false;
  if (!permission.first) return true;
  const std::uint64_t port = packet.number(*protocol == 6 ? Field::tcp_dst : Field::udp_dst);
  return port >= *permission.first && port <= permission.last.value_or(*permission.first);
}

bool any_lets(const model::Snapshot& cloud, const model::Port& port, Direction direction, const Packet& packet) {
  if (!port.port_security_enabled || !is_ip(packet) || is_of_the_network(packet)) return true;
  const bool v4 = packet.number(Field::eth_type) == ethertype_ipv4;
  const bool out = direction == Direction::egress;
  const Ip remote =
      packet.ip(v4 ? (out ? Field::ipv4_dst : Field::ipv4_src) : (out ? Field::ipv6_dst : Field::ipv6_src));
  return std::ranges::any_of(port.security_groups, [&](const SecurityGroupId& group) {
    return std::ranges::any_of(cloud.referrers(group.uuid, model::Kind::security_group_rule), [&](const Uuid& id) {
      const model::SecurityGroupRule& rule = **cloud.find<model::SecurityGroupRule>(id);
      return rule.group == group && rule.permission.direction == direction &&
             lets(cloud, rule.permission, packet, remote);
    });
  });
}

}  // namespace

bool is_stateful(const model::Snapshot& cloud, const model::Port& port) {
  if (!port.port_security_enabled) return false;
  return std::ranges::all_of(port.security_groups, [&](const SecurityGroupId& group) {
    const auto* row = cloud.find<model::SecurityGroup>(group.uuid);
    return row != nullptr && (*row)->stateful;
  });
}

bool may_send(const model::Snapshot& cloud, const model::Port& from, const Packet& packet) {
  return any_lets(cloud, from, Direction::egress, packet);
}

bool may_get(const model::Snapshot& cloud, const model::Port& to, const Packet& packet) {
  return any_lets(cloud, to, Direction::ingress, packet);
}

bool groups_let(const model::Snapshot& cloud, const model::Port& from, const model::Port& to, const Packet& packet) {
  return may_send(cloud, from, packet) && may_get(cloud, to, packet);
}

}  // namespace tarn::sim
