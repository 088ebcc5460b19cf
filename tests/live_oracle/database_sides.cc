#include "live_oracle/database_sides.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "support/private_switch.h"

namespace tarn::test {

namespace json = boost::json;

namespace {
constexpr rt::Duration patience = std::chrono::seconds(10);  // of simulated time
}

RealDatabase::RealDatabase(DatabaseKind kind) {
  const auto checked = [](const std::vector<std::string>& command) {
    const CommandResult result = run_command(command);
    EXPECT_EQ(result.status, 0) << result.output;
  };
  const bool clustered = kind == DatabaseKind::clustered;
  std::vector<std::string> create{"ovsdb-tool", clustered ? "create-cluster" : "create", folder_.file("conf.db"),
                                  open_vswitch_schema_file};
  if (clustered) create.push_back("unix:" + folder_.file("raft"));
  checked(create);
  checked({"ovsdb-server", folder_.file("conf.db"), "--remote=punix:" + socket(), "--unixctl=" + folder_.file("ctl"),
           "--pidfile=" + folder_.file("pid"), "--log-file=" + folder_.file("log"), "-vconsole:off", "--detach",
           "--no-chdir"});
  if (clustered) checked({"ovsdb-client", "wait", "unix:" + socket(), "Open_vSwitch", "connected"});
}

RealDatabase::~RealDatabase() {
  stop_daemon(folder_.file("pid"));
}

ModelClient::ModelClient(ModelDatabase& model) : model_(model) {
  const auto attempt = model_.dialer->dial("db.sock", [this](Result<std::unique_ptr<rt::Stream>> stream) {
    if (stream) stream_ = std::move(*stream);
  });
  EXPECT_TRUE(model_.scheduler.run(patience, [this] { return stream_ != nullptr; }));
  stream_->start({[this](ByteView bytes) { received(bytes); }, {}, {}});
}

void ModelClient::received(ByteView bytes) {
  auto messages = splitter_.push(bytes);
  ASSERT_TRUE(messages.has_value());
  for (json::value& message : *messages) {
    json::object& object = message.as_object();
    if (object.contains("method")) {
      heard_.push_back(std::move(object));
    } else {
      answer_ = std::move(object);
    }
  }
}

json::object ModelClient::call(std::string_view method, json::array params) {
  const std::string text =
      json::serialize(json::object{{"method", method}, {"params", std::move(params)}, {"id", next_id_++}});
  stream_->write(Bytes(text.begin(), text.end()));
  answer_.reset();
  EXPECT_TRUE(model_.scheduler.run(patience, [this] { return answer_.has_value(); })) << text;
  return answer_ ? std::move(*answer_) : json::object();
}

// What the model has still to say, it says first.
std::deque<json::object> ModelClient::take_heard() {
  model_.scheduler.run(patience);
  return std::exchange(heard_, {});
}

}  // namespace tarn::test
