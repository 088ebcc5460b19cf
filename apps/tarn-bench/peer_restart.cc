#include "peer_restart.h"

namespace tarn::bench {
namespace {

std::vector<double> seconds_of(const std::vector<RestartTrial>& trials, double AgentRestart::* figure) {
  std::vector<double> seconds;
  for (const RestartTrial& trial : trials) seconds.push_back(trial.restart.*figure);
  return seconds;
}

}  // namespace

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
  std::vector<double> gaps, control_gaps;
  std::int64_t sent = 0, lost = 0, control_lost = 0;
  for (const RestartTrial& trial : trials) {
    gaps.push_back(trial.during.longest_gap_ms);
    control_gaps.push_back(trial.control.longest_gap_ms);
    sent += trial.during.sent;
    lost += trial.during.lost;
    control_lost += trial.control.lost;
  }
  const Spread in_sync = spread_of(seconds_of(trials, &AgentRestart::in_sync_s));
  return {std::int64_t{ports + 2},
          side,
          in_sync,
          in_sync.median / spread_of(seconds_of(ours, &AgentRestart::in_sync_s)).median,
          spread_of(seconds_of(trials, &AgentRestart::agent_cpu_s)).median,
          spread_of(seconds_of(trials, &AgentRestart::switch_cpu_s)).median,
          sent,
          lost,
          spread_of(gaps),
          spread_of(control_gaps),
          control_lost};
}

}  // namespace tarn::bench
