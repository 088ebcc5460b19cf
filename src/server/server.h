// A whole server in one value: store, ledger, feed, API, joined. Wiring only; made on the loop, by main and by tests.
// Destroying it closes everything in reverse.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/admit.h"
#include "policy/rules.h"
#include "rt/asio_loop.h"
#include "server/identity_parts.h"
#include "server/nova_parts.h"

namespace tarn::server {

struct Options {
  std::string state_dir;
  std::string api = "127.0.0.1:9696";  // ADDRESS:PORT, "[::1]:9696"; port 0: the kernel chooses
  std::string feed;                    // empty: unix:<state_dir>/feed.sock
  model::Limits limits;
  policy::Rules policy = policy::Rules::defaults();
  IdentityOptions identity;                     // by default everybody is an administrator
  std::optional<NovaOptions> nova;              // who is told of instances' ports; by default nobody
  std::function<void(const std::string&)> log;  // one line each; from the loop
};

class Server {
 public:
  virtual ~Server() = default;

  // Opens the state and listens; blocks. Errors are one line that says what is wrong and what to do.
  static Result<std::unique_ptr<Server>> start(rt::AsioLoop& loop, Options options);

  // Ends the API first, so that requests under way are answered; `stopped` runs on the loop, then destroy it.
  virtual void stop(std::function<void()> stopped) = 0;

  [[nodiscard]] virtual std::string api() const = 0;   // "127.0.0.1:9696", as really listened on
  [[nodiscard]] virtual std::string feed() const = 0;  // what agents dial
};

}  // namespace tarn::server
