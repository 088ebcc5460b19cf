// Instances that go on to another host while they speak with the outside. What a gateway translated it translates where
// the connection began, for nobody else knows it: so a host keeps the gateway, and its block of ports, as long as a
// port that left it may have connections there; the port's own host hands it what belongs to them. Pure questions to a
// snapshot.
#pragma once

#include <set>
#include <string>

#include "model/snapshot.h"

namespace tarn::model {

// Whether the port came to its host from others, and the host is one of all these.
bool has_or_had(const Port& port, const std::string& host);

// Such ports whose packets may come to the router: all of them, and those that the host has or had.
std::set<PortId> moved_ports(const Snapshot& cloud, RouterId router);
std::set<PortId> moved_ports(const Snapshot& cloud, RouterId router, const std::string& host);
// The routers that packets of such ports may come to.
std::set<RouterId> routers_kept(const Snapshot& cloud, const std::string& host);

}  // namespace tarn::model
