// Identity by Keystone: tokens are asked about once, then known for a while. Requests with the same new token wait for
// one question; a Keystone that is away is not waited for by everybody. Follows keystonemiddleware where clients see
// it.
#pragma once

#include <memory>
#include <string>

#include "api/identity.h"
#include "api/peer.h"
#include "identity/keystone_settings.h"
#include "identity/token_cache.h"
#include "rt/worker.h"

namespace tarn::identity {

class KeystoneIdentity final : public api::Identity {
 public:
  struct Bounds {
    TokenCache::Bounds cache;
    std::size_t waiting_max = 1'024;              // requests that wait for an answer; more are refused
    rt::Duration away = std::chrono::seconds(2);  // after a failed question nobody asks for so long
  };
  // `peer`, `worker` and `clock` outlive every job given to the worker; `log` is called from any thread.
  KeystoneIdentity(KeystoneSettings settings, Bounds bounds, api::Peer& peer, rt::Worker& worker,
                   const rt::Clock& clock, std::function<void(const std::string&)> log);
  ~KeystoneIdentity() override;  // whoever still waits is told that the service is away
  KeystoneIdentity(const KeystoneIdentity&) = delete;
  KeystoneIdentity& operator=(const KeystoneIdentity&) = delete;

  void identify(const api::Request& request, std::function<void(Result<policy::Credentials>)> done) override;
  [[nodiscard]] std::string challenge(const std::string& url_root) const override;

  struct Core;

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace tarn::identity
