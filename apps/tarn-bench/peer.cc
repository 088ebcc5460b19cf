#include "peer.h"

#include "neutron_peer.h"
#include "ovn_peer.h"

namespace tarn::bench {
namespace {

constexpr const char* reason = "TooSlow";

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

Status take_turn(PeerSide& side, int ports, const std::function<Status(Peer& peer)>& turn) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  if (!side.peer) return {};
  Status taken = turn(*side.peer);
  if (taken || taken.error().reason != reason) return taken;
  side.gave_up = std::to_string(ports) + " ports " + taken.error().message;
  tell(side.name + ": " + side.gave_up);
  side.peer.reset();
  return {};
}

std::vector<Cell> gave_up_row(const PeerSide& side, int ports, const Sheet& sheet) {
  std::vector<Cell> row{std::int64_t{ports}, side.name, side.gave_up};
  row.resize(sheet.columns.size(), "-");
  return row;
}

ProbePath probe_path(const SwitchLab& lab) {
  return {{lab.instance_namespace(1), identity_of(1).address}, {lab.instance_namespace(2), identity_of(2).address}};
}

}  // namespace tarn::bench
