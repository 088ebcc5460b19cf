// Which flows changed in a switch, and when, as the switch itself tells: a flow monitor over a management connection of
// its own (OpenFlow 1.4, 7.3.5.17 and 7.4.6). Owned by the benchmark; changes nothing and stays behind nobody.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "rt/clock.h"

namespace tarn::bench {

struct FlowChanges {
  std::int64_t added = 0;
  std::int64_t modified = 0;
  std::int64_t removed = 0;
  std::optional<rt::Instant> last;  // when the newest of them was told
  [[nodiscard]] std::int64_t all() const { return added + modified + removed; }
};

class FlowWatch {
 public:
  virtual ~FlowWatch() = default;  // ends the connection

  // `socket`: the bridge's management socket. Errors: no switch answers there, or it refuses the monitor.
  static Result<std::unique_ptr<FlowWatch>> start(const std::string& socket);

  // When the newest flow that is in the switch by now was told. Errors: none was, or the switch does not answer.
  virtual Result<rt::Instant> last_added() = 0;
  // All that changed since this was asked before, or since the start, up to now. Errors: the switch does not answer.
  virtual Result<FlowChanges> take_changes() = 0;
  // Waits until something has changed since then. Errors: nothing did within some seconds.
  virtual Status await_change() = 0;
};

}  // namespace tarn::bench
