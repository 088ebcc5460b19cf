// Floating IPs. Request-only word: `subnet`, where a new one's address is from. `port` and `fixed_address` associate
// it; `port` null lets go. Its address is held by a port of its own on the external network.
#include <algorithm>

#include "model/admit/plain.h"
#include "model/admit/plug.h"
#include "model/admit/port_users.h"
#include "model/admit/routing.h"

namespace tarn::model::admission {
namespace {

Refusal bad(std::string what) {
  return bad_request("floatingip", std::move(what));
}

Status take_address(Draft& draft, const Request& request, FloatingIp& floating) {
  const Result<Uuid> id = uuid_in(request.given, "network");
  if (!id) return fail(id.error());
  const Result<Network> network = row_for<Network>(draft, *id);
  if (!network) return fail(network.error());
  if (!network->external) return bad("Network " + id->text() + " is not a valid external network.");
  const std::vector<SubnetId> subnets = draft.now().subnets_of(network->id);
  const auto is_v4 = [&](const SubnetId& subnet) { return (**draft.now().find(subnet)).cidr.address.is_v4(); };
  if (std::ranges::none_of(subnets, is_v4)) return bad("Network " + id->text() + " does not contain any IPv4 subnet.");
  Plug plugged{network->id, "", floating.id.text(), std::string(owner_floatingip), {}};
  WantedIp wanted;
  if (is_given(request.given, "address")) wanted.address = floating.address;
  if (is_given(request.given, "subnet")) {
    const Result<Uuid> subnet = uuid_in(request.given, "subnet");
    if (!subnet) return fail(subnet.error());
    wanted.subnet = SubnetId{*subnet};
  }
  if (wanted.address || wanted.subnet) plugged.addresses = std::vector{wanted};
  const Result<Port> port = plug(draft, plugged);
  if (!port) return fail(port.error());
  const auto held = std::ranges::find_if(port->fixed_ips, [](const FixedIp& ip) { return ip.address.is_v4(); });
  if (held == port->fixed_ips.end()) {
    return fail(ErrorCode::invalid, "ExternalIpAddressExhausted",
                "Unable to find any IP address on external network " + id->text() + ".");
  }
  floating.own_port = port->id;
  floating.address = held->address;
  return {};
}

// The address of the port that is meant: the one named, or its only IPv4 address.
Result<FixedIp> internal_address(const Port& port, const std::optional<Ip>& named) {
  if (named && !named->is_v4()) {
    return bad("Cannot process floating IP association with " + named->text() + ", since that is not an IPv4 address.");
  }
  std::vector<FixedIp> fitting;
  for (const FixedIp& ip : port.fixed_ips) {
    if (ip.address.is_v4() && (!named || ip.address == *named)) fitting.push_back(ip);
  }
  if (fitting.size() == 1) return fitting.front();
  if (named) return bad("Port " + port.id.text() + " does not have fixed ip " + named->text() + ".");
  if (fitting.empty()) {
    return bad("Cannot add floating IP to port " + port.id.text() + " that has no fixed IPv4 addresses.");
  }
  return bad("Port " + port.id.text() +
             " has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP.");
}

Status check_free(const Snapshot& cloud, const FloatingIp& floating) {
  for (const Uuid& id : cloud.referrers(floating.port->uuid, Kind::floatingip)) {
    const FloatingIp& other = **cloud.find<FloatingIp>(id);
    if (other.id == floating.id || other.port != floating.port || other.network != floating.network ||
        other.fixed_address != floating.fixed_address)
      continue;
    return fail(ErrorCode::conflict, "FloatingIPPortAlreadyAssociated",
                "Cannot associate floating IP " + floating.address.text() + " (" + floating.id.text() + ") with port " +
                    floating.port->text() + " using fixed IP " + floating.fixed_address->text() +
                    ", as that fixed IP already has a floating IP on external network " + floating.network.text() +
                    ".");
  }
  return {};
}

// What a floating IP is forwarded by, and what an instance is reached by through others, do not go together with an
// association: a distributed router could not tell them apart.
Status check_forwardings(const Snapshot& cloud, const FloatingIp& floating) {
  if (cloud.is_referred(floating.id.uuid, Kind::port_forwarding)) {
    return fail(ErrorCode::conflict, "FipInUseByPortForwarding",
                "Floating IP " + floating.id.text() + " in use by Port Forwarding resources.");
  }
  if (!(**cloud.find<Router>(floating.router->uuid)).distributed ||
      !cloud.is_referred(floating.port->uuid, Kind::port_forwarding))
    return {};
  return fail(ErrorCode::invalid, "PortHasPortForwarding",
              "Cannot associate floating IP to port " + floating.port->text() +
                  " because it already has a Port Forwarding binding.");
}

Status associate(const Draft& draft, FloatingIp& floating) {
  const Result<Port> port = row_for<Port>(draft, floating.port->uuid);
  if (!port) return fail(port.error());
  if (!draft.caller().everywhere && port->standard.project_id != floating.standard.project_id) {
    return bad("Cannot process floating IP association with Port " + port->id.text() +
               ", since that port is owned by a different tenant.");
  }
  if (port->device_owner == "network:dhcp") {
    return bad("Port " + port->id.text() + " is unable to be assigned a floating IP.");
  }
  const Result<FixedIp> internal = internal_address(*port, floating.fixed_address);
  if (!internal) return fail(internal.error());
  floating.fixed_address = internal->address;
  floating.router = router_between(draft.now(), *port, internal->subnet, floating.network);
  if (!floating.router) {
    return fail(ErrorCode::not_found, "ExternalGatewayForFloatingIPNotFound",
                "External network " + floating.network.text() + " is not reachable from subnet " +
                    internal->subnet.text() + ".  Therefore, cannot associate Port " + port->id.text() +
                    " with a Floating IP.");
  }
  if (Status status = check_forwardings(draft.now(), floating); !status) return status;
  return check_free(draft.now(), floating);
}

// What the request says of the association; nothing changes when it says nothing of it. A change that says nothing at
// all lets go: there was a time when there was nothing else to change, and clients still say it so.
Status settle_association(const Draft& draft, const Request& request, const FloatingIp* before, FloatingIp& floating) {
  const bool addressed = is_given(request.given, "fixed_address");
  const bool says_nothing = before != nullptr && request.given.empty();
  if (says_nothing) floating.port.reset();
  if (!addressed && !request.given.contains("port") && !says_nothing) {
    floating.fixed_address = before == nullptr ? std::nullopt : before->fixed_address;
    return {};
  }
  if (floating.port) {
    if (!addressed) floating.fixed_address.reset();
    return associate(draft, floating);
  }
  if (addressed) return bad("fixed_ip_address cannot be specified without a port_id.");
  floating.fixed_address.reset();
  if (before != nullptr && before->port) floating.router.reset();  // of forwardings, it stays
  return {};
}

struct FloatingIpRules {
  using Row = FloatingIp;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"description", When::both},   {"tags", When::both},
      {"network", When::created},    {"address", When::created},    {"subnet", When::created},
      {"port", When::both},          {"fixed_address", When::both}, {"qos_policy", When::both},
      {"dns_name", When::created},   {"dns_domain", When::created},
  };
  static constexpr std::string_view words[] = {"subnet"};

  static Status settle(Draft& draft, const Request& request, const FloatingIp* before, FloatingIp& floating) {
    if (is_given(request.given, "qos_policy")) {
      if (const Result<QosPolicy> policy = row_for<QosPolicy>(draft, floating.qos_policy->uuid); !policy)
        return fail(policy.error());
    }
    if (before == nullptr) {
      if (Status status = take_address(draft, request, floating); !status) return status;
    }
    return settle_association(draft, request, before, floating);
  }

  static Status release(Draft& draft, const FloatingIp& floating) {
    if (draft.now().is_referred(floating.id.uuid, Kind::port_forwarding)) {
      return fail(ErrorCode::conflict, "FipInUseByPortForwarding",
                  "Floating IP " + floating.id.text() + " in use by Port Forwarding resources.");
    }
    return unplug(draft, floating.own_port);
  }
};

}  // namespace

KindRules floatingip_rules() {
  return plain_rules<FloatingIpRules>();
}

}  // namespace tarn::model::admission
