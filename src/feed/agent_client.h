// The AgentFeed over any kind of line: dials, says hello, hands whole slices up and reports down, and dials again with
// growing, jittered delay whenever the line breaks. Lives on the agent's loop.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "feed/agent_end.h"
#include "feed/line.h"
#include "rt/choice.h"
#include "rt/loop.h"

namespace tarn::feed {

struct RedialDelays {
  rt::Duration first = std::chrono::milliseconds(100);  // mean, before jitter; doubles with each failure
  rt::Duration most = std::chrono::seconds(5);          // never more, jitter included
  rt::Duration welcome = std::chrono::seconds(10);      // a line without a welcome by then is given up
};

class AgentClient final : public AgentFeed {
 public:
  // All three outlive it.
  AgentClient(rt::Loop& loop, rt::Choice& choice, AgentDialer& dialer, RedialDelays delays = {},
              Protocols protocols = {});
  ~AgentClient() override;
  AgentClient(const AgentClient&) = delete;
  AgentClient& operator=(const AgentClient&) = delete;

  void start(NodeFacts facts, model::Slice held, Events events) override;
  void report(Report report) override;
  // Ends the connection for good; no event follows.
  void stop();

 private:
  void dial();
  void received(const ToAgent& message);
  void broken(const std::string& why);
  void pump();
  [[nodiscard]] rt::Duration next_delay();

  rt::Loop& loop_;
  rt::Choice& choice_;
  AgentDialer& dialer_;
  RedialDelays delays_;
  Protocols protocols_;
  Events events_;
  std::optional<AgentEnd> end_;
  std::unique_ptr<AgentLine> line_;
  std::unique_ptr<AgentLine> broken_line_;
  bool sending_ = false;
  std::uint64_t line_number_ = 0;       // callbacks of an older line are not ours any more
  int failures_ = 0;                    // since the last in-sync mark
  std::optional<std::string> trouble_;  // told last, so that the same is not told at each attempt
  rt::TimerHandle redial_;
  rt::TimerHandle impatience_;
  rt::TimerHandle burial_;
};

}  // namespace tarn::feed
