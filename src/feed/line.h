// One connection of the feed as each side sees it: gRPC in production (grpc_*_edge.h), a pipe in the simulator.
// Belongs to the machine that uses it. Carries one message at a time: whoever sends waits for `on_sent`.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "feed/messages.h"

namespace tarn::feed {

// Callbacks run on the loop, never inside a call into the line.
class ServerLine {
 public:
  virtual ~ServerLine() = default;  // ends the connection, also with a message under way; no callback afterwards
  // Not again before ServerFeed::sent was called for this line.
  virtual void send(ToAgent message) = 0;
};

class AgentLine {
 public:
  struct Events {
    std::function<void(const ToAgent&)> on_message;
    std::function<void()> on_sent;
    std::function<void(std::string why)> on_closed;  // at most once, and the last; not after our own end
  };
  virtual ~AgentLine() = default;  // ends the connection; no callback afterwards
  // Not again before on_sent. The first may be given before the connection is there.
  virtual void send(ToServer message) = 0;
};

class AgentDialer {
 public:
  virtual ~AgentDialer() = default;
  // A line is returned at once; that it cannot be had is told by on_closed.
  [[nodiscard]] virtual std::unique_ptr<AgentLine> dial(AgentLine::Events events) = 0;
};

}  // namespace tarn::feed
