#include "held_stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <future>

#include "rt/machine_clock.h"
#include "rt/thread_pool.h"
#include "tcp_ends.h"

namespace tarn::bench {
namespace {

using rt::Descriptor;

constexpr int said_every_ms = 10;
constexpr rt::Instant never{rt::Duration::max()};

class RunningStream final : public HeldStream {
 public:
  RunningStream(TcpEnds ends, std::size_t bytes) : ends_(std::move(ends)), bytes_(bytes) {}
  ~RunningStream() override { give_up_ = clock_.now(); }

  Status begin() {
    std::promise<bool> promise;
    whole_ = promise.get_future();
    const bool runs = thread_.run([this, promise = std::move(promise)]() mutable { promise.set_value(drive()); });
    return runs ? Status() : fail(ErrorCode::internal, "no thread");
  }

  void end(rt::Instant give_up) override { give_up_ = give_up; }
  bool whole() override { return whole_.get(); }

 private:
  // Until it is told to end: then no longer than until all is heard again.
  bool drive() {
    rt::Instant next = clock_.now();
    while (true) {
      const bool ended = give_up_.load() != never;
      if (ended && (heard_ == said_ || clock_.now() >= give_up_.load())) return heard_ == said_;
      if (!ended && clock_.now() >= next) {
        next = clock_.now() + std::chrono::milliseconds(said_every_ms);
        said_ += say(ends_.opened, bytes_);
      }
      pollfd waits[] = {{ends_.opened.get(), POLLIN, 0}, {ends_.taken.get(), POLLIN, 0}};
      poll(waits, std::size(waits), said_every_ms);
      if (!hear(ends_.taken, owed_) || !hear(ends_.opened, heard_)) return false;
      owed_ -= say(ends_.taken, owed_);
    }
  }

  // As much of it as there is room for.
  std::size_t say(const Descriptor& end, std::size_t bytes) {
    const ssize_t sent = send(end.get(), room_.data(), std::min(bytes, room_.size()), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  // False once the connection is broken.
  bool hear(const Descriptor& end, std::size_t& bytes) {
    const ssize_t count = recv(end.get(), room_.data(), room_.size(), MSG_DONTWAIT);
    if (count > 0) bytes += static_cast<std::size_t>(count);
    return count > 0 || (count < 0 && errno == EAGAIN);
  }

  TcpEnds ends_;
  std::size_t bytes_;
  std::array<char, 64 << 10> room_{};
  rt::MachineClock clock_;
  std::size_t said_ = 0, owed_ = 0, heard_ = 0;
  std::atomic<rt::Instant> give_up_ = never;
  std::future<bool> whole_;
  rt::ThreadPool thread_{"held", 1, 1};  // last: it uses what stands above
};

}  // namespace

Result<std::unique_ptr<HeldStream>> HeldStream::open(const PathEnd& from, const PathEnd& to, const Shape& shape) {
  Result<TcpEnds> ends = open_tcp(from, to, shape.source);
  if (!ends) return std::unexpected(ends.error());
  auto stream = std::make_unique<RunningStream>(std::move(*ends), shape.bytes);
  if (Status begun = stream->begin(); !begun) return std::unexpected(begun.error());
  return stream;
}

}  // namespace tarn::bench
