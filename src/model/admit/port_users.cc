#include "model/admit/port_users.h"

#include <algorithm>
#include <set>

#include "model/admit/routing.h"
#include "model/admit/rules.h"

namespace tarn::model::admission {
namespace {

Refusal service_port(PortId port, const std::string& what, const std::string& why) {
  return fail(ErrorCode::conflict, "ServicePortInUse",
              "Port " + port.text() + " cannot be " + what + " directly via the port API: " + why + ".");
}

// The port has the address of a row: of a gateway, a floating IP or a local IP.
bool carries_floating_ip(const Snapshot& cloud, PortId port) {
  const std::vector<Uuid> floating = cloud.referrers(port.uuid, Kind::floatingip);
  return std::ranges::any_of(floating, [&](const Uuid& id) { return (**cloud.find<FloatingIp>(id)).own_port == port; });
}
bool carries_row(const Snapshot& cloud, PortId port) {
  return cloud.is_referred(port.uuid, Kind::router) || carries_floating_ip(cloud, port) ||
         cloud.is_referred(port.uuid, Kind::local_ip);
}

// The addresses by which the rows know the port.
bool keeps_addresses(const Snapshot& cloud, const Port& after) {
  for (const Uuid& id : cloud.referrers(after.id.uuid, Kind::floatingip)) {
    const FloatingIp& floating = **cloud.find<FloatingIp>(id);
    if (floating.own_port == after.id && !has_address(after, floating.address)) return false;
  }
  for (const Uuid& id : cloud.referrers(after.id.uuid, Kind::local_ip)) {
    if (!has_address(after, (**cloud.find<LocalIp>(id)).address)) return false;
  }
  return true;
}

// A gateway's or floating IP's port is known to its row, not by its device: that may not say otherwise.
Status check_row_kept(const Snapshot& cloud, const Port& before, const Port& after) {
  if (!carries_row(cloud, before.id)) return {};
  const bool same_device = before.device_id == after.device_id && before.device_owner == after.device_owner;
  const bool of_a_tenant = !before.device_owner.starts_with("network:");  // the local port of a local IP may be plugged
  if (!same_device && !of_a_tenant) return service_port(before.id, "moved", "has device owner " + before.device_owner);
  if (!keeps_addresses(cloud, after)) return service_port(before.id, "readdressed", "its address is in use");
  return {};
}

Status check_no_local_ip(const Snapshot& cloud, PortId port) {
  if (!cloud.is_referred(port.uuid, Kind::local_ip)) return {};
  return service_port(port, "deleted", "still referenced by Local IPs");
}

std::set<Ip> v4_addresses(const Port& port) {
  std::set<Ip> addresses;
  for (const FixedIp& ip : port.fixed_ips)
    if (ip.address.is_v4()) addresses.insert(ip.address);
  return addresses;
}

Status check_let_go(const Snapshot& cloud, const Router& router, const Port& before, const Port* after) {
  for (const FixedIp& ip : before.fixed_ips) {
    if (after != nullptr && has_subnet(*after, ip.subnet)) continue;
    if (Status status = check_detachment(cloud, router, ip.subnet); !status) return status;
  }
  return {};
}

}  // namespace

Status check_removable(const Snapshot& cloud, const Port& port) {
  if (Status status = check_no_local_ip(cloud, port.id); !status) return status;
  const bool interface = router_of(cloud, port) != nullptr && !port.fixed_ips.empty();
  if (!interface && !carries_row(cloud, port.id)) return {};
  return service_port(port.id, "deleted", "has device owner " + port.device_owner);
}

Status check_device(const Draft& draft, const Port* before, const Port& after) {
  const Snapshot& cloud = draft.now();
  const Router* router = router_of(cloud, after);
  const Router* was = before == nullptr ? nullptr : router_of(cloud, *before);
  if (before != nullptr) {
    if (Status status = check_row_kept(cloud, *before, after); !status) return status;
  }
  if (was != nullptr) {
    const Port* kept = router == was ? &after : nullptr;
    if (Status status = check_let_go(cloud, *was, *before, kept); !status) return status;
  }
  if (router == nullptr) return {};
  if (router != was && !belongs_to(*router, draft.caller())) {
    return fail(ErrorCode::conflict, "DeviceIDNotOwnedByTenant",
                "The following device_id " + after.device_id +
                    " is not owned by your tenant or matches another tenants router.");
  }
  if (router == was && before->fixed_ips == after.fixed_ips) return {};
  if (router == was && v4_addresses(*before) != v4_addresses(after))
    return bad_request("ports", "IP updates for port " + after.id.text() + " are not allowed.");
  return check_attachment(draft, *router, after);
}

void release_forwarding(Draft& draft, const PortForwarding& forwarding) {
  draft.bump<Port>(forwarding.internal_port.uuid);
  const Uuid& id = forwarding.floatingip.uuid;
  if (draft.now().referrers(id, Kind::port_forwarding).size() > 1) return draft.bump<FloatingIp>(id);
  FloatingIp floating = **draft.now().find<FloatingIp>(id);
  floating.router.reset();
  draft.update(std::move(floating));
}

bool is_stood_on(const Snapshot& cloud, PortId port) {
  static constexpr Kind kinds[] = {Kind::floatingip, Kind::port_forwarding, Kind::ndp_proxy,
                                   Kind::local_ip_association};
  return std::ranges::any_of(kinds, [&](Kind kind) { return cloud.is_referred(port.uuid, kind); });
}

void drop_unfounded(Draft& draft, PortId id) {
  const Snapshot cloud = draft.now();
  const Versioned<Port>* port = cloud.find(id);
  const auto holds = [&](const Ip& address) { return port != nullptr && has_address(**port, address); };
  for (const Uuid& each : cloud.referrers(id.uuid, Kind::floatingip)) {
    FloatingIp floating = **cloud.find<FloatingIp>(each);
    if (floating.port != id || holds(*floating.fixed_address)) continue;
    floating.port.reset();
    floating.fixed_address.reset();
    floating.router.reset();
    draft.update(std::move(floating));
  }
  for (const Uuid& each : cloud.referrers(id.uuid, Kind::port_forwarding)) {
    const PortForwarding& forwarding = **cloud.find<PortForwarding>(each);
    if (holds(forwarding.internal_address)) continue;
    release_forwarding(draft, forwarding);
    draft.remove(Kind::port_forwarding, each);
  }
  for (const Uuid& each : cloud.referrers(id.uuid, Kind::ndp_proxy)) {
    if (!holds((**cloud.find<NdpProxy>(each)).address)) draft.remove(Kind::ndp_proxy, each);
  }
  for (const Uuid& each : cloud.referrers(id.uuid, Kind::local_ip_association)) {
    if (!holds((**cloud.find<LocalIpAssociation>(each)).fixed_address)) draft.remove(Kind::local_ip_association, each);
  }
}

Status unplug(Draft& draft, PortId port) {
  if (Status status = check_no_local_ip(draft.now(), port); !status) return status;
  draft.remove(Kind::port, port.uuid);
  drop_unfounded(draft, port);
  return {};
}

}  // namespace tarn::model::admission
