#include "identity/password_login.h"

#include "identity/login_words.h"
#include "identity/token_answer.h"
#include "rt/machine_clock.h"

namespace tarn::identity {
namespace {

constexpr std::int64_t renew_before_ms = 60'000;

}  // namespace

Result<api::Headers> PasswordLogin::headers() {
  const std::scoped_lock lock(mutex_);
  if (token_.empty() || rt::MachineClock().wall().unix_ms >= renew_at_ms_) {
    const auto answer = client_.ask("POST", path_ + "/auth/tokens?nocatalog",
                                    login_words({account_.username, account_.domain_name, account_.password,
                                                 account_.project_name, account_.domain_name}));
    if (!answer) return fail(answer.error());
    const std::string* token = api::find_header(answer->headers, "X-Subject-Token");
    const Result<Verified> said = parse_token_answer(answer->body);
    if (answer->status != 201 || !token || !said)
      return fail(ErrorCode::forbidden,
                  "the API does not let '" + account_.username + "' log in: HTTP " + std::to_string(answer->status));
    token_ = *token;
    renew_at_ms_ = said->expires_at_ms - renew_before_ms;
  }
  return api::Headers{{"X-Auth-Token", token_}};
}

}  // namespace tarn::identity
