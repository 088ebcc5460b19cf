// What an operator may ask an agent, and the answers as JSON with stable field names. One request is one JSON object
// with a "method": plan, stats, explain (port), relist, await_in_sync (timeout_s). Errors come as {"error": "..."}.
#pragma once

#include <functional>
#include <string>

#include "agent/brain.h"

namespace tarn::agent {

class Control {
 public:
  using Reply = std::move_only_function<void(std::string)>;

  Control(rt::Loop& loop, Brain& brain) : loop_(loop), brain_(brain) {}

  // Answers once, now or later, on the loop.
  void ask(const std::string& request, Reply reply);

 private:
  void await_in_sync(std::int64_t timeout_s, Reply reply);

  rt::Loop& loop_;
  Brain& brain_;
};

}  // namespace tarn::agent
