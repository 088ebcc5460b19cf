// Ports plugged at once, in one transaction of the switch's database, until the API shows them all ACTIVE. The limit is
// the switch itself: an equal one, without agent, given the same interfaces and the same flows by Open vSwitch's tools.
#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "bench_cloud.h"
#include "ovn_peer.h"
#include "process_cost.h"
#include "rt/machine_clock.h"
#include "switch_lab.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

double seconds_since(const rt::MachineClock& clock, rt::Instant begin) {
  return std::chrono::duration<double>(clock.now() - begin).count();
}

// Processor seconds of the parts of a cloud with one host.
struct Cpu {
  double agent = 0, ovs = 0, server = 0;
};

double cpu_s(const std::optional<sandbox::ProcessMark>& mark) {
  return mark ? cpu_ms(mark->pid) / 1e3 : 0;
}

Cpu spent(BenchCloud& cloud) {
  const sandbox::Host host = cloud.sandbox().host(1);
  return {cpu_s(host.running(sandbox::agent_name)),
          cpu_s(host.running(sandbox::switch_name)) + cpu_s(host.running(sandbox::database_name)),
          cpu_s(cloud.sandbox().server())};
}

struct Wired {
  std::vector<double> seconds, agent, ovs, server, limit_seconds, limit_ovs;
  std::int64_t flows = 0;
  std::vector<double> ovn_seconds, ovn_agent, ovn_switch, ovn_central;
};

// As `ovs-ofctl add-flows` reads them.
Result<std::int64_t> save_flows(const sandbox::Host& host, const std::filesystem::path& path) {
  const Result<std::string> listed =
      sandbox::must_run(host.ofctl({"--no-stats", "--no-names", "dump-flows", "br-int"}), std::chrono::seconds(60));
  if (!listed) return std::unexpected(listed.error());
  std::istringstream lines(*listed);
  std::ofstream file(path);
  std::int64_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("actions=") == std::string::npos) continue;
    file << line << '\n';
    ++count;
  }
  return count;
}

Status wire_bare(const SwitchLab& bare, const json::value& ports, const std::filesystem::path& flows, Wired& wired) {
  const rt::MachineClock clock;
  const auto cpu = [&bare] { return (cpu_ms(bare.switch_pid()) + cpu_ms(bare.database_pid())) / 1e3; };
  const double before = cpu();
  const rt::Instant begin = clock.now();
  if (Status done = run_vsctl(bare.database_socket(), plug_all_words(ports)); !done) return done;
  const sandbox::Argv add{
      "ovs-ofctl",   "-O", "OpenFlow15", "--timeout=300", "--bundle", "add-flows", "unix:" + bare.management_socket(),
      flows.string()};
  if (auto added = sandbox::must_run(add, std::chrono::seconds(301)); !added) return std::unexpected(added.error());
  wired.limit_seconds.push_back(seconds_since(clock, begin));
  wired.limit_ovs.push_back(cpu() - before);
  const sandbox::Argv remove{"ovs-ofctl", "-O", "OpenFlow15", "del-flows", "unix:" + bare.management_socket()};
  if (auto gone = sandbox::must_run(remove); !gone) return std::unexpected(gone.error());
  return run_vsctl(bare.database_socket(), unplug_all_words(ports));
}

Status wire_once(BenchCloud& cloud, const SwitchLab& bare, int count, Wired& wired) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  const Result<json::value> ports = cloud.make_ports(count);
  if (!ports) return std::unexpected(ports.error());
  if (auto rests = cloud.ask_agent("await_in_sync"); !rests) return std::unexpected(rests.error());
  const rt::MachineClock clock;
  const Cpu before = spent(cloud);
  const rt::Instant begin = clock.now();
  if (Status done = cloud.plug(*ports); !done) return done;
  if (Status done = cloud.await_active(); !done) return done;
  wired.seconds.push_back(seconds_since(clock, begin));
  const Cpu after = spent(cloud);
  wired.agent.push_back(after.agent - before.agent);
  wired.ovs.push_back(after.ovs - before.ovs);
  wired.server.push_back(after.server - before.server);
  const std::filesystem::path flows = cloud.sandbox().layout().dir() / "flows.txt";
  const Result<std::int64_t> saved = save_flows(cloud.sandbox().host(1), flows);
  if (!saved) return std::unexpected(saved.error());
  wired.flows = *saved;
  if (Status done = cloud.take_away(*ports); !done) return done;
  return wire_bare(bare, *ports, flows, wired);
}

Status wire_ovn(const OvnPeer& ovn, int count, Wired& wired) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  if (Status done = ovn.make_ports(count); !done) return done;
  const rt::MachineClock clock;
  const OvnPeer::Cpu before = ovn.cpu();
  const rt::Instant begin = clock.now();
  if (Status done = ovn.plug_until_up(count); !done) return done;
  wired.ovn_seconds.push_back(seconds_since(clock, begin));
  const OvnPeer::Cpu after = ovn.cpu();
  wired.ovn_agent.push_back(after.agent_s - before.agent_s);
  wired.ovn_switch.push_back(after.switch_s - before.switch_s);
  wired.ovn_central.push_back(after.central_s - before.central_s);
  return ovn.take_away(count);
}

std::vector<Cell> ovn_row_of(int count, const Wired& wired) {
  const Spread ours = spread_of(wired.seconds);
  const Spread ovn = spread_of(wired.ovn_seconds);
  return {std::int64_t{count},
          ours,
          ovn,
          ovn.median / ours.median,
          spread_of(wired.ovn_agent).median,
          spread_of(wired.ovn_switch).median,
          spread_of(wired.ovn_central).median};
}

std::vector<Cell> row_of(int count, const Wired& wired) {
  const Spread ours = spread_of(wired.seconds);
  const Spread limit = spread_of(wired.limit_seconds);
  return {std::int64_t{count},
          wired.flows,
          ours,
          spread_of(wired.agent).median,
          spread_of(wired.ovs).median,
          spread_of(wired.server).median,
          limit,
          spread_of(wired.limit_ovs).median,
          ours.median / limit.median};
}

Sheet wiring_sheet(int rounds) {
  return {"wiring",
          "Ports plugged at once until all are ACTIVE; median (least to most) of " + std::to_string(rounds),
          {{"ports", "ports"},
           {"flows", "flows"},
           {"seconds", "seconds"},
           {"agent_cpu_s", "CPU s: agent"},
           {"switch_cpu_s", "switch"},
           {"server_cpu_s", "server"},
           {"limit_seconds", "bare switch: seconds"},
           {"limit_switch_cpu_s", "CPU s"},
           {"times_limit", "times the limit"}},
          {}};
}

Sheet ovn_sheet() {
  return {"ovn",
          "The same beside OVN, in the same rounds",
          {{"ports", "ports"},
           {"seconds", "Tarn: seconds"},
           {"ovn_seconds", "OVN: seconds"},
           {"times", "times ours"},
           {"ovn_agent_cpu_s", "CPU s: ovn-controller"},
           {"ovn_switch_cpu_s", "switch"},
           {"ovn_central_cpu_s", "central"}},
          {}};
}

}  // namespace

Result<Report> measure_wiring(const Settings& settings) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings);
  if (!cloud) return std::unexpected(cloud.error());
  const Result<std::unique_ptr<SwitchLab>> bare = SwitchLab::raise(SwitchLab::Instances::none);
  if (!bare) return std::unexpected(bare.error());
  std::unique_ptr<OvnPeer> ovn;
  if (settings.vs_ovn) {
    Result<std::unique_ptr<OvnPeer>> raised = OvnPeer::raise();
    if (!raised) return std::unexpected(raised.error());
    ovn = std::move(*raised);
  }
  Report report{{wiring_sheet(settings.rounds)}};
  if (ovn) report.sheets.push_back(ovn_sheet());
  const std::vector<int> sizes = settings.ports.empty() ? std::vector<int>{1, 100, 1'000} : settings.ports;
  for (const int count : sizes) {
    Wired wired;
    for (int round = 0; round < settings.rounds; ++round) {
      tell(std::to_string(count) + " ports, round " + std::to_string(round + 1));
      if (Status done = wire_once(**cloud, **bare, count, wired); !done) return std::unexpected(done.error());
      if (!ovn) continue;
      if (Status done = wire_ovn(*ovn, count, wired); !done) return std::unexpected(done.error());
    }
    report.sheets.front().rows.push_back(row_of(count, wired));
    if (ovn) report.sheets.back().rows.push_back(ovn_row_of(count, wired));
  }
  return report;
}

}  // namespace tarn::bench
