#include "server/nova_parts.h"

#include "identity/service_peer.h"
#include "rt/machine_clock.h"
#include "rt/thread_pool.h"

namespace tarn::server {
namespace {

class Parts final : public NovaParts {
 public:
  Parts(rt::Loop& loop, rt::Choice& choice, NovaOptions options, std::unique_ptr<api::Peer> keystone,
        std::unique_ptr<api::Peer> nova, notify::Notifier::Log log)
      : options_(std::move(options)),
        keystone_(std::move(keystone)),
        nova_(std::move(nova)),
        notifier_(loop, choice, pool_, speaking_, {}, {}, std::move(log)) {}
  notify::Notifier& notifier() override { return notifier_; }

 private:
  const NovaOptions options_;
  rt::MachineClock clock_;
  std::unique_ptr<api::Peer> keystone_;
  std::unique_ptr<api::Peer> nova_;
  identity::ServicePeer speaking_{options_.account, *keystone_, *nova_, clock_};
  rt::ThreadPool pool_{"nova", 1, 1};  // one question at a time is all that the notifier asks
  notify::Notifier notifier_;          // goes first, so that nobody hears the answer that the pool waits for
};

}  // namespace

Result<std::unique_ptr<NovaParts>> NovaParts::make(rt::Loop& loop, rt::Choice& choice, NovaOptions options,
                                                   notify::Notifier::Log log) {
  const identity::KeystoneSettings& account = options.account;
  auto keystone = api::make_peer(identity::service_url(account.auth_url), account.ca_file, account.timeout);
  if (!keystone) return fail(keystone.error());
  auto nova = api::make_peer(options.endpoint, account.ca_file, account.timeout);
  if (!nova) return fail(nova.error());
  return std::make_unique<Parts>(loop, choice, std::move(options), std::move(*keystone), std::move(*nova),
                                 std::move(log));
}

}  // namespace tarn::server
