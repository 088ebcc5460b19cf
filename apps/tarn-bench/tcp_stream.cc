#include "tcp_stream.h"

#include <sys/socket.h>

#include <atomic>
#include <vector>

#include "rt/machine_clock.h"
#include "rt/thread_pool.h"
#include "sheet.h"
#include "tcp_ends.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;
using rt::Descriptor;

constexpr std::size_t chunk_bytes = 64 << 10;
constexpr rt::Duration warm_up = 300ms;

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

Result<double> tcp_mbit_s(const PathEnd& from, const PathEnd& to, Travel travel, rt::Duration duration) {
  const Result<TcpEnds> ends = open_tcp(from, to);
  if (!ends) return std::unexpected(ends.error());
  const Descriptor& out = travel == Travel::out ? ends->opened : ends->taken;
  const Descriptor& in = travel == Travel::out ? ends->taken : ends->opened;
  std::atomic<bool> stop = false;
  rt::ThreadPool sender("stream", 1, 1);
  const bool sends = sender.run([&] {
    const std::vector<char> chunk(chunk_bytes);
    while (!stop && send(out.get(), chunk.data(), chunk.size(), MSG_NOSIGNAL) > 0) {
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
  shutdown(out.get(), SHUT_RDWR);
  if (!bytes) return fail(ErrorCode::unavailable, "the TCP connection broke");
  return static_cast<double>(*bytes) * 8 / 1e6 / took_s;
}

}  // namespace tarn::bench
