#include "tcp_stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <vector>

#include "inside_namespace.h"
#include "rt/machine_clock.h"
#include "rt/thread_pool.h"
#include "sheet.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
using rt::Descriptor;

constexpr std::uint16_t stream_port = 7001;
constexpr std::size_t chunk_bytes = 64 << 10;
constexpr timeval patience{10, 0};  // of each call that may block
constexpr rt::Duration warm_up = 300ms;

sockaddr_in endpoint(const Ip& address) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(stream_port);
  where.sin_addr.s_addr = htonl(address.v4());
  return where;
}

Descriptor stream_socket() {
  Descriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);  // accept(2) too
  setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);  // connect(2) too
  return made;
}

Descriptor listener(const Ip& address) {
  Descriptor made = stream_socket();
  const int on = 1;
  setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in here = endpoint(address);
  const bool listens =
      bind(made.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0 && listen(made.get(), 1) == 0;
  return listens ? std::move(made) : Descriptor();
}

Descriptor connection(const Ip& address) {
  Descriptor made = stream_socket();
  const sockaddr_in there = endpoint(address);
  const bool open = connect(made.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0;
  return open ? std::move(made) : Descriptor();
}

// Bytes that arrive until then; nothing when the connection breaks.
std::optional<std::int64_t> take_until(const Descriptor& in, const rt::MachineClock& clock, rt::Instant end) {
  std::vector<char> chunk(chunk_bytes);
  std::int64_t bytes = 0;
  while (clock.now() < end) {
    const ssize_t count = recv(in.get(), chunk.data(), chunk.size(), 0);
    if (count <= 0) return std::nullopt;
    bytes += count;
  }
  return bytes;
}

}  // namespace

Result<double> tcp_mbit_s(const PathEnd& from, const PathEnd& to, rt::Duration duration) {
  const auto listening = open_inside(to.network_namespace, [&] { return listener(to.address); });
  if (!listening) return std::unexpected(listening.error());
  const auto out = open_inside(from.network_namespace, [&] { return connection(to.address); });
  if (!out) return std::unexpected(out.error());
  const Descriptor in(accept4(listening->get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!in.ok()) return fail(ErrorCode::unavailable, "the TCP connection was not taken");
  setsockopt(in.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::atomic<bool> stop = false;
  rt::ThreadPool sender("stream", 1, 1);
  const bool sends = sender.run([&] {
    const std::vector<char> chunk(chunk_bytes);
    while (!stop && send(out->get(), chunk.data(), chunk.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  const rt::MachineClock clock;
  std::optional<std::int64_t> bytes;
  rt::Instant begin = clock.now();
  if (sends && take_until(in, clock, begin + warm_up)) {
    begin = clock.now();
    bytes = take_until(in, clock, begin + duration);
  }
  const double took_s = seconds(clock.now() - begin);
  stop = true;
  shutdown(in.get(), SHUT_RDWR);  // whoever waits to send is freed
  shutdown(out->get(), SHUT_RDWR);
  if (!bytes) return fail(ErrorCode::unavailable, "the TCP connection broke");
  return static_cast<double>(*bytes) * 8 / 1e6 / took_s;
}

}  // namespace tarn::bench
