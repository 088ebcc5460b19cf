#include "model/slice_limits.h"

#include "model/limits.h"
#include "model/slice_items.h"
#include "model/slice_outside.h"

namespace tarn::model::limits {
namespace {

const Network* network_of(const Snapshot& cloud, const Port& port) {
  const auto* network = cloud.find(port.network);
  return network == nullptr ? nullptr : network->row.get();
}

std::set<QosPolicyId> policies_in_force(const Slice& slice, const Snapshot& cloud, const std::string& host) {
  std::set<QosPolicyId> policies = outside::policies(slice);
  for (const PortId& id : cloud.ports_on(host)) {
    const Port& port = **cloud.find(id);
    if (bound_host(port).empty()) continue;
    if (const auto policy = qos_policy_of(port, network_of(cloud, port))) policies.insert(*policy);
  }
  return policies;
}

// Visits the rules of a policy: visit(const Versioned<QosRule>&).
template <class Visit>
void each_rule(const Snapshot& cloud, QosPolicyId policy, Visit&& visit) {
  for (const Uuid& id : cloud.referrers(policy.uuid, Kind::qos_rule)) visit(*cloud.find<QosRule>(id));
}

// The policies whose being in force for ports of the host may have changed.
std::set<QosPolicyId> touched_policies(const Snapshot& before, const Snapshot& after, const Changes& changes,
                                       const std::string& host) {
  std::set<QosPolicyId> touched;
  const auto notice = [&](const std::optional<QosPolicyId>& was, const std::optional<QosPolicyId>& is) {
    if (was == is) return;
    if (was) touched.insert(*was);
    if (is) touched.insert(*is);
  };
  const auto of_port = [&](const Versioned<Port>* port, const Snapshot& cloud) {
    const bool here = port != nullptr && bound_host(**port) == host;
    return here ? qos_policy_of(**port, network_of(cloud, **port)) : std::nullopt;
  };
  for (const Pair<Port>& port : changes.ports) notice(of_port(port.before, before), of_port(port.after, after));
  for (const Pair<Network>& network : changes.networks)
    notice(network.before ? (*network.before)->qos_policy : std::nullopt,
           network.after ? (*network.after)->qos_policy : std::nullopt);
  return touched;
}

}  // namespace

void add(Slice& slice, const Snapshot& cloud, const std::string& host) {
  for (const QosPolicyId& policy : policies_in_force(slice, cloud, host)) {
    each_rule(cloud, policy, [&](const Versioned<QosRule>& rule) {
      items::Named item = items::of(rule);
      slice = slice.with(std::move(item.first), std::move(item.second));
    });
  }
}

void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::string& host, std::set<QosPolicyId> outer) {
  std::set<QosRuleId> rules;
  for (const Pair<QosRule>& rule : changes.limits) rules.insert(rule.after ? (*rule.after)->id : (*rule.before)->id);
  outer.merge(touched_policies(before, after, changes, host));
  for (const QosPolicyId& policy : outer) {
    for (const Snapshot* side : {&before, &after})
      each_rule(*side, policy, [&rules](const Versioned<QosRule>& rule) { rules.insert(rule->id); });
  }
  if (rules.empty()) return;
  const std::set<QosPolicyId> in_force = policies_in_force(slice, after, host);
  for (const QosRuleId& id : rules) {
    const auto* rule = after.find<QosRule>(id.uuid);
    if (rule != nullptr && in_force.contains((*rule)->policy)) {
      items::Named item = items::of(*rule);
      slice = slice.with(std::move(item.first), std::move(item.second));
    } else {
      slice = slice.without(items::name(id));
    }
  }
}

void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts) {
  const auto hear = [&hosts](const Snapshot& cloud, QosPolicyId policy) {
    for (const Uuid& id : cloud.referrers(policy.uuid, Kind::port)) {
      const std::string& host = bound_host(**cloud.find<Port>(id));
      if (!host.empty()) hosts.insert(host);
    }
    for (const Uuid& id : cloud.referrers(policy.uuid, Kind::network))
      for (std::string& host : cloud.hosts_of(NetworkId{id})) hosts.insert(std::move(host));
    outside::concern(cloud, policy, hosts);
  };
  for (const Pair<QosRule>& rule : changes.limits) {
    if (rule.before) hear(before, (*rule.before)->policy);
    if (rule.after) hear(after, (*rule.after)->policy);
  }
}

}  // namespace tarn::model::limits
