// Where the way out of a router is: which hosts answer for the address of a gateway, and which source ports each host
// takes there. Pure questions to a snapshot.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/snapshot.h"

namespace tarn::model {

// The hosts that may answer for a gateway's address, by rank: of those that offer the physical network, that the router
// does not bar, and that it chose, or that are in the zones it names, if it names any; at most `gateway_hosts_max`.
// None for a network that is nowhere outside (a tunnelled one).
inline constexpr std::size_t gateway_hosts_max = 3;
std::vector<std::string> gateway_hosts(const Snapshot& cloud, const Gateway& gateway);

// The same for many gateways of one snapshot, which outlives this: who offers their networks is found out once.
class GatewayHosts {
 public:
  explicit GatewayHosts(const Snapshot& cloud) : cloud_(&cloud) {}

  std::vector<std::string> of(const Gateway& gateway);
  // Whether the host is one of them. Looks at a few dozen of a thousand hosts only: at as many as it takes to find
  // `gateway_hosts_max` that go before it.
  bool have(const Gateway& gateway, const std::string& host);

 private:
  // Those that are administratively up and offer its network; of a host perhaps one that another has replaced.
  const std::vector<const Agent*>& offering(const Gateway& gateway);

  const Snapshot* cloud_;
  std::map<std::string, std::vector<const Agent*>> offering_;  // by physical network
};

// The physical networks by which the host may be a gateway's: none while its agent is administratively down.
std::set<std::string> offered(const Snapshot& cloud, const std::string& host);
// Those of the hosts that offer something else after than before, or from another zone.
std::set<std::string> offering_differently(const Snapshot& before, const Snapshot& after,
                                           const std::set<std::string>& hosts);

// The host with the highest rank goes first: one that the router chose before all others, of those in another order for
// each gateway. A host that comes or goes moves its own share of the gateways only.
struct GatewayRank {
  std::size_t chosen = 0;
  std::uint64_t share = 0;
  auto operator<=>(const GatewayRank&) const = default;
};
GatewayRank gateway_rank(PortId gateway, const std::vector<std::string>& chosen_hosts, const std::string& host);

// Those whose gateways are on the network.
std::vector<RouterId> routers_out_by(const Snapshot& cloud, NetworkId network);

std::set<RouterId> routers_out_by(const Snapshot& cloud, const std::set<std::string>& physical_networks);

// Whether outside knows who is behind the gateway by their own addresses, so that what comes for them must be led in:
// where nothing is translated, by IPv6, and where the addresses outside are of an address scope, in which those of the
// scope are not translated.
bool leads_in(const Snapshot& cloud, const Gateway& gateway);
// The routers that the host may answer for outside and lead into.
std::set<RouterId> routers_led_into(const Snapshot& cloud, const std::string& host);
bool is_led_into(const Snapshot& cloud, RouterId router, const std::string& host);

// Whether an address of the network that is for an instance on the host is answered for by the hosts of the router's
// gateway, and all that leaves by it is passed to them: where the router is not distributed, or the host has no way to
// the physical network. One whose agent is administratively down keeps what is its own.
bool is_central(const Snapshot& cloud, RouterId router, NetworkId network, const std::string& host);

// Of the ports that one host takes. That it has a block says as well that its packets leave by the gateway.
PortBlockId port_block_id(PortId gateway, const std::string& host);

}  // namespace tarn::model
