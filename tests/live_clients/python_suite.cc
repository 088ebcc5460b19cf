#include "python_suite.h"

#include <fstream>
#include <regex>
#include <sstream>

#include "support/run_command.h"

namespace tarn::test {

SuiteResult run_suite(const std::filesystem::path& folder, const std::vector<std::string>& command,
                      const std::vector<std::pair<std::string, std::string>>& environment) {
  std::vector<std::string> words{"env", "-C", folder.string()};
  words.insert(words.end(), command.begin(), command.end());
  SuiteResult result;
  result.output = run_command(words, environment).output;
  std::ofstream(folder / "run.log") << result.output;
  // "{1} tempest.api.network.test_ports.PortsTestJSON.test_show_port [0.01s] ... ok"
  const std::regex line(R"(\{\d+\} (\S+(?: \(.*\))?) \[[\d.]+s\] \.\.\. (ok|FAILED|SKIPPED: ?(.*)|SKIPPED))");
  std::istringstream lines(result.output);
  for (std::string text; std::getline(lines, text);) {
    std::smatch words_of;
    if (!std::regex_search(text, words_of, line)) continue;
    const std::string word = words_of[2];
    if (word == "ok")
      result.passed.insert(words_of[1]);
    else if (word == "FAILED")
      result.failed.insert(words_of[1]);
    else
      result.skipped.emplace(words_of[1], words_of[3]);
  }
  return result;
}

}  // namespace tarn::test
