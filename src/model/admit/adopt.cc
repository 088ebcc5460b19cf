#include "model/admit/adopt.h"

#include "model/admit/binding.h"
#include "model/admit/refusal.h"
#include "model/admit/rule_number.h"
#include "model/admit/tap.h"
#include "model/admit/trunk.h"
#include "model/codec.h"

namespace tarn::model::admission {
namespace {

bool is_there(const Snapshot& cloud, const Uuid& id) {
  bool found = false;
  Rows::each([&]<class R>(std::type_identity<R>) { found = found || cloud.find<R>(id) != nullptr; });
  return found;
}

Refusal missing(const Row& row, const Uuid& target) {
  return fail(ErrorCode::not_found, "AdoptedRowRefersToNothing",
              std::string(called(kind_of(row))) + " " + id_of(row).text() + " stands on " + target.text() +
                  ", which is not here.");
}

Refusal taken(const Row& row, const std::string& what) {
  return fail(ErrorCode::conflict, "AdoptedRowConflicts",
              std::string(called(kind_of(row))) + " " + id_of(row).text() + ": " + what + " is another's here.");
}

// A port's device may come after it, as a router comes after the ports that are its gateways.
Status check_references(const Snapshot& cloud, const Port& port) {
  for (const SecurityGroupId& group : port.security_groups)
    if (cloud.find<SecurityGroup>(group.uuid) == nullptr) return missing(port, group.uuid);
  if (port.qos_policy && cloud.find<QosPolicy>(port.qos_policy->uuid) == nullptr)
    return missing(port, port.qos_policy->uuid);
  return {};
}

// Groups stand on the ids of their numbers and of their projects' default groups, which are no rows.
Status check_references(const Snapshot&, const SecurityGroup&) {
  return {};
}
Status check_references(const Snapshot&, const AddressGroup&) {
  return {};
}

template <class R>
Status check_references(const Snapshot& cloud, const R& row) {
  std::optional<Uuid> gone;
  if constexpr (requires { refer([](const Uuid&) {}, row); })
    refer([&](const Uuid& target) { gone = gone || is_there(cloud, target) ? gone : std::optional(target); }, row);
  if (gone) return missing(row, *gone);
  return {};
}

Status check_numbers(const Snapshot& cloud, const Network& network) {
  const std::optional<Uuid> owner = cloud.owner_of(Snapshot::segment_of(network));
  if (owner && cloud.find(NetworkId{*owner}) && *owner != network.id.uuid) return taken(network, "its segment");
  return {};
}

Status check_addresses(const Snapshot& cloud, const Port& port) {
  if (cloud.find(port.network) == nullptr) return missing(port, port.network.uuid);
  const std::optional<PortId> holder = cloud.owner_of(port.network, port.mac);
  if (holder && *holder != port.id) return taken(port, "its MAC " + port.mac.text());
  for (const FixedIp& ip : port.fixed_ips) {
    const Versioned<Subnet>* subnet = cloud.find(ip.subnet);
    if (subnet == nullptr || (*subnet)->network != port.network) return missing(port, ip.subnet.uuid);
    const std::optional<PortId> owner = cloud.owner_of(ip.subnet, ip.address);
    if (owner && *owner != port.id) return taken(port, "its address " + ip.address.text());
  }
  return {};
}

// What agents have said stays, and the numbers that flows have; the rest of the row is as given.
void keep_state(const Draft& draft, Port& port) {
  const Snapshot& cloud = draft.now();
  const Versioned<Port>* held = cloud.find(port.id);
  port.vif_type = binding_of(cloud, port);
  const bool same_place = held != nullptr && (*held)->binding_host == port.binding_host;
  port.status = same_place ? (*held)->status : PortStatus::down;
  if (held == nullptr) return;
  port.carrier = (*held)->carrier;
  port.carrier_vlan_id = (*held)->carrier_vlan_id;
  port.left_hosts = (*held)->left_hosts;
  note_left_host(**held, port);
}

void keep_state(const Draft& draft, SecurityGroup& group) {
  group.number = adopted_rule_number(draft.now(), group);
}
void keep_state(const Draft& draft, AddressGroup& group) {
  group.number = adopted_rule_number(draft.now(), group);
}
void keep_state(const Draft& draft, TapService& service) {
  service.segmentation_id = adopted_vni(draft, service);
}
// No API tells a password: one that was set here stays.
void keep_state(const Draft& draft, BgpPeer& peer) {
  const Versioned<BgpPeer>* held = draft.now().find<BgpPeer>(peer.id.uuid);
  if (held != nullptr && !peer.password) peer.password = (*held)->password;
}

}  // namespace

Status adopt(Draft& draft, const Request& request) {
  Result<Row> row = row_from_json(request.kind, request.given);
  if (!row) return invalid_input(row.error().message);
  if (id_of(*row) != request.id) return invalid_input("the row has another id than the request.");
  if (request.kind == Kind::agent) return invalid_input("agents report themselves.");
  Status status;
  std::visit(
      [&](auto& held) {
        status = check_references(draft.now(), held);
        if constexpr (requires { check_numbers(draft.now(), held); })
          if (status) status = check_numbers(draft.now(), held);
        if constexpr (requires { check_addresses(draft.now(), held); }) {
          if (status) status = check_addresses(draft.now(), held);
        }
        if constexpr (requires { keep_state(draft, held); })
          if (status) keep_state(draft, held);
      },
      *row);
  if (!status) return status;
  const std::optional<Row> before = draft.now().row(request.kind, request.id);
  if (before == *row) return {};
  if (const auto* network = std::get_if<Network>(&*row)) yield_vni(draft, Snapshot::segment_of(*network));
  if (const auto* trunk = std::get_if<Trunk>(&*row))
    adopt_sub_ports(draft, before ? std::get_if<Trunk>(&*before) : nullptr, *trunk);
  draft.put(std::move(*row));
  return {};
}

}  // namespace tarn::model::admission
