// Asks Keystone about tokens, as a service user who logs in himself. Blocks; used by several worker threads at once,
// which share one login. Keeps no answer: that is the cache's.
#pragma once

#include <mutex>
#include <optional>

#include "identity/keystone_settings.h"
#include "identity/peer.h"
#include "identity/verified.h"
#include "rt/clock.h"

namespace tarn::identity {

class KeystoneDesk {
 public:
  // All outlive it.
  KeystoneDesk(const KeystoneSettings& settings, Peer& peer, const rt::Clock& clock)
      : settings_(settings), peer_(peer), clock_(clock) {}

  // Errors: forbidden (Keystone does not know the token, or not any more), unavailable (away, or it does not let us
  // ask: the message says which, for the log).
  Result<Verified> validate(const std::string& token, bool allow_expired);

 private:
  Result<std::string> own_token();
  Result<std::string> log_in();
  void forget(const std::string& refused);

  const KeystoneSettings& settings_;
  Peer& peer_;
  const rt::Clock& clock_;
  std::mutex mutex_;  // held while logging in: the others wait for that login instead of making one each
  std::string own_;
  std::int64_t renew_at_ms_ = 0;
  std::optional<Error> refused_;  // the last login, if it failed
  rt::Instant rest_until_;        // till then nobody tries another one
};

}  // namespace tarn::identity
