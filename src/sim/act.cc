#include "sim/act.h"

#include <charconv>

#include "base/check.h"

namespace tarn::sim {
namespace {

std::vector<std::string_view> words_of(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
  return words;
}

Result<Act> parse_act(std::string_view text) {
  const auto words = words_of(text, " \n\t");
  for (const DeedRow& row : deeds()) {
    if (words.empty() || words[0] != row.word) continue;
    if (words.size() != row.numbers + 1) {
      return fail(ErrorCode::invalid, "\"" + std::string(text) + "\": " + std::string(row.word) + " takes " +
                                          std::to_string(row.numbers) + " numbers");
    }
    Act act{row.deed, {}};
    for (std::size_t i = 0; i < row.numbers; ++i) {
      const std::string_view word = words[i + 1];
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), act.numbers[i]);
      if (error == std::errc() && end == word.data() + word.size()) continue;
      return fail(ErrorCode::invalid, "\"" + std::string(word) + "\" is not a number");
    }
    return act;
  }
  return fail(ErrorCode::invalid, "\"" + std::string(words.empty() ? text : words[0]) + "\" is no act");
}

constexpr DeedRow deed_rows[] = {
    {Deed::network, "network", 1, 2, "network {0} is created"},
    {Deed::pooled, "pooled", 1, 1, "network {0} is created, with addresses from pools"},
    {Deed::remove_network, "remove-network", 1, 1, "network {0} is deleted"},
    {Deed::subnet, "subnet", 2, 1, "network {0} gets its subnet {1}"},
    {Deed::subnet6, "subnet6", 1, 2, "network {0} gets an IPv6 subnet"},
    {Deed::scope, "scope", 1, 2, "the pools of network {0} come into the address scope"},
    {Deed::unscope, "unscope", 1, 1, "the pools of network {0} leave the address scope"},
    {Deed::group, "group", 1, 2, "security group {0} is created"},
    {Deed::remove_group, "remove-group", 1, 1, "security group {0} is deleted"},
    {Deed::rule, "rule", 2, 5, "security group {0} gets its rule {1}"},
    {Deed::remove_rule, "remove-rule", 2, 4, "rule {1} of security group {0} is deleted"},
    {Deed::port, "port", 3, 8, "port {0} of network {1} is created for host {2}"},
    {Deed::remove_port, "remove-port", 1, 4, "port {0} is deleted"},
    {Deed::move_port, "move-port", 2, 2, "port {0} is bound to host {1}"},
    {Deed::port_groups, "port-groups", 2, 4, "port {0} changes its security groups ({1})"},
    {Deed::limit, "limit", 2, 3, "port {0} gets QoS policy {1}"},
    {Deed::change_limit, "change-limit", 2, 2, "the limits of QoS policy {0} change ({1})"},
    {Deed::unsecure, "unsecure", 1, 1, "port {0} loses its port security"},
    {Deed::secure, "secure", 1, 1, "port {0} gets port security"},
    {Deed::carry, "carry", 2, 3, "port {0} is put below the trunk of port {1}"},
    {Deed::drop_carried, "drop-carried", 2, 2, "port {0} is taken out of the trunk of port {1}"},
    {Deed::listen, "listen", 2, 3, "the traffic of port {0} is copied for port {1}"},
    {Deed::stop_listening, "stop-listening", 2, 2, "the traffic of port {0} is not copied for port {1} any more"},
    {Deed::record, "record", 1, 1, "what security group {0} lets through is recorded"},
    {Deed::stop_recording, "stop-recording", 1, 1, "what security group {0} lets through is not recorded any more"},
    {Deed::router, "router", 1, 2, "router {0} is created"},
    {Deed::remove_router, "remove-router", 1, 1, "router {0} is deleted"},
    {Deed::attach, "attach", 2, 4, "router {0} is put on network {1}"},
    {Deed::detach, "detach", 2, 2, "router {0} is taken from network {1}"},
    {Deed::router_down, "router-down", 1, 1, "router {0} is turned down"},
    {Deed::router_up, "router-up", 1, 2, "router {0} is turned up"},
    {Deed::external, "external", 1, 2, "external network {0} is created"},
    {Deed::external6, "external6", 1, 3, "external network {0} gets an IPv6 subnet"},
    {Deed::pooled_external, "pooled-external", 1, 1, "external network {0} is created, with addresses from pools"},
    {Deed::remove_external, "remove-external", 1, 1, "external network {0} is deleted"},
    {Deed::gateway, "gateway", 2, 4, "router {0} gets a gateway to external network {1}"},
    {Deed::open_gateway, "open-gateway", 2, 1, "router {0} gets a gateway to external network {1} without translation"},
    {Deed::second_gateway, "second-gateway", 2, 2, "router {0} gets a second gateway, to external network {1}"},
    {Deed::clear_gateway, "clear-gateway", 1, 1, "router {0} loses its gateway"},
    {Deed::limit_gateway, "limit-gateway", 2, 1, "what router {0} sends outside gets QoS policy {1}"},
    {Deed::central, "central", 1, 2, "router {0} becomes central"},
    {Deed::distribute, "distribute", 1, 1, "router {0} becomes distributed"},
    {Deed::choose, "choose", 2, 2, "router {0} is to be answered for by host {1} before all others"},
    {Deed::bar, "bar", 2, 1, "router {0} is not to be answered for by host {1}"},
    {Deed::proxy, "proxy", 2, 2, "router {0} answers outside for the IPv6 address of port {1}"},
    {Deed::unproxy, "unproxy", 2, 1, "router {0} does not answer outside for the IPv6 address of port {1} any more"},
    {Deed::stop_proxying, "stop-proxying", 1, 1, "router {0} has no NDP proxies any more"},
    {Deed::floating, "floating", 2, 4, "floating IP {0} of external network {1} is created"},
    {Deed::remove_floating, "remove-floating", 1, 1, "floating IP {0} is deleted"},
    {Deed::associate, "associate", 2, 5, "floating IP {0} is associated with port {1}"},
    {Deed::disassociate, "disassociate", 1, 2, "floating IP {0} is disassociated"},
    {Deed::lead, "lead", 2, 3, "floating IP {0} leads to the virtual address of network {1}"},
    {Deed::forward, "forward", 3, 3, "port {2} of floating IP {0} is forwarded to port {1}"},
    {Deed::stop_forwarding, "stop-forwarding", 2, 2, "port {1} of floating IP {0} is not forwarded any more"},
    {Deed::let_take, "let-take", 1, 3, "port {0} may take the virtual address of its network"},
    {Deed::forbid_take, "forbid-take", 1, 1, "port {0} may not take the virtual address any more"},
    {Deed::port_down, "port-down", 1, 1, "port {0} is turned down"},
    {Deed::port_up, "port-up", 1, 2, "port {0} is turned up"},
    {Deed::take, "take", 1, 4, "the instance of port {0} takes the virtual address"},
    {Deed::plug, "plug", 1, 10, "port {0} is plugged"},
    {Deed::unplug, "unplug", 1, 5, "port {0} is unplugged"},
    {Deed::kill_agent, "kill-agent", 1, 4, "the agent of host {0} is killed"},
    {Deed::start_agent, "start-agent", 1, 6, "the agent of host {0} is started"},
    {Deed::offer, "offer", 1, 2, "host {0} offers the physical segment"},
    {Deed::stop_offering, "stop-offering", 1, 1, "host {0} does not offer the physical segment any more"},
    {Deed::adopt, "adopt", 1, 2, "the agent of host {0} is killed and adopts what is there"},
    {Deed::kill_server, "kill-server", 0, 2, "the server is killed"},
    {Deed::cut_server_power, "cut-server-power", 0, 2, "the server's machine loses its power"},
    {Deed::start_server, "start-server", 0, 5, "the server is started"},
    {Deed::fill_disk, "fill-disk", 0, 1, "the server's disk is full"},
    {Deed::free_disk, "free-disk", 0, 2, "the server's disk has room"},
    {Deed::kill_switch, "kill-switch", 1, 4, "the switch of host {0} is killed"},
    {Deed::start_switch_lost, "start-switch-lost", 1, 2, "the switch of host {0} is started without its flows"},
    {Deed::start_switch_restored, "start-switch-restored", 1, 2, "the switch of host {0} is started with its flows"},
    {Deed::start_switch_awaited, "start-switch-awaited", 1, 4,
     "the switch of host {0} is started with flow-restore-wait"},
    {Deed::announce_restart, "announce-restart", 1, 1, "flow-restore-wait is set on host {0}"},
    {Deed::start_switch_announced, "start-switch-announced", 1, 1, "the switch of host {0} is started as announced"},
    {Deed::kill_database, "kill-database", 1, 2, "ovsdb-server of host {0} is killed"},
    {Deed::start_database, "start-database", 1, 4, "ovsdb-server of host {0} is started"},
    {Deed::compact_database, "compact-database", 1, 2, "the database of host {0} is compacted"},
    {Deed::cut_database, "cut-database", 1, 2, "the database line of host {0} is cut"},
    {Deed::cut_openflow, "cut-openflow", 1, 2, "the OpenFlow line of host {0} is cut"},
    {Deed::cut_feed, "cut-feed", 0, 2, "the feed is cut"},
    {Deed::bad_lines, "bad-lines", 0, 2, "lines become bad"},
    {Deed::good_lines, "good-lines", 0, 3, "lines become good"},
    {Deed::slow_host, "slow-host", 1, 1, "switch and database of host {0} become slow"},
    {Deed::slow_database, "slow-database", 1, 2, "the database of host {0} becomes slow, and its switch does not"},
    {Deed::quick_host, "quick-host", 1, 2, "switch and database of host {0} become quick"},
    {Deed::refuse, "refuse", 2, 2, "the switch of host {0} refuses some flows ({1})"},
    {Deed::accept, "accept", 1, 2, "the switch of host {0} refuses nothing"},
    {Deed::refuse_rows, "refuse-rows", 2, 6, "ovsdb-server of host {0} refuses some rows ({1})"},
    {Deed::accept_rows, "accept-rows", 1, 2, "ovsdb-server of host {0} refuses nothing"},
    {Deed::foreign, "foreign", 2, 2, "somebody else writes flow {1} on host {0}"},
    {Deed::cut_segment, "cut-segment", 1, 2, "the wire of host {0} to the physical segment is cut"},
    {Deed::join_segment, "join-segment", 1, 3, "the wire of host {0} to the physical segment is whole again"},
    {Deed::cut_hosts, "cut-hosts", 1, 1, "the wire of host {0} to the other hosts is cut"},
    {Deed::join_hosts, "join-hosts", 1, 3, "the wire of host {0} to the other hosts is whole again"},
    {Deed::lose_power, "lose-power", 1, 1, "host {0} loses its power"},
    {Deed::boot, "boot", 1, 3, "host {0} boots"},
    {Deed::lose_gateway, "lose-gateway", 1, 2, "the host that answers for router {0} outside loses its power"},
    {Deed::boot_gateway, "boot-gateway", 1, 3, "the host that answered for router {0} outside boots"},
    {Deed::join, "join", 0, 1, "another host joins"},
    {Deed::pick, "pick", 1, 0, "chance takes way {0}"},
    {Deed::steps, "steps", 1, 0, "{0} steps later"},
    {Deed::settle, "settle", 0, 1, "everything comes to rest"},
};

}  // namespace

std::span<const DeedRow> deeds() {
  return deed_rows;
}

const DeedRow& row_of(Deed deed) {
  const DeedRow& row = deeds()[static_cast<std::size_t>(deed)];
  CHECK(row.deed == deed);
  return row;
}

std::string text(const Act& act) {
  const DeedRow& row = row_of(act.deed);
  std::string out(row.word);
  for (std::size_t i = 0; i < row.numbers; ++i) out += " " + std::to_string(act.numbers[i]);
  return out;
}

std::string text(const Acts& acts) {
  std::string out;
  for (const Act& act : acts) out += (out.empty() ? "" : "; ") + text(act);
  return out;
}

std::string tale(const Act& act) {
  std::string out(row_of(act.deed).tale);
  for (std::size_t i = 0; i < act.numbers.size(); ++i) {
    const std::string mark = "{" + std::to_string(i) + "}";
    const std::size_t at = out.find(mark);
    if (at != std::string::npos) out.replace(at, mark.size(), std::to_string(act.numbers[i]));
  }
  return out;
}

Result<Acts> parse_acts(std::string_view text) {
  Acts acts;
  for (const std::string_view part : words_of(text, ";\n")) {
    if (words_of(part, " \t").empty()) continue;
    Result<Act> act = parse_act(part);
    if (!act) return fail(act.error());
    acts.push_back(*act);
  }
  return acts;
}

}  // namespace tarn::sim
