#include <algorithm>

#include "model/admit/plug.h"
#include "model/admit/port_users.h"
#include "model/admit/router_parts.h"
#include "model/admit/rules.h"

namespace tarn::model::admission {
namespace {

// A subnet of others may be routed by whom its network is shared with by name; shared with everybody is not enough.
Status check_may_route(const Draft& draft, const Subnet& subnet) {
  if (belongs_to(subnet, draft.caller())) return {};
  for (const Uuid& id : draft.now().referrers(subnet.network.uuid, Kind::rbac_policy)) {
    const RbacPolicy& policy = **draft.now().find<RbacPolicy>(id);
    if (policy.action == Sharing::access_as_shared && policy.target_project == draft.caller().project_id) return {};
  }
  return bad_request("router", "Cannot add interface to router because subnet " + subnet.id.text() +
                                   " is not owned by project making the request.");
}

// The port that has the router's IPv6 subnets of the network.
const Port* v6_interface(const Snapshot& cloud, const Router& router, NetworkId network) {
  for (const Port* port : interfaces_of(cloud, router.id)) {
    if (port->network == network && has_family(*port, Family::v6)) return port;
  }
  return nullptr;
}

Status add_by_subnet(Draft& draft, const Uuid& id, const Router& router) {
  const Result<Subnet> subnet = row_for<Subnet>(draft, id);
  if (!subnet) return fail(subnet.error());
  if (!subnet->gateway) return bad_request("router", "Subnet for router interface must have a gateway IP.");
  if (Status status = check_may_route(draft, *subnet); !status) return status;
  const Port* there = subnet->cidr.address.is_v4() ? nullptr : v6_interface(draft.now(), router, subnet->network);
  Port port = there == nullptr ? Port{} : *there;
  port.network = subnet->network;
  port.fixed_ips.push_back({subnet->id, *subnet->gateway});
  if (Status status = check_attachment(draft, router, port); !status) return status;
  std::vector<WantedIp> addresses;
  for (const FixedIp& ip : port.fixed_ips) addresses.push_back({ip.subnet, ip.address});
  const Result<Port> plugged = there != nullptr
                                   ? readdress(draft, port.id, addresses)
                                   : plug(draft, {subnet->network, router.standard.project_id, router.id.text(),
                                                  std::string(owner_interface), addresses});
  return plugged ? Status{} : fail(plugged.error());
}

Status check_in_pools(const Draft& draft, const Port& port) {
  for (const FixedIp& ip : port.fixed_ips) {
    const Subnet& subnet = **draft.now().find(ip.subnet);
    const auto holds = [&](const AddressRange& pool) { return pool.first <= ip.address && ip.address <= pool.last; };
    if (belongs_to(subnet, draft.caller()) || std::ranges::any_of(subnet.pools, holds)) continue;
    return bad_request("router", "Cannot add interface to router because specified port " + port.id.text() +
                                     " has an IP address out of the allocation pool of subnet " + subnet.id.text() +
                                     ", which is not owned by the project making the request.");
  }
  return {};
}

Status add_by_port(Draft& draft, const Uuid& id, const Router& router) {
  Result<Port> port = row_for<Port>(draft, id);
  if (!port) return fail(port.error());
  if (!port->device_id.empty()) {
    return fail(ErrorCode::conflict, "PortInUse",
                "Unable to complete operation on port " + port->id.text() + " for network " + port->network.text() +
                    ". Port already has an attached device " + port->device_id + ".");
  }
  if (port->fixed_ips.empty()) return bad_request("router", "Router port must have at least one fixed IP.");
  if (Status status = check_in_pools(draft, *port); !status) return status;
  port->device_id = router.id.text();
  port->device_owner = owner_interface;
  if (Status status = check_attachment(draft, router, *port); !status) return status;
  draft.update(*port);
  return {};
}

Status add(Draft& draft, const boost::json::object& given, const Router& router) {
  const bool by_port = given.contains("port");
  const bool by_subnet = given.contains("subnet");
  if (by_port && by_subnet) return bad_request("router", "Cannot specify both subnet-id and port-id.");
  if (!by_port && !by_subnet) return bad_request("router", "Either subnet_id or port_id must be specified.");
  const Result<Uuid> id = uuid_in(given, by_port ? "port" : "subnet");
  if (!id) return fail(id.error());
  return by_port ? add_by_port(draft, *id, router) : add_by_subnet(draft, *id, router);
}

Result<Port> interface_named(const Draft& draft, const boost::json::object& given, const Router& router) {
  const Result<Uuid> id = uuid_in(given, "port");
  if (!id) return fail(id.error());
  const Versioned<Port>* port = draft.now().find<Port>(*id);
  const Router* of = port == nullptr ? nullptr : router_of(draft.now(), **port);
  if (of != nullptr && of->id == router.id) return **port;
  return fail(ErrorCode::not_found, "RouterInterfaceNotFound",
              "Router " + router.id.text() + " does not have an interface with id " + id->text() + ".");
}

Status remove_whole(Draft& draft, const boost::json::object& given, const Router& router) {
  const Result<Port> port = interface_named(draft, given, router);
  if (!port) return fail(port.error());
  if (given.contains("subnet")) {
    const Result<Uuid> subnet = uuid_in(given, "subnet");
    if (!subnet) return fail(subnet.error());
    if (!has_subnet(*port, {*subnet})) {
      return fail(ErrorCode::invalid, "SubnetMismatchForPort",
                  "Subnet on port " + port->id.text() + " does not match the requested subnet " + subnet->text() + ".");
    }
  }
  for (const FixedIp& ip : port->fixed_ips) {
    if (Status status = check_detachment(draft.now(), router, ip.subnet); !status) return status;
  }
  return unplug(draft, port->id);
}

Status remove_prefix(Draft& draft, const boost::json::object& given, const Router& router) {
  Result<Port> port = interface_named(draft, given, router);
  if (!port) return fail(port.error());
  const Result<Uuid> id = uuid_in(given, "subnet");
  if (!id) return fail(id.error());
  const SubnetId subnet{*id};
  if (!has_subnet(*port, subnet)) {
    return fail(ErrorCode::not_found, "RouterInterfaceNotFoundForSubnet",
                "Router " + router.id.text() + " has no interface on subnet " + subnet.text() + ".");
  }
  if (Status status = check_detachment(draft.now(), router, subnet); !status) return status;
  std::erase_if(port->fixed_ips, [&](const FixedIp& ip) { return ip.subnet == subnet; });
  if (port->fixed_ips.empty()) return unplug(draft, port->id);
  draft.update(*port);
  drop_unfounded(draft, port->id);
  return {};
}

}  // namespace

Status settle_interfaces(Draft& draft, const boost::json::object& given, const Router& router) {
  const std::pair<std::string_view, Status (*)(Draft&, const boost::json::object&, const Router&)> edits[] = {
      {"add_interface", add}, {"remove_interface", remove_whole}, {"remove_prefix", remove_prefix}};
  for (const auto& [word, edit] : edits) {
    const boost::json::value* value = given.if_contains(word);
    if (value == nullptr) continue;
    const boost::json::object* interface = value->if_object();
    if (interface == nullptr) return invalid_input("'" + std::string(word) + "' is not an object.");
    if (Status status = edit(draft, *interface, router); !status) return status;
    draft.bump<Router>(router.id.uuid);
  }
  return {};
}

}  // namespace tarn::model::admission
