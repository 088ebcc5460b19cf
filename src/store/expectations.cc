#include "store/expectations.h"

namespace tarn::store {

Result<Judged> judge(const Commit& commit, Revision head,
                     const std::function<Result<Revision>(const std::string&)>& modified) {
  if (commit.expected_head && *commit.expected_head != head) {
    return fail(ErrorCode::stale, "the store is at revision " + std::to_string(head) + ", not at " +
                                      std::to_string(*commit.expected_head));
  }
  for (const Expectation& expectation : commit.expectations) {
    const Result<Revision> found = modified(expectation.key);
    if (!found) return fail(found.error());
    if (*found != expectation.modified) {
      return fail(ErrorCode::stale, "'" + expectation.key + "' was last written at revision " + std::to_string(*found) +
                                        ", not at " + std::to_string(expectation.modified));
    }
  }
  Judged judged;
  for (const auto& [key, value] : commit.edits) {
    if (!value) {
      const Result<Revision> found = modified(key);
      if (!found) return fail(found.error());
      if (*found == 0) continue;
    }
    judged.edits.emplace(key, value);
  }
  return judged;
}

}  // namespace tarn::store
