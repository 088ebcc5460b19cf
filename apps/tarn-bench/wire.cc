// Ports plugged at once, up to 1,000 in one transaction of the switch's database, until the API shows them all ACTIVE.
// The limit is the switch itself: an equal one, without agent, given the same interfaces and the same flows by Open
// vSwitch's tools.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "bench_cloud.h"
#include "peer_wiring.h"
#include "rt/machine_clock.h"
#include "switch_lab.h"

namespace tarn::bench {
namespace {

double seconds_since(const rt::MachineClock& clock, rt::Instant begin) {
  return std::chrono::duration<double>(clock.now() - begin).count();
}

struct Wired {
  WiringFigures ours;
  std::vector<double> limit_seconds, limit_cpu_s;
  std::int64_t flows = 0;
  std::vector<WiringFigures> peers;  // in the order of the sides
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

Status wire_bare(const SwitchLab& bare, std::span<const Plug> plugs, const std::filesystem::path& flows, Wired& wired) {
  const rt::MachineClock clock;
  const auto cpu = [&bare] { return (cpu_ms(bare.switch_pid()) + cpu_ms(bare.database_pid())) / 1e3; };
  const double before = cpu();
  const rt::Instant begin = clock.now();
  if (Status done = plug_all(bare.database_socket(), plugs); !done) return done;
  const sandbox::Argv add{
      "ovs-ofctl",   "-O", "OpenFlow15", "--timeout=300", "--bundle", "add-flows", "unix:" + bare.management_socket(),
      flows.string()};
  if (auto added = sandbox::must_run(add, std::chrono::seconds(301)); !added) return std::unexpected(added.error());
  wired.limit_seconds.push_back(seconds_since(clock, begin));
  wired.limit_cpu_s.push_back(cpu() - before);
  const sandbox::Argv remove{"ovs-ofctl", "-O", "OpenFlow15", "del-flows", "unix:" + bare.management_socket()};
  if (auto gone = sandbox::must_run(remove); !gone) return std::unexpected(gone.error());
  return unplug_all(bare.database_socket(), plugs);
}

Status wire_once(BenchCloud& cloud, const SwitchLab& bare, int count, Wired& wired) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  const Result<std::vector<Plug>> plugs = cloud.make_ports(count);
  if (!plugs) return std::unexpected(plugs.error());
  if (auto rests = cloud.ask_agent("await_in_sync"); !rests) return std::unexpected(rests.error());
  const rt::MachineClock clock;
  const CloudCpu before = cloud.cpu();
  const rt::Instant begin = clock.now();
  if (Status done = cloud.plug(*plugs); !done) return done;
  if (Status done = cloud.await_active(); !done) return done;
  wired.ours.add(seconds_since(clock, begin), before, cloud.cpu());
  const std::filesystem::path flows = cloud.sandbox().layout().dir() / "flows.txt";
  const Result<std::int64_t> saved = save_flows(cloud.sandbox().host(1), flows);
  if (!saved) return std::unexpected(saved.error());
  wired.flows = *saved;
  if (Status done = cloud.take_away(*plugs); !done) return done;
  return wire_bare(bare, *plugs, flows, wired);
}

std::vector<Cell> row_of(int count, const Wired& wired) {
  const Spread ours = spread_of(wired.ours.seconds);
  const Spread limit = spread_of(wired.limit_seconds);
  return {std::int64_t{count},
          wired.flows,
          ours,
          spread_of(wired.ours.agent_cpu_s).median,
          spread_of(wired.ours.switch_cpu_s).median,
          spread_of(wired.ours.central_cpu_s).median,
          limit,
          spread_of(wired.limit_cpu_s).median,
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

void add_rows(int count, const Wired& wired, const std::vector<PeerSide>& sides, Report& report) {
  report.sheets.front().rows.push_back(row_of(count, wired));
  if (sides.empty()) return;
  auto& rows = report.sheets.back().rows;
  rows.push_back(wiring_row("Tarn", count, wired.ours, wired.ours));
  for (std::size_t i = 0; i < sides.size(); ++i) {
    rows.push_back(sides[i].peer ? wiring_row(sides[i].name, count, wired.peers[i], wired.ours)
                                 : gave_up_wiring_row(sides[i], count));
  }
}

}  // namespace

Result<Report> measure_wiring(const Settings& settings) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings);
  if (!cloud) return std::unexpected(cloud.error());
  const Result<std::unique_ptr<SwitchLab>> bare = SwitchLab::raise(SwitchLab::Instances::none);
  if (!bare) return std::unexpected(bare.error());
  Result<std::vector<PeerSide>> sides = raise_peers(settings, SwitchLab::Instances::none);
  if (!sides) return std::unexpected(sides.error());
  Report report{{wiring_sheet(settings.rounds)}};
  if (!sides->empty()) report.sheets.push_back(peer_wiring_sheet(settings.rounds));
  std::vector<int> sizes = settings.ports.empty() ? std::vector<int>{1, 100, 1'000} : settings.ports;
  std::ranges::sort(sizes);  // a peer's crowd only grows
  for (const int count : sizes) {
    Wired wired;
    wired.peers.resize(sides->size());
    for (int round = 0; round < settings.rounds; ++round) {
      tell(std::to_string(count) + " ports, round " + std::to_string(round + 1));
      if (Status done = wire_once(**cloud, **bare, count, wired); !done) return std::unexpected(done.error());
      for (std::size_t i = 0; i < sides->size(); ++i) {
        const auto turn = [&](Peer& peer) { return wire_peer(peer, count, wired.peers[i]); };
        if (Status done = take_turn((*sides)[i], count, turn); !done) return std::unexpected(done.error());
      }
    }
    add_rows(count, wired, *sides, report);
  }
  return report;
}

}  // namespace tarn::bench
