#include "identity/keystone_desk.h"

#include "identity/token_answer.h"

namespace tarn::identity {

Result<Verified> KeystoneDesk::validate(const std::string& token, bool allow_expired) {
  const std::string target = std::string("/v3/auth/tokens?nocatalog") + (allow_expired ? "&allow_expired=1" : "");
  const Result<api::Peer::Answer> answer = keystone_.ask({"GET", target, {{"X-Subject-Token", token}}});
  if (!answer) return fail(answer.error());
  if (answer->status == 404) return fail(unknown_token());
  if (answer->status != 200)
    return fail(ErrorCode::unavailable,
                "Keystone does not let us validate tokens: HTTP " + std::to_string(answer->status));
  Result<Verified> verified = parse_token_answer(answer->body);
  if (!verified) return fail(ErrorCode::unavailable, verified.error().message);
  return verified;
}

}  // namespace tarn::identity
