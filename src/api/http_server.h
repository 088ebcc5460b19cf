// The HTTP/1.1 edge: sockets in, Request values out, Responses back. Owns its threads; the handler is only borrowed and
// must outlive it. Never looks into a path or a body. Keeps connections alive, answers pipelined requests in order.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "api/http.h"
#include "base/result.h"

namespace tarn::api {

struct HttpLimits {
  std::size_t header_bytes_max = 32 * 1024;  // request line and headers; clients send URIs of up to 8,192 characters
  std::size_t body_bytes_max = 1024 * 1024;  // beyond it: 413
  // Beyond it a new one takes the room of the one that has waited longest for a request, or has kept the server waiting
  // for longest in the middle of one; while all are being answered it waits in the kernel's backlog.
  std::size_t connections_max = 1024;
  std::chrono::milliseconds receive_timeout{30'000};  // for the rest of a header, then again for the body: 408
  std::chrono::milliseconds send_timeout{30'000};
  std::chrono::milliseconds idle_timeout{75'000};  // between two requests of a connection
  std::chrono::milliseconds stop_timeout{5'000};   // what a stop grants to requests that are being answered
};

class HttpServer {
 public:
  virtual ~HttpServer() = default;  // stops: takes no new request, lets running ones end, then closes

  // Listens on `address` (text of an IP; "::" for both families) and `port` (0: the kernel chooses).
  // Errors: conflict (the address is in use), forbidden (a privileged port), invalid (not an address of this machine).
  static Result<std::unique_ptr<HttpServer>> listen(Handler& handler, const std::string& address, std::uint16_t port,
                                                    unsigned threads = 2, const HttpLimits& limits = {});

  [[nodiscard]] virtual std::uint16_t port() const = 0;       // the one really listened on
  [[nodiscard]] virtual std::size_t connections() const = 0;  // open now
};

}  // namespace tarn::api
