// The table as a whole.
#include <algorithm>

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

const Resource* Table::by_path(std::string_view collection) const {
  return below_path({}, collection);
}

const Resource* Table::tagged(std::string_view plural) const {
  const auto meant = [&](const Resource& each) { return each.tagged && each.plural == plural; };
  const auto found = std::ranges::find_if(resources, meant);
  return found == resources.end() ? nullptr : &*found;
}

const Resource* Table::below(const Resource& parent, std::string_view collection) const {
  return below_path(parent.collection(), collection);
}

const Resource* Table::below_path(std::string_view parent, std::string_view collection) const {
  const auto meant = [&](const Resource& each) {
    return each.parent.path == parent && each.collection() == collection;
  };
  const auto found = std::ranges::find_if(resources, meant);
  return found == resources.end() ? nullptr : &*found;
}

const Alias* Table::advertised(std::string_view alias) const {
  const auto found = std::ranges::find(aliases, alias, &Alias::alias);
  return found == aliases.end() || !found->advertised() ? nullptr : &*found;
}

const Action* Resource::action(std::string_view name) const {
  const auto found = std::ranges::find(actions, name, &Action::name);
  return found == actions.end() ? nullptr : &*found;
}

Table table() {
  static constexpr Resource (*all[])() = {
      networks,
      subnets,
      ports,
      agents,
      address_scopes,
      subnetpools,
      address_groups,
      rbac_policies,
      port_bindings,
      ip_availabilities,
      availability_zones,
      security_groups,
      security_group_rules,
      default_security_group_rules,
      default_statefulness,
      routers,
      conntrack_helpers,
      ndp_proxies,
      floatingips,
      floatingip_pools,
      port_forwardings,
      local_ips,
      port_associations,
      trunks,
      segments,
      network_segment_ranges,
  };
  Table table;
  for (Resource (*make)() : all) table.resources.push_back(make());
  for (std::vector<Resource> (*make)() : {qos, metering, flavors, logging, dhcp_places, router_places, taps, bgp})
    std::ranges::move(make(), std::back_inserter(table.resources));
  table.aliases = aliases();
  return table;
}

}  // namespace tarn::api::dialect
