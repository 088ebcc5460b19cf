// One lasting connection to ovsdb-server: dials, keeps the session fed, dials again with growing, jittered delay.
// Owned by the OVSDB driver; knows the protocol's session, and nothing of what the tables mean.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "reconcile/target.h"
#include "rt/choice.h"
#include "rt/loop.h"
#include "rt/stream.h"
#include "wire/ovsdb/session.h"

namespace tarn::host {

// The server's answer; or Lost: the line broke, the transaction may have happened or not.
struct LineLost {};
using OvsdbReply = std::variant<Result<std::vector<wire::ovsdb::OperationResult>>, LineLost>;

class OvsdbLine {
 public:
  struct Events {
    std::function<void(const wire::ovsdb::Changed&)> on_changed;  // the replica has the changes already
    std::function<void()> on_broken;                              // replica() is null from here on; once for each break
  };

  // `path`: ovsdb-server's unix socket. Nothing happens before start().
  OvsdbLine(rt::Loop& loop, rt::Dialer& dialer, rt::Choice& choice, std::string path,
            wire::ovsdb::MonitoredTables monitored, Events events);
  ~OvsdbLine();
  OvsdbLine(const OvsdbLine&) = delete;
  OvsdbLine& operator=(const OvsdbLine&) = delete;

  void start();

  // Null while the picture is not whole.
  [[nodiscard]] const wire::ovsdb::Replica* replica() const { return session_.replica(); }
  // Requires replica(). `done` runs on the loop, never inside this call.
  void transact(const wire::ovsdb::Transaction& transaction, reconcile::Completion<OvsdbReply> done);

  // Why there is no picture, in one line for an operator; no error while there is one.
  [[nodiscard]] Status status() const;

 private:
  void dial();
  void connected(std::unique_ptr<rt::Stream> stream);
  void received(ByteView bytes);
  void tick();
  void broken(Error why);
  void send_output();
  void deliver();

  rt::Loop& loop_;
  rt::Dialer& dialer_;
  rt::Choice& choice_;
  const std::string path_;
  const Events events_;
  wire::ovsdb::Session session_;
  std::unique_ptr<rt::Stream> stream_;
  std::unique_ptr<rt::Dialer::Attempt> attempt_;
  rt::TimerHandle redial_timer_;
  rt::TimerHandle tick_timer_;
  rt::Duration delay_;
  Error trouble_;
  std::map<wire::ovsdb::RequestId, reconcile::Completion<OvsdbReply>> waiting_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  // jobs posted to the loop may outlive the line
};

}  // namespace tarn::host
