// How far a node's traffic goes by routers: which networks and routers its instances' packets may come to before they
// leave for another node. Pure questions to a snapshot; slices are made of the answers.
//
// A router that is on a network with a port here is within reach, one that this host leads into from outside
// (gateways.h), and so is the router that the next hop of such a router's routes belongs to. The networks within reach
// are those of the ports here and those of the interfaces of the routers within reach. What is outside of gateways is
// not: slice_outside.h.
#pragma once

#include <set>
#include <string>

#include "model/snapshot.h"

namespace tarn::model {

struct Reach {
  std::set<NetworkId> networks;
  std::set<RouterId> routers;
};
// Routers, and networks without a port here, are within reach only while their own rows are there.
Reach reach_of(const Snapshot& cloud, const std::string& host);
// Whether one of them is, without looking for the rest.
bool is_within_reach(const Snapshot& cloud, const std::string& host, NetworkId network);
bool is_within_reach(const Snapshot& cloud, const std::string& host, RouterId router);

// Adds the hosts that have the network, or the router, within reach, and those that keep something of the router
// (moves.h); perhaps some more, never fewer.
void add_hosts_reaching(const Snapshot& cloud, NetworkId network, std::set<std::string>& hosts);
void add_hosts_reaching(const Snapshot& cloud, RouterId router, std::set<std::string>& hosts);

// The routers that the packets of a port of the network, or of the router itself, may come to; it too.
std::set<RouterId> routers_from(const Snapshot& cloud, NetworkId network);
std::set<RouterId> routers_from(const Snapshot& cloud, RouterId router);

// The networks from whose ports packets may come to the router.
std::set<NetworkId> networks_before(const Snapshot& cloud, RouterId router);

// The networks that have a port bound to `host`.
std::set<NetworkId> networks_on(const Snapshot& cloud, const std::string& host);

}  // namespace tarn::model
