#include "identity/keystone_identity.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "identity/keystone_desk.h"

namespace tarn::identity {
namespace {

using Done = std::function<void(Result<Verified>)>;

constexpr std::size_t token_bytes_max = 8'192;  // Keystone's max_token_size is 255; federated ones are longer

std::unexpected<Error> away() {
  return fail(ErrorCode::unavailable, "the identity service does not answer; try again");
}

// Text that may go into a header of our own question.
bool acceptable(const std::string* token) {
  return token && !token->empty() && token->size() <= token_bytes_max &&
         std::ranges::all_of(*token, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

struct KeystoneIdentity::Core : std::enable_shared_from_this<Core> {
  Core(KeystoneSettings said, Bounds limits, api::Peer& peer, rt::Worker& on, const rt::Clock& time,
       std::function<void(const std::string&)> tell)
      : settings(std::move(said)),
        bounds(limits),
        worker(on),
        clock(time),
        log(std::move(tell)),
        desk(settings, peer, time),
        cache(limits.cache) {}

  [[nodiscard]] Moment moment() const { return {clock.now(), clock.wall().unix_ms}; }
  void verify(const std::string& token, bool allow_expired, Done done);
  void ask(const std::string& token, const TokenCache::Key& key);
  void settle(const TokenCache::Key& key, Result<Verified> said);
  [[nodiscard]] bool is_service(const Verified& caller) const;
  bool resting();
  void note(const Result<Verified>& said);

  const KeystoneSettings settings;
  const Bounds bounds;
  rt::Worker& worker;
  const rt::Clock& clock;
  const std::function<void(const std::string&)> log;
  KeystoneDesk desk;
  std::atomic<bool> closing = false;
  std::mutex mutex;  // guards what follows; never held while somebody is asked or answered
  TokenCache cache;
  std::map<TokenCache::Key, std::vector<Done>> pending;
  std::size_t waiting = 0;
  bool is_away = false;
  rt::Instant away_until;
};

void KeystoneIdentity::Core::verify(const std::string& token, bool allow_expired, Done done) {
  const TokenCache::Key key{sha256(token), allow_expired};
  bool first = false;
  {
    std::unique_lock lock(mutex);
    auto known = cache.find(key, moment());
    if (!known && waiting >= bounds.waiting_max) known = away();
    if (known) {
      lock.unlock();
      return done(std::move(*known));
    }
    std::vector<Done>& waiters = pending[key];
    first = waiters.empty();
    waiters.push_back(std::move(done));
    ++waiting;
  }
  if (!first) return;
  if (!worker.run([core = shared_from_this(), token, key] { core->ask(token, key); })) settle(key, away());
}

void KeystoneIdentity::Core::ask(const std::string& token, const TokenCache::Key& key) {
  if (closing || resting()) return settle(key, away());
  Result<Verified> said = desk.validate(token, key.allow_expired);
  note(said);
  settle(key, said || said.error().code == ErrorCode::forbidden ? std::move(said) : away());
}

bool KeystoneIdentity::Core::resting() {
  const std::scoped_lock lock(mutex);
  return is_away && clock.now() < away_until;
}

void KeystoneIdentity::Core::note(const Result<Verified>& said) {
  const bool failed = !said && said.error().code != ErrorCode::forbidden;
  bool changed = false;
  {
    const std::scoped_lock lock(mutex);
    changed = std::exchange(is_away, failed) != failed;
    if (failed) away_until = clock.now() + bounds.away;
  }
  if (changed) log(failed ? "the identity service is away: " + said.error().message : "the identity service answers");
}

void KeystoneIdentity::Core::settle(const TokenCache::Key& key, Result<Verified> said) {
  std::vector<Done> waiters;
  {
    const std::scoped_lock lock(mutex);
    said = cache.learn(key, std::move(said), moment());
    if (const auto found = pending.find(key); found != pending.end()) {
      waiters = std::move(found->second);
      pending.erase(found);
    }
    waiting -= waiters.size();
  }
  for (const Done& done : waiters) done(said);
}

bool KeystoneIdentity::Core::is_service(const Verified& caller) const {
  return std::ranges::any_of(settings.service_roles, [&](const std::string& role) {
    return std::ranges::binary_search(caller.who.roles, role);
  });
}

KeystoneIdentity::KeystoneIdentity(KeystoneSettings settings, Bounds bounds, api::Peer& peer, rt::Worker& worker,
                                   const rt::Clock& clock, std::function<void(const std::string&)> log)
    : core_(std::make_shared<Core>(std::move(settings), bounds, peer, worker, clock, std::move(log))) {}

KeystoneIdentity::~KeystoneIdentity() {
  core_->closing = true;
}

// As keystonemiddleware: a service token that is not good refuses the request, even beside a good user token.
void KeystoneIdentity::identify(const api::Request& request, std::function<void(Result<policy::Credentials>)> done) {
  const std::string* token = api::find_header(request.headers, "X-Auth-Token");
  const std::string* service_token = api::find_header(request.headers, "X-Service-Token");
  if (!acceptable(token) || (service_token && !acceptable(service_token))) return done(fail(unknown_token()));
  const auto answer = [done](Result<Verified> caller, std::vector<std::string> service_roles) {
    if (!caller) return done(fail(caller.error()));
    caller->who.service_roles = std::move(service_roles);
    done(std::move(caller->who));
  };
  if (!service_token)
    return core_->verify(*token, false, [answer](Result<Verified> caller) { answer(std::move(caller), {}); });
  core_->verify(*service_token, false, [core = core_, token = *token, answer](Result<Verified> service) {
    if (!service) return answer(std::move(service), {});
    core->verify(token, core->is_service(*service),
                 [answer, roles = service->who.roles](Result<Verified> caller) { answer(std::move(caller), roles); });
  });
}

std::string KeystoneIdentity::challenge(const std::string&) const {
  const std::string& uri = core_->settings.www_authenticate_uri;
  return "Keystone uri=\"" + (uri.empty() ? core_->settings.auth_url : uri) + "\"";
}

}  // namespace tarn::identity
