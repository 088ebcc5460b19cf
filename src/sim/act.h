// What can happen in a story, as values: small enough to be drawn, listed, reordered, left out and written down. An act
// that makes no sense where it stands (unplugging what is not plugged) does nothing, so every part of a story is one.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::sim {

enum class Deed : std::uint8_t {
  network,          // N
  pooled,           // network N, with addresses from subnet pools of its own
  remove_network,   // N
  subnet,           // of network N; the second: subnet 2 of it
  subnet6,          // of network N, of IPv6
  scope,            // the pools of network N are of the address scope; after networks come external ones
  unscope,          // the same
  group,            // G; the last is stateless
  remove_group,     // G
  rule,             // of group G, one of a few (stage.cc)
  remove_rule,      // of group G, the same
  port,             // P of network N on host H
  remove_port,      // P
  move_port,        // P to host H
  port_groups,      // P is in the groups of these bits
  limit,            // P by policy K; the last is none
  change_limit,     // of policy K to rate R
  unsecure,         // P
  secure,           // P
  carry,            // P below the trunk of port T
  drop_carried,     // P leaves the trunk of port T
  listen,           // P's traffic is copied for port L of another network
  stop_listening,   // the same
  record,           // what security group G lets through and what not
  stop_recording,   // the same
  router,           // R
  remove_router,    // R
  attach,           // router R to network N
  detach,           // the same
  router_down,      // R
  router_up,        // R
  external,         // X, an external network on the physical segment: the first flat, the other a VLAN
  external6,        // X, an IPv6 subnet of it
  pooled_external,  // X, with addresses from subnet pools of its own
  remove_external,  // X
  gateway,          // router R to external network X
  open_gateway,     // the same, and nothing is translated
  second_gateway,   // router R to external network X, beside the one that it has
  clear_gateway,    // R
  limit_gateway,    // router R by policy K; the last is none
  central,          // router R: all that passes its gateway does so at one host
  distribute,       // R
  choose,           // for router R, host H shall answer before all others
  bar,              // for router R, host H shall not answer
  proxy,            // router R has NDP proxies, and one of port P
  unproxy,          // the same one
  stop_proxying,    // R
  floating,         // floating IP F of external network X
  remove_floating,  // F
  associate,        // F with port P
  disassociate,     // F
  lead,             // F to the virtual address of network N
  forward,          // a port of F to port P, one of a few
  stop_forwarding,  // of F, the same one
  let_take,         // P may take the virtual address of its network
  forbid_take,      // the same
  port_down,        // P
  port_up,          // P
  take,             // P's instance says that it has the virtual address
  plug,             // P, where it is bound
  unplug,           // P
  kill_agent,       // H
  start_agent,      // H
  offer,            // H offers the physical segment
  stop_offering,    // H
  adopt,            // H
  kill_server,
  cut_server_power,
  start_server,
  fill_disk,
  free_disk,
  kill_switch,             // H
  start_switch_lost,       // H
  start_switch_restored,   // H
  start_switch_awaited,    // H
  announce_restart,        // H
  start_switch_announced,  // H
  kill_database,           // H
  start_database,          // H
  compact_database,        // H
  cut_database,            // H
  cut_openflow,            // H
  cut_feed,
  bad_lines,
  good_lines,
  slow_host,      // H
  slow_database,  // H
  quick_host,     // H
  refuse,         // H, salt
  accept,         // H
  refuse_rows,    // H, salt
  accept_rows,    // H
  foreign,        // H, salt
  cut_segment,    // H's wire to the physical segment
  join_segment,   // H
  cut_hosts,      // H's wire to the other hosts
  join_hosts,     // H
  lose_power,     // H
  boot,           // H
  lose_gateway,   // the host that answers for router R outside loses its power
  boot_gateway,   // that host
  join,
  pick,    // the next choice that is open takes this way (0: the first)
  steps,   // so many jobs of the scheduler
  settle,  // everything heals and comes to rest
};

struct Act {
  Deed deed{};
  std::array<std::uint32_t, 3> numbers{};
  bool operator==(const Act&) const = default;
};
using Acts = std::vector<Act>;

struct DeedRow {
  Deed deed;
  std::string_view word;  // "port"
  std::uint32_t numbers;  // how many of them it has
  std::uint32_t weight;   // how often it is drawn, beside the others
  std::string_view tale;  // "port {0} of network {1} is bound to host {2}"
};
// One row for each deed, in order.
std::span<const DeedRow> deeds();
const DeedRow& row_of(Deed deed);

// "port 1 1 2"
std::string text(const Act& act);
// "network 1; port 1 1 2; plug 1"
std::string text(const Acts& acts);
// For people: "port 1 of network 1 is bound to host 2".
std::string tale(const Act& act);
// Errors: invalid, naming the word or number that is not understood.
Result<Acts> parse_acts(std::string_view text);

}  // namespace tarn::sim
