#include "live/collector.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "rt/machine_clock.h"
#include "rt/visit.h"

namespace tarn::testing {
namespace {

constexpr std::size_t datagram_bytes_max = 65536;
constexpr int queue_bytes = 8 << 20;

}  // namespace

Collector::Collector(const std::string& netns) {
  const rt::Visit inside(netns);
  CHECK(inside.ok());
  socket_ = rt::Descriptor(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(socket_.ok() && bind(socket_.get(), reinterpret_cast<sockaddr*>(&here), sizeof here) == 0);
  setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &queue_bytes, sizeof queue_bytes);
}

std::string Collector::target() const {
  sockaddr_in here{};
  socklen_t size = sizeof here;
  CHECK(getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&here), &size) == 0);
  return "127.0.0.1:" + std::to_string(ntohs(here.sin_port));
}

void Collector::take_in() {
  std::array<Byte, datagram_bytes_max> buffer;
  for (ssize_t size; (size = recv(socket_.get(), buffer.data(), buffer.size(), 0)) >= 0;) {
    heard_.emplace_back(buffer.begin(), buffer.begin() + size);
  }
}

bool Collector::hears(ByteView head, ByteView words, std::chrono::milliseconds timeout) {
  const auto wanted = [&](const Bytes& datagram) {
    return datagram.size() >= head.size() && std::ranges::equal(head, ByteView(datagram).first(head.size())) &&
           !std::ranges::search(datagram, words).empty();
  };
  const rt::MachineClock clock;
  const rt::Instant give_up = clock.now() + timeout;
  for (;;) {
    take_in();
    if (std::ranges::any_of(heard_, wanted)) return true;
    const auto left = (give_up - clock.now()) / std::chrono::milliseconds(1);
    pollfd readable{socket_.get(), POLLIN, 0};
    if (left <= 0 || poll(&readable, 1, static_cast<int>(left)) <= 0) return false;
  }
}

void Collector::forget() {
  take_in();
  heard_.clear();
}

std::size_t Collector::count() {
  take_in();
  return heard_.size();
}

}  // namespace tarn::testing
