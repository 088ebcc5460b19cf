#include "live/traffic.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <deque>
#include <future>

#include "live/live_cloud.h"
#include "live/queues.h"
#include "live/sockets.h"
#include "rt/machine_clock.h"
#include "rt/thread_pool.h"
#include "rt/visit.h"

namespace tarn::testing {
namespace {

// Three ports for each pair, because an instance may be in several.
constexpr std::uint16_t first_port = 7000;
constexpr std::uint16_t ports_per_pair = 3;
constexpr std::uint64_t ticks_per_flow = 5;
// Each of them holds a port of its host for the while that its connection is remembered.
constexpr std::uint64_t ticks_per_answered_flow = 100;
constexpr std::size_t tcp_bytes_per_tick = 250;   // 2 Mbit/s
constexpr std::size_t answers_awaited_max = 256;  // of the newest flows

std::int64_t now_ms() {
  return rt::MachineClock().now().since_start / std::chrono::milliseconds(1);
}

// Which of the numbers 0, 1, 2 … arrived.
class Arrivals {
 public:
  void note(std::uint32_t number) {
    if (number >= seen_.size()) seen_.resize(number + 1, false);
    seen_[number] = true;
    const std::int64_t now = now_ms();
    if (last_ms_ != 0) gap_ms_ = std::max(gap_ms_, now - last_ms_);
    last_ms_ = now;
  }
  [[nodiscard]] std::uint64_t lost_of(std::uint64_t sent) const {
    return sent - static_cast<std::uint64_t>(std::count(seen_.begin(), seen_.end(), true));
  }
  [[nodiscard]] std::int64_t gap_ms() const { return gap_ms_; }

 private:
  std::vector<bool> seen_;
  std::int64_t last_ms_ = 0;
  std::int64_t gap_ms_ = 0;
};

// What the kernel says of a connection (linux/tcp.h), for who asks why it went no further.
std::string state_of(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::strerror(errno);
  return "state " + std::to_string(info.tcpi_state) + ", " + std::to_string(info.tcpi_total_retrans) +
         " sent again, last heard " + std::to_string(info.tcpi_last_ack_recv) + " ms ago";
}

// One direction of one pair.
class Direction {
 public:
  Direction(std::string name, const TrafficPair& pair, std::size_t index)
      : pair_(pair),
        probe_port_(static_cast<std::uint16_t>(first_port + index * ports_per_pair)),
        flow_port_(static_cast<std::uint16_t>(probe_port_ + 1)),
        tcp_port_(static_cast<std::uint16_t>(probe_port_ + 2)) {
    loss_.name = std::move(name);
  }

  Status open_receivers() {
    const rt::Visit inside(pair_.to_namespace);
    if (!inside.ok()) return fail(ErrorCode::not_found, "no namespace " + pair_.to_namespace);
    probe_in_ = open_socket(pair_.to, SOCK_DGRAM);
    flow_in_ = open_socket(pair_.to, SOCK_DGRAM);
    tcp_listen_ = open_socket(pair_.to, SOCK_STREAM);
    for (const auto& [socket, port] :
         {std::pair(&probe_in_, probe_port_), {&flow_in_, flow_port_}, {&tcp_listen_, tcp_port_}}) {
      if (Status bound = bind_to(*socket, {pair_.to, port}); !bound) return bound;
    }
    if (listen(tcp_listen_.get(), 1) != 0) return fail(ErrorCode::unavailable, std::strerror(errno));
    return {};
  }

  Status open_senders() {
    const rt::Visit inside(pair_.from_namespace);
    if (!inside.ok()) return fail(ErrorCode::not_found, "no namespace " + pair_.from_namespace);
    probe_out_ = open_socket(pair_.from, SOCK_DGRAM);
    tcp_out_ = open_socket(pair_.from, SOCK_STREAM);
    const sockaddr_storage probes = kernel_form({dialled(), probe_port_});
    const sockaddr_storage transfer = kernel_form({dialled(), tcp_port_});
    if (connect(probe_out_.get(), raw(probes), sizeof probes) != 0) {
      return fail(ErrorCode::unavailable, pair_.from_namespace + ": no way to " + dialled().text());
    }
    if (connect(tcp_out_.get(), raw(transfer), sizeof transfer) != 0 && errno != EINPROGRESS) {
      return fail(ErrorCode::unavailable, pair_.from_namespace + ": no way to " + dialled().text());
    }
    return {};
  }

  void tick(std::uint64_t tick) {
    const auto number = htonl(static_cast<std::uint32_t>(loss_.probes_sent));
    if (send(probe_out_.get(), &number, sizeof number, 0) == sizeof number) ++loss_.probes_sent;
    if (tick % (pair_.answered ? ticks_per_answered_flow : ticks_per_flow) == 0) open_flow();
    const ssize_t written = send(tcp_out_.get(), zeros_.data(), zeros_.size(), MSG_NOSIGNAL);
    if (written > 0) loss_.tcp_sent += static_cast<std::uint64_t>(written);
  }

  void receive() {
    if (pair_.answered) {
      receive_answers();
    } else {
      receive_numbers(probe_in_.get(), probes_);
      receive_numbers(flow_in_.get(), flows_);
    }
    receive_stream();
  }

  [[nodiscard]] bool all_arrived() const {
    return probes_.lost_of(loss_.probes_sent) == 0 && flows_.lost_of(loss_.flows_opened) == 0 &&
           loss_.tcp_bytes == loss_.tcp_sent;
  }
  [[nodiscard]] TrafficLoss result() const {
    TrafficLoss loss = loss_;
    loss.probes_lost = probes_.lost_of(loss_.probes_sent);
    loss.flows_lost = flows_.lost_of(loss_.flows_opened);
    loss.longest_gap_ms = probes_.gap_ms();
    loss.tcp_whole = loss_.tcp_sent > 0 && loss_.tcp_bytes == loss_.tcp_sent;
    loss.tcp_state = state_of(tcp_out_.get());
    return loss;
  }
  void add_polls(std::vector<pollfd>& polls) const {
    polls.push_back({probe_in_.get(), POLLIN, 0});
    polls.push_back({flow_in_.get(), POLLIN, 0});
    if (tcp_in_.get() >= 0) polls.push_back({tcp_in_.get(), POLLIN, 0});
    if (pair_.answered) polls.push_back({probe_out_.get(), POLLIN, 0});
    for (const Socket& flow : unanswered_) polls.push_back({flow.get(), POLLIN, 0});
  }

 private:
  [[nodiscard]] const Ip& dialled() const { return pair_.to_called ? *pair_.to_called : pair_.to; }

  // A new socket has a new source port: a flow the switch has never seen.
  void open_flow() {
    const rt::Visit inside(pair_.from_namespace);
    Socket socket = open_socket(pair_.from, SOCK_DGRAM);
    const auto number = htonl(static_cast<std::uint32_t>(loss_.flows_opened));
    const sockaddr_storage there = kernel_form({dialled(), flow_port_});
    if (sendto(socket.get(), &number, sizeof number, 0, raw(there), sizeof there) != sizeof number) return;
    ++loss_.flows_opened;
    if (!pair_.answered) return;
    unanswered_.push_back(std::move(socket));
    if (unanswered_.size() > answers_awaited_max) unanswered_.pop_front();
  }

  static std::size_t receive_numbers(int socket, Arrivals& arrivals) {
    std::uint32_t number = 0;
    std::size_t count = 0;
    for (; recv(socket, &number, sizeof number, 0) == sizeof number; ++count) arrivals.note(ntohl(number));
    return count;
  }
  static void answer_all(int socket) {
    std::uint32_t number = 0;
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    while (recvfrom(socket, &number, sizeof number, 0, reinterpret_cast<sockaddr*>(&from), &size) == sizeof number) {
      static_cast<void>(sendto(socket, &number, sizeof number, 0, raw(from), size));
      size = sizeof from;
    }
  }
  void receive_answers() {
    for (const Socket* socket : {&probe_in_, &flow_in_}) answer_all(socket->get());
    receive_numbers(probe_out_.get(), probes_);
    std::erase_if(unanswered_, [this](const Socket& flow) { return receive_numbers(flow.get(), flows_) > 0; });
  }
  void receive_stream() {
    if (tcp_in_.get() < 0) tcp_in_ = Socket(accept4(tcp_listen_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (tcp_in_.get() < 0) return;
    std::array<char, 65536> buffer;
    for (ssize_t count; (count = recv(tcp_in_.get(), buffer.data(), buffer.size(), 0)) > 0;) {
      loss_.tcp_bytes += static_cast<std::uint64_t>(count);
      const std::int64_t now = now_ms();
      if (tcp_last_ms_ != 0) loss_.tcp_stall_ms = std::max(loss_.tcp_stall_ms, now - tcp_last_ms_);
      tcp_last_ms_ = now;
    }
  }

  TrafficPair pair_;
  std::uint16_t probe_port_;
  std::uint16_t flow_port_;
  std::uint16_t tcp_port_;
  TrafficLoss loss_;
  Socket probe_in_, flow_in_, tcp_listen_, tcp_in_, probe_out_, tcp_out_;
  Arrivals probes_;
  Arrivals flows_;
  std::deque<Socket> unanswered_;
  std::array<char, tcp_bytes_per_tick> zeros_{};
  std::int64_t tcp_last_ms_ = 0;
};

TrafficPair turned(const TrafficPair& pair) {
  return {pair.name, pair.to_namespace, pair.from_namespace, pair.to, pair.from, pair.to_called, pair.from_called};
}

class RunningTraffic final : public Traffic {
 public:
  RunningTraffic(std::vector<TrafficPair> pairs, std::chrono::milliseconds tick) : tick_(tick), pool_("traffic", 1, 1) {
    for (std::size_t index = 0; const TrafficPair& pair : pairs) {
      directions_.push_back(std::make_unique<Direction>(pair.name + " >", pair, index));
      if (!pair.answered) directions_.push_back(std::make_unique<Direction>(pair.name + " <", turned(pair), index));
      ++index;
    }
  }
  ~RunningTraffic() override {
    stop_ = true;
    if (ended_.valid()) ended_.wait();
  }

  Status begin() {
    std::promise<Status> opened;
    std::future<Status> outcome = opened.get_future();
    std::promise<void> ended;
    ended_ = ended.get_future();
    const bool taken = pool_.run([this, opened = std::move(opened), ended = std::move(ended)]() mutable {
      Status status = open_all();
      const bool go = status.has_value();
      opened.set_value(std::move(status));
      if (go) drive();
      ended.set_value();
    });
    if (!taken) return fail(ErrorCode::internal, "no thread");
    return outcome.get();
  }

  std::vector<TrafficLoss> finish() override {
    stop_ = true;
    ended_.wait();
    std::vector<TrafficLoss> losses;
    for (const auto& direction : directions_) losses.push_back(direction->result());
    return losses;
  }

 private:
  Status open_all() {
    for (const auto& direction : directions_) {
      if (Status done = direction->open_receivers(); !done) return done;
    }
    for (const auto& direction : directions_) {
      if (Status done = direction->open_senders(); !done) return done;
    }
    return {};
  }

  void drive() {
    const Socket timer(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    const timespec tick{0, std::chrono::nanoseconds(tick_).count()};  // less than a second
    const itimerspec each_tick{tick, tick};
    timerfd_settime(timer.get(), 0, &each_tick, nullptr);
    std::uint64_t ticks = 0;
    while (!stop_) {
      wait(timer.get());
      std::uint64_t passed = 0;
      if (read(timer.get(), &passed, sizeof passed) != sizeof passed) passed = 0;
      for (; passed > 0; --passed, ++ticks) {
        for (const auto& direction : directions_) direction->tick(ticks);
      }
      receive_all();
    }
    const std::int64_t give_up = now_ms() + 1000;
    while (now_ms() < give_up && !all_arrived()) {
      wait(timer.get());
      std::uint64_t passed = 0;
      static_cast<void>(!read(timer.get(), &passed, sizeof passed));
      receive_all();
    }
  }

  void wait(int timer) const {
    std::vector<pollfd> polls{{timer, POLLIN, 0}};
    for (const auto& direction : directions_) direction->add_polls(polls);
    poll(polls.data(), polls.size(), -1);
  }
  void receive_all() {
    for (const auto& direction : directions_) direction->receive();
  }
  [[nodiscard]] bool all_arrived() const {
    return std::all_of(directions_.begin(), directions_.end(), [](const auto& one) { return one->all_arrived(); });
  }

  std::chrono::milliseconds tick_;
  rt::ThreadPool pool_;
  std::vector<std::unique_ptr<Direction>> directions_;
  std::atomic<bool> stop_ = false;
  std::future<void> ended_;
};

}  // namespace

Result<std::unique_ptr<Traffic>> Traffic::start(const LiveCloud& cloud, std::vector<TrafficPair> pairs,
                                                std::chrono::milliseconds tick) {
  if (Status widened = widen_queues(cloud); !widened) return fail(widened.error());
  auto traffic = std::make_unique<RunningTraffic>(std::move(pairs), tick);
  if (Status begun = traffic->begin(); !begun) return std::unexpected(begun.error());
  return traffic;
}

void nothing_is_lost(const LiveCloud& cloud, const std::vector<TrafficPair>& pairs,
                     const std::function<void()>& happens) {
  const auto a_moment = std::chrono::milliseconds(500);
  auto traffic = Traffic::start(cloud, pairs);
  ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
  let_pass(a_moment);
  happens();
  let_pass(a_moment);
  for (const TrafficLoss& loss : (*traffic)->finish()) {
    EXPECT_GT(loss.probes_sent, 500U) << loss.name;
    EXPECT_EQ(loss.probes_lost, 0U) << loss.name;
    EXPECT_EQ(loss.flows_lost, 0U) << loss.name;
    EXPECT_TRUE(loss.tcp_whole) << loss.name;
  }
}

}  // namespace tarn::testing
