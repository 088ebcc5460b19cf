#include "sim/classifier.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tarn::sim {

namespace of = wire::of;

namespace {

// A table that handles fragments as "normal" ones sees no ports and no ICMP type in any of them, the first one
// included (ovs-ofctl(8), set-frags).
bool is_hidden(Field field, bool fragment) {
  return fragment && field >= Field::tcp_src && field <= Field::icmpv6_code;
}

// The packet has no conj_id of its own: it is of this one lookup.
bool matches(const of::Match& match, const Packet& packet, std::uint32_t conj_id) {
  const bool fragment = (packet.number(Field::ip_frag) & 1) != 0;
  return std::ranges::all_of(match.fields(), [&](const of::FieldValue& wanted) {
    if (wanted.field == Field::conj_id) return wanted == of::FieldValue::number(Field::conj_id, conj_id);
    const Packet::Octets have = is_hidden(wanted.field, fragment) ? Packet::Octets{} : packet.octets(wanted.field);
    for (std::size_t i = 0; i < have.size(); ++i)
      if ((have[i] & wanted.mask[i]) != wanted.value[i]) return false;
    return true;
  });
}

bool is_soft(const of::FlowSpec& spec) {
  return std::ranges::any_of(spec.actions, [](const of::Action& action) {  // they stand with nothing else
    return std::holds_alternative<of::Conjunction>(action);
  });
}

bool same_effect(const Classifier::Flow& a, const Classifier::Flow& b) {
  return a.spec.actions == b.spec.actions && a.spec.goto_table == b.spec.goto_table;
}

std::string text(const Classifier::Flow* flow) {
  return flow == nullptr ? "nothing" : of::text(flow->key, flow->spec);
}

// The ids of which every clause is among these flows of one priority. A conjunction of more clauses than there are
// flows is not looked at, though one flow may be several of its clauses.
std::vector<std::uint32_t> complete(const std::vector<const Classifier::Flow*>& soft) {
  std::map<std::uint32_t, std::uint64_t> clauses;  // those missing
  std::vector<std::uint32_t> ids;
  for (const Classifier::Flow* flow : soft) {
    for (const of::Action& action : flow->spec.actions) {
      const auto* clause = std::get_if<of::Conjunction>(&action);
      if (clause == nullptr || clause->clauses > soft.size()) continue;
      const std::uint64_t all = clause->clauses >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << clause->clauses) - 1;
      std::uint64_t& missing = clauses.try_emplace(clause->id, all).first->second;
      if (missing == 0) continue;
      missing &= ~(std::uint64_t{1} << (clause->clause - 1));
      if (missing == 0) ids.push_back(clause->id);
    }
  }
  return ids;
}

}  // namespace

Classifier::Classifier(std::vector<Flow> flows) {
  std::ranges::stable_sort(flows, std::ranges::greater{}, [](const Flow& flow) { return flow.key.priority; });
  std::map<of::Match, bool> covered;  // by a soft flow
  for (Flow& flow : flows) {
    const bool soft = is_soft(flow.spec);
    bool& cover = covered[flow.key.match];
    const bool hidden = cover;
    cover = cover || soft;
    entries_.push_back({std::move(flow), soft, hidden});
  }
}

// From the highest priority down: a flow that stands alone wins over conjunctions of its own priority, and a
// conjunction that leads to no flow is as if it were not there.
const Classifier::Flow* Classifier::lookup(const Packet& packet, std::vector<std::string>& faults) const {
  const Flow* hard = nullptr;
  std::vector<const Flow*> soft;
  for (auto at = entries_.begin(); at != entries_.end();) {
    const std::uint16_t priority = at->flow.key.priority;
    soft.clear();
    for (; at != entries_.end() && at->flow.key.priority == priority; ++at) {
      if (!matches(at->flow.key.match, packet, 0)) continue;
      if (at->soft) {
        soft.push_back(&at->flow);
      } else if (hard == nullptr) {
        hard = &at->flow;
      } else if (!same_effect(*hard, at->flow)) {
        faults.push_back("undefined choice: " + text(hard) + " and " + text(&at->flow));
      }
    }
    if (hard != nullptr) return hard;
    if (const Flow* found = satisfied(soft, packet, faults)) return found;
  }
  return nullptr;
}

const Classifier::Flow* Classifier::satisfied(const std::vector<const Flow*>& soft, const Packet& packet,
                                              std::vector<std::string>& faults) const {
  const Flow* chosen = nullptr;
  bool first = true;
  for (const std::uint32_t id : complete(soft)) {
    const Flow* found = best_hard(packet, id, faults);
    const bool differs =
        (found == nullptr) != (chosen == nullptr) || (found && chosen && !same_effect(*found, *chosen));
    // The switch takes the one that it completes first, in no order that it promises.
    if (!first && differs)
      faults.push_back("undefined choice between conjunctions: " + text(chosen) + " and " + text(found));
    if (chosen == nullptr) chosen = found;
    first = false;
  }
  return chosen;
}

// The lookup of a satisfied conjunction passes over soft flows, and over whatever stands behind one with the same
// match.
const Classifier::Flow* Classifier::best_hard(const Packet& packet, std::uint32_t conj_id,
                                              std::vector<std::string>& faults) const {
  const Flow* best = nullptr;
  for (const Entry& entry : entries_) {
    if (best != nullptr && entry.flow.key.priority < best->key.priority) break;
    if (entry.soft || entry.hidden || !matches(entry.flow.key.match, packet, conj_id)) continue;
    if (best == nullptr) {
      best = &entry.flow;
    } else if (!same_effect(*best, entry.flow)) {
      faults.push_back("undefined choice: " + text(best) + " and " + text(&entry.flow));
    }
  }
  return best;
}

}  // namespace tarn::sim
