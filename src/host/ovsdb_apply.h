// Carries a batch of steps to the switch's database: all of it as one transaction, and when that is refused, group by
// group, so that one bad step does not stop the others. Owned by the OVSDB driver; knows no domain.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/ovsdb_edit.h"
#include "host/ovsdb_line.h"
#include "reconcile/step.h"

namespace tarn::host {

// Steps, not transactions; each step counts once however often it is tried within one batch.
struct OvsdbWrites {
  std::uint64_t attempted = 0;  // sent to the server
  std::uint64_t applied = 0;    // acknowledged by it
  std::uint64_t forbidden = 0;  // asked for while writing was forbidden; nothing was sent

  bool operator==(const OvsdbWrites&) const = default;
};

struct OvsdbTask {
  std::uint64_t group = 0;                                   // steps of one group share one fate
  std::function<Status(OvsdbEdit&, const OvsdbView&)> edit;  // asked anew before each try
};

class OvsdbApply {
 public:
  OvsdbApply(rt::Loop& loop, OvsdbLine& line, const OvsdbPicture& picture, OvsdbWrites& writes)
      : loop_(loop), line_(line), picture_(picture), writes_(writes) {}

  // `comment` goes into the database's log. `done` runs on the loop, never inside this call, with an outcome per task.
  void run(std::vector<OvsdbTask> tasks, std::string comment,
           reconcile::Completion<std::vector<reconcile::Outcome>> done);

 private:
  struct Run;
  void attempt(std::shared_ptr<Run> run);
  void answered(std::shared_ptr<Run> run, std::vector<std::size_t> sent, OvsdbReply reply);
  void finish(const std::shared_ptr<Run>& run);
  OvsdbEdit gather(Run& run, const OvsdbView& view, std::vector<std::size_t>& sent);

  rt::Loop& loop_;
  OvsdbLine& line_;
  const OvsdbPicture& picture_;
  OvsdbWrites& writes_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace tarn::host
