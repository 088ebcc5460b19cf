// How a server knows its callers, made of its parts: nothing, a line to Keystone, or the built-in identity service.
// Belongs to the server's wiring; holds no rule. Destroying it waits for the questions that are being asked.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "api/identity.h"
#include "identity/directory.h"
#include "identity/keystone_settings.h"

namespace tarn::server {

// none · Keystone, with its password · the built-in service's directory
using IdentityOptions = std::variant<std::monostate, identity::KeystoneSettings, identity::Directory>;

class IdentityParts {
 public:
  virtual ~IdentityParts() = default;

  // `log` is called from any thread. Errors: one line for whoever starts the server.
  static Result<std::unique_ptr<IdentityParts>> make(IdentityOptions options, const std::string& state_dir,
                                                     std::function<void(const std::string&)> log);

  virtual api::Identity& identity() = 0;
  // Whom the edge gives requests: `next`, or the identity service before it. Called once; `next` outlives this.
  virtual api::Handler& front(api::Handler& next) = 0;
};

}  // namespace tarn::server
