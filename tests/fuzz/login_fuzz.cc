// Any body as a login: one that names a user or brings a token, or one line that says what is wrong.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "identity/login_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn::identity;
  const auto login = parse_login(std::string(reinterpret_cast<const char*>(data), size));
  if (!login) {
    CHECK(!login.error().message.empty());
    return 0;
  }
  CHECK(!login->by_password || !login->user.id.empty() || !login->user.name.empty());
  CHECK(!login->by_token || !login->token.empty());
  const bool named = login->wanted == ScopeWanted::project || login->wanted == ScopeWanted::domain;
  CHECK(named == (!login->scope.id.empty() || !login->scope.name.empty()));
  return 0;
}
