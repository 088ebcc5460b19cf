// One small change, over and over, on a host that has many of something: how long it takes until the switch has told of
// the last flow that follows from it, and how many flows one more of these things is. Ours, and with `--vs-ovn` OVN's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench_cloud.h"
#include "flow_watch.h"
#include "ovn_peer.h"
#include "sheet.h"

namespace tarn::bench {

// Whoever makes the changes on one host, and returns once the switch has been given what follows from them.
class ChangeSide {
 public:
  virtual ~ChangeSide() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string switch_socket() const = 0;
  virtual Status grow_to(int count) = 0;
  // All three return once whoever asked has been answered.
  virtual Status add(int number) = 0;
  virtual Status remove() = 0;
  // Waits until no flow is left to change.
  virtual Status settle(FlowWatch& watch) = 0;
};

// Of ours: the agent hears of it on its own time, and rests before it has begun.
Status settle(const BenchCloud& cloud, FlowWatch& watch);

// What changes, in the words of the sheets.
struct ChangeWords {
  std::string key;     // "rule"
  std::string change;  // "One rule more in a group of 1000 ports here"
  std::string thing;   // "port": what there are many of
};

inline constexpr int few_things = 100;
inline constexpr int many_things = 1'000;

struct TimedChange {
  double answered_ms = 0;
  double last_flow_ms = 0;
  double reported_ms = 0;  // once the side says that all is done
  double flows = 0;
};
std::vector<double> figures_of(const std::vector<TimedChange>& changes, double TimedChange::* figure);
struct ChangeFigures {
  std::int64_t flows_of_few = 0;
  std::int64_t flows_of_many = 0;
  std::vector<TimedChange> added, removed;
};
struct Contender {
  std::unique_ptr<ChangeSide> side;
  std::unique_ptr<FlowWatch> watch;
  ChangeFigures figures;
};

// Grows it to few and to many things, and counts its flows.
Status gather(Contender& contender, const ChangeWords& words);
// Until so many flows have changed and the side rests: one that is asked many things may rest before it has heard of
// the last. Errors: fewer did; what `ask` and the side complain of.
Result<TimedChange> time_change(Contender& contender, const std::function<Status()>& ask, std::int64_t flows_least = 1);
// Some changes, each taken back.
Status try_changes(Contender& contender, int round);

// Flows of few and of many things, and what the changes took; ours is the first contender.
std::vector<Sheet> change_sheets(const std::vector<const Contender*>& contenders, const ChangeWords& words);

}  // namespace tarn::bench
