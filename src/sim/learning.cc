#include "sim/learning.h"

#include <algorithm>

namespace tarn::sim {

namespace of = wire::of;

namespace {

// Several parts of one field are matched together.
void add(of::Match& match, of::FieldValue part) {
  if (const of::FieldValue* before = match.find(part.field)) {
    for (std::size_t i = 0; i < part.value.size(); ++i) {
      part.value[i] = static_cast<std::uint8_t>((before->value[i] & ~part.mask[i]) | part.value[i]);
      part.mask[i] |= before->mask[i];
    }
  }
  match.with(part);
}

bool is_of(const std::pair<const of::FlowKey, of::FlowSeen>& flow, std::uint8_t table, std::uint64_t cookie) {
  return flow.first.table == table && flow.second.spec.cookie == cookie;
}

bool is_held(const FlowTable& flows, const of::Learn& wanted) {
  const auto holds = [&](const of::Action& action) {
    const auto* learn = std::get_if<of::Learn>(&action);
    return learn != nullptr && learn->table == wanted.table && learn->cookie == wanted.cookie;
  };
  return std::ranges::any_of(
      flows, [&](const auto& flow) { return std::ranges::any_of(flow.second.spec.actions.list(), holds); });
}

}  // namespace

Learned learned_of(const of::Learn& learn, const Packet& packet) {
  Learned learned{.key = {learn.table, learn.priority, {}},
                  .spec = {.cookie = learn.cookie, .actions = {}, .goto_table = {}},
                  .idle_timeout = learn.idle_timeout,
                  .hard_timeout = learn.hard_timeout,
                  .limit = learn.limit};
  for (const of::FieldValue& constant : learn.matches) add(learned.key.match, constant);
  for (const of::Move& copy : learn.copied) add(learned.key.match, packet.moved(copy));
  std::vector<of::Action> actions;
  for (const of::Move& load : learn.loads) actions.emplace_back(of::SetField{packet.moved(load)});
  learned.spec.actions = std::move(actions);
  return learned;
}

void learn(FlowTable& flows, const Learned& learned) {
  const std::uint8_t table = learned.key.table;
  const auto count =
      std::ranges::count_if(flows, [&](const auto& flow) { return is_of(flow, table, learned.spec.cookie); });
  if (learned.limit != 0 && static_cast<std::uint64_t>(count) >= learned.limit) return;
  const auto [flow, is_new] = flows.try_emplace(learned.key);
  if (is_new) {
    flow->second.idle_timeout = learned.idle_timeout;
    flow->second.hard_timeout = learned.hard_timeout;
  }
  std::vector<of::Action> before = flow->second.spec.actions;
  flow->second.spec = learned.spec;
  unlearn(flows, before);
}

void unlearn(FlowTable& flows, const std::vector<of::Action>& gone) {
  for (const of::Action& action : gone) {
    const auto* learn = std::get_if<of::Learn>(&action);
    if (learn == nullptr || is_held(flows, *learn)) continue;
    std::vector<of::FlowKey> keys;
    for (const auto& flow : flows)
      if (is_of(flow, learn->table, learn->cookie)) keys.push_back(flow.first);
    for (const of::FlowKey& key : keys) {
      const auto flow = flows.extract(key);  // the ones before it may have taken it along
      if (!flow.empty()) unlearn(flows, flow.mapped().spec.actions);
    }
  }
}

}  // namespace tarn::sim
