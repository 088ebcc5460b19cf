// The two databases that are compared: a real ovsdb-server of the test's own with Debian's Open_vSwitch schema, and the
// simulation's model behind its own JSON-RPC server. Nobody else writes to either.
#pragma once

#include <memory>
#include <string>

#include "sim/model_ovsdb.h"
#include "support/json_rpc.h"
#include "support/run_command.h"
#include "support/temp_dir.h"

namespace tarn::test {

using DatabaseKind = sim::ModelOvsdb::Kind;

class RealDatabase {
 public:
  explicit RealDatabase(DatabaseKind kind);  // a cluster is one of a single member
  ~RealDatabase();
  RealDatabase(const RealDatabase&) = delete;
  RealDatabase& operator=(const RealDatabase&) = delete;

  [[nodiscard]] std::string socket() const { return folder_.file("db.sock"); }

 private:
  TempDir folder_;
};

struct ModelDatabase {
  explicit ModelDatabase(DatabaseKind wanted) : kind(wanted) {}

  DatabaseKind kind;
  rt::Seeded choice{1};
  sim::Scheduler scheduler{choice};
  sim::Network network{scheduler};
  sim::OvsDatabase database;
  sim::ModelOvsdb server{scheduler, network, "db.sock", database, kind};
  std::unique_ptr<sim::SimLoop> loop = scheduler.make_loop("client");
  std::unique_ptr<rt::Dialer> dialer = network.dialer(*loop);
};

// JsonRpc for the model.
class ModelClient {
 public:
  explicit ModelClient(ModelDatabase& model);

  boost::json::object call(std::string_view method, boost::json::array params);
  [[nodiscard]] std::deque<boost::json::object> take_heard();

 private:
  void received(ByteView bytes);

  ModelDatabase& model_;
  std::unique_ptr<rt::Stream> stream_;
  wire::ovsdb::Splitter splitter_;
  std::int64_t next_id_ = 1;
  std::optional<boost::json::object> answer_;
  std::deque<boost::json::object> heard_;
};

}  // namespace tarn::test
