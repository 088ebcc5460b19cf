// All that a host and its switch hold, as lines of text by kind, and what one such picture has that another has not.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/host.h"

namespace tarn::bench {

// "flows", "meters" …: the lines of each, without counters and times.
using Holdings = std::map<std::string, std::multiset<std::string>>;
// Errors: a command that failed.
Result<Holdings> holdings_of(const sandbox::Host& host);

struct Residue {
  std::string kind;
  std::int64_t before = 0;
  std::int64_t after = 0;
  std::vector<std::string> left;     // there now and not before
  std::vector<std::string> missing;  // there before and not now
};
std::vector<Residue> residue_of(const Holdings& before, const Holdings& after);

}  // namespace tarn::bench
