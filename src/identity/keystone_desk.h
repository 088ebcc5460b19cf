// Asks Keystone about tokens, as a service user who logs in himself. Blocks; used by several worker threads at once,
// which share one login. Keeps no answer: that is the cache's.
#pragma once

#include "identity/service_peer.h"
#include "identity/verified.h"

namespace tarn::identity {

class KeystoneDesk {
 public:
  // All outlive it.
  KeystoneDesk(const KeystoneSettings& settings, api::Peer& peer, const rt::Clock& clock)
      : keystone_(settings, peer, peer, clock) {}

  // Errors: forbidden (Keystone does not know the token, or not any more), unavailable (away, or it does not let us
  // ask: the message says which, for the log).
  Result<Verified> validate(const std::string& token, bool allow_expired);

 private:
  ServicePeer keystone_;
};

}  // namespace tarn::identity
