#include "support/json_rpc.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <cstring>

namespace tarn::test {

namespace json = boost::json;

namespace {
constexpr int patience_ms = 30'000;
}

JsonRpc::JsonRpc(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  EXPECT_LT(path.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << path;
}

JsonRpc::~JsonRpc() {
  ::close(socket_);
}

json::object JsonRpc::call(std::string_view method, json::array params) {
  const std::int64_t id = next_id_++;
  const std::string text = json::serialize(json::object{{"method", method}, {"params", std::move(params)}, {"id", id}});
  EXPECT_EQ(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  while (true) {
    json::object message = receive();
    if (message.empty()) return message;
    if (!message.contains("method")) {
      EXPECT_EQ(message.at("id"), json::value(id));
      return message;
    }
    heard_.push_back(std::move(message));
  }
}

// Empty when the server says nothing more; the test has failed then.
json::object JsonRpc::receive() {
  while (arrived_.empty()) {
    pollfd ready{socket_, POLLIN, 0};
    std::array<std::uint8_t, 65536> piece{};
    const ssize_t count = ::poll(&ready, 1, patience_ms) == 1 ? ::recv(socket_, piece.data(), piece.size(), 0) : 0;
    auto messages = splitter_.push(ByteView(piece).first(count > 0 ? static_cast<std::size_t>(count) : 0));
    if (count <= 0 || !messages) {
      ADD_FAILURE() << "the server's answer does not come";
      return {};
    }
    for (json::value& message : *messages) arrived_.push_back(std::move(message.as_object()));
  }
  json::object first = std::move(arrived_.front());
  arrived_.pop_front();
  return first;
}

}  // namespace tarn::test
