// What was learnt of tokens, for a short while: a bounded table, least recently used out first.
// Pure: the caller says what time it is. Keeps digests, never a token. Belongs to KeystoneIdentity.
#pragma once

#include <list>
#include <map>
#include <optional>

#include "identity/secret.h"
#include "identity/verified.h"
#include "rt/clock.h"

namespace tarn::identity {

// A moment on both clocks: freshness counts steady time, a token's own end is UTC.
struct Moment {
  rt::Instant now;
  std::int64_t unix_ms = 0;
};

class TokenCache {
 public:
  struct Bounds {
    std::size_t entries_max = 16'384;
    rt::Duration good_for = std::chrono::seconds(300);  // then asked again, so that a revocation is seen
    rt::Duration bad_for = std::chrono::seconds(10);    // a refusal is repeated without asking
    rt::Duration pause = std::chrono::seconds(5);       // an old answer goes on when there is no new one
  };
  // A token is asked about in two ways, whose answers differ; each has entries of its own.
  struct Key {
    Digest token{};
    bool allow_expired = false;
    auto operator<=>(const Key&) const = default;
  };

  explicit TokenCache(Bounds bounds) : bounds_(bounds) {}

  // The answer that may be given now without asking; nothing when the token service must be asked.
  // Errors: forbidden, as it was learnt or because the token has come to its end.
  [[nodiscard]] std::optional<Result<Verified>> find(const Key& key, Moment at);

  // Takes in what the service said: good, or forbidden. An answer that it could not be asked (any other error) is not
  // learnt; the last good one then goes on until the token's own end, and is what this returns.
  Result<Verified> learn(const Key& key, Result<Verified> said, Moment at);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Key key;
    Result<Verified> answer;
    rt::Instant fresh_until;
  };
  using Entries = std::list<Entry>;  // the most recently used first

  Entries::iterator touch(const Key& key);
  void keep(const Key& key, Result<Verified> answer, rt::Instant fresh_until);

  const Bounds bounds_;
  Entries entries_;
  std::map<Key, Entries::iterator> by_key_;
};

}  // namespace tarn::identity
