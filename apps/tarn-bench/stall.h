// A switch under a stream of probes, and the sheet of what an action on it did to them: each action stands beside a
// control interval of the same length in which nothing was asked of the switch.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "host/openflow_driver.h"
#include "probe.h"
#include "reconcile/lane.h"
#include "reconcile/machine.h"
#include "rt/asio_loop.h"
#include "rt/asio_stream.h"
#include "sample_flows.h"
#include "sheet.h"
#include "switch_lab.h"

namespace tarn::bench {

// One action with the time it took, and as long a time without any.
struct Trial {
  double wall_ms = 0;
  Window action;
  Window control;
};

// A row of a sheet: the same action in every round.
struct Series {
  std::vector<Cell> labels;
  std::vector<Trial> trials;
};

using Rows = std::vector<Series>;

// `labels`: the columns that come before the measured ones. `samples`: of the whole run.
Sheet sheet_of(std::string key, std::string title, std::vector<Column> labels, const Rows& rows,
               const std::vector<Sample>& samples);

// The lab's switch with two ports, the flows that join them, and the probe between them.
class SwitchUnderProbe {
 public:
  SwitchUnderProbe() = default;
  SwitchUnderProbe(const SwitchUnderProbe&) = delete;
  SwitchUnderProbe& operator=(const SwitchUnderProbe&) = delete;

  // Installs `base`.
  Status start(const FlowTable& base);
  Status apply(std::vector<reconcile::Step<domain::Flow>> steps);
  // Another line to the same switch, connected.
  Result<std::unique_ptr<host::OpenflowDriver>> connect(wire::of::SessionBounds bounds);
  Status list(host::OpenflowDriver& driver);
  // Runs `action` under the probe, then lets as much time pass without one.
  Status try_once(const std::function<Status()>& action, Series& series);
  std::vector<Sample> finish() { return probe_->finish(); }

  // As the agent does it: a lane with a bound and its machine, which knows the switch already.
  class Reconciler {
   public:
    Reconciler(SwitchUnderProbe& ovs, std::size_t bundle_steps_max);
    ~Reconciler() { ovs_.driver_->on_hint({}); }
    Reconciler(const Reconciler&) = delete;
    Reconciler& operator=(const Reconciler&) = delete;

    // From the wish to rest.
    Status reach(const FlowTable& wish);

   private:
    SwitchUnderProbe& ovs_;
    reconcile::Lane<domain::Flow> lane_;
    reconcile::Machine machine_;
  };

 private:
  [[nodiscard]] rt::Instant now() const { return loop_.clock().now(); }
  void pass(rt::Duration duration);

  std::unique_ptr<SwitchLab> lab_;
  rt::AsioLoop loop_;
  rt::AsioDialer dialer_{loop_};
  rt::Seeded choice_{1};
  std::unique_ptr<host::OpenflowDriver> driver_;
  std::unique_ptr<Probe> probe_;
};

}  // namespace tarn::bench
