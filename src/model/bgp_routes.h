// What BGP speakers announce, and on which hosts. Pure questions to a snapshot; the API shows and the agents announce
// what is said here. Which routes these are is neutron-dynamic-routing's rule: floating IPs as host routes, and the
// subnets of tenants whose address scope the gateway's network has, each by the router's address on that network.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "model/snapshot.h"

namespace tarn::model {

// Both of the speaker's IP version.
struct BgpRoute {
  Prefix destination;
  Ip next_hop;
  auto operator<=>(const BgpRoute&) const = default;
};

// Those that lead to one router; none where no gateway of it is on a network of the speaker.
std::set<BgpRoute> routes_by(const Snapshot& cloud, const BgpSpeaker& speaker, RouterId router);
// The routers with a gateway on a network of the speaker.
std::set<RouterId> routers_of(const Snapshot& cloud, const BgpSpeaker& speaker);

// One next hop for each destination.
using BgpTable = std::map<Prefix, Ip>;
// Of several next hops for one destination the lowest stays.
void add_route(BgpTable& table, const BgpRoute& route);
BgpTable advertised_routes(const Snapshot& cloud, const BgpSpeaker& speaker);

// Whether the host announces for the speaker: its agent is administratively up, has a BGP daemon, and offers the
// physical network of one of the speaker's networks, and the speaker does not bar it. All such hosts announce the same.
bool speaks_on(const Snapshot& cloud, const BgpSpeaker& speaker, const std::string& host);
std::set<std::string> hosts_of(const Snapshot& cloud, const BgpSpeaker& speaker);

// What TCP's MD5 option can have for a key here: 1 to 80 octets (Linux's TCP_MD5SIG_MAXKEYLEN), printable ASCII without
// spaces, since the daemon reads it as a word.
bool is_bgp_password(std::string_view password);

}  // namespace tarn::model
