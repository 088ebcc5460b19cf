// Networks. Request-only words: `shared` (sharing.h); `segments` (network_segments.h); `vlan_transparent`, accepted and
// ignored (the data plane passes no inner tags). Absent or 0 `mtu` is the largest that the network's type allows.
#include "model/admit/bgp.h"
#include "model/admit/network_segments.h"
#include "model/admit/port_users.h"
#include "model/admit/qos.h"
#include "model/admit/rules.h"
#include "model/admit/segment.h"
#include "model/admit/sharing.h"
#include "model/admit/tap.h"
#include "model/admit/trunk.h"

namespace tarn::model::admission {
namespace {

constexpr Attribute attributes[] = {
    {"project_id", When::created},
    {"name", When::both},
    {"description", When::both},
    {"tags", When::both},
    {"admin_state_up", When::both},
    {"shared", When::both},
    {"external", When::both},
    {"is_default", When::both},
    {"port_security_enabled", When::both},
    {"mtu", When::both},
    {"type", When::both},
    {"physical_network", When::both},
    {"segmentation_id", When::both},
    {"dns_domain", When::both},
    {"availability_zone_hints", When::created},
    {"vlan_transparent", When::both},
    {"qos_policy", When::both},
    {"segments", When::created},
};
constexpr std::string_view provider_names[] = {"type", "physical_network", "segmentation_id"};
constexpr std::uint32_t mtu_min = 68;  // RFC 791 section 3.2: every module must forward 68 octets unfragmented
constexpr std::size_t named_ports_max = 10;

// `given` as the codec takes it: provider attributes given as null are not given.
boost::json::object fields_of(const Request& request) {
  boost::json::object given = without(request.given, {"vlan_transparent", "shared", "segments"});
  for (const std::string_view name : provider_names) {
    if (!is_given(given, name)) given.erase(name);
  }
  return given;
}

Status settle_mtu(const Limits& limits, Network& network) {
  const std::uint32_t most = mtu_max(limits, network.type);
  if (network.mtu == 0) network.mtu = most;
  if (network.mtu > most) return invalid_input("Requested MTU is too big, maximum is " + std::to_string(most) + ".");
  if (network.mtu < mtu_min) {
    return invalid_input("Requested MTU is too small, minimum is " + std::to_string(mtu_min) + ".");
  }
  return {};
}

Error used_by_others(const Network& network) {
  return {
      ErrorCode::conflict, "InvalidSharedSetting",
      "Unable to reconfigure sharing settings for network " + network.id.text() + ". Multiple tenants are using it."};
}

// One external network at most is where topologies of projects get out (topology.cc).
Status settle_default(const Snapshot& cloud, Network& network) {
  network.is_default = network.is_default && network.external;
  if (!network.is_default) return {};
  for (const auto& [id, other] : cloud.networks()) {
    if (!other->is_default || other->id == network.id) continue;
    return fail(ErrorCode::conflict, "DefaultExternalNetworkExists",
                "A default external network already exists: " + id.text() + ".");
  }
  return {};
}

// An external network is there for everybody, until its policies are made narrower.
Status settle_sharing(Draft& draft, const Request& request, bool was_external, const Network& network) {
  if (network.external && !was_external) share_with_everybody(draft, network, true, Sharing::access_as_external);
  if (!network.external && was_external) {
    for (const Uuid& id : draft.now().referrers(network.id.uuid, Kind::rbac_policy)) {
      const bool as_external = (**draft.now().find<RbacPolicy>(id)).action == Sharing::access_as_external;
      if (as_external) draft.remove(Kind::rbac_policy, id);
    }
  }
  return settle_shared(draft, network, request.given, used_by_others(network));
}

Status check_zones(const Snapshot& cloud, const std::vector<std::string>& zones) {
  for (const std::string& zone : zones) {
    const auto in_zone = [&](const auto& entry) { return entry.second->availability_zone == zone; };
    if (std::ranges::any_of(cloud.agents(), in_zone)) continue;
    return fail(ErrorCode::not_found, "AvailabilityZoneNotFound", "AvailabilityZone " + zone + " could not be found.");
  }
  return {};
}

Status create(Draft& draft, const Request& request) {
  const Result<std::string> project = project_of_new(draft, request, attributes);
  if (!project) return fail(project.error());
  if (Status status = check_quota(draft, Kind::network, *project); !status) return status;
  Network network;
  if (Status status = set_fields(network, fields_of(request)); !status) return status;
  network.id = {request.id};
  network.standard.project_id = *project;
  if (!is_given(request.given, "qos_policy")) network.qos_policy = default_qos_policy(draft.now(), *project);
  if (Status status = check_qos_policy(draft, std::nullopt, network.qos_policy); !status) return status;
  if (Status status = settle_default(draft.now(), network); !status) return status;
  const Result<Snapshot::Segment> segment = first_segment(draft, request, network);
  if (!segment) return fail(segment.error());
  network.type = segment->type;
  network.physical_network = segment->physical_network;
  network.segmentation_id = segment->id;
  if (Status status = settle_mtu(draft.limits(), network); !status) return status;
  if (Status status = check_zones(draft.now(), network.availability_zone_hints); !status) return status;
  draft.create(network);
  if (Status status = make_segments(draft, request, network); !status) return status;
  return settle_sharing(draft, request, false, network);
}

Status update(Draft& draft, const Request& request) {
  const Result<Network> before = row_to_update<Network>(draft, request, attributes);
  if (!before) return fail(before.error());
  Network network = *before;
  if (Status status = set_fields(network, fields_of(request)); !status) return status;
  if (Snapshot::segment_of(network) != Snapshot::segment_of(*before)) {
    return invalid_input("provider attributes of a network cannot be changed.");
  }
  if (Status status = settle_default(draft.now(), network); !status) return status;
  if (Status status = check_qos_policy(draft, before->qos_policy, network.qos_policy); !status) return status;
  if (network.mtu != before->mtu) {
    if (Status status = settle_mtu(draft.limits(), network); !status) return status;
  }
  if (before->external && !network.external && draft.now().is_referred(network.id.uuid, Kind::router)) {
    return fail(ErrorCode::conflict, "ExternalNetworkInUse",
                "External network " + network.id.text() +
                    " cannot be updated to be made non-external, since it has existing gateway ports.");
  }
  draft.update(network);
  return settle_sharing(draft, request, before->external, network);
}

Refusal in_use(const Draft& draft, NetworkId network) {
  std::string names;
  std::size_t count = 0;
  for (const PortId& id : draft.now().ports_of(network)) {
    if (is_auto_deleted(**draft.now().find(id))) continue;
    if (++count <= named_ports_max) names += (names.empty() ? "" : ", ") + id.text();
  }
  if (count > named_ports_max) names += " and " + std::to_string(count - named_ports_max) + " more";
  return fail(ErrorCode::conflict, "NetworkInUse",
              "Unable to complete operation on network " + network.text() +
                  ". There are one or more ports still in use on the network: " + names + ".");
}

// Floating IPs that nothing uses are no reason to keep their network.
Status drop_idle_floating_ips(Draft& draft, NetworkId network) {
  for (const Uuid& id : draft.now().referrers(network.uuid, Kind::floatingip)) {
    const FloatingIp floating = **draft.now().find<FloatingIp>(id);
    if (floating.port || floating.router) continue;
    if (Status status = unplug(draft, floating.own_port); !status) return status;
    draft.remove(Kind::floatingip, id);
  }
  return {};
}

bool goes_with_network(const Snapshot& cloud, const Port& port) {
  return is_auto_deleted(port) && !cloud.is_referred(port.id.uuid, Kind::local_ip);
}

Status remove(Draft& draft, const Request& request) {
  const Result<Network> network = row_to_remove<Network>(draft, request);
  if (!network) return fail(network.error());
  if (Status status = drop_idle_floating_ips(draft, network->id); !status) return status;
  const std::vector<PortId> ports = draft.now().ports_of(network->id);
  for (const PortId& id : ports) {
    if (!goes_with_network(draft.now(), **draft.now().find(id))) return in_use(draft, network->id);
    if (Status status = check_in_no_trunk(draft.now(), id); !status) return status;
  }
  for (const PortId& id : ports) {
    const bool unfounded = is_stood_on(draft.now(), id);
    drop_watchers(draft, id);
    draft.remove(Kind::port, id.uuid);
    if (unfounded) drop_unfounded(draft, id);
  }
  for (const SubnetId& id : draft.now().subnets_of(network->id)) draft.remove(Kind::subnet, id.uuid);
  for (const Uuid& id : draft.now().referrers(network->id.uuid, Kind::topology)) draft.remove(Kind::topology, id);
  remove_segments(draft, network->id);
  unshare(draft, network->id.uuid);
  leave_speakers(draft, network->id.uuid);
  draft.remove(Kind::network, network->id.uuid);
  return {};
}

}  // namespace

KindRules network_rules() {
  return {create, update, remove};
}

}  // namespace tarn::model::admission
