#include "peer.h"

#include "neutron_peer.h"
#include "ovn_peer.h"

namespace tarn::bench {
namespace {

constexpr const char* reason = "TooSlow";

void give_up(PeerSide& side, int ports, const Error& why) {
  side.gave_up = std::to_string(ports) + " ports " + why.message;
  tell(side.name + ": " + side.gave_up);
  side.peer.reset();
}

std::vector<Cell> gave_up_row(const PeerSide& side, int ports, const Sheet& sheet) {
  std::vector<Cell> row{std::int64_t{ports}, side.name, side.gave_up};
  row.resize(sheet.columns.size(), "-");
  return row;
}

}  // namespace

std::unexpected<Error> too_slow() {
  return fail(ErrorCode::unavailable, reason, "not within " + std::to_string(peer_patience.count()) + " s");
}

Result<std::vector<PeerSide>> raise_peers(const Settings& settings, SwitchLab::Instances instances) {
  std::vector<PeerSide> sides;
  const auto add = [&sides](auto raised) -> Status {
    if (!raised) return std::unexpected(raised.error());
    const std::string name = (*raised)->name();
    sides.push_back({std::move(*raised), name, {}});
    return {};
  };
  if (settings.vs_ovn) {
    if (Status raised = add(OvnPeer::raise(instances)); !raised) return std::unexpected(raised.error());
  }
  if (settings.vs_neutron) {
    tell("starting Neutron");
    if (Status raised = add(NeutronPeer::raise(instances)); !raised) return std::unexpected(raised.error());
  }
  return sides;
}

Status take_turns(std::vector<PeerSide>& sides, int ports,
                  const std::function<Status(Peer& peer, std::size_t side)>& turn) {
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    if (!sides[i].peer) continue;
    const Status taken = turn(*sides[i].peer, i);
    if (taken) continue;
    if (taken.error().reason != reason) return taken;
    give_up(sides[i], ports, taken.error());
  }
  return {};
}

void add_peer_rows(Sheet& sheet, const std::vector<PeerSide>& sides, int ports,
                   const std::function<std::vector<Cell>(std::size_t side)>& row_of) {
  for (std::size_t i = 0; i < sides.size(); ++i) {
    sheet.rows.push_back(sides[i].peer ? row_of(i) : gave_up_row(sides[i], ports, sheet));
  }
}

ProbePath probe_path(const SwitchLab& lab) {
  return {{lab.instance_namespace(1), identity_of(1).address}, {lab.instance_namespace(2), identity_of(2).address}};
}

}  // namespace tarn::bench
