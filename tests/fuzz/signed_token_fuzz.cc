// Any text as a token: opened only if it was signed; claims that are read are those that are written. And any file as
// that of revocations.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "identity/revocations.h"
#include "identity/signed_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn::identity;
  constexpr const char* key = "0123456789abcdef0123456789abcdef";
  const std::string text(reinterpret_cast<const char*>(data), size);
  CHECK(!open_token(text, key));
  if (const auto claims = parse_claims(text)) {
    const std::string token = sign(*claims, key);
    CHECK(parse_claims(token.substr(0, token.rfind('.'))) == claims);
    CHECK(token.size() > token_bytes_max || open_token(token, key) == claims);
  }
  const auto revocations = parse_revocations(text);
  CHECK(revocations || !revocations.error().message.empty());
  return 0;
}
