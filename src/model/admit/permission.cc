#include "model/admit/permission.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "model/admit/rules.h"

namespace tarn::model::admission {
namespace {

struct Protocol {
  std::string_view name;
  int number;  // IANA, "Assigned Internet Protocol Numbers"
};
// The names that the Networking API knows.
constexpr Protocol protocols[] = {
    {"ah", 51},     {"dccp", 33},       {"egp", 8},        {"esp", 50},        {"gre", 47},        {"hopopt", 0},
    {"icmp", 1},    {"igmp", 2},        {"ipip", 4},       {"ipv6-encap", 41}, {"ipv6-frag", 44},  {"ipv6-icmp", 58},
    {"icmpv6", 58}, {"ipv6-nonxt", 59}, {"ipv6-opts", 60}, {"ospf", 89},       {"ipv6-route", 43}, {"pgm", 113},
    {"rsvp", 46},   {"sctp", 132},      {"tcp", 6},        {"udp", 17},        {"udplite", 136},   {"vrrp", 112},
};
constexpr int icmp = 1;
constexpr int icmp_v6 = 58;
constexpr int with_ports[] = {33, 132, 6, 17, 136};  // DCCP, SCTP, TCP, UDP, UDP-Lite
constexpr int only_in_v6[] = {41, 44, icmp_v6, 59, 60, 43};
constexpr std::uint32_t port_max = 65535;
constexpr std::uint32_t icmp_value_max = 255;  // RFC 792, RFC 4443: type and code are octets

Refusal refuse(std::string_view reason, std::string message) {
  return fail(ErrorCode::invalid, std::string(reason), std::move(message));
}

// nullopt: no name and no number of a protocol.
std::optional<int> number_of(std::string_view protocol) {
  const auto named = std::ranges::find(protocols, protocol, &Protocol::name);
  if (named != std::end(protocols)) return named->number;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(protocol.data(), protocol.data() + protocol.size(), number);
  const bool whole = error == std::errc{} && end == protocol.data() + protocol.size();
  return whole && number <= 255 ? std::optional(static_cast<int>(number)) : std::nullopt;
}

bool is_one_of(std::span<const int> numbers, int number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

std::string ethertype(const Permission& permission) {
  return permission.ip_version == 4 ? "IPv4" : "IPv6";
}

// Names stay names and numbers numbers, as clients expect to read them again; but ICMP of IPv6 has one of each.
Status settle_protocol(Permission& permission) {
  std::string& protocol = permission.protocol;
  if (protocol.empty()) return {};
  const std::optional<int> number = number_of(protocol);
  if (!number) {
    std::string names;
    for (const Protocol& each : protocols) names += (names.empty() ? "" : ", ") + std::string(each.name);
    return refuse("SecurityGroupRuleInvalidProtocol", "Security group rule protocol " + protocol +
                                                          " not supported. Only protocol values [" + names +
                                                          "] and integer representations [0 to 255] are supported.");
  }
  const bool is_number = protocol.front() >= '0' && protocol.front() <= '9';
  if (permission.ip_version == 6 && (*number == icmp || *number == icmp_v6)) {
    protocol = is_number ? std::to_string(icmp_v6) : "ipv6-icmp";
  } else if (is_number) {
    protocol = std::to_string(*number);
  }
  return {};
}

Status check_icmp(const Permission& permission) {
  const std::tuple<std::optional<std::uint32_t>, const char*, const char*> values[] = {
      {permission.first, "type", "port_range_min"}, {permission.last, "code", "port_range_max"}};
  for (const auto& [value, field, attribute] : values) {
    if (!value || *value <= icmp_value_max) continue;
    return refuse("SecurityGroupInvalidIcmpValue", "Invalid value for ICMP " + std::string(field) + " (" + attribute +
                                                       ") " + std::to_string(*value) + ". It must be 0 to 255.");
  }
  if (permission.first || !permission.last) return {};
  return refuse("SecurityGroupMissingIcmpType", "ICMP code (port-range-max) " + std::to_string(*permission.last) +
                                                    " is provided but ICMP type (port-range-min) is missing.");
}

Status check_ports(const Permission& permission) {
  for (const auto& port : {permission.first, permission.last}) {
    if (port && (*port == 0 || *port > port_max))
      return refuse("SecurityGroupInvalidPortValue", "Invalid value for port " + std::to_string(*port));
  }
  if (permission.first && permission.last && *permission.first <= *permission.last) return {};
  return refuse("SecurityGroupInvalidPortRange", "For TCP/UDP protocols, port_range_min must be <= port_range_max");
}

Status settle_range(Permission& permission) {
  if (permission.first == 1 && permission.last == port_max) {  // all that can be named: clients mean every port
    permission.first.reset();
    permission.last.reset();
  }
  if (!permission.first && !permission.last) return {};
  if (permission.protocol.empty())
    return refuse("SecurityGroupProtocolRequiredWithPorts", "Must also specify protocol if port range is given.");
  const int number = number_of(permission.protocol).value();
  if (is_one_of(with_ports, number)) return check_ports(permission);
  if (number == icmp || number == icmp_v6) return check_icmp(permission);
  return refuse("SecurityGroupInvalidProtocolForPort",
                "Ports cannot be specified for protocol " + permission.protocol +
                    ". Ports are only supported for DCCP, SCTP, TCP, UDP, UDPLITE.");
}

Status check_version(const Permission& permission) {
  const auto& prefix = permission.remote_prefix;
  if (prefix && prefix->address.is_v4() != (permission.ip_version == 4)) {
    return refuse("SecurityGroupRuleParameterConflict",
                  "Conflicting value ethertype " + ethertype(permission) + " for CIDR " + prefix->text());
  }
  if (permission.protocol.empty() || permission.ip_version == 6) return {};
  if (!is_one_of(only_in_v6, number_of(permission.protocol).value())) return {};
  return refuse("SecurityGroupEthertypeConflictWithProtocol",
                "Invalid ethertype IPv4 for protocol " + permission.protocol + ".");
}

Status check_remote(const Draft& draft, const Permission& permission) {
  const int remotes = int{permission.remote_prefix.has_value()} + int{permission.remote_group.has_value()} +
                      int{permission.remote_address_group.has_value()};
  if (remotes > 1) {
    return refuse("SecurityGroupMultipleRemoteEntites",
                  "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.");
  }
  if (permission.remote_group) {
    const auto group = row_for<SecurityGroup>(draft, permission.remote_group->uuid);
    if (!group) return fail(group.error());
  }
  if (permission.remote_address_group) {
    const auto group = row_for<AddressGroup>(draft, permission.remote_address_group->uuid);
    if (!group) return fail(group.error());
  }
  return {};
}

std::optional<Prefix> narrowing(const std::optional<Prefix>& remote) {
  return remote && remote->length > 0 ? remote : std::nullopt;  // everybody is as nobody in particular
}

}  // namespace

Status settle_permission(const Draft& draft, Permission& permission) {
  if (permission.direction == Direction::any) return invalid_input("a rule is for 'ingress' or for 'egress'.");
  if (permission.ip_version != 4 && permission.ip_version != 6) return invalid_input("IP is of version 4 or 6.");
  if (Status status = settle_protocol(permission); !status) return status;
  if (Status status = settle_range(permission); !status) return status;
  if (Status status = check_version(permission); !status) return status;
  return check_remote(draft, permission);
}

bool is_same(const Permission& one, const Permission& other) {
  const auto essence = [](const Permission& each) {
    return std::tuple(each.direction, each.ip_version,
                      each.protocol.empty() ? std::optional<int>() : number_of(each.protocol), each.first, each.last,
                      narrowing(each.remote_prefix), each.remote_group, each.remote_address_group);
  };
  return essence(one) == essence(other);
}

}  // namespace tarn::model::admission
