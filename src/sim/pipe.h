// Unix sockets in memory: paths, listeners, and byte streams that delay, split and cut at any byte as a Choice says.
// Owned by a world; the real drivers run over it unchanged. Knows bytes only, and invents none.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/hash.h"
#include "rt/stream.h"
#include "sim/scheduler.h"

namespace tarn::sim {

// How often the world misbehaves, each in parts of 10,000 and asked at each occasion. All zero: a perfect machine.
struct Faults {
  std::uint32_t refuse = 0;  // a dial that would have succeeded
  std::uint32_t cut = 0;     // a delivery: some of its bytes arrive, then the connection is gone
  std::uint32_t split = 0;   // a delivery: it arrives in two
  std::uint32_t delay = 0;   // a delivery: it takes up to `delay_max`
  rt::Duration delay_max = std::chrono::milliseconds(200);

  static constexpr std::uint32_t scale = 10'000;
};

bool happens(rt::Choice& choice, std::uint32_t of_scale);
// From nothing to nearly all of `most`.
rt::Duration part_of(rt::Choice& choice, rt::Duration most);

class PipeConnection;

class Network {
 public:
  using Accept = std::function<void(std::unique_ptr<rt::Stream>)>;
  // Listens while it lives.
  class Listener {
   public:
    virtual ~Listener() = default;
  };

  explicit Network(Scheduler& scheduler) : scheduler_(scheduler) {}
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // `accept` runs on `loop`, which outlives the listener and the streams. One listener for each path.
  [[nodiscard]] std::unique_ptr<Listener> listen(const std::string& path, rt::Loop& loop, Accept accept);
  [[nodiscard]] std::unique_ptr<rt::Dialer> dialer(rt::Loop& loop);

  // Cuts every connection to `path` where it stands: what is on its way is lost.
  void cut(const std::string& path);
  Faults& faults() { return faults_; }
  // Everything to and from `path` takes up to `late` from now on; zero: no longer.
  void slow_down(const std::string& path, rt::Duration late);
  void forget_slowness() { slow_.clear(); }
  // What is sent now, or was and is still on its way, takes time: to or from `path`, or anywhere.
  [[nodiscard]] bool is_slow(const std::string& path) const;
  [[nodiscard]] bool is_slow() const;

  // Told of each delivery: the connection's number, and whether the bytes go to the side that listened.
  using Tap = std::function<void(const std::string& path, std::uint64_t connection, bool to_listener, ByteView bytes)>;
  void tap(Tap tap) { tap_ = std::move(tap); }

  // Of everything delivered so far, in order and with its time: equal runs have equal traces.
  [[nodiscard]] std::uint64_t trace() const { return trace_.value(); }
  [[nodiscard]] std::uint64_t bytes_delivered() const { return bytes_delivered_; }
  [[nodiscard]] std::uint64_t bytes_sent() const { return bytes_sent_; }
  // The most that ever waited to be delivered in one direction of one connection.
  [[nodiscard]] std::size_t waiting_most() const { return waiting_most_; }

 private:
  // A connection to such a path has something on its way that comes late.
  [[nodiscard]] bool any_late(const std::function<bool(const std::string& path)>& of) const;

  friend class PipeConnection;
  class Socket;
  class PathDialer;
  struct Listening {
    rt::Loop* loop = nullptr;
    Accept accept;
  };

  Scheduler& scheduler_;
  Faults faults_;
  std::map<std::string, std::shared_ptr<Listening>> listeners_;
  std::map<std::uint64_t, std::weak_ptr<PipeConnection>> connections_;
  std::uint64_t connections_made_ = 0;
  std::uint64_t bytes_delivered_ = 0;
  std::uint64_t bytes_sent_ = 0;
  std::size_t waiting_most_ = 0;
  std::map<std::string, rt::Duration> slow_;
  Tap tap_;
  ContentHash trace_;
};

}  // namespace tarn::sim
