// Subnets. Request-only words: `ip_version` (4 or 6), which must agree with the cidr; `prefixlen` and
// `use_default_subnetpool`, which stand for a cidr (pool_allocation.h). `gateway` absent is the first
// address (of an IPv6 subnet: the network's own, the subnet-router anycast address), null is none; `pools` absent or
// null is all usable addresses but the gateway.
#include "model/admit/network_segments.h"
#include "model/admit/pool_allocation.h"
#include "model/admit/pools.h"
#include "model/admit/port_users.h"
#include "model/admit/rules.h"
#include "model/admit/subnet_rules.h"
#include "model/json_fields.h"

namespace tarn::model::admission {
namespace {

constexpr Attribute attributes[] = {
    {"project_id", When::created}, {"name", When::both},
    {"description", When::both},   {"tags", When::both},
    {"network", When::created},    {"cidr", When::created},
    {"ip_version", When::created}, {"gateway", When::both},
    {"enable_dhcp", When::both},   {"pools", When::both},
    {"dns_servers", When::both},   {"host_routes", When::both},
    {"ra_mode", When::created},    {"address_mode", When::created},
    {"service_types", When::both}, {"subnetpool", When::created},
    {"prefixlen", When::created},  {"use_default_subnetpool", When::created},
    {"segment", When::both},       {"dns_publish_fixed_ip", When::both},
};

boost::json::object fields_of(const Request& request) {
  boost::json::object given = without(request.given, {"ip_version", "prefixlen", "use_default_subnetpool"});
  for (const std::string_view name : {"pools", "cidr"}) {
    if (!is_given(given, name)) given.erase(name);
  }
  return given;
}

Status check_version(const boost::json::object& given, const Subnet& subnet) {
  if (!is_given(given, "ip_version")) return {};
  const boost::json::value& version = given.at("ip_version");
  if (version != 4 && version != 6) return invalid_input("ip_version must be 4 or 6.");
  if ((version == 4) == subnet.cidr.address.is_v4()) return {};
  return invalid_input("cidr '" + subnet.cidr.text() + "' does not match the ip_version.");
}

// The cidr that was given, or one that a subnet pool gives.
Status settle_cidr(const Draft& draft, const Request& request, const std::string& project, Subnet& subnet) {
  std::optional<Prefix> exact;
  std::optional<int> length;
  if (is_given(request.given, "cidr")) exact = subnet.cidr;
  if (is_given(request.given, "prefixlen")) {
    const Status status = fields::take("prefixlen", request.given.at("prefixlen"), length);
    if (!status) return invalid_input(status.error().message);
  }
  if (exact && length) return bad_subnets_request("cidr and prefixlen cannot both be given.");
  const Result<std::optional<SubnetPool>> pool = pool_named(draft, request.given, subnet);
  if (!pool) return fail(pool.error());
  if (!*pool) return exact ? Status{} : bad_subnets_request("a cidr or a subnet pool is needed.");
  if (is_given(request.given, "pools") && !exact) {
    return bad_subnets_request("allocation_pools need a cidr of the subnet pool beside them.");
  }
  const Result<Prefix> cidr = allocate(draft, **pool, project, exact, length);
  if (!cidr) return fail(cidr.error());
  subnet.cidr = *cidr;
  subnet.subnetpool = (*pool)->id;
  return {};
}

Result<Subnet> new_subnet(const Draft& draft, const Request& request, const std::string& project) {
  if (!is_given(request.given, "network")) return invalid_input("a subnet needs 'network'.");
  Subnet subnet;
  if (Status status = set_fields(subnet, fields_of(request)); !status) return fail(status.error());
  subnet.id = {request.id};
  const Result<Network> network = row_for<Network>(draft, subnet.network.uuid);
  if (!network) return fail(network.error());
  if (Status status = settle_cidr(draft, request, project, subnet); !status) return fail(status.error());
  if (Status status = check_pool_affinity(draft, subnet); !status) return fail(status.error());
  if (Status status = check_subnet_segment(draft, nullptr, subnet); !status) return fail(status.error());
  if (Status status = check_version(request.given, subnet); !status) return fail(status.error());
  if (!request.given.contains("gateway")) {
    const Ip& first = subnet.cidr.address;
    const bool alone = subnet.cidr.length == first.bits();
    subnet.gateway = first.is_v4() && !alone ? first.plus(1) : first;
  }
  return subnet;
}

Status settle_new_pools(const Request& request, Subnet& subnet) {
  if (!is_given(request.given, "pools")) {
    subnet.pools = default_pools(subnet.cidr, subnet.gateway);
    return {};
  }
  if (Status status = settle_pools(subnet.cidr, subnet.pools); !status) return status;
  return subnet.gateway ? check_gateway_outside(*subnet.gateway, subnet.pools) : Status{};
}

// Ports that are there already take their automatic address as soon as a subnet offers one.
void add_automatic_addresses(Draft& draft, const Subnet& subnet) {
  for (const PortId& id : draft.now().ports_of(subnet.network)) {
    Port port = **draft.now().find(id);
    if (is_router_interface(port)) continue;
    port.fixed_ips.push_back({subnet.id, Ip::eui64(subnet.cidr.address, port.mac)});
    draft.update(std::move(port));
  }
}

Status create(Draft& draft, const Request& request) {
  const Result<std::string> project = project_of_new(draft, request, attributes);
  if (!project) return fail(project.error());
  Result<Subnet> subnet = new_subnet(draft, request, *project);
  if (!subnet) return fail(subnet.error());
  if (Status status = check_quota(draft, Kind::subnet, *project); !status) return status;
  subnet->standard.project_id = *project;
  if (Status status = check_subnet(*subnet, nullptr, draft.limits()); !status) return status;
  if (Status status = settle_new_pools(request, *subnet); !status) return status;
  if (Status status = check_cidr(draft.now(), *subnet); !status) return status;
  draft.create(*subnet);
  draft.bump(subnet->network);
  if (is_auto_address(*subnet)) add_automatic_addresses(draft, *subnet);
  return {};
}

// The gateway address may not change under a router that holds it.
Status check_gateway_free(const Draft& draft, const Subnet& before, const Subnet& after) {
  if (!before.gateway || after.gateway == before.gateway) return {};
  const std::optional<PortId> owner = draft.now().owner_of(before.id, *before.gateway);
  if (!owner || !is_router_interface(**draft.now().find(*owner))) return {};
  return fail(ErrorCode::conflict, "GatewayIpInUse",
              "Current gateway ip " + before.gateway->text() + " already in use by port " + owner->text() +
                  ". Unable to update.");
}

Status update(Draft& draft, const Request& request) {
  const Result<Subnet> before = row_to_update<Subnet>(draft, request, attributes);
  if (!before) return fail(before.error());
  Subnet subnet = *before;
  if (Status status = set_fields(subnet, fields_of(request)); !status) return status;
  if (Status status = check_subnet(subnet, &*before, draft.limits()); !status) return status;
  if (Status status = check_gateway_free(draft, *before, subnet); !status) return status;
  if (Status status = check_subnet_segment(draft, &*before, subnet); !status) return status;
  if (Status status = settle_pools(subnet.cidr, subnet.pools); !status) return status;
  const bool placed_anew = subnet.gateway != before->gateway || subnet.pools != before->pools;
  if (subnet.gateway && placed_anew) {
    if (Status status = check_gateway_outside(*subnet.gateway, subnet.pools); !status) return status;
  }
  if (subnet == *before) return {};
  draft.update(subnet);
  draft.bump(subnet.network);
  return {};
}

// The ports with an address in the subnet.
std::set<PortId> ports_in(const Snapshot& cloud, const Subnet& subnet) {
  std::set<PortId> ports;
  const auto& addresses = cloud.addresses();
  for (auto it = addresses.lower_bound({subnet.id.uuid, {}}); it != addresses.end(); ++it) {
    const auto& [key, owner] = *it;
    if (key.subnet != subnet.id.uuid) break;
    ports.insert(owner);
  }
  return ports;
}

Status remove(Draft& draft, const Request& request) {
  const Result<Subnet> subnet = row_to_remove<Subnet>(draft, request);
  if (!subnet) return fail(subnet.error());
  const std::set<PortId> ports = ports_in(draft.now(), *subnet);
  for (const PortId& id : ports) {
    const Port& port = **draft.now().find(id);
    const bool lets_go = is_auto_deleted(port) || (is_auto_address(*subnet) && !is_router_interface(port));
    if (lets_go) continue;
    return fail(ErrorCode::conflict, "SubnetInUse",
                "Unable to complete operation on subnet " + subnet->id.text() +
                    ": One or more ports have an IP allocation from this subnet, " + id.text() + " among them.");
  }
  for (const PortId& id : ports) {
    Port port = **draft.now().find(id);
    std::erase_if(port.fixed_ips, [&](const FixedIp& ip) { return ip.subnet == subnet->id; });
    const bool unfounded = is_stood_on(draft.now(), id);
    draft.update(std::move(port));
    if (unfounded) drop_unfounded(draft, id);
  }
  draft.remove(Kind::subnet, subnet->id.uuid);
  draft.bump(subnet->network);
  return {};
}

}  // namespace

KindRules subnet_rules() {
  return {create, update, remove};
}

}  // namespace tarn::model::admission
