#include "own_wiring.h"

#include <fstream>
#include <sstream>

#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

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

Status wire_bare(const SwitchLab& bare, const std::filesystem::path& flows, OwnWiring& wiring) {
  const rt::MachineClock clock;
  const double before = bare.cpu_s();
  const rt::Instant begin = clock.now();
  if (Status done = plug_all(bare.database_socket(), wiring.plugged); !done) return done;
  const sandbox::Argv add{
      "ovs-ofctl",   "-O", "OpenFlow15", "--timeout=300", "--bundle", "add-flows", "unix:" + bare.management_socket(),
      flows.string()};
  if (auto added = sandbox::must_run(add, std::chrono::seconds(301)); !added) return std::unexpected(added.error());
  wiring.limit_seconds.push_back(seconds(clock.now() - begin));
  wiring.limit_cpu_s.push_back(bare.cpu_s() - before);
  return {};
}

// Both switches as they were before the round before.
Status clear(BenchCloud& cloud, const SwitchLab& bare, OwnWiring& wiring) {
  const std::vector<Plug> plugs = std::exchange(wiring.plugged, {});
  if (Status done = cloud.take_away(plugs); !done) return done;
  const sandbox::Argv remove{"ovs-ofctl", "-O", "OpenFlow15", "del-flows", "unix:" + bare.management_socket()};
  if (auto gone = sandbox::must_run(remove); !gone) return std::unexpected(gone.error());
  return unplug_all(bare.database_socket(), plugs);
}

}  // namespace

Status wire_own(BenchCloud& cloud, const SwitchLab& bare, int ports, OwnWiring& wiring) {
  if (Status done = clear(cloud, bare, wiring); !done) return done;
  Result<std::vector<Plug>> plugs = cloud.make_ports(ports);
  if (!plugs) return std::unexpected(plugs.error());
  if (auto rests = cloud.ask_agent("await_in_sync"); !rests) return std::unexpected(rests.error());
  const rt::MachineClock clock;
  const CloudCpu before = cloud.cpu();
  const rt::Instant begin = clock.now();
  if (Status done = cloud.plug(*plugs); !done) return done;
  if (Status done = cloud.await_active(); !done) return done;
  wiring.ours.add(seconds(clock.now() - begin), before, cloud.cpu());
  wiring.plugged = std::move(*plugs);
  const std::filesystem::path flows = cloud.sandbox().layout().dir() / "flows.txt";
  const Result<std::int64_t> saved = save_flows(cloud.sandbox().host(1), flows);
  if (!saved) return std::unexpected(saved.error());
  wiring.flows = *saved;
  return wire_bare(bare, flows, wiring);
}

std::vector<Cell> own_wiring_row(int ports, const OwnWiring& wiring) {
  const Spread ours = spread_of(wiring.ours.seconds);
  const Spread limit = spread_of(wiring.limit_seconds);
  return {std::int64_t{ports},
          wiring.flows,
          ours,
          spread_of(wiring.ours.agent_cpu_s).median,
          spread_of(wiring.ours.switch_cpu_s).median,
          spread_of(wiring.ours.central_cpu_s).median,
          limit,
          spread_of(wiring.limit_cpu_s).median,
          ours.median / limit.median};
}

Sheet own_wiring_sheet(int rounds) {
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

}  // namespace tarn::bench
