#include "probe.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <future>

#include "endpoint.h"
#include "rt/descriptor.h"
#include "rt/machine_clock.h"
#include "rt/thread_pool.h"
#include "sheet.h"

namespace tarn::bench {
namespace {

using namespace std::chrono_literals;

constexpr int receive_buffer_bytes = 16 << 20;
constexpr rt::Duration last_wait = 1s;

using rt::Descriptor;

Error system_error(const std::string& what) {
  return {ErrorCode::unavailable, {}, what + ": " + std::strerror(errno)};
}

// A UDP socket of the namespace: a socket stays where it was opened. Leaves the calling thread there.
Result<Descriptor> open_in(const ProbeEnd& end) {
  const Descriptor there(open(("/run/netns/" + end.network_namespace).c_str(), O_RDONLY | O_CLOEXEC));
  if (there.get() < 0 || setns(there.get(), CLONE_NEWNET) != 0) return fail(system_error(end.network_namespace));
  Descriptor made(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  setsockopt(made.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  const sockaddr_in here = endpoint(end.address, end.port);
  if (bind(made.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) {
    return fail(system_error("cannot bind " + end.address.text()));
  }
  return made;
}

class RunningProbe final : public Probe {
 public:
  RunningProbe(std::chrono::nanoseconds interval, Journey journey)
      : thread_("probe", 1, 1), interval_(interval), journey_(journey) {}
  ~RunningProbe() override {
    stop_ = true;
    if (ended_.valid()) ended_.wait();
  }

  Status begin(const ProbeEnd& from, const ProbeEnd& to) {
    std::promise<Status> opened;
    std::future<Status> outcome = opened.get_future();
    std::promise<void> ended;
    ended_ = ended.get_future();
    const bool taken = thread_.run([this, from, to, opened = std::move(opened), ended = std::move(ended)]() mutable {
      Status status = open_both(from, to);
      const bool go = status.has_value();
      opened.set_value(std::move(status));
      if (go) drive();
      ended.set_value();
    });
    if (!taken) return fail(ErrorCode::internal, "no thread");
    return outcome.get();
  }

  [[nodiscard]] std::size_t arrived() const override { return arrived_; }

  std::vector<Sample> finish() override {
    stop_ = true;
    ended_.wait();
    return std::move(samples_);
  }

 private:
  Status open_both(const ProbeEnd& from, const ProbeEnd& to) {
    Result<Descriptor> out = open_in(from);
    if (!out) return std::unexpected(out.error());
    Result<Descriptor> in = open_in(to);
    if (!in) return std::unexpected(in.error());
    const sockaddr_in there = endpoint(to.address, to.port);
    if (connect(out->get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) != 0) {
      return fail(system_error("no way to " + to.address.text()));
    }
    out_ = std::move(*out);
    in_ = std::move(*in);
    // A probe that waits for its turn on a busy processor would count as a stalled switch. Refused, it is only noisier.
    const sched_param priority{1};
    sched_setscheduler(0, SCHED_FIFO, &priority);
    return {};
  }

  void drive() {
    const Descriptor timer(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    const long every = interval_.count();
    const itimerspec interval{{0, every}, {0, every}};
    timerfd_settime(timer.get(), 0, &interval, nullptr);
    std::optional<rt::Instant> give_up;
    while (!give_up || (arrived_ < samples_.size() && clock_.now() < *give_up)) {
      pollfd waits[] = {{timer.get(), POLLIN, 0}, {in_.get(), POLLIN, 0}, {out_.get(), POLLIN, 0}};
      poll(waits, std::size(waits), -1);
      if (journey_ == Journey::and_back) answer();
      receive(journey_ == Journey::there ? in_ : out_);
      std::uint64_t due = 0;
      if (read(timer.get(), &due, sizeof due) != sizeof due) due = 0;
      if (stop_ && !give_up) give_up = clock_.now() + last_wait;
      for (; due > 0 && !give_up; --due) send_one();
    }
  }

  void send_one() {
    const auto number = static_cast<std::uint32_t>(samples_.size());
    const rt::Instant now = clock_.now();
    if (send(out_.get(), &number, sizeof number, 0) == sizeof number) samples_.push_back({now, std::nullopt});
  }

  // To whoever sent it, as it is seen there.
  void answer() {
    std::uint32_t number = 0;
    sockaddr_in from{};
    socklen_t size = sizeof from;
    while (recvfrom(in_.get(), &number, sizeof number, 0, reinterpret_cast<sockaddr*>(&from), &size) == sizeof number)
      sendto(in_.get(), &number, sizeof number, 0, reinterpret_cast<const sockaddr*>(&from), size);
  }

  void receive(const Descriptor& at) {
    std::uint32_t number = 0;
    while (recv(at.get(), &number, sizeof number, 0) == sizeof number) {
      if (number >= samples_.size() || samples_[number].arrived) continue;
      samples_[number].arrived = clock_.now();
      ++arrived_;
    }
  }

  rt::ThreadPool thread_;
  std::chrono::nanoseconds interval_;
  Journey journey_;
  rt::MachineClock clock_;
  Descriptor out_;
  Descriptor in_;
  std::vector<Sample> samples_;
  std::atomic<std::size_t> arrived_ = 0;
  std::atomic<bool> stop_ = false;
  std::future<void> ended_;
};

}  // namespace

Result<std::unique_ptr<Probe>> Probe::start(const ProbeEnd& from, const ProbeEnd& to,
                                            std::chrono::microseconds interval, Journey journey) {
  auto probe = std::make_unique<RunningProbe>(interval, journey);
  if (Status begun = probe->begin(from, to); !begun) return std::unexpected(begun.error());
  return probe;
}

Passage passage_of(const std::vector<Sample>& samples, const Window& window) {
  Passage passage;
  std::vector<double> delays;
  std::vector<rt::Instant> arrivals;
  rt::Instant last_sent = window.begin;
  std::optional<rt::Instant> before;  // the last arrival of an earlier probe: the first gap counts from it
  for (const Sample& sample : samples) {
    if (sample.sent < window.begin && sample.arrived)
      before = std::max(before.value_or(*sample.arrived), *sample.arrived);
    if (sample.sent < window.begin || sample.sent > window.end) continue;
    ++passage.sent;
    last_sent = sample.sent;
    if (!sample.arrived) {
      ++passage.lost;
      continue;
    }
    delays.push_back(ms(*sample.arrived - sample.sent));
    arrivals.push_back(*sample.arrived);
  }
  if (before) arrivals.push_back(*before);
  // A gap that has no end in the window lasted until the last probe of it, at least.
  if (passage.sent > 0) arrivals.push_back(last_sent);
  std::sort(arrivals.begin(), arrivals.end());
  for (std::size_t i = 1; i < arrivals.size(); ++i) {
    passage.longest_gap_ms = std::max(passage.longest_gap_ms, ms(arrivals[i] - arrivals[i - 1]));
  }
  passage.longest_delay_ms = quantile_of(delays, 1);
  passage.p99_delay_ms = quantile_of(std::move(delays), 0.99);
  return passage;
}

}  // namespace tarn::bench
