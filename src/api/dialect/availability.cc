// The table's rows for what is left and where: addresses of networks, availability zones.
#include <limits>
#include <map>

#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::Network;
using model::Subnet;

// Addresses from `first` to `last`, at most 2⁶⁴-1: a number that clients can read.
std::uint64_t count_of(const model::AddressRange& range) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const auto& low = range.first.bytes;
  const auto& high = range.last.bytes;
  std::uint64_t difference = 0;
  int borrow = 0;
  bool beyond = false;
  for (std::size_t i = range.first.is_v4() ? 4 : 16; i-- > 0;) {
    const int digit = static_cast<int>(high[i]) - static_cast<int>(low[i]) - borrow;
    borrow = digit < 0 ? 1 : 0;
    const auto byte = static_cast<std::uint64_t>(digit + 256 * borrow);
    const std::size_t place = (range.first.is_v4() ? 3 : 15) - i;
    if (place < 8)
      difference |= byte << (8 * place);
    else
      beyond = beyond || byte != 0;
  }
  return beyond || difference == most ? most : difference + 1;
}

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return a > most - b ? most : a + b;
}

// Of a subnet, or of all subnets of a network.
struct Count {
  std::uint64_t addresses = 0;  // that ports could have
  std::uint64_t in_pools = 0;
  std::uint64_t used = 0;
  std::uint64_t used_in_pools = 0;

  void add(const Count& more) {
    addresses = sum(addresses, more.addresses);
    in_pools = sum(in_pools, more.in_pools);
    used = sum(used, more.used);
    used_in_pools = sum(used_in_pools, more.used_in_pools);
  }
};

// An IPv4 network's own address and its broadcast address are nobody's, where there are others (RFC 3021).
std::uint64_t addresses_of(const Prefix& cidr) {
  const std::uint64_t all = count_of({cidr.first(), cidr.last()});
  return cidr.address.is_v4() && all > 2 ? all - 2 : all;
}

Count count_of(const model::Snapshot& snapshot, const Subnet& subnet) {
  Count count;
  count.addresses = addresses_of(subnet.cidr);
  for (const auto& pool : subnet.pools) count.in_pools = sum(count.in_pools, count_of(pool));
  const auto& addresses = snapshot.addresses();
  for (auto at = addresses.lower_bound({subnet.id.uuid, {}}); at != addresses.end(); ++at) {
    const auto& key = (*at).first;
    if (key.subnet != subnet.id.uuid) break;
    ++count.used;
    const auto holds = [&](const model::AddressRange& pool) { return pool.first <= key.ip && key.ip <= pool.last; };
    if (std::ranges::any_of(subnet.pools, holds)) ++count.used_in_pools;
  }
  return count;
}

json::object details_of(const Count& count) {
  return {{"total_ips_in_subnet", count.addresses},
          {"total_ips_in_allocation_pool", count.in_pools},
          {"used_ips_in_subnet", count.used},
          {"used_ips_in_allocation_pool", count.used_in_pools}};
}

json::value subnets_of(const View& view) {
  json::array shown(view.storage);
  for (const SubnetId id : view.snapshot.subnets_of(view.as<Network>().id)) {
    const Subnet& subnet = **view.snapshot.find(id);
    const Count count = count_of(view.snapshot, subnet);
    shown.push_back({{"subnet_id", id.text()},
                     {"subnet_name", subnet.standard.name},
                     {"cidr", subnet.cidr.text()},
                     {"ip_version", subnet.cidr.address.is_v4() ? 4 : 6},
                     {"total_ips", count.in_pools},
                     {"used_ips", count.used},
                     {"ip_availability_details", details_of(count)}});
  }
  return shown;
}

// `show` makes a value of the count of all subnets of the network.
template <class Show>
Mapping of_network(Show show) {
  return derived([show](const View& view) {
    Count all;
    for (const SubnetId id : view.snapshot.subnets_of(view.as<Network>().id))
      all.add(count_of(view.snapshot, **view.snapshot.find(id)));
    return json::value(show(all), view.storage);
  });
}

Filter ip_version_filter() {
  const auto make = [](const std::vector<std::string>& values) -> Result<std::function<bool(const View&)>> {
    const bool four = std::ranges::find(values, "4") != values.end();
    const bool six = std::ranges::find(values, "6") != values.end();
    return [four, six](const View& view) {
      for (const SubnetId id : view.snapshot.subnets_of(view.as<Network>().id)) {
        const bool v4 = (**view.snapshot.find(id)).cidr.address.is_v4();
        if (v4 ? four : six) return true;
      }
      return false;
    };
  };
  return {"ip_version", "has a subnet of this IP version", make, "network-ip-availability"};
}

// A zone is there while an agent is in it, and available while one of them is up.
std::vector<Made> zones(const View& base) {
  std::map<std::string, bool> available;
  for (const auto& [id, agent] : base.snapshot.agents())
    available[agent->availability_zone] |= agent->admin_state_up && base.hears(agent->host);
  std::vector<Made> all;
  for (const auto& [name, up] : available)
    for (const char* resource : {"network", "router"})
      all.push_back({{"name", name}, {"resource", resource}, {"state", up ? "available" : "unavailable"}});
  return all;
}

}  // namespace

Resource ip_availabilities() {
  Resource resource{.singular = "network_ip_availability",
                    .plural = "network_ip_availabilities",
                    .path = "network-ip-availabilities",
                    .kind = model::Kind::network,
                    .alias = "network-ip-availability",
                    .create = false,
                    .update = false,
                    .remove = false,
                    .not_found = "NetworkNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "network_id", .type = shown_text(), .model = member(&Network::id), .sort = true});
  rows.push_back({.name = "network_name", .type = shown_text(), .model = standard<Network>(&model::Standard::name)});
  for (Attribute& each : project_attributes(standard<Network>(&model::Standard::project_id))) {
    each.given = Given::never;
    rows.push_back(std::move(each));
  }
  const auto number = [&](std::string name, std::uint64_t Count::* of) {
    rows.push_back({.name = std::move(name),
                    .type = shown_number(),
                    .model = of_network([of](const Count& all) { return all.*of; }),
                    .filter = false});
  };
  number("total_ips", &Count::in_pools);
  number("used_ips", &Count::used);
  rows.push_back({.name = "subnet_ip_availability",
                  .type = shown("list of objects"),
                  .model = derived(subnets_of),
                  .filter = false});
  for (Attribute& each : rows) each.alias = "network-ip-availability";
  rows.push_back({.name = "ip_availability_details",
                  .type = shown("object"),
                  .model = of_network(details_of),
                  .filter = false,
                  .alias = "network-ip-availability-details"});
  resource.filters.push_back(ip_version_filter());
  return resource;
}

Resource availability_zones() {
  Resource resource{.singular = "availability_zone",
                    .plural = "availability_zones",
                    .kind = model::Kind::agent,
                    .alias = "availability_zone",
                    .create = false,
                    .update = false,
                    .remove = false,
                    .not_found = "AvailabilityZoneNotFound"};
  for (const char* name : {"name", "resource", "state"})
    resource.attributes.push_back(
        {.name = name, .type = shown_text(), .model = made(name), .sort = true, .alias = "availability_zone"});
  resource.made.all = zones;
  resource.made.id = "name";
  return resource;
}

}  // namespace tarn::api::dialect
