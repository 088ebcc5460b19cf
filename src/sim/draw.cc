#include "sim/draw.h"

namespace tarn::sim {
namespace {

constexpr std::uint32_t acts_least = 6;
constexpr std::uint32_t acts_most = 24;
constexpr std::uint32_t few_steps = 30;
constexpr std::uint32_t many_steps = 400;
constexpr std::uint32_t salts = 1'000;
constexpr std::uint32_t outside_one_in = 3;
constexpr std::uint32_t rule_for_callers = 2;  // of the kinds of rules in stage.cc

constexpr std::uint32_t of_hosts = 0;

// What the n-th number of a deed about the outside goes up to.
std::uint32_t bound_outside(Deed deed, std::size_t number) {
  switch (deed) {
    case Deed::external:
    case Deed::external6:
    case Deed::pooled_external:
    case Deed::remove_external:
      return externals_max;
    case Deed::scope:
    case Deed::unscope:
      return networks_max + externals_max;
    case Deed::gateway:
    case Deed::open_gateway:
    case Deed::second_gateway:
      return number == 0 ? routers_max : externals_max;
    case Deed::limit_gateway:
      return number == 0 ? routers_max : policies_max + 1;
    case Deed::clear_gateway:
    case Deed::central:
    case Deed::distribute:
    case Deed::lose_gateway:
    case Deed::boot_gateway:
    case Deed::stop_proxying:
      return routers_max;
    case Deed::proxy:
    case Deed::unproxy:
      return number == 0 ? routers_max : ports_max;
    case Deed::choose:
    case Deed::bar:
      return number == 0 ? routers_max : of_hosts;
    case Deed::floating:
      return number == 0 ? floatings_max : externals_max;
    case Deed::remove_floating:
    case Deed::disassociate:
      return floatings_max;
    case Deed::associate:
      return number == 0 ? floatings_max : ports_max;
    case Deed::lead:
      return number == 0 ? floatings_max : networks_max;
    case Deed::forward:
      return number == 0 ? floatings_max : number == 1 ? ports_max : forwards_max;
    case Deed::stop_forwarding:
      return number == 0 ? floatings_max : forwards_max;
    default:
      return of_hosts;
  }
}

// The same of any deed.
std::uint32_t bound_of(Deed deed, std::size_t number) {
  switch (deed) {
    case Deed::network:
    case Deed::pooled:
    case Deed::remove_network:
    case Deed::subnet6:
      return networks_max;
    case Deed::subnet:
      return number == 0 ? networks_max : 4;
    case Deed::port:
      return number == 0 ? ports_max : number == 1 ? networks_max : of_hosts;
    case Deed::router:
    case Deed::remove_router:
    case Deed::router_down:
    case Deed::router_up:
      return routers_max;
    case Deed::attach:
    case Deed::detach:
      return number == 0 ? routers_max : networks_max;
    case Deed::group:
    case Deed::remove_group:
    case Deed::record:
    case Deed::stop_recording:
      return groups_max;
    case Deed::rule:
    case Deed::remove_rule:
      return number == 0 ? groups_max : rules_max;
    case Deed::port_groups:
      return number == 0 ? ports_max : (1U << groups_max) - 1;
    case Deed::limit:
      return number == 0 ? ports_max : policies_max + 1;
    case Deed::change_limit:
      return number == 0 ? policies_max : salts;
    case Deed::let_take:
    case Deed::forbid_take:
    case Deed::take:
    case Deed::unsecure:
    case Deed::secure:
    case Deed::carry:
    case Deed::drop_carried:
    case Deed::listen:
    case Deed::stop_listening:
    case Deed::remove_port:
    case Deed::port_down:
    case Deed::port_up:
    case Deed::plug:
    case Deed::unplug:
      return ports_max;
    case Deed::move_port:
      return number == 0 ? ports_max : of_hosts;
    case Deed::refuse:
    case Deed::refuse_rows:
    case Deed::foreign:
      return number == 0 ? of_hosts : salts;
    default:
      return bound_outside(deed, number);
  }
}

Act drawn_act(rt::Choice& choice, Deed deed, std::uint32_t hosts) {
  Act act{deed, {}};
  for (std::size_t i = 0; i < row_of(deed).numbers; ++i) {
    const std::uint32_t bound = bound_of(deed, i);
    act.numbers[i] = 1 + choice.below(bound == of_hosts ? hosts : bound);
  }
  return act;
}

bool is_of_outside(Deed deed) {
  return (deed >= Deed::external && deed <= Deed::stop_forwarding) || deed == Deed::offer ||
         deed == Deed::stop_offering || deed == Deed::lose_gateway || deed == Deed::boot_gateway ||
         (deed >= Deed::cut_segment && deed <= Deed::join_hosts);
}

// Half of the faults, each for itself, are not part of this world.
std::vector<std::uint32_t> weights(rt::Choice& choice, bool has_outside) {
  std::vector<std::uint32_t> all;
  for (const DeedRow& row : deeds()) {
    if (is_of_outside(row.deed) && !has_outside) {
      all.push_back(0);
      continue;
    }
    const bool workload = row.deed <= Deed::unplug;
    const std::uint32_t times = workload ? 1 + choice.below(2) : choice.below(2) * (1 + choice.below(3));
    all.push_back(row.weight * times);
  }
  return all;
}

// Hosts on the physical segment, a router with a gateway, and something to be called by.
void lead_outside(rt::Choice& choice, Story& story, std::uint32_t networks, std::uint32_t ports, bool pooled) {
  for (std::uint32_t host = 1; host <= story.hosts; ++host) {
    if (host == 1 || choice.below(4) != 0) story.acts.push_back({Deed::offer, {host}});
  }
  const std::uint32_t external = 1 + choice.below(externals_max);
  const Deed gateway = choice.below(4) == 0 ? Deed::open_gateway : Deed::gateway;
  story.acts.push_back({pooled ? Deed::pooled_external : Deed::external, {external}});
  if (pooled) {
    for (const std::uint32_t place : {1U, 2U, networks_max + external})
      if (choice.below(2) == 0) story.acts.push_back({Deed::scope, {place}});
  }
  if (choice.below(2) == 0) story.acts.push_back({Deed::external6, {external}});
  const Acts ways{{Deed::router, {1}},
                  {Deed::attach, {1, 1 + choice.below(networks)}},
                  {gateway, {1, external}},
                  {Deed::floating, {1, external}},
                  {Deed::floating, {2, external}}};
  story.acts.insert(story.acts.end(), ways.begin(), ways.end());
  if (pooled && choice.below(2) == 0) {
    for (const Act& act : {Act{Deed::scope, {1}}, Act{Deed::scope, {networks_max + external}},
                           Act{Deed::external6, {external}}, Act{gateway, {1, external}}})
      story.acts.push_back(act);
    for (std::uint32_t port = 1; port <= ports; port += 2) story.acts.push_back({Deed::proxy, {1, port}});
    story.acts.push_back({Deed::unsecure, {1 + choice.below(ports)}});
  }
  if (choice.below(2) == 0) {
    story.acts.push_back({Deed::group, {1}});
    story.acts.push_back({Deed::rule, {1, rule_for_callers}});
    for (std::uint32_t port = 1; port <= ports; ++port) story.acts.push_back({Deed::port_groups, {port, 1}});
  }
  if (choice.below(3) == 0) {
    for (std::uint32_t port = 1; port <= ports; ++port) story.acts.push_back({Deed::let_take, {port}});
    story.acts.push_back({Deed::lead, {2, 1 + choice.below(networks)}});
  }
  if (choice.below(2) == 0) story.acts.push_back({Deed::associate, {1, 1 + choice.below(ports)}});
  if (choice.below(4) == 0) {
    const std::uint32_t second = 1 + external % externals_max;
    story.acts.push_back({Deed::external, {second}});
    story.acts.push_back({Deed::second_gateway, {1, second}});
    story.acts.push_back({Deed::floating, {3, second}});
    story.acts.push_back({Deed::associate, {3, 1 + choice.below(ports)}});
  }
  if (choice.below(2) == 0) story.acts.push_back({Deed::forward, {2, 1 + choice.below(ports), 1}});
}

}  // namespace

Story draw_story(std::uint64_t seed) {
  rt::Seeded choice(seed);
  Story story{choice.bits(), 1 + choice.below(2), {}};
  const bool has_outside = choice.below(outside_one_in) == 0;
  if (has_outside) story.hosts = 2 + choice.below(2);
  const std::vector<std::uint32_t> weight = weights(choice, has_outside);
  std::uint32_t sum = 0;
  for (const std::uint32_t each : weight) sum += each;
  const bool pooled = has_outside && choice.below(3) == 0;
  // Something to disturb.
  const std::uint32_t networks = 1 + choice.below(2);
  for (std::uint32_t network = 1; network <= networks; ++network) {
    story.acts.push_back({pooled ? Deed::pooled : Deed::network, {network}});
    if (choice.below(2) == 0) story.acts.push_back({Deed::subnet6, {network}});
  }
  const std::uint32_t ports = 2 + choice.below(3);
  for (std::uint32_t port = 1; port <= ports; ++port) {
    story.acts.push_back({Deed::port, {port, 1 + port % networks, 1 + choice.below(story.hosts)}});
    story.acts.push_back({Deed::plug, {port}});
  }
  if (has_outside) lead_outside(choice, story, networks, ports, pooled);
  if (choice.below(2) == 0) story.acts.push_back({Deed::settle, {}});
  const std::uint32_t count = acts_least + choice.below(acts_most - acts_least);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t at = choice.below(sum);
    std::size_t row = 0;
    while (at >= weight[row]) at -= weight[row++];
    story.acts.push_back(drawn_act(choice, deeds()[row].deed, story.hosts));
    const std::uint32_t pace = choice.below(4);
    if (pace == 0) continue;  // the next one comes at once
    story.acts.push_back({Deed::steps, {choice.below(pace == 1 ? many_steps : few_steps)}});
  }
  return story;
}

}  // namespace tarn::sim
