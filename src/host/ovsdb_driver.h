// The driver of the switch's database: one connection, one replica, and over it a Target for each OVSDB domain and the
// facts of what is plugged. Owned by the agent's wiring; decides nothing: what to write is the plan's business.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "host/ovsdb_apply.h"
#include "host/ovsdb_line.h"
#include "host/ovsdb_picture.h"
#include "reconcile/target.h"

namespace tarn::host {

template <reconcile::Domain D>
class OvsdbTarget;

class OvsdbDriver {
 public:
  struct Options {
    std::string path;                // of ovsdb-server's unix socket
    std::string integration_bridge;  // where network numbers are written and traffic is exported
  };

  OvsdbDriver(rt::Loop& loop, rt::Dialer& dialer, rt::Choice& choice, Options options);
  ~OvsdbDriver();
  OvsdbDriver(const OvsdbDriver&) = delete;
  OvsdbDriver& operator=(const OvsdbDriver&) = delete;

  void start();

  // One batch at a time is served by each; the six may be under way together. They live as long as the driver.
  [[nodiscard]] reconcile::Target<domain::Bridge>& bridges();
  [[nodiscard]] reconcile::Target<domain::SwitchPort>& ports();
  [[nodiscard]] reconcile::Target<domain::OfportPin>& pins();
  [[nodiscard]] reconcile::Target<domain::NetworkNumber>& numbers();
  [[nodiscard]] reconcile::Target<domain::FlowExport>& exports();
  [[nodiscard]] reconcile::Target<domain::ZoneTimeouts>& zones();

  // Null unless the replica is whole: a broken line never looks like "no port has a number".
  [[nodiscard]] const reconcile::Whole<domain::PluggedInterfaces>* facts() const;

  // Called on the loop after facts and tables have changed; told `everything` when the line broke or came back.
  void on_change(std::function<void(const OvsdbChanges&)> changed) { on_change_ = std::move(changed); }

  // Lets the switch forward again after it was started with flow-restore-wait; for after the first committed bundle.
  // Applied without a write when the flag is not there.
  void clear_flow_restore_wait(reconcile::Writes writes, reconcile::Completion<reconcile::Outcome> done);

  // No error, or one line for an operator: "ovsdb-server does not answer at PATH: ...".
  [[nodiscard]] Status status() const { return line_.status(); }
  [[nodiscard]] const OvsdbWrites& writes() const { return writes_; }

 private:
  template <reconcile::Domain>
  friend class OvsdbTarget;
  struct Targets;

  void changed(const wire::ovsdb::Changed& changed);
  void broken();
  void tell(const OvsdbChanges& changes);
  void post(rt::Job job);  // dropped when the driver is gone by then

  rt::Loop& loop_;
  OvsdbWrites writes_;
  OvsdbPicture picture_;
  std::optional<reconcile::Whole<domain::PluggedInterfaces>> facts_;
  OvsdbLine line_;
  OvsdbApply apply_;
  std::function<void(const OvsdbChanges&)> on_change_;
  std::unique_ptr<Targets> targets_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace tarn::host
