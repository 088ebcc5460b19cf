// Networks. Request-only words: `shared` (sharing.h); `vlan_transparent`, accepted and ignored (the data plane passes
// no inner tags). Absent or 0 `mtu` is the largest that the network's type allows.
#include "model/admit/rules.h"
#include "model/admit/segment.h"
#include "model/admit/sharing.h"

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
    {"port_security_enabled", When::both},
    {"mtu", When::both},
    {"type", When::both},
    {"physical_network", When::both},
    {"segmentation_id", When::both},
    {"dns_domain", When::both},
    {"availability_zone_hints", When::created},
    {"vlan_transparent", When::both},
};
constexpr std::string_view provider_names[] = {"type", "physical_network", "segmentation_id"};
constexpr std::uint32_t mtu_min = 68;  // RFC 791 section 3.2: every module must forward 68 octets unfragmented
constexpr std::size_t named_ports_max = 10;

// `given` as the codec takes it: provider attributes given as null are not given.
boost::json::object fields_of(const Request& request) {
  boost::json::object given = without(request.given, {"vlan_transparent", "shared"});
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

// An external network is there for everybody, until its policies are made narrower.
Status settle_sharing(Draft& draft, const Request& request, bool was_external, const Network& network) {
  if (network.external != was_external)
    share_with_everybody(draft, network, network.external, Sharing::access_as_external);
  return settle_shared(draft, network, request.given, used_by_others(network));
}

Status create(Draft& draft, const Request& request) {
  const Result<std::string> project = project_of_new(draft, request, attributes);
  if (!project) return fail(project.error());
  if (Status status = check_quota(draft, Kind::network, *project); !status) return status;
  Network network;
  if (Status status = set_fields(network, fields_of(request)); !status) return status;
  network.id = {request.id};
  network.standard.project_id = *project;
  const Result<Snapshot::Segment> segment = choose_segment(draft, request.given, network);
  if (!segment) return fail(segment.error());
  network.type = segment->type;
  network.physical_network = segment->physical_network;
  network.segmentation_id = segment->id;
  if (Status status = settle_mtu(draft.limits(), network); !status) return status;
  draft.create(network);
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
  if (network.mtu != before->mtu) {
    if (Status status = settle_mtu(draft.limits(), network); !status) return status;
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

Status remove(Draft& draft, const Request& request) {
  const Result<Network> network = row_to_remove<Network>(draft, request);
  if (!network) return fail(network.error());
  const std::vector<PortId> ports = draft.now().ports_of(network->id);
  for (const PortId& id : ports) {
    if (!is_auto_deleted(**draft.now().find(id))) return in_use(draft, network->id);
  }
  for (const PortId& id : ports) draft.remove(Kind::port, id.uuid);
  for (const SubnetId& id : draft.now().subnets_of(network->id)) draft.remove(Kind::subnet, id.uuid);
  unshare(draft, network->id.uuid);
  draft.remove(Kind::network, network->id.uuid);
  return {};
}

}  // namespace

KindRules network_rules() {
  return {create, update, remove};
}

}  // namespace tarn::model::admission
