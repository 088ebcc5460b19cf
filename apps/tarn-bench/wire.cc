// Ports plugged at once, up to 1,000 in one transaction of the switch's database, until the API shows them all ACTIVE.
// The limit is the switch itself: an equal one, without agent, given the same interfaces and the same flows by Open
// vSwitch's tools.
#include <algorithm>

#include "own_wiring.h"

namespace tarn::bench {
namespace {

// What the rounds of one size took.
struct Wired {
  OwnWiring own;
  std::vector<WiringFigures> peers;  // in the order of the sides
};

void add_rows(int count, const Wired& wired, const std::vector<PeerSide>& sides, Report& report) {
  report.sheets.front().rows.push_back(own_wiring_row(count, wired.own));
  if (sides.empty()) return;
  Sheet& sheet = report.sheets.back();
  sheet.rows.push_back(wiring_row("Tarn", count, wired.own.ours, wired.own.ours));
  add_peer_rows(sheet, sides, count, [&](std::size_t side) {
    return wiring_row(sides[side].name, count, wired.peers[side], wired.own.ours);
  });
}

}  // namespace

Result<Report> measure_wiring(const Settings& settings) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings);
  if (!cloud) return std::unexpected(cloud.error());
  const Result<std::unique_ptr<SwitchLab>> bare = SwitchLab::raise(SwitchLab::Instances::none);
  if (!bare) return std::unexpected(bare.error());
  Result<std::vector<PeerSide>> sides = raise_peers(settings, SwitchLab::Instances::none);
  if (!sides) return std::unexpected(sides.error());
  Report report{{own_wiring_sheet(settings.rounds)}};
  if (!sides->empty()) report.sheets.push_back(peer_wiring_sheet(settings.rounds));
  std::vector<int> sizes = settings.ports.empty() ? std::vector<int>{1, 100, 1'000} : settings.ports;
  std::ranges::sort(sizes);  // a peer's crowd only grows
  std::vector<Plug> plugged;
  for (const int count : sizes) {
    Wired wired;
    wired.own.plugged = std::move(plugged);
    wired.peers.resize(sides->size());
    for (int round = 0; round < settings.rounds; ++round) {
      if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
      tell(std::to_string(count) + " ports, round " + std::to_string(round + 1));
      if (Status done = wire_own(**cloud, **bare, count, wired.own); !done) return std::unexpected(done.error());
      const auto turn = [&](Peer& peer, std::size_t side) { return wire_peer(peer, count, wired.peers[side]); };
      if (Status done = take_turns(*sides, count, turn); !done) return std::unexpected(done.error());
    }
    add_rows(count, wired, *sides, report);
    plugged = std::move(wired.own.plugged);
  }
  return report;
}

}  // namespace tarn::bench
