// One step of a domain as operations on the switch's database. Pure: from the step and what the picture shows now.
// A step whose plan no longer fits the picture is refused here (ErrorCode::stale); the waits guard the rest of the way.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "host/ovsdb_picture.h"
#include "reconcile/step.h"
#include "wire/ovsdb/replica.h"
#include "wire/ovsdb/transaction.h"

namespace tarn::host {

// What a step is worked out from. The picture belongs to the replica.
struct OvsdbView {
  const wire::ovsdb::Replica& replica;
  const OvsdbPicture& picture;
};

// A transaction in the making. Waits of all steps come first and once each: a wait sees what operations before it did.
class OvsdbEdit {
 public:
  void wait(wire::ovsdb::Wait wait) { waits_.insert(std::move(wait)); }
  void add(wire::ovsdb::Operation operation) { operations_.push_back(std::move(operation)); }
  // A name for a new row that no other row of this transaction has.
  std::string new_row() { return "row" + std::to_string(next_row_++); }
  // The row that holds the zones, if this transaction makes it: the first step that needs it does.
  [[nodiscard]] const std::optional<std::string>& new_datapath() const { return new_datapath_; }
  void make_datapath(std::string row) { new_datapath_ = std::move(row); }
  [[nodiscard]] bool empty() const { return operations_.empty(); }
  // A further part of this edit, written on its own: joined when it is good, else thrown away.
  [[nodiscard]] OvsdbEdit part() const;
  void join(OvsdbEdit part);
  [[nodiscard]] wire::ovsdb::Transaction finish(std::string comment) &&;

 private:
  std::set<wire::ovsdb::Wait> waits_;
  wire::ovsdb::Transaction operations_;
  unsigned next_row_ = 0;
  std::optional<std::string> new_datapath_;
};

// Each adds the step to `edit`, or leaves it as it was and says why not. A step that has come true already adds
// nothing.
Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<domain::Bridge>& step);
Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<domain::SwitchPort>& step);
Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<domain::OfportPin>& step);
Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<domain::NetworkNumber>& step);
Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<domain::FlowExport>& step);
Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<domain::ZoneTimeouts>& step);

// Takes other_config:flow-restore-wait off the switch, whatever it says.
void add_clear_flow_restore_wait(OvsdbEdit& edit, const OvsdbView& view);

}  // namespace tarn::host
