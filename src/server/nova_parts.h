// Nova's side of the contract, made of its parts: the notifier, a line to Nova with a service user on it, and the
// thread that waits for its answers. Belongs to the server's wiring; holds no rule. Destroying it waits for the
// question that is being asked.
#pragma once

#include <memory>
#include <string>

#include "identity/keystone_settings.h"
#include "notify/notifier.h"

namespace tarn::server {

struct NovaOptions {
  std::string endpoint;                // its API, with the version: "http://nova.example:8774/v2.1"
  identity::KeystoneSettings account;  // with the password
};

class NovaParts {
 public:
  virtual ~NovaParts() = default;

  // Loop and choice outlive it; `log` is called on the loop. Errors: one line for whoever starts the server.
  static Result<std::unique_ptr<NovaParts>> make(rt::Loop& loop, rt::Choice& choice, NovaOptions options,
                                                 notify::Notifier::Log log);

  virtual notify::Notifier& notifier() = 0;
};

}  // namespace tarn::server
