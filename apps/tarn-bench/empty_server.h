// The least that Boost.Beast can do on this machine: an HTTP/1.1 server without limits, timers or routes, which answers
// each request with the same bytes. What an API server is measured against; threads as many as tarn-server's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace tarn::bench {

class EmptyServer {
 public:
  virtual ~EmptyServer() = default;
  static Result<std::unique_ptr<EmptyServer>> listen(unsigned status, std::string body);
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

}  // namespace tarn::bench
