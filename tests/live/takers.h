// Instances that take an address in turns, by keepalived inside of them, and probes of that address: one each
// millisecond, and which instance answered. Owned by a test; nothing of them is left when they go.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "live/live_cloud.h"
#include "sandbox/process.h"

namespace tarn::testing {

// A real keepalived (Debian's) in an instance's namespace, with one address and VRRP version 3 (RFC 5798).
class Keepalived {
 public:
  struct Settings {
    std::string instance;
    Ip address;
    int priority = 100;
    bool own_mac = true;  // else the MAC address of VRRP itself, 00:00:5e:00:01:33
  };
  Keepalived(const LiveCloud& cloud, Settings settings);
  ~Keepalived();
  Keepalived(const Keepalived&) = delete;
  Keepalived& operator=(const Keepalived&) = delete;

  void start();  // CHECKs that it can
  void stop();   // it gives the address up, and says so
  // It speaks no more, and its instance keeps the address; then it goes on where it was.
  void fall_silent() const;
  void wake() const;
  // Whether the instance has the address.
  [[nodiscard]] bool has_it() const;

 private:
  void signal(int number) const;

  const LiveCloud& cloud_;
  Settings settings_;
  std::filesystem::path base_;  // of its files
  std::optional<sandbox::ProcessMark> running_;
};

// What asks: from a namespace, to as whom it knows the address.
struct Asker {
  std::string name;
  std::string netns;
  Ip from;
  Ip to;
};

// What came of the probes of one asker since it was last asked.
struct Tally {
  std::string name;
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t twice = 0;  // answers to what was answered before
  std::int64_t longest_gap_ms = 0;
  std::vector<std::uint64_t> by;  // of the takers, in their order
  std::size_t last_by = 0;        // who answered last
};

class Probes {
 public:
  // Each taker's namespace answers whatever comes for `address`, once it has that. CHECKs that it can.
  Probes(const LiveCloud& cloud, std::vector<Asker> askers, const std::vector<std::string>& takers, const Ip& address);
  ~Probes();
  Probes(const Probes&) = delete;
  Probes& operator=(const Probes&) = delete;

  std::vector<Tally> take();

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace tarn::testing
