#include "model/slice_reach.h"

#include <algorithm>
#include <iterator>

#include "model/gateways.h"
#include "model/reach.h"
#include "model/slice_items.h"

namespace tarn::model {

SliceReach::SliceReach(const Slice& old, const Snapshot& before, const Snapshot& after, const std::string& host,
                       const Changes& changes)
    : old_(old), before_(before), after_(after), host_(host) {
  if (may_move_far(changes)) {
    compare_all();
  } else {
    std::set<NetworkId> networks;
    const std::set<RouterId> routers = touched_routers(changes, networks);
    compare(routers, std::move(networks));
  }
}

bool SliceReach::had(NetworkId network) const {
  return before_.host_has(network, host_) || old_.find(items::name(network)) != nullptr;
}

bool SliceReach::had(RouterId router) const {
  return old_.find(items::name(router)) != nullptr;
}

bool SliceReach::has(NetworkId network) const {
  return joined_.contains(network) || (had(network) && !left_.contains(network));
}

bool SliceReach::has(RouterId router) const {
  return joined_routers_.contains(router) || (had(router) && !left_routers_.contains(router));
}

bool SliceReach::is_near(RouterId router, NetworkId network) const {
  return had(router) || had(network) || after_.host_has(network, host_);
}

bool SliceReach::is_way_out(NetworkId network) const {
  return before_.is_referred(network.uuid, Kind::router) || after_.is_referred(network.uuid, Kind::router);
}

// Whether a change of agents, of networks or of address scopes outside may move more than its neighbours.
bool SliceReach::may_move_far(const Changes& changes) const {
  bool moves = !offering_differently(before_, after_, hosts_of(changes.agents)).empty();
  for (const Pair<Network>& network : changes.networks) {
    const NetworkId id = network.before ? (*network.before)->id : (*network.after)->id;
    const bool stays = network.before != nullptr && network.after != nullptr;
    moves = moves || is_way_out(id);
    moves = moves || (!stays && (!before_.interfaces_on(id).empty() || !after_.interfaces_on(id).empty()));
  }
  each_side(changes.subnets, before_, after_,
            [&](const Snapshot&, const Subnet& subnet) { moves = moves || is_way_out(subnet.network); });
  each_side(changes.pools, before_, after_, [&](const Snapshot& cloud, const SubnetPool& pool) {
    for (const Uuid& subnet : cloud.referrers(pool.id.uuid, Kind::subnet))
      moves = moves || is_way_out((**cloud.find<Subnet>(subnet)).network);
  });
  return moves;
}

void SliceReach::compare_all() {
  const Reach was = reach_of(before_, host_);
  const Reach is = reach_of(after_, host_);
  std::ranges::set_difference(was.networks, is.networks, std::inserter(left_, left_.end()));
  std::ranges::set_difference(is.networks, was.networks, std::inserter(joined_, joined_.end()));
  std::ranges::set_difference(was.routers, is.routers, std::inserter(left_routers_, left_routers_.end()));
  std::ranges::set_difference(is.routers, was.routers, std::inserter(joined_routers_, joined_routers_.end()));
}

// On the way to whatever comes within reach, or was, there is a first piece that the change made or took away. What is
// before it is within reach both before and after; so that piece is near, and what moves can be come to from there.
std::set<RouterId> SliceReach::touched_routers(const Changes& changes, std::set<NetworkId>& networks) const {
  std::set<RouterId> touched;
  const auto touch = [&](RouterId router) {
    for (const Snapshot* cloud : {&before_, &after_}) touched.merge(routers_from(*cloud, router));
  };
  each_side(changes.ports, before_, after_, [&](const Snapshot& cloud, const Port& port) {
    // A gateway's: by what it leads in.
    for (const Uuid& id : cloud.referrers(port.id.uuid, Kind::router)) touch(RouterId{id});
    if (bound_host(port) == host_ && before_.host_has(port.network, host_) != after_.host_has(port.network, host_)) {
      networks.insert(port.network);
      for (const Snapshot* each : {&before_, &after_}) touched.merge(routers_from(*each, port.network));
    }
    const auto router = router_of(port);
    if (!router || !is_near(*router, port.network)) return;
    networks.insert(port.network);
    touch(*router);
  });
  each_side(changes.routers, before_, after_, [&](const Snapshot& cloud, const Router& router) {
    const auto leads = [&](const Gateway& gateway) { return leads_in(cloud, gateway); };
    const auto near = [&](const PortId& id) { return is_near(router.id, (**cloud.find(id)).network); };
    if (had(router.id) || std::ranges::any_of(router.gateways, leads) ||
        std::ranges::any_of(cloud.interfaces_of(router.id), near))
      touch(router.id);
  });
  return touched;
}

void SliceReach::compare(const std::set<RouterId>& routers, std::set<NetworkId> networks) {
  for (const RouterId& router : routers) {
    for (const Snapshot* cloud : {&before_, &after_})
      for (const PortId& id : cloud->interfaces_of(router)) networks.insert((**cloud->find(id)).network);
    const bool is = is_within_reach(after_, host_, router);
    if (had(router) != is) (is ? joined_routers_ : left_routers_).insert(router);
  }
  for (const NetworkId& network : networks) {
    const bool is = is_within_reach(after_, host_, network);
    if (had(network) != is) (is ? joined_ : left_).insert(network);
  }
}

}  // namespace tarn::model
