// The aliases, and the table as a whole. An alias is told to clients only when all it promises works: until then it
// says what it waits for, and the work that brings that deletes those words.
#include <algorithm>

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

const Resource* Table::by_path(std::string_view collection) const {
  return below_path({}, collection);
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

namespace {

constexpr auto since = "2026-11-23T00:00:00-00:00";

// Whoever is told of a group must be able to trust that it filters; so it is with all that refines groups.
std::vector<Alias> security_aliases() {
  static constexpr auto switched = "security groups in the switch";
  return {
      {"address-group", "Address group", "Addresses that security group rules name together.", since, switched},
      {"port-security-groups-filtering", "Port filtering on security groups", "security_groups as a filter of ports.",
       since, switched},
      {"rbac-address-group", "Add address_group type to RBAC", "Address groups shared with projects.", since, switched},
      {"rbac-security-groups", "Add security_group type to network RBAC", "Security groups shared with projects.",
       since, switched},
      {"security-group", "security-group", "Who may talk to a port.", since, switched},
      {"security-groups-default-rules", "Default Security Group Rules", "What new security groups start with.", since,
       switched},
      {"security-groups-default-statefulness", "Default Statefulness", "Whether new security groups are stateful.",
       since, switched},
      {"security-groups-normalized-cidr", "Normalized CIDR field for security group rules",
       "normalized_cidr of security group rules.", since, switched},
      {"security-groups-remote-address-group", "Remote address group id field for security group rules",
       "Rules for the addresses of an address group.", since, switched},
      {"security-groups-rules-belongs-to-default-sg", "Rules of Default Groups",
       "belongs_to_default_sg of security group rules.", since, switched},
      {"security-groups-shared-filtering", "Security group filtering on the shared field",
       "shared of security groups, as a filter too.", since, switched},
      {"stateful-security-group", "Stateful security group", "stateful of security groups.", since, switched},
  };
}

}  // namespace

std::vector<Alias> aliases() {
  std::vector<Alias> all{
      {"address-scope", "Address scope", "Networks whose addresses do not overlap.", since},
      {"agent", "agent", "One agent on each node: list, show, describe, disable, forget.", since},
      {"allowed-address-pairs", "Allowed Address Pairs", "Addresses a port may use besides its own.", since},
      {"availability_zone", "Availability Zone", "Zones that agents are in.", since},
      {"availability_zone_filter", "Availability Zone Filters", "Filters of availability zones.", since},
      {"binding", "Port Binding", "The host of a port and how an instance is plugged there.", since},
      {"binding-extended", "Port Bindings Extended", "Bindings of a port to several hosts, one of them active.", since},
      {"default-subnetpools", "Default Subnetpools", "use_default_subnetpool of subnets.", since},
      {"empty-string-filtering", "Empty String Filtering Extension",
       "A filter with an empty value matches the empty string.", since},
      {"external-net", "Neutron external network", "router:external on networks.", since},
      {"extra_dhcp_opt", "Neutron Extra DHCP options", "DHCP options of one port.", since},
      {"filter-validation", "Filter parameters validation", "Unknown filters are refused.", since},
      {"ip-substring-filtering", "IP address substring filtering", "ip_address_substr on ports.", since},
      {"net-mtu", "Network MTU", "mtu on networks.", since},
      {"net-mtu-writable", "Network MTU (writable)", "mtu can be chosen and changed.", since},
      {"network-ip-availability", "Network IP Availability", "Addresses that are left on a network.", since},
      {"network-ip-availability-details", "IP Availability Details", "The same by allocation pools.", since,
       "details of pools"},
      {"pagination", "Pagination support", "limit, marker, page_reverse and links.", since},
      {"port-security", "Port Security", "port_security_enabled on networks and ports.", since},
      {"project-id", "project_id field enabled", "project_id beside tenant_id.", since},
      {"provider", "Provider Network", "provider:* on networks.", since},
      {"quotas", "Quota management support", "What a project may have.", since},
      {"quota-check-limit", "Quota engine limit check", "No quota is set below what is used, where asked.", since},
      {"quota_details", "Quota details management support", "Limits and what is used of them.", since},
      {"rbac-address-scope", "Add address_scope type to RBAC", "Address scopes shared with projects.", since},
      {"rbac-policies", "RBAC Policies", "Networks shared with projects.", since},
      {"rbac-subnetpool", "Add subnetpool type to RBAC", "Subnet pools shared with projects.", since},
      {"revision-if-match", "If-Match constraints based on revision_number", "If-Match: revision_number=N.", since},
      {"sorting", "Sorting support", "sort_key and sort_dir.", since},
      {"standard-attr-description", "standard-attr-description", "description on all resources.", since},
      {"standard-attr-revisions", "Resource revision numbers", "revision_number on all resources.", since},
      {"standard-attr-tag",
       "Tag support for resources with standard attribute: port, subnet, subnetpool, network, security_group, router, "
       "floatingip, policy, trunk, network_segment_range",
       "/tags of a resource, and filters by tags.", since},
      {"standard-attr-timestamp", "Resource timestamps", "created_at, updated_at, changed_since.", since},
      {"subnet_allocation", "Subnet Allocation", "Subnets that take their CIDR from a subnet pool.", since},
      {"subnet_onboard", "Subnet Onboard", "Subnets that are there come into a subnet pool.", since},
      {"subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "add_prefixes and remove_prefixes.", since},
      {"subnet-service-types", "Subnet service types", "Which ports a subnet gives addresses to.", since},
      {"tag-creation", "Tag Creation", "Several tags added at once by POST.", since},
      {"tag-ports-during-bulk-creation", "Tag Ports During Bulk Creation", "tags in the body of a new port.", since},
  };
  std::ranges::move(security_aliases(), std::back_inserter(all));
  std::ranges::move(routing_aliases(), std::back_inserter(all));
  std::ranges::move(service_aliases(), std::back_inserter(all));
  std::ranges::sort(all, {}, &Alias::alias);
  return all;
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
  for (std::vector<Resource> (*make)() : {qos, metering, flavors, logging, dhcp_places})
    std::ranges::move(make(), std::back_inserter(table.resources));
  table.aliases = aliases();
  return table;
}

}  // namespace tarn::api::dialect
