// From one snapshot to the next: what a change does to one node's slice, and whose slices it may touch.
#include <algorithm>
#include <iterator>

#include "model/gateways.h"
#include "model/reach.h"
#include "model/slice_changes.h"
#include "model/slice_items.h"
#include "model/slice_limits.h"
#include "model/slice_outside.h"
#include "model/slice_pools.h"
#include "model/slice_reach.h"
#include "model/slice_security.h"
#include "model/slice_speakers.h"
#include "model/slice_watch.h"

namespace tarn::model {
namespace {

NetworkId network_of(const Network& network) {
  return network.id;
}
NetworkId network_of(const Subnet& subnet) {
  return subnet.network;
}
NetworkId network_of(const Port& port) {
  return port.network;
}

items::Named item_of(const Versioned<Network>& row, const std::string&) {
  return items::of(row);
}
items::Named item_of(const Versioned<Subnet>& row, const std::string&) {
  return items::of(row);
}
items::Named item_of(const Versioned<Port>& row, const std::string& host) {
  return items::of(row, host);
}

SliceName item_name(const Network& row, const std::string&) {
  return items::name(row.id);
}
SliceName item_name(const Subnet& row, const std::string&) {
  return items::name(row.id);
}
SliceName item_name(const Port& row, const std::string& host) {
  return items::name(row, host);
}

bool in_slices(const Network&) {
  return true;
}
bool in_slices(const Subnet&) {
  return true;
}
bool in_slices(const Port& port) {
  return items::in_slices(port);
}

// One step of one slice. Everything that was goes first, then everything that is comes, so that a row may change its
// network, its host or both.
class Step {
 public:
  Step(const Slice& old, const Snapshot& before, const Snapshot& after, const std::string& host)
      : now_(old),
        before_(before),
        after_(after),
        host_(host),
        changes_(before, after),
        reach_(old, before, after, host, changes_) {}

  Slice run() {
    const Changes& changes = changes_;
    drop_rows(changes);
    put_rows(changes);
    std::set<NetworkId> moved = reach_.left();
    moved.insert(reach_.joined().begin(), reach_.joined().end());
    pools::advance(now_, before_, after_, changes, moved);
    security::advance(now_, before_, after_, changes, host_);
    const std::set<std::string> tap_hosts_before = watch::tap_hosts(now_);
    watch::advance(now_, before_, after_, changes, host_);
    tap_hosts_ = watch::tap_hosts(now_);
    outside::Mentioned mentioned = outside::advance(now_, before_, after_, changes, host_, reached());
    nodes_.merge(std::move(mentioned.hosts));
    speakers::advance(now_, before_, after_, changes, host_);
    limits::advance(now_, before_, after_, changes, host_, std::move(mentioned.policies));
    std::ranges::set_symmetric_difference(tap_hosts_before, tap_hosts_, std::inserter(nodes_, nodes_.end()));
    notice_nodes(changes.ports, changes.agents);
    settle_nodes();
    return now_;
  }

 private:
  [[nodiscard]] bool had(NetworkId network) const { return reach_.had(network); }
  [[nodiscard]] bool had(RouterId router) const { return reach_.had(router); }
  [[nodiscard]] bool has(NetworkId network) const { return reach_.has(network); }
  [[nodiscard]] bool has(RouterId router) const { return reach_.has(router); }

  [[nodiscard]] outside::Reached reached() const {
    outside::Reached reached{[this](RouterId router) { return had(router); },
                             [this](RouterId router) { return has(router); }, reach_.left_routers()};
    reached.moved.insert(reach_.joined_routers().begin(), reach_.joined_routers().end());
    return reached;
  }

  void drop_rows(const Changes& changes) {
    const auto drop_item = [this](const items::Named& item) { drop(item.first); };
    for (const NetworkId& left : reach_.left()) items::each_of_network(before_, left, host_, drop_item);
    for (const RouterId& left : reach_.left_routers()) items::each_of_router(before_, left, drop_item);
    drop_of_networks(changes.networks);
    drop_of_networks(changes.subnets);
    drop_of_networks(changes.ports);
    for (const Pair<Router>& router : changes.routers)
      if (router.before && had((*router.before)->id)) drop(items::name((*router.before)->id));
    for (const Pair<Port>& port : changes.ports) {
      const auto router = port.before ? router_of(**port.before) : std::nullopt;
      if (router && had(*router)) drop(items::interface_name((*port.before)->id));
    }
  }

  void put_rows(const Changes& changes) {
    put_of_networks(changes.networks);
    put_of_networks(changes.subnets);
    put_of_networks(changes.ports);
    for (const Pair<Router>& router : changes.routers)
      if (router.after && has((*router.after)->id)) put(items::of(*router.after));
    for (const Pair<Port>& port : changes.ports) {
      const auto router = port.after ? router_of(**port.after) : std::nullopt;
      if (router && has(*router)) put(items::of_interface(*port.after));
    }
    const auto put_item = [this](items::Named item) { put(std::move(item)); };
    for (const NetworkId& joined : reach_.joined()) items::each_of_network(after_, joined, host_, put_item);
    for (const RouterId& joined : reach_.joined_routers()) items::each_of_router(after_, joined, put_item);
  }

  template <class R>
  void drop_of_networks(const std::vector<Pair<R>>& rows) {
    for (const Pair<R>& row : rows) {
      if (row.before == nullptr || !in_slices(**row.before)) continue;
      if (had(network_of(**row.before))) drop(item_name(**row.before, host_));
    }
  }

  template <class R>
  void put_of_networks(const std::vector<Pair<R>>& rows) {
    for (const Pair<R>& row : rows) {
      if (row.after == nullptr || !in_slices(**row.after)) continue;
      if (has(network_of(**row.after))) put(item_of(*row.after, host_));
    }
  }

  void notice_nodes(const std::vector<Pair<Port>>& ports, const std::vector<Pair<Agent>>& agents) {
    each_side(ports, before_, after_, [this](const Snapshot&, const Port& port) { nodes_.insert(bound_host(port)); });
    each_side(agents, before_, after_, [this](const Snapshot&, const Agent& agent) { nodes_.insert(agent.host); });
    for (const NetworkId& network : reach_.left()) nodes_.merge(hosts(before_, network));
    for (const NetworkId& network : reach_.joined()) nodes_.merge(hosts(after_, network));
    nodes_.erase(host_);
    nodes_.erase(std::string());
  }

  void settle_nodes() {
    for (const std::string& node : nodes_) {
      const bool shares = std::ranges::any_of(networks_on(after_, node), [this](NetworkId each) { return has(each); });
      if (shares || tap_hosts_.contains(node) || outside::names(now_, node)) {
        put(items::of_node(after_, node));
      } else {
        drop(items::node_name(node));
      }
    }
  }

  static std::set<std::string> hosts(const Snapshot& snapshot, NetworkId network) {
    std::vector<std::string> listed = snapshot.hosts_of(network);
    return {listed.begin(), listed.end()};
  }

  void drop(const SliceName& name) { now_ = now_.without(name); }
  void put(items::Named item) { now_ = now_.with(std::move(item.first), std::move(item.second)); }

  Slice now_;
  const Snapshot& before_;
  const Snapshot& after_;
  const std::string& host_;
  const Changes changes_;
  const SliceReach reach_;
  std::set<std::string> tap_hosts_;  // where copies of traffic here go
  std::set<std::string> nodes_;      // whose being a node of ours, or whose agent, may have changed
};

template <class R>
void collect_networks(const std::vector<Pair<R>>& rows, std::set<NetworkId>& networks) {
  for (const Pair<R>& row : rows) {
    if (row.before && in_slices(**row.before)) networks.insert(network_of(**row.before));
    if (row.after && in_slices(**row.after)) networks.insert(network_of(**row.after));
  }
}

}  // namespace

Slice advance(const Slice& old, const Snapshot& before, const Snapshot& after, const std::string& host) {
  return Step(old, before, after, host).run();
}

std::set<std::string> concerned(const Snapshot& before, const Snapshot& after) {
  std::set<NetworkId> networks;
  std::set<RouterId> routers;
  const Changes changes(before, after);
  collect_networks(changes.networks, networks);
  collect_networks(changes.subnets, networks);
  collect_networks(changes.ports, networks);
  pools::concern(before, after, changes, networks);
  // Whoever has a network of the agent's host within reach knows it as a node.
  each_side(changes.agents, before, after,
            [&](const Snapshot& cloud, const Agent& agent) { networks.merge(networks_on(cloud, agent.host)); });
  each_side(changes.routers, before, after, [&](const Snapshot&, const Router& router) { routers.insert(router.id); });
  each_side(changes.ports, before, after, [&](const Snapshot&, const Port& port) {
    if (const auto router = router_of(port)) routers.insert(*router);
  });
  std::set<std::string> hosts;
  for (const Snapshot* cloud : {&before, &after}) {
    for (const NetworkId& network : networks) add_hosts_reaching(*cloud, network, hosts);
    for (const RouterId& router : routers) add_hosts_reaching(*cloud, router, hosts);
  }
  security::concern(before, after, changes, hosts);
  limits::concern(before, after, changes, hosts);
  watch::concern(before, after, changes, hosts);
  outside::concern(before, after, changes, hosts);
  speakers::concern(before, after, changes, hosts);
  return hosts;
}

}  // namespace tarn::model
