#include "flow_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <future>
#include <mutex>
#include <optional>
#include <span>

#include "rt/descriptor.h"
#include "rt/machine_clock.h"
#include "rt/thread_pool.h"

namespace tarn::bench {
namespace {

constexpr std::uint8_t openflow_14 = 5;
constexpr std::uint8_t hello_type = 0;
constexpr std::uint8_t echo_request = 2;
constexpr std::uint8_t echo_reply = 3;
constexpr std::uint8_t multipart_reply = 19;
constexpr std::uint8_t barrier_reply = 21;
constexpr std::size_t header_bytes = 8;
constexpr std::size_t multipart_header_bytes = 16;  // the header's included
constexpr std::uint8_t added_event = 1;             // of ofp_flow_update
constexpr std::uint8_t removed_event = 2;
constexpr std::uint8_t modified_event = 3;
constexpr int patience_ms = 5'000;

constexpr std::array<std::uint8_t, header_bytes> hello{openflow_14, 0, 0, header_bytes, 0, 0, 0, 1};
constexpr std::array<std::uint8_t, header_bytes> barrier{openflow_14, 20, 0, header_bytes, 0, 0, 0, 3};
// Every flow that is added, modified or removed from now on, to any port, group and table; a match of everything.
constexpr std::array<std::uint8_t, 40> monitor_changes{
    openflow_14, 18,   0,    40,   0,    0,    0,    2,     // multipart request
    0,           16,   0,    0,    0,    0,    0,    0,     // of the kind OFPMP_FLOW_MONITOR
    0,           0,    0,    1,    0xff, 0xff, 0xff, 0xff,  // monitor 1, any port
    0xff,        0xff, 0xff, 0xff, 0,    0x0e, 0xff, 0,     // any group, OFPFMF_ADD, _REMOVED, _MODIFY, all tables
    0,           1,    0,    4,    0,    0,    0,    0};

bool send_all(const rt::Descriptor& connection, std::span<const std::uint8_t> bytes) {
  return send(connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == std::ssize(bytes);
}

rt::Descriptor connect_to(const std::string& path) {
  rt::Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un there{};
  there.sun_family = AF_UNIX;
  path.copy(there.sun_path, sizeof there.sun_path - 1);
  const bool open = connect(made.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0;
  if (!open || !send_all(made, hello) || !send_all(made, monitor_changes)) made.reset();
  return made;
}

class RunningWatch final : public FlowWatch {
 public:
  explicit RunningWatch(rt::Descriptor connection)
      : connection_(std::move(connection)), stop_(eventfd(0, EFD_CLOEXEC)), thread_("flow-watch", 1, 1) {}
  ~RunningWatch() override {
    const std::uint64_t now = 1;
    static_cast<void>(write(stop_.get(), &now, sizeof now));
  }

  // The first answer is the empty table of flows that are there already: the monitor was not asked for those.
  Status begin() {
    std::promise<bool> watching;
    std::future<bool> taken = watching.get_future();
    const bool runs = thread_.run([this, watching = std::move(watching)]() mutable { drive(watching); });
    if (!runs || !taken.get()) return fail(ErrorCode::unavailable, "the switch refuses a flow monitor");
    return {};
  }

  Result<rt::Instant> last_added() override {
    std::unique_lock lock(mutex_);
    if (Status told = await_all(lock); !told) return std::unexpected(told.error());
    if (!last_added_) return fail(ErrorCode::not_found, "the switch told of no flow");
    return *last_added_;
  }
  Result<FlowChanges> take_changes() override {
    std::unique_lock lock(mutex_);
    if (Status told = await_all(lock); !told) return std::unexpected(told.error());
    return std::exchange(changes_, {});
  }
  Status await_change() override {
    std::unique_lock lock(mutex_);
    const bool changed =
        answered_.wait_for(lock, std::chrono::milliseconds(patience_ms), [this] { return changes_.all() > 0; });
    if (!changed) return fail(ErrorCode::unavailable, "no flow of the switch changed in time");
    return {};
  }

 private:
  // The switch tells of a flow before it answers a barrier that came after it.
  Status await_all(std::unique_lock<std::mutex>& lock) {
    barrier_answered_ = false;
    if (!send_all(connection_, barrier)) return fail(ErrorCode::unavailable, "the switch closed the flow monitor");
    if (!answered_.wait_for(lock, std::chrono::milliseconds(patience_ms), [this] { return barrier_answered_; })) {
      return fail(ErrorCode::unavailable, "the switch does not answer the flow monitor's barrier");
    }
    return {};
  }
  void drive(std::promise<bool>& watching) {
    const bool accepted = await(patience_ms) && take_message() == multipart_reply;
    watching.set_value(accepted);
    while (accepted && await(-1)) {
      note_message();
    }
  }
  // Reads until there is a whole message that is no hello. False: stopped, closed, or not in time.
  bool await(int timeout_ms) {
    std::array<pollfd, 2> waits{{{connection_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    for (;;) {
      if (whole() && byte(1) != hello_type) return true;
      if (whole()) {
        take_message();
        continue;
      }
      if (poll(waits.data(), waits.size(), timeout_ms) <= 0 || waits[1].revents != 0) return false;
      std::array<char, 65536> chunk;
      const ssize_t count = recv(connection_.get(), chunk.data(), chunk.size(), 0);
      if (count <= 0) return false;
      bytes_.append(chunk.data(), static_cast<std::size_t>(count));
    }
  }
  void note_message() {
    const std::scoped_lock lock(mutex_);
    if (byte(1) == multipart_reply) note_updates(clock_.now());
    if (byte(1) == barrier_reply) barrier_answered_ = true;
    if (byte(1) == echo_request) answer_echo();
    take_message();
    answered_.notify_one();
  }
  // Each update begins with its length and its event (OpenFlow 1.4, 7.3.5.17.2).
  void note_updates(rt::Instant now) {
    for (std::size_t at = multipart_header_bytes; at + 4 <= size();) {
      const std::uint8_t event = byte(at + 3);
      if (event == added_event) last_added_ = now;
      changes_.added += event == added_event ? 1 : 0;
      changes_.removed += event == removed_event ? 1 : 0;
      changes_.modified += event == modified_event ? 1 : 0;
      changes_.last = now;
      const std::size_t length = byte(at) * std::size_t{256} + byte(at + 1);
      if (length == 0) return;
      at += length;
    }
  }
  // With the same bytes, or the switch closes a connection that was silent for two minutes.
  void answer_echo() {
    std::string answer = bytes_.substr(0, size());
    answer[1] = echo_reply;
    static_cast<void>(send(connection_.get(), answer.data(), answer.size(), MSG_NOSIGNAL));
  }
  [[nodiscard]] std::uint8_t byte(std::size_t i) const { return static_cast<std::uint8_t>(bytes_[i]); }
  [[nodiscard]] std::size_t size() const { return byte(2) * std::size_t{256} + byte(3); }  // of the next message
  [[nodiscard]] bool whole() const { return bytes_.size() >= header_bytes && bytes_.size() >= size(); }
  // The type of the next message, which must be whole and is taken off.
  std::uint8_t take_message() {
    const std::uint8_t type = byte(1);
    bytes_.erase(0, size());
    return type;
  }

  rt::Descriptor connection_;
  rt::Descriptor stop_;
  rt::MachineClock clock_;
  std::string bytes_;
  std::mutex mutex_;
  std::condition_variable answered_;
  bool barrier_answered_ = false;
  std::optional<rt::Instant> last_added_;
  FlowChanges changes_;
  rt::ThreadPool thread_;  // last: it uses what stands above
};

}  // namespace

Result<std::unique_ptr<FlowWatch>> FlowWatch::start(const std::string& socket) {
  rt::Descriptor connection = connect_to(socket);
  if (!connection.ok()) return fail(ErrorCode::unavailable, socket + ": no switch listens");
  auto watch = std::make_unique<RunningWatch>(std::move(connection));
  if (Status begun = watch->begin(); !begun) return std::unexpected(begun.error());
  return watch;
}

}  // namespace tarn::bench
