// An agent restarted on a host with many ports and nothing to do: how long until it is in sync, beside one listing of
// the same switch by ovs-ofctl, what it wrote, and what two instances of the host noticed.
#include <algorithm>

#include "own_restart.h"
#include "peer_restart.h"

namespace tarn::bench {
namespace {

Result<ProbePath> boot_instances(BenchCloud& cloud) {
  std::vector<ProbeEnd> ends;
  for (const std::string name : {"a", "b"}) {
    const Result<sandbox::Instance> booted = cloud.sandbox().boot({name, 1, cloud.network(), true});
    if (!booted) return std::unexpected(booted.error());
    const Result<Ip> address = Ip::parse(booted->addresses.front());
    if (!address) return std::unexpected(address.error());
    ends.push_back({cloud.sandbox().layout().instance_namespace(name), *address});
  }
  return ProbePath{ends[0], ends[1]};
}

struct Restarts {
  OwnRestarts ours;
  std::vector<std::vector<RestartTrial>> peers;  // in the order of the sides
};

void add_rows(int ports, const Restarts& restarts, const std::vector<PeerSide>& sides, Report& report) {
  report.sheets.front().rows.push_back(own_restart_row(ports, restarts.ours));
  if (sides.empty()) return;
  Sheet& sheet = report.sheets.back();
  sheet.rows.push_back(restart_row("Tarn", ports, restarts.ours.trials, restarts.ours.trials));
  add_peer_rows(sheet, sides, ports + 2, [&](std::size_t side) {
    return restart_row(sides[side].name, ports, restarts.peers[side], restarts.ours.trials);
  });
}

// The crowds are there; ours and the peers' agents take turns.
Status restart_often(BenchCloud& cloud, const ProbePath& path, int rounds, std::vector<PeerSide>& sides, int ports,
                     Restarts& restarts) {
  restarts.peers.resize(sides.size());
  for (int round = 0; round < rounds; ++round) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    tell("restart " + std::to_string(round + 1));
    if (Status done = restart_own(cloud, path, restarts.ours); !done) return done;
    const auto turn = [&](Peer& peer, std::size_t side) { return restart_peer(peer, restarts.peers[side]); };
    if (Status done = take_turns(sides, ports, turn); !done) return done;
  }
  return {};
}

}  // namespace

Result<Report> measure_restarts(const Settings& settings) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings);
  if (!cloud) return std::unexpected(cloud.error());
  const Result<ProbePath> path = boot_instances(**cloud);
  if (!path) return std::unexpected(path.error());
  Result<std::vector<PeerSide>> sides = raise_peers(settings, SwitchLab::Instances::two);
  if (!sides) return std::unexpected(sides.error());
  Report report{{own_restart_sheet(settings.rounds)}};
  if (!sides->empty()) report.sheets.push_back(peer_restart_sheet(settings.rounds));
  std::vector<int> sizes = settings.ports.empty() ? std::vector<int>{1'000} : settings.ports;
  std::ranges::sort(sizes);  // the crowds only grow
  int plugged = 0;
  for (const int size : sizes) {
    tell(std::to_string(size) + " ports");
    if (Status done = (*cloud)->wire_ports(size - std::exchange(plugged, size)); !done) {
      return std::unexpected(done.error());
    }
    const auto gather = [size](Peer& peer, std::size_t) { return gather_crowd(peer, size); };
    if (Status done = take_turns(*sides, size, gather); !done) return std::unexpected(done.error());
    Restarts restarts;
    if (Status done = restart_often(**cloud, *path, settings.rounds, *sides, size, restarts); !done) {
      return std::unexpected(done.error());
    }
    add_rows(size, restarts, *sides, report);
  }
  return report;
}

}  // namespace tarn::bench
