// May this commit happen, and what would it do? The one rule of all backends, over whatever answers for their content.
// Pure; owns nothing.
#pragma once

#include <functional>

#include "store/store.h"

namespace tarn::store {

struct Judged {
  std::map<std::string, std::optional<std::string>> edits;  // without removals of what does not exist
};

// `modified` tells when a key was last written, 0 when it does not exist. Errors: ErrorCode::stale, naming the
// expectation that failed; or what `modified` answered.
Result<Judged> judge(const Commit& commit, Revision head,
                     const std::function<Result<Revision>(const std::string&)>& modified);

}  // namespace tarn::store
