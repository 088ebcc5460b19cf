// A line to a service of the cloud on which a service user speaks: each question carries its token, which is got from
// Keystone, shared by all who ask, and renewed before its end or when the service does not take it any more.
// Keeps token and password in memory only.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "api/peer.h"
#include "identity/keystone_settings.h"
#include "rt/clock.h"

namespace tarn::identity {

// Where a Keystone's paths begin with "/v3": its `auth_url` without that ending.
std::string service_url(std::string auth_url);

class ServicePeer final : public api::Peer {
 public:
  // All outlive it. `keystone` leads to service_url; `to` may be the same.
  ServicePeer(const KeystoneSettings& settings, api::Peer& keystone, api::Peer& to, const rt::Clock& clock)
      : settings_(settings), keystone_(keystone), to_(to), clock_(clock) {}

  // Errors: those of `to`; unavailable (Keystone is away, or does not let the user log in: the message says which).
  // A 401 is the answer to a new token.
  Result<Answer> ask(const Question& question) override;

 private:
  Result<std::string> token();
  Result<std::string> log_in();
  void forget(const std::string& refused);

  const KeystoneSettings& settings_;
  api::Peer& keystone_;
  api::Peer& to_;
  const rt::Clock& clock_;
  std::mutex mutex_;  // held while logging in: the others wait for that login instead of making one each
  std::string token_;
  std::int64_t renew_at_ms_ = 0;
  std::optional<Error> refused_;  // the last login, if it failed
  rt::Instant rest_until_;        // till then nobody tries another one
};

}  // namespace tarn::identity
