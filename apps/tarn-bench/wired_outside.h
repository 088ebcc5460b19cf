// Plain switching to the outside: an instance on the external network itself, one flow actions=NORMAL, the wire.
#pragma once

#include <memory>

#include "bare_hosts.h"
#include "world_outside.h"

namespace tarn::bench {

class WiredOutside {
 public:
  // Errors: which part did not start; the outside does not answer.
  static Result<std::unique_ptr<WiredOutside>> raise();

  [[nodiscard]] Path path(Travel travel) const;

 private:
  explicit WiredOutside(std::unique_ptr<BareHosts> bare) : bare_(std::move(bare)) {}
  Status start();

  std::unique_ptr<BareHosts> bare_;
  WorldOutside outside_;
  PathEnd instance_;
};

}  // namespace tarn::bench
