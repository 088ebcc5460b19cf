// What all gateways and floating IPs of a node have in common, once per node that has routers within reach.
#include "render/outside.h"
#include "render/punt.h"

namespace tarn::render {

of::Ct translate(Stage stage) {
  of::Ct ct = track(stage);
  ct.nat = of::Nat{};
  return ct;
}

of::Ct begin_translation(const of::Nat& nat) {
  of::Ct ct = track(Stage::translated);
  ct.commit = true;
  ct.nat = nat;
  return ct;
}

void add_translation_rules(FlowSink& flows, Tables& tables) {
  // For each host that may know the connection: what has no ports (echo replies, ICMP errors) cannot be told apart.
  constexpr std::uint32_t landings_rate = 1000;  // in a second
  tables.meters.emplace(domain::Meter::of_landings,
                        of::MeterSpec{of::MeterSpec::Unit::packets, landings_rate, landings_rate});
  const auto state = [](std::uint64_t bits) {
    return ipv4() & FieldValue::number(Field::ct_state, bits | ct_tracked, bits | ct_tracked);
  };
  constexpr std::uint64_t too_big = std::uint64_t{1} << reg::way_too_big_bit;
  flows.add(Stage::outward, Priority::top, ipv4() & FieldValue::number(reg::way, too_big, too_big),
            {no_way(PuntReason::too_big)});
  flows.add(Stage::outward, Priority::low, ipv4(), {translate(Stage::translation)});
  for (const Stage stage : {Stage::translation, Stage::inward}) flows.drop(stage, Priority::top, state(ct_invalid));
  flows.add(Stage::translation, Priority::high, state(ct_snat), {}, Stage::translated);
  flows.add(Stage::inward, Priority::high, state(ct_dnat), {}, Stage::translated);
  flows.add(Stage::resolved, Priority::low, ipv4() & FieldValue::mac(Field::eth_dst, Mac{}),
            {no_way(PuntReason::unresolved)});
}

}  // namespace tarn::render
