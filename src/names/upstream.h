// Those who know other names: the forwarders that the operator named. An interface, so that what stands on it can be
// tried without a network.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "names/desk.h"

namespace tarn::names {

struct Forwarder {
  Ip address;
  std::uint16_t port = 53;
  bool operator==(const Forwarder&) const = default;
};

// "192.0.2.53", "2001:db8::53", either with "#5353" behind it.
Result<Forwarder> parse_forwarder(const std::string& text);
// Those that a resolv.conf(5) names: the first three, as the C library has it.
std::vector<Forwarder> forwarders_in(const std::string& resolv_conf);

class Upstream {
 public:
  // Absent: nobody has answered, or can be asked now.
  using Done = std::move_only_function<void(std::optional<Bytes>)>;

  virtual ~Upstream() = default;
  // `message` is the question as it came; the answer has its id. `asker` is whose it is, for the bounds. `done` is
  // called once, later, unless this is gone by then.
  virtual void ask(std::uint32_t asker, const Question& question, Bytes message, Transport transport, Done done) = 0;
};

}  // namespace tarn::names
