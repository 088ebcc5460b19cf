#include "datapath_look.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <sstream>

#include "process_cost.h"

namespace tarn::bench {
namespace {

// The number that follows `key`; 0 where there is none.
double number_after(std::string_view text, std::string_view key) {
  std::size_t at = text.find(key);
  if (at == std::string_view::npos) return 0;
  at = text.find_first_not_of(" :", at + key.size());
  double number = 0;
  if (at != std::string_view::npos) std::from_chars(text.data() + at, text.data() + text.size(), number);
  return number;
}

// "recirc_id(0),in_port(2),…, packets:12, …, actions:…": what it matches, how often it did, and what is done then.
struct DatapathFlow {
  std::string match;
  std::int64_t packets = 0;
  std::string actions;
};
DatapathFlow flow_of(const std::string& line) {
  const std::size_t end = line.find(", packets:");
  const std::size_t actions = line.find("actions:");
  if (end == std::string::npos || actions == std::string::npos) return {};
  return {line.substr(0, end), static_cast<std::int64_t>(number_after(line, "packets:")), line.substr(actions)};
}

// What a flow does not match a trace may still want: the TTL of a tunnel's outer header, and Ethernet addresses,
// without which it takes the packet for one that has no Ethernet header. As they are not matched, any do.
std::string traceable(std::string match) {
  constexpr std::string_view tunnel = "tunnel(";
  const std::size_t at = match.find(tunnel);
  if (at != std::string::npos && match.find("ttl=", at) > match.find("flags(", at))
    match.insert(at + tunnel.size(), "ttl=64,");
  const std::size_t type = match.find("eth_type(");
  if (type != std::string::npos && match.find("eth(") == std::string::npos)
    match.insert(type, "eth(src=00:00:00:00:00:00,dst=00:00:00:00:00:00),");
  return match;
}

std::int64_t count_of(std::string_view text, std::string_view word) {
  std::int64_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + word.size())) ++count;
  return count;
}

// A trace has one line for each table that is asked: its number, a full stop, and the flow it found or "No match.".
// Where the packet comes back from connection tracking the trace goes on by a guess; that part has a flow of its own.
std::int64_t lookups_in(const std::string& trace) {
  std::int64_t count = 0;
  std::istringstream lines(trace);
  for (std::string line; std::getline(lines, line) && !line.starts_with("recirc(");) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first == std::string::npos) continue;
    const std::size_t after = line.find_first_not_of("0123456789", first);
    if (after != first && after != std::string::npos && line.compare(after, 2, ". ") == 0) ++count;
  }
  return count;
}

}  // namespace

Result<DatapathLook> DatapathLook::at(const sandbox::Host& host) {
  const std::optional<sandbox::ProcessMark> mark = host.running(sandbox::switch_name);
  if (!mark) return fail(ErrorCode::unavailable, host.name() + ": no switch runs");
  return DatapathLook((host.dir() / ("ovs-vswitchd." + std::to_string(mark->pid) + ".ctl")).string(), mark->pid);
}

Result<std::string> DatapathLook::ask(std::vector<std::string> words) const {
  words.insert(words.begin(), {"ovs-appctl", "--timeout=20", "-t", socket_});
  return sandbox::must_run(words);
}

Status DatapathLook::zero() {
  if (auto done = ask({"dpif-netdev/pmd-stats-clear"}); !done) return std::unexpected(done.error());
  zeroed_at_us_ = cpu_ms(pid_) * 1e3;
  return {};
}

Result<ForwardingFigures> DatapathLook::figures() const {
  const Result<std::string> told = ask({"dpif-netdev/pmd-stats-show"});
  const double spent_us = cpu_ms(pid_) * 1e3 - zeroed_at_us_;
  if (!told) return std::unexpected(told.error());
  const std::size_t main_thread = told->find("main thread");
  if (main_thread == std::string::npos) return fail(ErrorCode::corrupt, "the switch tells no counters: " + *told);
  const std::string_view text = std::string_view(*told).substr(main_thread);
  const double packets = number_after(text, "packets received");
  if (packets == 0) return fail(ErrorCode::unavailable, "the switch received no packet");
  return ForwardingFigures{spent_us / packets, number_after(text, "avg. subtable lookups per megaflow hit")};
}

Result<std::vector<std::string>> DatapathLook::flows() const {
  const Result<std::string> told = ask({"dpctl/dump-flows", "netdev@ovs-netdev"});
  if (!told) return std::unexpected(told.error());
  std::vector<std::string> lines;
  std::istringstream text(*told);
  for (std::string line; std::getline(text, line);) {
    if (line.find(", packets:") != std::string::npos) lines.push_back(line);
  }
  return lines;
}

Result<std::int64_t> DatapathLook::made_since(const std::vector<std::string>& before) const {
  std::set<std::string> seen;
  for (const std::string& line : before) seen.insert(flow_of(line).match);
  const Result<std::vector<std::string>> now = flows();
  if (!now) return std::unexpected(now.error());
  return std::ranges::count_if(*now, [&](const std::string& line) { return !seen.contains(flow_of(line).match); });
}

Result<PathCost> DatapathLook::cost_since(const std::vector<std::string>& before, std::int64_t packets_least) const {
  std::map<std::string, std::int64_t> seen;
  for (const std::string& line : before) {
    const DatapathFlow flow = flow_of(line);
    seen[flow.match] = flow.packets;
  }
  const Result<std::vector<std::string>> now = flows();
  if (!now) return std::unexpected(now.error());
  PathCost cost;
  for (const std::string& line : *now) {
    const DatapathFlow flow = flow_of(line);
    if (flow.packets - seen[flow.match] < packets_least) continue;
    const Result<std::string> trace = ask({"ofproto/trace", "ovs-netdev", traceable(flow.match)});
    if (!trace) return std::unexpected(trace.error());
    ++cost.datapath_flows;
    cost.recirculations += count_of(flow.actions, "recirc(");
    cost.table_lookups += lookups_in(*trace);
  }
  return cost;
}

}  // namespace tarn::bench
