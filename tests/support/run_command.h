// Runs a program to its end, with an argument list and never through a shell.
// Holds nothing afterwards; a daemon that the program leaves behind belongs to the caller.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tarn::test {

struct CommandResult {
  int status = -1;     // exit status; 128 + signal when it was killed; -1 when it could not be started
  std::string output;  // standard output and standard error, as they came
};

// `environment` is added to the test's own. `input` is fed to standard input.
CommandResult run_command(const std::vector<std::string>& command,
                          const std::vector<std::pair<std::string, std::string>>& environment = {},
                          const std::string& input = {});

}  // namespace tarn::test
