// The fixpoint machine: looks at its lanes and starts what may start now, until nothing is left; then sleeps until a
// hint, a change of wish, a retry falling due, or the audit. There is no other path: start, restart, reconnect and
// repair are this.
#pragma once

#include <vector>

#include "reconcile/lane_base.h"
#include "rt/loop.h"

namespace tarn::reconcile {

class Machine {
 public:
  // Lanes that do not wait for each other; when several may start, the first starts first.
  using Rank = std::vector<LaneBase*>;
  // `ranks` in build order; the lanes must outlive the machine. Every `audit_every` all lanes list again.
  Machine(rt::Loop& loop, const std::vector<Rank>& ranks, rt::Duration audit_every);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // Called after each turn, and so after anything changed.
  void on_turn(std::function<void()> turned) { turned_ = std::move(turned); }
  void wake();   // a turn soon; many wakes make one turn
  void audit();  // list everything again now

  // Nothing differs, nothing is being tried: silence until something changes.
  [[nodiscard]] bool at_rest() const;

 private:
  void turn();
  void start_what_may_start();
  [[nodiscard]] bool may_build(std::size_t rank) const;
  [[nodiscard]] bool may_tear_down(std::size_t rank) const;
  void sleep();

  rt::Loop& loop_;
  struct Standing {
    LaneBase* lane;
    std::size_t rank;
  };
  std::vector<Standing> lanes_;
  rt::Duration audit_every_;
  std::function<void()> turned_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool turn_posted_ = false;
  rt::TimerHandle alarm_;
  rt::TimerHandle audit_alarm_;
};

}  // namespace tarn::reconcile
