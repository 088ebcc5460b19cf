#include "model/admit/port_addresses.h"

#include <algorithm>

#include "model/admit/gap.h"
#include "model/admit/pools.h"
#include "model/admit/rules.h"

namespace tarn::model::admission {
namespace {

using Addresses = PersistentMap<Snapshot::SubnetAndIp, PortId>;

std::optional<Ip> lowest_free(const Addresses& addresses, const Subnet& subnet) {
  for (const AddressRange& pool : subnet.pools) {
    const auto at = [&](std::uint64_t i) { return Snapshot::SubnetAndIp{subnet.id.uuid, pool.first.plus(i)}; };
    if (const auto gap = first_gap(addresses, addresses_in(pool), at)) return pool.first.plus(*gap);
  }
  return std::nullopt;
}

// The network's subnets, oldest first.
std::vector<const Subnet*> subnets_by_age(const Snapshot& cloud, NetworkId network) {
  std::vector<const Subnet*> subnets;
  for (const SubnetId& id : cloud.subnets_of(network)) subnets.push_back(cloud.find(id)->row.get());
  std::ranges::sort(subnets, {},
                    [](const Subnet* subnet) { return std::pair(subnet->standard.created_at_ms, subnet->id); });
  return subnets;
}

// Those that serve ports of this owner; the ones made for it before the ones for everybody.
std::vector<const Subnet*> subnets_for(const Draft& draft, const Port& port) {
  std::vector<const Subnet*> made_for;
  std::vector<const Subnet*> for_all;
  for (const Subnet* subnet : subnets_by_age(draft.now(), port.network)) {
    const auto& types = subnet->service_types;
    if (types.empty()) for_all.push_back(subnet);
    if (std::ranges::find(types, port.device_owner) != types.end()) made_for.push_back(subnet);
  }
  made_for.insert(made_for.end(), for_all.begin(), for_all.end());
  return made_for;
}

// The addresses being chosen for one port. What the port has now is free for it; what it chose is taken.
class Choosing {
 public:
  Choosing(const Draft& draft, const Port& port) : port_(port), addresses_(draft.now().addresses()) {
    for (const FixedIp& ip : port.fixed_ips) {
      const Snapshot::SubnetAndIp key{ip.subnet.uuid, ip.address};
      const PortId* owner = addresses_.find(key);
      if (owner != nullptr && *owner == port.id) addresses_ = addresses_.without(key);
    }
  }

  Status take(const Subnet& subnet, const Ip& address) {
    const Snapshot::SubnetAndIp key{subnet.id.uuid, address};
    if (addresses_.contains(key)) return already_allocated(subnet.id, address);
    addresses_ = addresses_.with(key, port_.id);
    return {};
  }

  std::optional<Ip> take_lowest(const Subnet& subnet) {
    const std::optional<Ip> free = lowest_free(addresses_, subnet);
    if (free) addresses_ = addresses_.with({subnet.id.uuid, *free}, port_.id);
    return free;
  }

  // Adds the addresses that follow from the MAC, for every such subnet that `subnets` has.
  Status take_automatic(const std::vector<const Subnet*>& subnets, std::vector<FixedIp>& chosen) {
    if (is_router_interface(port_)) return {};
    for (const Subnet* subnet : subnets) {
      if (!is_auto_address(*subnet)) continue;
      const Ip address = Ip::eui64(subnet->cidr.address, port_.mac);
      if (Status status = take(*subnet, address); !status) return status;
      chosen.push_back({subnet->id, address});
    }
    return {};
  }

 private:
  const Port& port_;
  Addresses addresses_;
};

Refusal exhausted(const std::string& where) {
  return fail(ErrorCode::conflict, "IpAddressGenerationFailure", "No more IP addresses available " + where + ".");
}

bool may_have(const Subnet& subnet, const Ip& address, const Port& port) {
  if (!subnet.cidr.contains(address)) return false;
  const AddressRange all = usable(subnet.cidr);
  if (!address.is_v4() && address == subnet.cidr.address) return is_router_interface(port) || all.first == address;
  return !(address < all.first) && !(all.last < address);
}

// The subnet of one entry of `fixed_ips`.
Result<const Subnet*> subnet_of(const Draft& draft, const Port& port, const std::vector<const Subnet*>& subnets,
                                const WantedIp& wanted) {
  if (!wanted.subnet && !wanted.address) return invalid_input("IP allocation requires subnet_id or ip_address.");
  if (!wanted.subnet) {
    for (const Subnet* subnet : subnets) {
      if (may_have(*subnet, *wanted.address, port)) return subnet;
    }
    return fail(
        ErrorCode::invalid, "InvalidIpForNetwork",
        "IP address " + wanted.address->text() + " is not a valid IP for any of the subnets on the specified network.");
  }
  const auto found = std::ranges::find(subnets, *wanted.subnet, &Subnet::id);
  if (found == subnets.end()) {
    if (draft.now().find(*wanted.subnet) == nullptr) return not_found(Kind::subnet, wanted.subnet->uuid);
    return invalid_input("Failed to create port on network " + port.network.text() +
                         ", because fixed_ips included invalid subnet " + wanted.subnet->text() + ".");
  }
  if (wanted.address && !may_have(**found, *wanted.address, port)) {
    return fail(ErrorCode::invalid, "InvalidIpForSubnet",
                "IP address " + wanted.address->text() + " is not a valid IP for the specified subnet.");
  }
  return *found;
}

// One entry with its subnet resolved; without an address the lowest free is meant.
struct Slot {
  const Subnet* subnet;
  std::optional<Ip> address;
};

// The entries that call for an address of their own: automatic subnets get theirs anyway.
Result<std::vector<Slot>> slots_for(const Draft& draft, const Port& port, const std::vector<const Subnet*>& subnets,
                                    const std::vector<WantedIp>& wanted) {
  std::vector<Slot> slots;
  for (const WantedIp& entry : wanted) {
    const Result<const Subnet*> subnet = subnet_of(draft, port, subnets, entry);
    if (!subnet) return fail(subnet.error());
    const auto same = [&](const Slot& slot) { return entry.address && slot.address == entry.address; };
    if (std::ranges::any_of(slots, same)) return invalid_input("Duplicate IP address '" + entry.address->text() + "'.");
    if (is_auto_address(**subnet) && !is_router_interface(port)) {
      if (!entry.address || *entry.address == Ip::eui64((*subnet)->cidr.address, port.mac)) continue;
      return fail(ErrorCode::invalid, "AllocationOnAutoAddressSubnet",
                  "IPv6 address " + entry.address->text() + " cannot be directly assigned to a port on subnet " +
                      (*subnet)->id.text() + " as the subnet is configured for automatic addresses.");
    }
    slots.push_back({*subnet, entry.address});
  }
  return slots;
}

// Lets each slot without an address keep one that the port has in its subnet and that no other slot names.
void keep_present(const Port& port, std::vector<Slot>& slots) {
  for (Slot& slot : slots) {
    if (slot.address) continue;
    for (const FixedIp& held : port.fixed_ips) {
      const auto names_it = [&](const Slot& other) { return other.address == held.address; };
      if (held.subnet != slot.subnet->id || std::ranges::any_of(slots, names_it)) continue;
      slot.address = held.address;
      break;
    }
  }
}

}  // namespace

Result<std::vector<WantedIp>> parse_fixed_ips(const boost::json::value& given) {
  const boost::json::array* entries = given.if_array();
  if (entries == nullptr) return invalid_input("'fixed_ips' is not a list.");
  std::vector<WantedIp> wanted;
  for (const boost::json::value& entry : *entries) {
    const boost::json::object* object = entry.if_object();
    if (object == nullptr) return invalid_input("an entry of 'fixed_ips' is not an object.");
    WantedIp ip;
    for (const auto& [name, value] : *object) {
      const boost::json::string* text = value.if_string();
      if (value.is_null()) continue;
      if (text == nullptr) return invalid_input("'" + std::string(name) + "' in 'fixed_ips' is not a string.");
      if (name == "subnet") {
        const Result<Uuid> id = Uuid::parse({text->data(), text->size()});
        if (!id) return invalid_input(id.error().message);
        ip.subnet = SubnetId{*id};
      } else if (name == "address") {
        const Result<Ip> address = Ip::parse({text->data(), text->size()});
        if (!address) return invalid_input(address.error().message);
        ip.address = *address;
      } else {
        return invalid_input("'fixed_ips' entries have no '" + std::string(name) + "'.");
      }
    }
    wanted.push_back(ip);
  }
  return wanted;
}

Result<std::vector<FixedIp>> usual_addresses(const Draft& draft, const Port& port) {
  const std::vector<const Subnet*> subnets = subnets_for(draft, port);
  if (subnets.empty() && !draft.now().subnets_of(port.network).empty()) {
    return fail(ErrorCode::conflict, "IpAddressGenerationFailureNoMatchingSubnet",
                "No valid service subnet for the given device owner, network " + port.network.text() +
                    ", service type " + port.device_owner + ".");
  }
  Choosing choosing(draft, port);
  std::vector<FixedIp> chosen;
  for (const Family family : {Family::v4, Family::v6}) {
    bool offered = false;
    bool taken = false;
    for (const Subnet* subnet : subnets) {
      if (subnet->cidr.address.family != family || is_auto_address(*subnet) || taken) continue;
      offered = true;
      if (const std::optional<Ip> free = choosing.take_lowest(*subnet)) {
        chosen.push_back({subnet->id, *free});
        taken = true;
      }
    }
    if (offered && !taken) return exhausted("on network " + port.network.text());
  }
  if (Status status = choosing.take_automatic(subnets, chosen); !status) return fail(status.error());
  return chosen;
}

Result<std::vector<FixedIp>> asked_addresses(const Draft& draft, const Port& port,
                                             const std::vector<WantedIp>& wanted) {
  if (wanted.empty()) return std::vector<FixedIp>{};
  const bool trusted = port.device_owner.starts_with("network:");
  if (!trusted && wanted.size() > draft.limits().fixed_ips_per_port_max) {
    return invalid_input("Exceeded maximum amount of fixed ips per port.");
  }
  const std::vector<const Subnet*> subnets = subnets_by_age(draft.now(), port.network);
  if (subnets.empty()) return invalid_input("IP allocation requires subnets for network.");
  Result<std::vector<Slot>> slots = slots_for(draft, port, subnets, wanted);
  if (!slots) return fail(slots.error());
  keep_present(port, *slots);
  Choosing choosing(draft, port);
  for (const Slot& slot : *slots) {  // the named ones first, so that the others cannot take them
    if (!slot.address) continue;
    if (Status status = choosing.take(*slot.subnet, *slot.address); !status) return fail(status.error());
  }
  std::vector<FixedIp> chosen;
  for (const Slot& slot : *slots) {
    const std::optional<Ip> address = slot.address ? slot.address : choosing.take_lowest(*slot.subnet);
    if (!address) return exhausted("for subnet " + slot.subnet->id.text());
    chosen.push_back({slot.subnet->id, *address});
  }
  if (Status status = choosing.take_automatic(subnets, chosen); !status) return fail(status.error());
  return chosen;
}

}  // namespace tarn::model::admission
