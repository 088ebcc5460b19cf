// Instances that go on to another host in the midst of connections. That they are is known where they began, and what a
// gateway translated is translated there, for nobody else knows how: so a host keeps the number of the network, the
// gateway and its block of ports as long as a port that left it may have connections there; the port's own host asks it
// for them. Pure questions to a snapshot.
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
