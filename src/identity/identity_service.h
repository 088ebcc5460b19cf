// The built-in identity service as a Handler: Identity API v3 below /v3 and /identity/v3, enough for the `openstack`
// command and for services that validate tokens. Read-only but for tokens; every other path is the next handler's.
// Passwords are checked on a worker, never on the edge's threads.
#pragma once

#include "api/http.h"
#include "identity/local_tokens.h"
#include "rt/worker.h"

namespace tarn::identity {

struct Asked;  // asked.h
struct LoginRequest;

class IdentityService final : public api::Handler {
 public:
  // All outlive it and every job given to the worker. `worker` refuses what is too much: 503.
  IdentityService(LocalTokens& tokens, rt::Worker& worker, api::Handler& next);

  void handle(api::Request request, api::Respond respond) override;
  api::Response refuse(unsigned status, std::string_view message) override { return next_.refuse(status, message); }

 private:
  void route(Asked asked);
  void tokens(Asked asked);
  void log_in(Asked asked);
  void log_in_by_token(Asked asked, const LoginRequest& login);
  void give(Asked asked, const User& user, const LoginRequest& login, std::int64_t end_ms);
  void revoke(Asked asked, const Session& caller);
  [[nodiscard]] api::Response token_shown(const Asked& asked, const Session& session, unsigned status) const;

  LocalTokens& tokens_;
  rt::Worker& worker_;
  api::Handler& next_;
  const std::string decoy_;  // a hash that is checked for users who do not exist, so that time tells nothing
};

}  // namespace tarn::identity
