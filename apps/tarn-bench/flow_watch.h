// When flows last changed in a switch, as the switch itself tells: a flow monitor over a management connection of its
// own (OpenFlow 1.4, 7.3.5.17 and 7.4.6). Owned by the benchmark; changes nothing and stays behind nobody.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "rt/clock.h"

namespace tarn::bench {

class FlowWatch {
 public:
  virtual ~FlowWatch() = default;  // ends the connection

  // `socket`: the bridge's management socket. Errors: no switch answers there, or it refuses the monitor.
  static Result<std::unique_ptr<FlowWatch>> start(const std::string& socket);

  // When the newest flow that is in the switch by now was told. Errors: none was, or the switch does not answer.
  virtual Result<rt::Instant> last_added() = 0;
};

}  // namespace tarn::bench
