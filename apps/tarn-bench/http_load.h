// Many HTTP/1.1 clients at once, each with a connection of its own that it keeps: the next request follows the answer.
// One thread drives them all, so that the other processor is the server's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace tarn::bench {

struct LoadRequest {
  std::string method;
  std::string target;
  std::string body;
};

struct Load {
  std::uint16_t port = 0;  // on 127.0.0.1
  std::size_t clients = 64;
  std::size_t requests = 0;                                    // of all clients together
  unsigned status = 200;                                       // what each must be answered with
  std::function<LoadRequest(std::size_t number)> ask;          // numbers are 0, 1, …
  std::function<void(const std::string& body)> answered = {};  // may be empty
};

struct LoadFigures {
  double seconds = 0;
  std::vector<double> latencies_ms;
  std::size_t body_bytes = 0;  // of the last answer
  [[nodiscard]] double per_second() const { return static_cast<double>(latencies_ms.size()) / seconds; }
};

// Errors: no connection, or an answer with another status, with its body.
Result<LoadFigures> drive(const Load& load);

}  // namespace tarn::bench
