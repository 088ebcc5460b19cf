#include "live/takers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <mutex>

#include "base/check.h"
#include "live/queues.h"
#include "live/sockets.h"
#include "live/steps.h"
#include "rt/machine_clock.h"
#include "rt/thread_pool.h"
#include "rt/visit.h"
#include "sandbox/fabric.h"

namespace tarn::testing {

namespace {

constexpr std::uint16_t probe_port = 7100;
constexpr const char* vrrp_interface = "vrrp.51";

std::int64_t now_ms() {
  return rt::MachineClock().now().since_start / std::chrono::milliseconds(1);
}

}  // namespace

Keepalived::Keepalived(const LiveCloud& cloud, Settings settings)
    : cloud_(cloud), settings_(std::move(settings)), base_(cloud.folder() / ("keepalived-" + settings_.instance)) {
  const std::string config = base_.string() + ".conf";
  std::ofstream file(config);
  file << "global_defs {\n  vrrp_version 3\n}\n"
       << "vrrp_instance taken {\n  state BACKUP\n  interface eth0\n  virtual_router_id 51\n  priority "
       << settings_.priority << "\n  advert_int 0.1\n"
       << "  garp_master_delay 0\n";  // it announces the address when it takes it, and not again five seconds later
  if (!settings_.own_mac) file << "  use_vmac " << vrrp_interface << "\n  vmac_xmit_base\n";
  file << "  virtual_ipaddress {\n    " << settings_.address.text() << "/24\n  }\n}\n";
}

Keepalived::~Keepalived() {
  if (running_) wake();
  stop();
}

void Keepalived::start() {
  const std::string netns = cloud_.sandbox().layout().instance_namespace(settings_.instance);
  const std::string base = base_.string();
  Result<sandbox::ProcessMark> started = sandbox::start_silent_daemon(
      sandbox::inside(netns, {"keepalived", "--dont-fork", "--log-console", "--log-detail", "--vrrp", "--use-file",
                              base + ".conf", "--pid", base + ".pid", "--vrrp_pid", base + "-vrrp.pid"}),
      base + ".log");
  CHECK(started.has_value());
  running_ = *started;
}

void Keepalived::stop() {
  if (running_) sandbox::stop_process(*running_, SIGTERM);
  running_.reset();
}

void Keepalived::signal(int number) const {
  const auto speaker = sandbox::pid_in(base_.string() + "-vrrp.pid");
  CHECK(speaker.has_value());
  kill(*speaker, number);
}

void Keepalived::fall_silent() const {
  signal(SIGSTOP);
}

void Keepalived::wake() const {
  signal(SIGCONT);
}

bool Keepalived::has_it() const {
  const std::string shown = run_inside(cloud_, settings_.instance, {"ip", "-o", "-4", "addr", "show"}).output;
  return shown.find(" " + settings_.address.text() + "/") != std::string::npos;
}

class Probes::Core {
 public:
  Core(std::vector<Asker> askers, const std::vector<std::string>& takers, const Ip& address) : pool_("probes", 1, 1) {
    for (const std::string& netns : takers) takers_.push_back(open_taker(netns, address));
    for (Asker& asker : askers) {
      Result<Socket> socket = open_inside(asker.netns, SOCK_DGRAM, {asker.from, probe_port});
      CHECK(socket.has_value());
      askers_.push_back({std::move(asker), std::move(*socket), {}});
      reset(askers_.back());
    }
    std::promise<void> ended;
    ended_ = ended.get_future();
    CHECK(pool_.run([this, ended = std::move(ended)]() mutable {
      drive();
      ended.set_value();
    }));
  }
  ~Core() {
    stop_ = true;
    ended_.wait();
  }

  std::vector<Tally> take() {
    const std::lock_guard guard(mutex_);
    std::vector<Tally> tallies;
    for (Asking& each : askers_) {
      note_gap(each);
      tallies.push_back(each.tally);
      reset(each);
    }
    return tallies;
  }

 private:
  struct Asking {
    Asker asker;
    Socket socket;
    Tally tally;
    std::vector<bool> answered = {};
    std::uint32_t next = 0;
    std::int64_t last_ms = now_ms();
  };

  // It may have the address later.
  static Socket open_taker(const std::string& netns, const Ip& address) {
    const rt::Visit inside(netns);
    CHECK(inside.ok());
    Socket socket = open_socket(address, SOCK_DGRAM);
    const int on = 1;
    CHECK(setsockopt(socket.get(), IPPROTO_IP, IP_FREEBIND, &on, sizeof on) == 0);
    CHECK(bind_to(socket, {address, probe_port}).has_value());
    return socket;
  }

  void reset(Asking& each) const {
    each.tally = Tally{.name = each.asker.name, .by = std::vector<std::uint64_t>(takers_.size(), 0)};
    each.last_ms = now_ms();
  }
  static void note_gap(Asking& each) {
    each.tally.longest_gap_ms = std::max(each.tally.longest_gap_ms, now_ms() - each.last_ms);
  }

  void drive() {
    const Socket timer(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    constexpr timespec tick{0, 1'000'000};
    const itimerspec each_tick{tick, tick};
    timerfd_settime(timer.get(), 0, &each_tick, nullptr);
    while (!stop_) {
      std::vector<pollfd> polls{{timer.get(), POLLIN, 0}};
      for (const Socket& taker : takers_) polls.push_back({taker.get(), POLLIN, 0});
      for (const Asking& each : askers_) polls.push_back({each.socket.get(), POLLIN, 0});
      poll(polls.data(), polls.size(), -1);
      std::uint64_t passed = 0;
      if (read(timer.get(), &passed, sizeof passed) != sizeof passed) passed = 0;
      for (std::size_t index = 0; index < takers_.size(); ++index) answer(index);
      const std::lock_guard guard(mutex_);
      for (; passed > 0; --passed)
        for (Asking& each : askers_) ask(each);
      for (Asking& each : askers_) hear(each);
    }
  }

  using Word = std::array<std::uint32_t, 2>;  // the number of the probe, and who answered it

  static void ask(Asking& each) {
    const Word word{each.next, 0};
    const sockaddr_storage there = kernel_form({each.asker.to, probe_port});
    if (sendto(each.socket.get(), &word, sizeof word, 0, raw(there), sizeof there) != sizeof word) return;
    ++each.next;
    ++each.tally.sent;
  }
  void answer(std::size_t index) const {
    Word word{};
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const int socket = takers_[index].get();
    while (recvfrom(socket, &word, sizeof word, 0, reinterpret_cast<sockaddr*>(&from), &size) == sizeof word) {
      word[1] = static_cast<std::uint32_t>(index);
      static_cast<void>(sendto(socket, &word, sizeof word, 0, raw(from), size));
      size = sizeof from;
    }
  }
  static void hear(Asking& each) {
    Word word{};
    while (recv(each.socket.get(), &word, sizeof word, 0) == sizeof word) {
      if (word[0] >= each.answered.size()) each.answered.resize(word[0] + 1, false);
      if (each.answered[word[0]]) ++each.tally.twice;
      each.answered[word[0]] = true;
      ++each.tally.answered;
      ++each.tally.by.at(word[1]);
      each.tally.last_by = word[1];
      note_gap(each);
      each.last_ms = now_ms();
    }
  }

  std::mutex mutex_;
  std::vector<Socket> takers_;
  std::vector<Asking> askers_;
  std::atomic<bool> stop_ = false;
  std::future<void> ended_;
  rt::ThreadPool pool_;
};

Probes::Probes(const LiveCloud& cloud, std::vector<Asker> askers, const std::vector<std::string>& takers,
               const Ip& address) {
  CHECK(widen_queues(cloud).has_value());
  core_ = std::make_unique<Core>(std::move(askers), takers, address);
}

Probes::~Probes() = default;

std::vector<Tally> Probes::take() {
  return core_->take();
}

}  // namespace tarn::testing
