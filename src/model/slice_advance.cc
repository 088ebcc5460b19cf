// From one snapshot to the next: what a change does to one node's slice, and whose slices it may touch.
#include <algorithm>
#include <iterator>
#include <optional>

#include "model/gateways.h"
#include "model/reach.h"
#include "model/slice_changes.h"
#include "model/slice_items.h"
#include "model/slice_limits.h"
#include "model/slice_outside.h"
#include "model/slice_pools.h"
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
  return !bound_host(port).empty();
}

// One step of one slice. Everything that was goes first, then everything that is comes, so that a row may change its
// network, its host or both.
class Step {
 public:
  Step(const Slice& old, const Snapshot& before, const Snapshot& after, const std::string& host)
      : old_(old), now_(old), before_(before), after_(after), host_(host) {}

  Slice run() {
    const Changes changes(before_, after_);
    if (may_move(changes)) move();
    drop_rows(changes);
    put_rows(changes);
    std::set<NetworkId> moved = left_;
    moved.insert(joined_.begin(), joined_.end());
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
  [[nodiscard]] bool had(NetworkId network) const {
    return before_.host_has(network, host_) || old_.find(items::name(network)) != nullptr;
  }
  [[nodiscard]] bool had(RouterId router) const { return old_.find(items::name(router)) != nullptr; }
  [[nodiscard]] bool has(NetworkId network) const { return reach_ ? reach_->networks.contains(network) : had(network); }
  [[nodiscard]] bool has(RouterId router) const { return reach_ ? reach_->routers.contains(router) : had(router); }

  [[nodiscard]] outside::Reached reached() const {
    outside::Reached reached{[this](RouterId router) { return had(router); },
                             [this](RouterId router) { return has(router); }, left_routers_};
    reached.moved.insert(joined_routers_.begin(), joined_routers_.end());
    return reached;
  }

  // Whether something may come within reach or leave it. Asked with what is told in the old slice and in indexes alone:
  // most changes move nothing.
  [[nodiscard]] bool may_move(const Changes& changes) const {
    bool moves = false;
    each_side(changes.ports, before_, after_, [&](const Snapshot& cloud, const Port& port) {
      moves = moves || cloud.is_referred(port.id.uuid, Kind::router);  // a gateway's: by what it leads in
      if (bound_host(port) == host_)
        moves = moves || before_.host_has(port.network, host_) != after_.host_has(port.network, host_);
      if (const auto router = router_of(port)) moves = moves || is_near(*router, port.network);
    });
    each_side(changes.routers, before_, after_, [&](const Snapshot& cloud, const Router& router) {
      const auto leads = [&](const Gateway& gateway) { return leads_in(cloud, gateway); };
      moves = moves || had(router.id) || std::ranges::any_of(router.gateways, leads);
      for (const PortId& id : cloud.interfaces_of(router.id))
        moves = moves || is_near(router.id, (**cloud.find(id)).network);
    });
    moves = moves || !offering_differently(before_, after_, hosts_of(changes.agents)).empty();
    for (const Pair<Network>& network : changes.networks) {
      const NetworkId id = network.before ? (*network.before)->id : (*network.after)->id;
      moves = moves || is_way_out(id);
      if (network.before != nullptr && network.after != nullptr) continue;
      moves = moves || !before_.interfaces_on(id).empty() || !after_.interfaces_on(id).empty();
    }
    return moves;
  }
  [[nodiscard]] bool is_way_out(NetworkId network) const {
    return before_.is_referred(network.uuid, Kind::router) || after_.is_referred(network.uuid, Kind::router);
  }
  [[nodiscard]] bool is_near(RouterId router, NetworkId network) const {
    return had(router) || had(network) || after_.host_has(network, host_);
  }

  void move() {
    const Reach was = reach_of(before_, host_);
    reach_ = reach_of(after_, host_);
    std::ranges::set_difference(was.networks, reach_->networks, std::inserter(left_, left_.end()));
    std::ranges::set_difference(reach_->networks, was.networks, std::inserter(joined_, joined_.end()));
    std::ranges::set_difference(was.routers, reach_->routers, std::inserter(left_routers_, left_routers_.end()));
    std::ranges::set_difference(reach_->routers, was.routers, std::inserter(joined_routers_, joined_routers_.end()));
  }

  void drop_rows(const Changes& changes) {
    const auto drop_item = [this](const items::Named& item) { drop(item.first); };
    for (const NetworkId& left : left_) items::each_of_network(before_, left, host_, drop_item);
    for (const RouterId& left : left_routers_) items::each_of_router(before_, left, drop_item);
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
    for (const NetworkId& joined : joined_) items::each_of_network(after_, joined, host_, put_item);
    for (const RouterId& joined : joined_routers_) items::each_of_router(after_, joined, put_item);
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
    for (const NetworkId& network : left_) nodes_.merge(hosts(before_, network));
    for (const NetworkId& network : joined_) nodes_.merge(hosts(after_, network));
    nodes_.erase(host_);
    nodes_.erase(std::string());
  }

  void settle_nodes() {
    if (nodes_.empty()) return;
    const Reach reach = reach_ ? *reach_ : reach_of(after_, host_);
    for (const std::string& node : nodes_) {
      const bool shares =
          std::ranges::any_of(reach.networks, [&](const NetworkId& network) { return after_.host_has(network, node); });
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

  const Slice& old_;
  Slice now_;
  const Snapshot& before_;
  const Snapshot& after_;
  const std::string& host_;
  std::optional<Reach> reach_;  // afterwards; absent: as it was
  std::set<NetworkId> left_, joined_;
  std::set<RouterId> left_routers_, joined_routers_;
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
