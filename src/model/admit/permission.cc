#include "model/admit/permission.h"

#include <algorithm>

#include "model/admit/rules.h"
#include "model/protocol.h"

namespace tarn::model::admission {
namespace {

constexpr int icmp_v6 = 58;
constexpr int only_in_v6[] = {41, 44, icmp_v6, 59, 60, 43};
constexpr std::uint32_t port_max = 65535;
constexpr std::uint32_t icmp_value_max = 255;  // RFC 792, RFC 4443: type and code are octets

Refusal refuse(std::string_view reason, std::string message) {
  return fail(ErrorCode::invalid, std::string(reason), std::move(message));
}

std::string ethertype(const Permission& permission) {
  return permission.ip_version == 4 ? "IPv4" : "IPv6";
}

// Names stay names and numbers numbers, as clients expect to read them again; but ICMP of IPv6 has one of each.
Status settle_protocol(Permission& permission) {
  std::string& protocol = permission.protocol;
  if (protocol.empty()) return {};
  const std::optional<int> number = protocol_number(protocol);
  if (!number) {
    std::string names;
    for (const Protocol& each : protocols()) names += (names.empty() ? "" : ", ") + std::string(each.name);
    return refuse("SecurityGroupRuleInvalidProtocol", "Security group rule protocol " + protocol +
                                                          " not supported. Only protocol values [" + names +
                                                          "] and integer representations [0 to 255] are supported.");
  }
  const bool is_number = protocol.front() >= '0' && protocol.front() <= '9';
  if (permission.ip_version == 6 && is_icmp(*number)) {
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
  const int number = protocol_number(permission.protocol).value();
  if (has_ports(number)) return check_ports(permission);
  if (is_icmp(number)) return check_icmp(permission);
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
  if (std::ranges::find(only_in_v6, protocol_number(permission.protocol).value()) == std::end(only_in_v6)) return {};
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
                      each.protocol.empty() ? std::optional<int>() : protocol_number(each.protocol), each.first,
                      each.last, narrowing(each.remote_prefix), each.remote_group, each.remote_address_group);
  };
  return essence(one) == essence(other);
}

}  // namespace tarn::model::admission
