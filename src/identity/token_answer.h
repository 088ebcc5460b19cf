// Keystone's words about a token, decoded: the body of GET /v3/auth/tokens (Identity API v3, "Validate and show
// information for token"). Pure; believes nothing that is not of the documented shape.
#pragma once

#include <string>

#include "identity/verified.h"

namespace tarn::identity {

// Errors: corrupt, naming the field. Roles come out lower-cased and sorted, each once.
Result<Verified> parse_token_answer(const std::string& body);

}  // namespace tarn::identity
