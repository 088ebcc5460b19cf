// A suite of Python tests, run by stestr or by what wraps it, and what each of its tests came to.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tarn::test {

struct SuiteResult {
  std::set<std::string> passed, failed;
  std::map<std::string, std::string> skipped;  // with the reason
  std::string output;
};

// Runs `command` in `folder`; all it says goes to `folder`/run.log too.
SuiteResult run_suite(const std::filesystem::path& folder, const std::vector<std::string>& command,
                      const std::vector<std::pair<std::string, std::string>>& environment);

}  // namespace tarn::test
