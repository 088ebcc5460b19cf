#include "peer_restart.h"

namespace tarn::bench {

Status gather_crowd(Peer& peer, int ports) {
  if (Status done = peer.make_crowd(ports); !done) return done;
  return peer.plug_crowd();
}

Status restart_peer(Peer& peer, std::vector<RestartTrial>& trials) {
  const Result<RestartTrial> trial = try_restart(probe_path(peer.lab()), [&peer] { return peer.restart_agent(); });
  if (!trial) return std::unexpected(trial.error());
  trials.push_back(*trial);
  return {};
}

Sheet peer_restart_sheet(int rounds) {
  return {"peers",
          "The same beside others, in the same rounds; median (least to most) of " + std::to_string(rounds),
          {{"ports", "ports"},
           {"side", "side"},
           {"in_sync_s", "start to in sync s"},
           {"times", "times ours"},
           {"agent_cpu_s", "CPU s: agent"},
           {"switch_cpu_s", "switch"},
           {"probes_sent", "probes"},
           {"probes_lost", "lost"},
           {"longest_gap_ms", "longest gap ms"},
           {"control_longest_gap_ms", "control: gap ms"},
           {"control_probes_lost", "lost"}},
          {}};
}

std::vector<Cell> restart_row(const std::string& side, int ports, const std::vector<RestartTrial>& trials,
                              const std::vector<RestartTrial>& ours) {
  const RestartFigures figures = figures_of(trials);
  const Spread in_sync = spread_of(figures.in_sync_s);
  return {std::int64_t{ports + 2},
          side,
          in_sync,
          in_sync.median / spread_of(figures_of(ours).in_sync_s).median,
          spread_of(figures.agent_cpu_s).median,
          spread_of(figures.switch_cpu_s).median,
          figures.sent,
          figures.lost,
          spread_of(figures.gap_ms),
          spread_of(figures.control_gap_ms),
          figures.control_lost};
}

}  // namespace tarn::bench
