#include "server/identity_parts.h"

#include "identity/identity_service.h"
#include "identity/keystone_identity.h"
#include "identity/local_identity.h"
#include "identity/secret_file.h"
#include "identity/service_peer.h"
#include "rt/machine_clock.h"
#include "rt/thread_pool.h"

namespace tarn::server {
namespace {

constexpr std::size_t keystone_threads = 8;      // questions under way at once
constexpr std::size_t keystone_queue_max = 256;  // tokens that wait for one of them
constexpr std::size_t login_threads = 2;         // passwords checked at once
constexpr std::size_t login_queue_max = 32;      // logins that wait: a second or so
constexpr std::size_t key_bytes = 32;            // as long as the signature: RFC 2104 section 3

class Open final : public IdentityParts {
 public:
  api::Identity& identity() override { return identity_; }
  api::Handler& front(api::Handler& next) override { return next; }

 private:
  api::OpenIdentity identity_;
};

class Keystone final : public IdentityParts {
 public:
  Keystone(identity::KeystoneSettings settings, std::unique_ptr<api::Peer> peer,
           std::function<void(const std::string&)> log)
      : peer_(std::move(peer)), pool_("keystone", keystone_threads, keystone_queue_max) {
    identity::KeystoneIdentity::Bounds bounds;
    bounds.cache.good_for = settings.token_cache;
    identity_.emplace(std::move(settings), bounds, *peer_, pool_, clock_, std::move(log));
  }
  api::Identity& identity() override { return *identity_; }
  api::Handler& front(api::Handler& next) override { return next; }

 private:
  rt::MachineClock clock_;
  std::unique_ptr<api::Peer> peer_;
  rt::ThreadPool pool_;
  std::optional<identity::KeystoneIdentity> identity_;  // goes first, so that jobs that wait are not asked any more
};

class Local final : public IdentityParts {
 public:
  Local(identity::Directory directory, std::string key, std::unique_ptr<identity::Revocations> revocations)
      : tokens_(std::move(directory), std::move(key), std::move(revocations), clock_), identity_(tokens_) {}
  api::Identity& identity() override { return identity_; }
  api::Handler& front(api::Handler& next) override { return service_.emplace(tokens_, pool_, next); }

 private:
  rt::MachineClock clock_;
  identity::LocalTokens tokens_;
  identity::LocalIdentity identity_;
  std::optional<identity::IdentityService> service_;
  rt::ThreadPool pool_{"login", login_threads, login_queue_max};  // last: joined before anything above goes
};

using Made = Result<std::unique_ptr<IdentityParts>>;

Made make_keystone(identity::KeystoneSettings settings, std::function<void(const std::string&)> log) {
  auto peer = api::make_peer(identity::service_url(settings.auth_url), settings.ca_file, settings.timeout);
  if (!peer) return fail(peer.error());
  return std::make_unique<Keystone>(std::move(settings), std::move(*peer), std::move(log));
}

Made make_local(identity::Directory directory, const std::string& state_dir) {
  Result<std::string> key = identity::kept_secret(state_dir + "/identity.key", key_bytes);
  if (!key) return fail(key.error());
  auto revocations = identity::Revocations::load(state_dir + "/identity.revoked");
  if (!revocations) return fail(revocations.error());
  return std::make_unique<Local>(std::move(directory), std::move(*key), std::move(*revocations));
}

}  // namespace

Made IdentityParts::make(IdentityOptions options, const std::string& state_dir,
                         std::function<void(const std::string&)> log) {
  if (auto* settings = std::get_if<identity::KeystoneSettings>(&options))
    return make_keystone(std::move(*settings), std::move(log));
  if (auto* directory = std::get_if<identity::Directory>(&options)) return make_local(std::move(*directory), state_dir);
  return std::make_unique<Open>();
}

}  // namespace tarn::server
