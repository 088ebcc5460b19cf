// What is known of a good token: whose it is, and until when. A value that both token services yield.
// Holds no token, so it may be kept and copied freely.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "policy/credentials.h"

namespace tarn::identity {

struct Verified {
  policy::Credentials who;
  std::int64_t expires_at_ms = 0;  // UTC
};

// The words for a token that is not good. All are worded alike, so that nobody learns why.
inline Error unknown_token() {
  return {ErrorCode::forbidden, {}, "the token is not valid"};
}

}  // namespace tarn::identity
