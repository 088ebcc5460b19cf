#include "sim/revocation.h"

#include <algorithm>

#include "sim/groups.h"
#include "sim/withdrawal.h"

namespace tarn::sim {
namespace {

const model::Port* row_of(const model::Snapshot* cloud, const PortId& id) {
  const auto* found = cloud == nullptr ? nullptr : cloud->find(id);
  return found == nullptr ? nullptr : found->row.get();
}

}  // namespace

std::vector<std::string> Revocation::look(const Scene& scene, const Network& network, rt::Instant now) {
  std::vector<std::string> broken;
  std::map<Pair, Standing> standings;
  for (const Attachment& from : scene.attachments) {
    for (const Attachment& to : scene.attachments) {
      const Node& sending = *scene.nodes[from.node];
      const Node& receiving = *scene.nodes[to.node];
      if (from == to || !can_act(sending, network) || !can_act(receiving, network)) continue;
      // A switch that refuses a change keeps what it had.
      if (may_refuse(sending) || may_refuse(receiving)) continue;
      const std::pair told(sending.brain().revision(), receiving.brain().revision());
      const auto before = standings_.find({from, to});
      Standing standing = before == standings_.end() ? Standing{} : before->second;
      const model::Snapshot* of_sender = scene.cloud.at(told.first);
      const model::Snapshot* of_receiver = scene.cloud.at(told.second);
      const model::Port* sender = row_of(of_sender, from.port);
      const model::Port* receiver = row_of(of_receiver, to.port);
      if (sender == nullptr || receiver == nullptr || sender->network != receiver->network) continue;
      const auto packet = packet_of(Traffic::datagram4, *sender, *receiver);
      if (!packet) continue;
      if (before == standings_.end() || standing.told != told) {
        const bool is_let = may_send(*of_sender, *sender, *packet) && may_get(*of_receiver, *receiver, *packet);
        if (is_let) standing.forbidden.reset();
        if (!is_let && standing.is_let) standing = {told, false, now, false};
        standing.told = told;
        standing.is_let = is_let;
      }
      const bool due = standing.forbidden && !standing.judged && now - *standing.forbidden >= at_once;
      standing.judged = standing.judged || due;
      standings.emplace(Pair(from, to), standing);
      if (due) {
        if (times(Traffic::datagram4, deliveries(scene, from, *packet), from, to, *receiver) > 0)
          broken.push_back("revocation: " + text(scene, to) + " still hears " + text(scene, from) +
                           ", long after their agents were told that no rule lets it");
        // An answer to what was let through before is none to a datagram that may be sent for its own sake.
        const Packet answer = *packet_of(Traffic::answer, *sender, *receiver);
        if (may_send(*of_receiver, *receiver, answer) && may_get(*of_sender, *sender, answer)) continue;
        if (!is_stateful(*of_sender, *sender) || !is_stateful(*of_receiver, *receiver)) continue;
        const auto out = deliveries(scene, to, answer);
        if (std::ranges::any_of(out, [&](const Delivery& each) { return each.is_at(from); }))
          broken.push_back("revocation: an answer from " + text(scene, to) + " comes to " + text(scene, from) +
                           ", long after their agents were told that no rule lets through what it answers");
      }
    }
  }
  standings_ = std::move(standings);
  return broken;
}

}  // namespace tarn::sim
