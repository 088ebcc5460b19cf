// Another cloud network on one host like ours, as `--vs-NAME` asks it: ports of one network with the default security
// group, a crowd of which is plugged, and the host's agent restarted. Lives in namespaces and folders of its own and
// ends with them. Never asked anything while another side is measured.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "benchmarks.h"
#include "process_cost.h"
#include "restart_trial.h"
#include "rt/clock.h"
#include "switch_lab.h"

namespace tarn::bench {

// What a peer may take for making, plugging or restarting, before the sheet says that it took longer.
inline constexpr std::chrono::seconds peer_patience{900};
// The error of a step that did not end in time: to the sheets it is a figure; any other fails the benchmark.
std::unexpected<Error> too_slow();

class Peer {
 public:
  virtual ~Peer() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual const SwitchLab& lab() const = 0;
  [[nodiscard]] virtual CloudCpu cpu() const = 0;

  // Errors of all four: too slow, after peer_patience; a command or a request that failed.
  // Makes ports, not yet plugged, until the crowd has `count`: it only grows.
  virtual Status make_crowd(int count) = 0;
  // Plugs the whole crowd, and waits until the peer says that every port is up.
  virtual Status plug_crowd() = 0;
  // Takes it off, and waits until the peer says that no port of it is up.
  virtual Status unplug_crowd() = 0;
  // SIGTERM, and started again, until in sync by the peer's own word.
  virtual Result<AgentRestart> restart_agent() = 0;
};

// A peer in a benchmark's rounds. One that was too slow once is ended: it is not asked for more, and burdens nobody.
struct PeerSide {
  std::unique_ptr<Peer> peer;  // none once ended
  std::string name;
  std::string gave_up;  // at what, for the sheets; empty while it goes on
};
// Those that the operator asked for; the instances of their labs, where wanted, are ports of the same network.
// Errors: a program that did not start, or is not installed (tools/install-packages peers).
Result<std::vector<PeerSide>> raise_peers(const Settings& settings, SwitchLab::Instances instances);
// The turns of those that still have one, with `ports` ports; `side` is the place among `sides`.
Status take_turns(std::vector<PeerSide>& sides, int ports,
                  const std::function<Status(Peer& peer, std::size_t side)>& turn);

// A row for each in a sheet that begins with the ports, the side and a figure: of one that gave up, that it did.
void add_peer_rows(Sheet& sheet, const std::vector<PeerSide>& sides, int ports,
                   const std::function<std::vector<Cell>(std::size_t side)>& row_of);

// Between the two instances of a lab.
ProbePath probe_path(const SwitchLab& lab);

}  // namespace tarn::bench
