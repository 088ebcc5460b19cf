// The seed of a test against an oracle: always the same, unless TARN_ORACLE_SEED says which one to replay (or to try).
#pragma once

#include <stdlib.h>

#include <cstdint>
#include <string>

namespace tarn::test {

inline std::uint64_t oracle_seed() {
  const char* wanted = getenv("TARN_ORACLE_SEED");
  return wanted != nullptr ? std::stoull(wanted) : 1;
}

// How to run what failed again.
inline std::string replay(std::uint64_t seed) {
  return "replay with TARN_ORACLE_SEED=" + std::to_string(seed);
}

}  // namespace tarn::test
