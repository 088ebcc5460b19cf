#include "live/calls.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/demand.h"
#include "rt/machine_clock.h"

namespace tarn::testing {
namespace {

constexpr int callers_waiting_max = 64;

class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds patience) : end_(clock_.now().since_start + patience) {}
  [[nodiscard]] std::chrono::milliseconds left() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end_ - clock_.now().since_start);
  }

 private:
  rt::MachineClock clock_;
  std::chrono::nanoseconds end_;
};

int error_of(const Socket& socket) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

Endpoint any(Family family, std::uint16_t port) {
  Ip ip;
  ip.family = family;
  return {ip, port};
}

}  // namespace

Result<Call> Call::dial(const std::string& netns, const Endpoint& to, std::uint16_t source_port,
                        std::chrono::milliseconds patience) {
  Result<Socket> socket = open_inside(netns, SOCK_STREAM, any(to.ip.family, source_port));
  if (!socket) return fail(socket.error());
  const auto failed = [&](int error) {
    return fail(ErrorCode::unavailable, netns + " to " + to.text() + ": " + std::strerror(error));
  };
  const sockaddr_storage there = kernel_form(to);
  if (connect(socket->get(), raw(there), sizeof there) != 0 && errno != EINPROGRESS) return failed(errno);
  if (!await_events(*socket, POLLOUT, patience)) return failed(ETIMEDOUT);
  if (const int error = error_of(*socket); error != 0) return failed(error);
  return Call(std::move(*socket));
}

bool Call::says(const std::string& word) const {
  return send(socket_.get(), word.data(), word.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(word.size());
}

bool Call::hears(const std::string& word, std::chrono::milliseconds patience) {
  const Deadline deadline(patience);
  std::array<char, 4096> buffer;
  while (heard_.find(word) == std::string::npos) {
    if (!await_events(socket_, POLLIN, deadline.left())) return false;
    const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    heard_.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return true;
}

Endpoint Call::far_end() const {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  return getpeername(socket_.get(), reinterpret_cast<sockaddr*>(&storage), &size) == 0 ? endpoint_in(storage)
                                                                                       : Endpoint{};
}

Listener::Listener(const std::string& netns, const Endpoint& here)
    : socket_(demand(open_inside(netns, SOCK_STREAM, here))) {
  CHECK(listen(socket_.get(), callers_waiting_max) == 0);
}

std::optional<Call> Listener::next(std::chrono::milliseconds patience) {
  if (!await_events(socket_, POLLIN, patience)) return std::nullopt;
  Socket accepted(accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  return accepted.ok() ? std::optional<Call>(std::move(accepted)) : std::nullopt;
}

bool speak(Conversation& conversation, const std::string& word) {
  return conversation.calling.says(word + "?") && conversation.called.hears(word + "?") &&
         conversation.called.says(word + "!") && conversation.calling.hears(word + "!");
}

std::optional<Conversation> converse(const std::string& netns, const Endpoint& to, Listener& listener,
                                     std::uint16_t source_port) {
  Result<Call> calling = Call::dial(netns, to, source_port);
  if (!calling) {
    ADD_FAILURE() << calling.error().message;
    return std::nullopt;
  }
  std::optional<Call> called = listener.next();
  if (!called) {
    ADD_FAILURE() << netns << " reached another than who should be " << to.text();
    return std::nullopt;
  }
  Conversation conversation{std::move(*calling), std::move(*called)};
  if (speak(conversation, "hello")) return conversation;
  ADD_FAILURE() << netns << " and " << to.text() << " do not hear each other";
  return std::nullopt;
}

Letters::Letters(const std::string& netns, const Endpoint& here)
    : socket_(demand(open_inside(netns, SOCK_DGRAM, here))) {}

// Errors that ICMP told of earlier packets are of no interest here; a packet that cannot be sent is not heard.
void Letters::send(const Endpoint& to, const std::string& word) const {
  const sockaddr_storage there = kernel_form(to);
  static_cast<void>(sendto(socket_.get(), word.data(), word.size(), 0, raw(there), sizeof there));
}

std::optional<Endpoint> Letters::hears(const std::string& word, std::chrono::milliseconds patience) {
  const Deadline deadline(patience);
  const auto holds_it = [&](const auto& each) { return each.first.find(word) != std::string::npos; };
  if (const auto found = std::ranges::find_if(heard_, holds_it); found != heard_.end()) return found->second;
  std::array<char, 4096> buffer;
  while (await_events(socket_, POLLIN, deadline.left())) {
    sockaddr_storage from{};
    socklen_t from_size = sizeof from;
    const ssize_t size =
        recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
    if (size < 0) continue;
    heard_.emplace_back(std::string(buffer.data(), static_cast<std::size_t>(size)), endpoint_in(from));
    if (holds_it(heard_.back())) return heard_.back().second;
  }
  return std::nullopt;
}

std::size_t Letters::count(const std::string& word) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(heard_, [&](const auto& each) { return each.first.find(word) != std::string::npos; }));
}

bool get_through(const Letters& caller, const Endpoint& door, Letters& called, const std::string& word) {
  for (const std::string& said : {word + ", first", word + ", again"}) {
    caller.send(door, said);
    if (!called.hears(said)) return false;
  }
  return true;
}

int complaint_of(const std::string& netns, const Endpoint& to, std::chrono::milliseconds patience) {
  const Socket socket = demand(open_inside(netns, SOCK_DGRAM, any(to.ip.family, 0)));
  const sockaddr_storage there = kernel_form(to);
  if (connect(socket.get(), raw(there), sizeof there) != 0) return errno;
  static_cast<void>(send(socket.get(), "knock", 5, 0));
  return await_events(socket, POLLIN, patience) ? error_of(socket) : 0;
}

}  // namespace tarn::testing
