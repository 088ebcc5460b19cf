#include "identity/service_peer.h"

#include "identity/login_words.h"
#include "identity/token_answer.h"

namespace tarn::identity {
namespace {

constexpr std::int64_t renew_before_ms = 30'000;              // keystoneauth: a token is stale 30 s before its end
constexpr rt::Duration login_rest = std::chrono::seconds(1);  // whoever waited for a failed login does not repeat it

LoginWords words_of(const KeystoneSettings& settings) {
  return {settings.username, settings.user_domain_name, settings.password, settings.project_name,
          settings.project_domain_name};
}

}  // namespace

std::string service_url(std::string auth_url) {
  for (const std::string_view ending : {"/", "/v3", "/"})
    if (auth_url.ends_with(ending)) auth_url.resize(auth_url.size() - ending.size());
  return auth_url;
}

Result<api::Peer::Answer> ServicePeer::ask(const Question& question) {
  for (bool again = false;; again = true) {
    const Result<std::string> own = token();
    if (!own) return fail(own.error());
    Question carried = question;
    carried.headers.emplace_back("X-Auth-Token", *own);
    Result<Answer> answer = to_.ask(carried);
    if (!answer || answer->status != 401 || again) return answer;
    forget(*own);  // it was revoked: once, a new one
  }
}

Result<std::string> ServicePeer::token() {
  const std::scoped_lock lock(mutex_);
  if (!token_.empty() && clock_.wall().unix_ms < renew_at_ms_) return token_;
  if (refused_ && clock_.now() < rest_until_) return fail(*refused_);
  Result<std::string> fresh = log_in();
  refused_ = fresh ? std::nullopt : std::optional(fresh.error());
  rest_until_ = clock_.now() + login_rest;
  return fresh;
}

Result<std::string> ServicePeer::log_in() {
  const Result<Answer> answer =
      keystone_.ask({"POST", "/v3/auth/tokens?nocatalog", {}, login_words(words_of(settings_))});
  if (!answer) return fail(answer.error());
  if (answer->status != 201)
    return fail(ErrorCode::unavailable, "Keystone does not let the service user '" + settings_.username +
                                            "' log in: HTTP " + std::to_string(answer->status));
  const std::string* token = api::find_header(answer->headers, "X-Subject-Token");
  const Result<Verified> said = parse_token_answer(answer->body);
  if (!token || token->empty() || !said)
    return fail(ErrorCode::unavailable, "Keystone's login answer is no such thing");
  token_ = *token;
  renew_at_ms_ = said->expires_at_ms - renew_before_ms;
  return token_;
}

void ServicePeer::forget(const std::string& refused) {
  const std::scoped_lock lock(mutex_);
  if (token_ == refused) token_.clear();
}

}  // namespace tarn::identity
