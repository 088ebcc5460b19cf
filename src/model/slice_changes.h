// The rows that differ between two snapshots, as far as slices are made of them. For the files that advance slices
// only.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/snapshot.h"

namespace tarn::model {

// A row that was made, written again or removed; either side may be null.
template <class R>
struct Pair {
  const Versioned<R>* before;
  const Versioned<R>* after;
};

template <class R>
std::vector<Pair<R>> changed_rows(const Snapshot& before, const Snapshot& after) {
  std::vector<Pair<R>> pairs;
  Snapshot::Table<R>::difference(
      before.table<R>(), after.table<R>(),
      [&](const Uuid&, const Versioned<R>* was, const Versioned<R>* is) { pairs.push_back({was, is}); });
  return pairs;
}

// Calls visit(snapshot, row) with each side of each change.
template <class R, class Visit>
void each_side(const std::vector<Pair<R>>& pairs, const Snapshot& before, const Snapshot& after, Visit&& visit) {
  for (const Pair<R>& pair : pairs) {
    if (pair.before) visit(before, **pair.before);
    if (pair.after) visit(after, **pair.after);
  }
}

// The hosts of the agents that changed.
inline std::set<std::string> hosts_of(const std::vector<Pair<Agent>>& agents) {
  std::set<std::string> hosts;
  for (const Pair<Agent>& agent : agents) {
    if (agent.before) hosts.insert((*agent.before)->host);
    if (agent.after) hosts.insert((*agent.after)->host);
  }
  return hosts;
}

struct Changes {
  Changes(const Snapshot& before, const Snapshot& after)
      : networks(changed_rows<Network>(before, after)),
        subnets(changed_rows<Subnet>(before, after)),
        ports(changed_rows<Port>(before, after)),
        agents(changed_rows<Agent>(before, after)),
        groups(changed_rows<SecurityGroup>(before, after)),
        rules(changed_rows<SecurityGroupRule>(before, after)),
        address_groups(changed_rows<AddressGroup>(before, after)),
        limits(changed_rows<QosRule>(before, after)),
        logs(changed_rows<Log>(before, after)),
        tap_services(changed_rows<TapService>(before, after)),
        tap_flows(changed_rows<TapFlow>(before, after)),
        tap_mirrors(changed_rows<TapMirror>(before, after)),
        routers(changed_rows<Router>(before, after)),
        pools(changed_rows<SubnetPool>(before, after)),
        floating_ips(changed_rows<FloatingIp>(before, after)),
        ndp_proxies(changed_rows<NdpProxy>(before, after)),
        port_blocks(changed_rows<PortBlock>(before, after)),
        port_forwardings(changed_rows<PortForwarding>(before, after)),
        bgp_peers(changed_rows<BgpPeer>(before, after)),
        bgp_speakers(changed_rows<BgpSpeaker>(before, after)) {}

  std::vector<Pair<Network>> networks;
  std::vector<Pair<Subnet>> subnets;
  std::vector<Pair<Port>> ports;
  std::vector<Pair<Agent>> agents;
  std::vector<Pair<SecurityGroup>> groups;
  std::vector<Pair<SecurityGroupRule>> rules;
  std::vector<Pair<AddressGroup>> address_groups;
  std::vector<Pair<QosRule>> limits;
  std::vector<Pair<Log>> logs;
  std::vector<Pair<TapService>> tap_services;
  std::vector<Pair<TapFlow>> tap_flows;
  std::vector<Pair<TapMirror>> tap_mirrors;
  std::vector<Pair<Router>> routers;
  std::vector<Pair<SubnetPool>> pools;
  std::vector<Pair<FloatingIp>> floating_ips;
  std::vector<Pair<NdpProxy>> ndp_proxies;
  std::vector<Pair<PortBlock>> port_blocks;
  std::vector<Pair<PortForwarding>> port_forwardings;
  std::vector<Pair<BgpPeer>> bgp_peers;
  std::vector<Pair<BgpSpeaker>> bgp_speakers;
};

}  // namespace tarn::model
