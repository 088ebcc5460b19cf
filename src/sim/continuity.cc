#include "sim/continuity.h"

#include <algorithm>

#include "sim/groups.h"

namespace tarn::sim {

namespace {

// What else the flows of both ports are made of: a switch that refuses some of the new ones may cut them off.
std::string terms_of(const model::Port& sender, const model::Port& receiver) {
  std::string text;
  for (const model::Port* port : {&sender, &receiver}) {
    text += port->port_security_enabled ? "secured" : "open";
    for (const SecurityGroupId& group : port->security_groups) text += " " + group.text();
    if (port->qos_policy) text += " " + port->qos_policy->text();
  }
  return text;
}

}  // namespace

// Nothing that the node is still to hear or to do can change what it does with a packet: a wish that was withdrawn and
// came back may still be on its way as two changes.
bool Continuity::is_settled(const Scene& scene, std::size_t index) const {
  const Node& node = *scene.nodes[index];
  return !distrusted_.contains(index) && node.in_sync() && is_told(scene.cloud, node);
}

std::vector<std::string> Continuity::look(const Scene& scene) {
  std::vector<std::string> broken;
  std::set<std::size_t> settled;
  for (std::size_t i = 0; i < scene.nodes.size(); ++i) {
    if (is_settled(scene, i)) settled.insert(i);
  }
  std::map<Probe, Seen> now;
  for (const Attachment& from : scene.attachments) {
    for (const Attachment& to : scene.attachments) {
      if (from == to || !allowed(scene, from, to)) continue;
      const model::Port& sender = *port_of(scene, from.port);
      const model::Port& receiver = *port_of(scene, to.port);
      const bool both_settled = settled.contains(from.node) && settled.contains(to.node);
      const std::string terms = terms_of(sender, receiver);
      const bool may_be_refused = may_refuse(*scene.nodes[from.node]) || may_refuse(*scene.nodes[to.node]);
      for (const Traffic kind : all_traffic) {
        const Probe probe{{from, to}, kind};
        auto packet = packet_of(kind, sender, receiver);
        const auto before = established_.find(probe);
        const bool promised = packet && before != established_.end() && before->second.packet == *packet &&
                              !(may_be_refused && before->second.terms != terms);
        if (!packet || (!promised && !both_settled)) continue;
        if (!groups_let(scene.cloud.snapshot(), sender, receiver, *packet)) continue;
        const bool came = times(kind, deliveries(scene, from, *packet), from, to, receiver) > 0;
        if (!came && promised) {
          broken.push_back("continuity: " + text(scene, from) + " no longer reaches " + text(scene, to) + " by " +
                           std::string(words(kind)));
        }
        if (came) now.emplace(probe, Seen{std::move(*packet), terms});
      }
      if (!may_be_refused) look_at_answers(scene, {from, to}, both_settled, now, broken);
    }
  }
  established_ = std::move(now);
  return broken;
}

// Once a datagram was let through, its answer is, for as long as a rule lets such datagrams through.
void Continuity::look_at_answers(const Scene& scene, const Pair& pair, bool both_settled, std::map<Probe, Seen>& now,
                                 std::vector<std::string>& broken) {
  const auto& [from, to] = pair;
  const model::Snapshot& cloud = scene.cloud.snapshot();
  const model::Port& sender = *port_of(scene, from.port);
  const model::Port& receiver = *port_of(scene, to.port);
  const auto datagram = packet_of(Traffic::datagram4, sender, receiver);
  const auto answer = packet_of(Traffic::answer, sender, receiver);
  const bool remembers = datagram && is_stateful(cloud, sender) && is_stateful(cloud, receiver);
  if (!remembers) {
    opened_.erase(pair);
    return;
  }
  if (both_settled && now.contains({pair, Traffic::datagram4}) && opened_[pair] != *datagram) {
    send(scene, from, *datagram);
    opened_[pair] = *datagram;
  }
  const auto opened = opened_.find(pair);
  if (opened == opened_.end() || opened->second != *datagram) return;
  const auto before = established_.find({pair, Traffic::answer});
  const bool was_promised = before != established_.end() && before->second.packet == *answer;
  if ((!both_settled && !was_promised) || !groups_let(cloud, sender, receiver, *datagram)) return;
  const auto out = deliveries(scene, to, *answer);
  const bool came = std::ranges::any_of(out, [&](const Delivery& each) { return each.is_at(from); });
  if (!came) broken.push_back("continuity: no answer from " + text(scene, to) + " comes to " + text(scene, from));
  if (came) now.emplace(Probe{pair, Traffic::answer}, Seen{*answer, {}});
}

}  // namespace tarn::sim
