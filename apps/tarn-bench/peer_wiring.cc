#include "peer_wiring.h"

#include "rt/machine_clock.h"

namespace tarn::bench {

void WiringFigures::add(double took_s, const CloudCpu& before, const CloudCpu& after) {
  seconds.push_back(took_s);
  agent_cpu_s.push_back(after.agent_s - before.agent_s);
  switch_cpu_s.push_back(after.switch_s - before.switch_s);
  central_cpu_s.push_back(after.central_s - before.central_s);
}

Status wire_peer(Peer& peer, int ports, WiringFigures& figures) {
  if (Status done = peer.unplug_crowd(); !done) return done;
  if (Status done = peer.make_crowd(ports); !done) return done;
  const rt::MachineClock clock;
  const CloudCpu before = peer.cpu();
  const rt::Instant begin = clock.now();
  if (Status done = peer.plug_crowd(); !done) return done;
  figures.add(seconds(clock.now() - begin), before, peer.cpu());
  return {};
}

Sheet peer_wiring_sheet(int rounds) {
  return {"peers",
          "The same beside others, in the same rounds; median (least to most) of " + std::to_string(rounds),
          {{"ports", "ports"},
           {"side", "side"},
           {"seconds", "seconds"},
           {"times", "times ours"},
           {"agent_cpu_s", "CPU s: agent"},
           {"switch_cpu_s", "switch"},
           {"central_cpu_s", "central"}},
          {}};
}

std::vector<Cell> wiring_row(const std::string& side, int ports, const WiringFigures& figures,
                             const WiringFigures& ours) {
  const Spread seconds = spread_of(figures.seconds);
  return {std::int64_t{ports},
          side,
          seconds,
          seconds.median / spread_of(ours.seconds).median,
          spread_of(figures.agent_cpu_s).median,
          spread_of(figures.switch_cpu_s).median,
          spread_of(figures.central_cpu_s).median};
}

}  // namespace tarn::bench
