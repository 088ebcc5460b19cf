// The BGP daemon of a simulated machine, as far as its configuration goes: what an agent told it before the agent died
// is there for the next. Held against FRR's own by tests/live_bgp. Each answer takes its time.
#pragma once

#include "domain/bgp.h"
#include "reconcile/target.h"
#include "rt/choice.h"
#include "rt/loop.h"

namespace tarn::sim {

// What it is configured to, until its process ends.
struct BgpConfiguration {
  bool runs = true;
  reconcile::Actual<domain::BgpItem> items;
  std::uint64_t writes = 0;  // steps that changed something

  // As bgpd does it: what is in a view makes the view where it is missing, a view takes all that is in it along.
  void apply(const reconcile::Step<domain::BgpItem>& step);
};

class ModelBgp final : public reconcile::Target<domain::BgpItem> {
 public:
  // `configuration` outlives this, the agent's part of it.
  ModelBgp(rt::Loop& loop, rt::Choice& choice, BgpConfiguration& configuration)
      : loop_(loop), choice_(choice), configuration_(configuration) {}

  void list(reconcile::Completion<Result<reconcile::Whole<reconcile::Actual<domain::BgpItem>>>> done) override;
  void apply(std::vector<reconcile::Step<domain::BgpItem>> batch, reconcile::Writes writes,
             reconcile::Completion<std::vector<reconcile::Outcome>> done) override;
  void on_hint(std::function<void(reconcile::Hint<domain::BgpItem>)>) override {}

 private:
  void later(rt::TimerHandle& timer, rt::Job job);

  rt::Loop& loop_;
  rt::Choice& choice_;
  BgpConfiguration& configuration_;
  rt::TimerHandle listed_;
  rt::TimerHandle applied_;
};

}  // namespace tarn::sim
