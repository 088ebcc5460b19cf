// Answers leave a router by the gateway that the question came in by. Where they would go by the first, each of the
// others is asked whether it knows the connection as one from outside; the zones of their translations tell, and
// nothing else is kept. What none of them knows goes on by the first.
#include <algorithm>

#include "render/outside.h"

namespace tarn::render {

namespace {

constexpr std::uint16_t above_unknown = static_cast<std::uint16_t>(Priority::low) + 1;

bool is_open(const WayOut& way) {
  return way.gateway && way.gateway->v4 && default_of(way, Family::v4);
}

// Of the open ways, those that do not lead, in order; empty where none leads.
std::vector<const WayOut*> others_of(const std::vector<WayOut>& ways) {
  std::vector<const WayOut*> others;
  const WayOut* leading = leading_way(ways, Family::v4);
  for (const WayOut& way : ways)
    if (is_open(way) && &way != leading) others.push_back(&way);
  return others;
}

void append_question(Actions& actions, const LiveGateway& gateway) {
  actions.insert(actions.end(), {set(Field::metadata, gateway.number), translate(Stage::back)});
}

}  // namespace

bool has_ways_back(const std::vector<WayOut>& ways) {
  return !others_of(ways).empty();
}

void add_ways_back(FlowSink& flows, const std::vector<WayOut>& ways) {
  const std::vector<const WayOut*> others = others_of(ways);
  if (others.empty()) return;
  const LiveGateway& first = *leading_way(ways, Family::v4)->gateway;
  Actions begin{set(reg::first_way, first.number)};
  append_question(begin, *others.front()->gateway);
  flows.add(Stage::back, Priority::middle, at_gateway(first) & FieldValue::number(Field::ct_state, 0, ct_tracked),
            std::move(begin));
  for (std::size_t i = 0; i < others.size(); ++i) {
    const LiveGateway& gateway = *others[i]->gateway;
    Actions answer{set(Field::eth_src, gateway.mac)};
    append_address(answer, reg::next_hop, *default_of(*others[i], Family::v4));
    flows.add(Stage::back, Priority::middle, with_state(at_gateway(gateway), ct_reply, ct_reply), std::move(answer),
              Stage::translated);
    if (i + 1 == others.size()) break;
    Actions other{of::CtClear{}};
    append_question(other, *others[i + 1]->gateway);
    flows.add(Stage::back, above_unknown, with_state(at_gateway(gateway), 0, 0), std::move(other));
  }
}

// Always there: a switch goes on asking as it did before a gateway went, for as long as it takes to look through all
// that it has learned to do with packets.
void add_way_of_questions(FlowSink& flows) {
  flows.add(Stage::back, Priority::low, ipv4() & FieldValue::number(Field::ct_state, ct_tracked, ct_tracked),
            {of::CtClear{}, move(reg::first_way, Field::metadata)}, Stage::outward);
}

}  // namespace tarn::render
