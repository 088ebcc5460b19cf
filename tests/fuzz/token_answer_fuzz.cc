// Anything as an identity service's words about a token: somebody with an id and an end, or one line that says what is
// wrong.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "identity/time_text.h"
#include "identity/token_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn::identity;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto ms = parse_time(text)) CHECK(parse_time(time_text(*ms)) == ms);
  const auto verified = parse_token_answer(text);
  if (!verified) {
    CHECK(!verified.error().message.empty());
    return 0;
  }
  CHECK(!verified->who.user_id.empty());
  CHECK(std::ranges::is_sorted(verified->who.roles));
  CHECK(verified->who.system_scope.empty() || verified->who.system_scope == "all");
  return 0;
}
