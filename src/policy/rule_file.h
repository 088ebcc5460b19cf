// The text of an oslo.policy file: a YAML map (JSON is YAML too) from a rule's name to its check. Reads one rule at a
// time and knows nothing of other rules: whether references make sense is for Rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/check.h"

namespace tarn::policy {

inline constexpr std::size_t rule_file_bytes_max = 1U << 20;

struct FileRule {
  std::string name;
  Check check;
  int line = 0;  // from 1
};

// In the file's order; of a name given twice, the last counts. ErrorCode::invalid begins with the line.
[[nodiscard]] Result<std::vector<FileRule>> read_rule_file(std::string_view yaml);

}  // namespace tarn::policy
