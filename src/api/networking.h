// The Networking API v2.0 as a Handler: paths, query language, bodies and answers, all read from the dialect's table.
// Stands on a Cloud and an Identity that outlive it and every answer still under way. Holds no state of its own.
// A fault while one request is answered becomes that request's 500.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "api/cloud.h"
#include "api/http.h"
#include "api/identity.h"
#include "policy/rules.h"

namespace tarn::api {

struct NetworkingOptions {
  std::size_t page_max = 0;                   // longest page of a list; 0: no cap (pagination_max_limit)
  std::int64_t agent_down_after_ms = 75'000;  // an agent unheard for longer is shown dead (agent_down_time)
  std::function<bool()> healthy = {};         // false: /healthcheck answers 503; empty: always true
  policy::Rules policy = policy::Rules::defaults();
};

class Networking final : public Handler {
 public:
  Networking(Cloud& cloud, Identity& identity, NetworkingOptions options = {});

  void handle(Request request, Respond respond) override;
  Response refuse(unsigned status, std::string_view message) override;

  struct Core;  // exchange.h

 private:
  std::shared_ptr<const Core> core_;
};

}  // namespace tarn::api
