// A blocking JSON-RPC client of a unix socket, for tests that ask Open vSwitch's own servers: the control socket of
// ovs-vswitchd (what ovs-appctl speaks) and ovsdb-server (RFC 7047 section 4). Thousands of questions a second, where a
// process for each would take minutes. Shares only the cutting of JSON texts with the product.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <deque>
#include <string>

#include "wire/ovsdb/splitter.h"

namespace tarn::test {

class JsonRpc {
 public:
  explicit JsonRpc(const std::string& path);  // fails the test when nobody listens
  ~JsonRpc();
  JsonRpc(const JsonRpc&) = delete;
  JsonRpc& operator=(const JsonRpc&) = delete;

  // The whole answer: {"result", "error", "id"}. Notifications that come before it are kept.
  boost::json::object call(std::string_view method, boost::json::array params);
  // The requests that the server has sent by itself, in order.
  [[nodiscard]] std::deque<boost::json::object> take_heard() { return std::exchange(heard_, {}); }

 private:
  boost::json::object receive();

  int socket_ = -1;
  std::int64_t next_id_ = 1;
  wire::ovsdb::Splitter splitter_;
  std::deque<boost::json::object> arrived_;
  std::deque<boost::json::object> heard_;
};

}  // namespace tarn::test
