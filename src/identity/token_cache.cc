#include "identity/token_cache.h"

namespace tarn::identity {
namespace {

bool past_its_end(const Result<Verified>& answer, Moment at) {
  return answer && answer->expires_at_ms <= at.unix_ms;
}
bool ended(const TokenCache::Key& key, const Result<Verified>& answer, Moment at) {
  return !key.allow_expired && past_its_end(answer, at);
}

}  // namespace

std::optional<Result<Verified>> TokenCache::find(const Key& key, Moment at) {
  const auto entry = touch(key);
  if (entry == entries_.end()) return std::nullopt;
  if (ended(key, entry->answer, at)) return fail(unknown_token());
  if (entry->fresh_until <= at.now) return std::nullopt;
  return entry->answer;
}

Result<Verified> TokenCache::learn(const Key& key, Result<Verified> said, Moment at) {
  if (ended(key, said, at)) said = fail(unknown_token());
  if (said || said.error().code == ErrorCode::forbidden) {
    keep(key, said, at.now + (said ? bounds_.good_for : bounds_.bad_for));
    return said;
  }
  const auto entry = touch(key);
  if (entry == entries_.end() || !entry->answer || past_its_end(entry->answer, at)) return said;
  entry->fresh_until = at.now + bounds_.pause;
  return entry->answer;
}

TokenCache::Entries::iterator TokenCache::touch(const Key& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return entries_.end();
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second;
}

void TokenCache::keep(const Key& key, Result<Verified> answer, rt::Instant fresh_until) {
  if (const auto known = touch(key); known != entries_.end()) {
    known->answer = std::move(answer);
    known->fresh_until = fresh_until;
    return;
  }
  if (entries_.size() >= bounds_.entries_max) {
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({key, std::move(answer), fresh_until});
  by_key_[key] = entries_.begin();
}

}  // namespace tarn::identity
