// What stands on a port that is no part of it: the router whose interface or gateway it is, floating IPs, port
// forwardings, NDP proxies and local IPs. The rules of ports ask here before they change or take away one.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// Whether the port may go because somebody asks for just that. Refusal: ServicePortInUse.
Status check_removable(const Snapshot& cloud, const Port& port);

// Whether the port may become as `after`, before it does; `before` is null for a new one. A port whose device is a
// router that is there is its interface, whoever made it so. Refusals: ServicePortInUse, DeviceIDNotOwnedByTenant,
// those of routing.h.
Status check_device(const Draft& draft, const Port* before, const Port& after);

// Whether anything stands on its addresses. Asked before a port changes: the many on which nothing does stay cheap.
bool is_stood_on(const Snapshot& cloud, PortId port);

// What stood on addresses that the port no longer has, or on the port when it is gone: floating IPs let go of it,
// forwardings, proxies and associations go.
void drop_unfounded(Draft& draft, PortId port);

// Takes a port away with what stood on it. Refusal: ServicePortInUse, of one that has the address of a local IP.
Status unplug(Draft& draft, PortId port);

// Before a forwarding goes: with the last one its floating IP lets go of the router.
void release_forwarding(Draft& draft, const PortForwarding& forwarding);

}  // namespace tarn::model::admission
