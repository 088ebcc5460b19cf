// Where addresses come from and how they are grouped: address scopes, subnet pools, address groups.
// Rows only, as in model/rows.h; their rules are in model/admit.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/uuid.h"
#include "model/rows/standard.h"

namespace tarn {
using AddressScopeId = Id<struct AddressScopeTag>;
using SubnetPoolId = Id<struct SubnetPoolTag>;
using AddressGroupId = Id<struct AddressGroupTag>;
}  // namespace tarn

namespace tarn::model {

// Inside one scope no address stands for two things, so that its networks may be routed into each other.
struct AddressScope {
  static constexpr Kind kind = Kind::address_scope;
  static constexpr std::string_view word = "address_scope";
  static constexpr std::string_view called = "AddressScope";

  AddressScopeId id;
  Standard standard;
  int ip_version = 4;
  bool operator==(const AddressScope&) const = default;
};

// Prefixes from which subnets take theirs.
struct SubnetPool {
  static constexpr Kind kind = Kind::subnetpool;
  static constexpr std::string_view word = "subnetpool";
  static constexpr std::string_view called = "SubnetPool";

  SubnetPoolId id;
  Standard standard;
  std::vector<Prefix> prefixes;  // of one IP version, sorted, none inside another, no two that would be one
  int ip_version = 4;            // theirs
  std::uint32_t default_prefixlen = 0;
  std::uint32_t min_prefixlen = 0;
  std::uint32_t max_prefixlen = 0;
  // What one project may take: addresses of IPv4, /64 networks of IPv6.
  std::optional<std::uint32_t> default_quota;
  std::optional<AddressScopeId> address_scope;
  bool is_default = false;  // at most one of each IP version
  bool operator==(const SubnetPool&) const = default;
};

// Prefixes that security group rules name together.
struct AddressGroup {
  static constexpr Kind kind = Kind::address_group;
  static constexpr std::string_view word = "address_group";
  static constexpr std::string_view called = "AddressGroup";

  AddressGroupId id;
  Standard standard;
  std::vector<Prefix> addresses;  // sorted, each once
  std::uint32_t number = 0;       // of the group in the flows of every node (rule_number_id); the API does not show it
  bool operator==(const AddressGroup&) const = default;
};

template <class Visit>
void describe(Visit&& visit, const AddressScope*) {
  visit("id", &AddressScope::id);
  visit("standard", &AddressScope::standard);
  visit("ip_version", &AddressScope::ip_version);
}
template <class Visit>
void describe(Visit&& visit, const SubnetPool*) {
  visit("id", &SubnetPool::id);
  visit("standard", &SubnetPool::standard);
  visit("prefixes", &SubnetPool::prefixes);
  visit("ip_version", &SubnetPool::ip_version);
  visit("default_prefixlen", &SubnetPool::default_prefixlen);
  visit("min_prefixlen", &SubnetPool::min_prefixlen);
  visit("max_prefixlen", &SubnetPool::max_prefixlen);
  visit("default_quota", &SubnetPool::default_quota);
  visit("address_scope", &SubnetPool::address_scope);
  visit("is_default", &SubnetPool::is_default);
}
template <class Visit>
void describe(Visit&& visit, const AddressGroup*) {
  visit("id", &AddressGroup::id);
  visit("standard", &AddressGroup::standard);
  visit("addresses", &AddressGroup::addresses);
  visit("number", &AddressGroup::number);
}

// Security groups and address groups share one space of numbers: what a flow calls a group by. Never 0, and no two
// groups have the same. By this a number's holder is found: each group stands on the id of its number.
Uuid rule_number_id(std::uint32_t number);
template <class Visit>
void refer(Visit&& visit, const AddressGroup& group) {
  visit(rule_number_id(group.number));
}

}  // namespace tarn::model
