// From one snapshot to the next: what a change does to one node's slice, and whose slices it may touch.
#include <algorithm>
#include <iterator>

#include "model/slice_changes.h"
#include "model/slice_items.h"
#include "model/slice_limits.h"
#include "model/slice_security.h"
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
      : now_(old), before_(before), after_(after), host_(host) {}

  Slice run() {
    const Changes changes(before_, after_);
    notice_memberships(changes.ports);
    for (const NetworkId& left : left_) {
      items::each_of_network(before_, left, host_, [this](const items::Named& item) { drop(item.first); });
    }
    drop_rows(changes.networks);
    drop_rows(changes.subnets);
    drop_rows(changes.ports);
    put_rows(changes.networks);
    put_rows(changes.subnets);
    put_rows(changes.ports);
    for (const NetworkId& joined : joined_) {
      items::each_of_network(after_, joined, host_, [this](items::Named item) { put(std::move(item)); });
    }
    security::advance(now_, before_, after_, changes, host_);
    limits::advance(now_, before_, after_, changes, host_);
    const std::set<std::string> tap_hosts_before = watch::tap_hosts(now_);
    watch::advance(now_, before_, after_, changes, host_);
    tap_hosts_ = watch::tap_hosts(now_);
    std::ranges::set_symmetric_difference(tap_hosts_before, tap_hosts_, std::inserter(nodes_, nodes_.end()));
    notice_nodes(changes.ports, changes.agents);
    settle_nodes();
    return now_;
  }

 private:
  // Only a port that leaves or reaches this node can make it leave or join a network.
  void notice_memberships(const std::vector<Pair<Port>>& ports) {
    const auto notice = [this](const Versioned<Port>* port) {
      if (port == nullptr || bound_host(**port) != host_) return;
      const NetworkId network = (*port)->network;
      const bool had = before_.host_has(network, host_);
      const bool has = after_.host_has(network, host_);
      if (had && !has) left_.insert(network);
      if (!had && has) joined_.insert(network);
    };
    for (const Pair<Port>& port : ports) {
      notice(port.before);
      notice(port.after);
    }
  }

  template <class R>
  void drop_rows(const std::vector<Pair<R>>& rows) {
    for (const Pair<R>& row : rows) {
      if (row.before == nullptr || !in_slices(**row.before)) continue;
      if (before_.host_has(network_of(**row.before), host_)) drop(item_name(**row.before, host_));
    }
  }

  template <class R>
  void put_rows(const std::vector<Pair<R>>& rows) {
    for (const Pair<R>& row : rows) {
      if (row.after == nullptr || !in_slices(**row.after)) continue;
      if (after_.host_has(network_of(**row.after), host_)) put(item_of(*row.after, host_));
    }
  }

  void notice_nodes(const std::vector<Pair<Port>>& ports, const std::vector<Pair<Agent>>& agents) {
    for (const Pair<Port>& port : ports) {
      if (port.before) nodes_.insert(bound_host(**port.before));
      if (port.after) nodes_.insert(bound_host(**port.after));
    }
    for (const Pair<Agent>& agent : agents) {
      if (agent.before) nodes_.insert((*agent.before)->host);
      if (agent.after) nodes_.insert((*agent.after)->host);
    }
    for (const NetworkId& network : left_) nodes_.merge(hosts(before_, network));
    for (const NetworkId& network : joined_) nodes_.merge(hosts(after_, network));
    nodes_.erase(host_);
    nodes_.erase(std::string());
  }

  void settle_nodes() {
    if (nodes_.empty()) return;
    const std::set<NetworkId> ours = items::networks_on(after_, host_);
    for (const std::string& node : nodes_) {
      const bool shares =
          std::ranges::any_of(ours, [&](const NetworkId& network) { return after_.host_has(network, node); });
      if (shares || tap_hosts_.contains(node)) {
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
  std::set<NetworkId> left_;
  std::set<NetworkId> joined_;
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
  const Changes changes(before, after);
  collect_networks(changes.networks, networks);
  collect_networks(changes.subnets, networks);
  collect_networks(changes.ports, networks);
  for (const Pair<Agent>& agent : changes.agents) {
    // Whoever shares a network with the agent's host knows it as a node.
    if (agent.before) networks.merge(items::networks_on(before, (*agent.before)->host));
    if (agent.after) networks.merge(items::networks_on(after, (*agent.after)->host));
  }
  std::set<std::string> hosts;
  for (const NetworkId& network : networks) {
    for (std::string& host : before.hosts_of(network)) hosts.insert(std::move(host));
    for (std::string& host : after.hosts_of(network)) hosts.insert(std::move(host));
  }
  security::concern(before, after, changes, hosts);
  limits::concern(before, after, changes, hosts);
  watch::concern(before, after, changes, hosts);
  return hosts;
}

}  // namespace tarn::model
