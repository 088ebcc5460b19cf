#include "identity/keystone_desk.h"

#include "identity/login_words.h"
#include "identity/token_answer.h"

namespace tarn::identity {
namespace {

constexpr std::int64_t renew_before_ms = 30'000;              // keystoneauth: a token is stale 30 s before its end
constexpr rt::Duration login_rest = std::chrono::seconds(1);  // whoever waited for a failed login does not repeat it

std::unexpected<Error> strange(const std::string& what, unsigned status) {
  return fail(ErrorCode::unavailable, what + ": HTTP " + std::to_string(status));
}

LoginWords words_of(const KeystoneSettings& settings) {
  return {settings.username, settings.user_domain_name, settings.password, settings.project_name,
          settings.project_domain_name};
}

}  // namespace

Result<Verified> KeystoneDesk::validate(const std::string& token, bool allow_expired) {
  const std::string target = std::string("/v3/auth/tokens?nocatalog") + (allow_expired ? "&allow_expired=1" : "");
  for (bool again = false;; again = true) {
    const Result<std::string> own = own_token();
    if (!own) return fail(own.error());
    const Result<Peer::Answer> answer =
        peer_.ask({"GET", target, {{"X-Auth-Token", *own}, {"X-Subject-Token", token}}});
    if (!answer) return fail(answer.error());
    if (answer->status == 404) return fail(unknown_token());
    if (answer->status == 401 && !again) {  // our own token was revoked: once, a new one
      forget(*own);
      continue;
    }
    if (answer->status != 200) return strange("Keystone does not let us validate tokens", answer->status);
    Result<Verified> verified = parse_token_answer(answer->body);
    if (!verified) return fail(ErrorCode::unavailable, verified.error().message);
    return verified;
  }
}

Result<std::string> KeystoneDesk::own_token() {
  const std::scoped_lock lock(mutex_);
  if (!own_.empty() && clock_.wall().unix_ms < renew_at_ms_) return own_;
  if (refused_ && clock_.now() < rest_until_) return fail(*refused_);
  Result<std::string> fresh = log_in();
  refused_ = fresh ? std::nullopt : std::optional(fresh.error());
  rest_until_ = clock_.now() + login_rest;
  return fresh;
}

Result<std::string> KeystoneDesk::log_in() {
  const Result<Peer::Answer> answer =
      peer_.ask({"POST", "/v3/auth/tokens?nocatalog", {}, login_words(words_of(settings_))});
  if (!answer) return fail(answer.error());
  if (answer->status != 201)
    return strange("Keystone does not let the service user '" + settings_.username + "' log in", answer->status);
  const std::string* token = api::find_header(answer->headers, "X-Subject-Token");
  const Result<Verified> said = parse_token_answer(answer->body);
  if (!token || token->empty() || !said)
    return fail(ErrorCode::unavailable, "Keystone's login answer is no such thing");
  own_ = *token;
  renew_at_ms_ = said->expires_at_ms - renew_before_ms;
  return own_;
}

void KeystoneDesk::forget(const std::string& refused) {
  const std::scoped_lock lock(mutex_);
  if (own_ == refused) own_.clear();
}

}  // namespace tarn::identity
