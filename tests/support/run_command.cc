#include "support/run_command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace tarn::test {

namespace {

// Standard input from memory, so that feeding it cannot block.
int input_file(const std::string& input) {
  const int file = memfd_create("input", MFD_CLOEXEC);
  std::size_t at = 0;
  while (at < input.size()) {
    const ssize_t count = write(file, input.data() + at, input.size() - at);
    if (count <= 0) break;
    at += static_cast<std::size_t>(count);
  }
  lseek(file, 0, SEEK_SET);
  return file;
}

int exit_status(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& command,
                          const std::vector<std::pair<std::string, std::string>>& environment,
                          const std::string& input) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::vector<std::string> settings;
  for (const auto& [name, value] : environment) settings.push_back(name + "=" + value);
  std::vector<char*> variables;
  for (std::string& setting : settings) variables.push_back(setting.data());
  const auto given = [&environment](std::string_view own) {
    return std::ranges::any_of(environment, [own](const auto& each) { return own.starts_with(each.first + "="); });
  };
  for (char** own = environ; *own != nullptr; ++own)
    if (!given(*own)) variables.push_back(*own);
  variables.push_back(nullptr);

  // A file rather than a pipe: a daemon that the command leaves behind may keep it open, and we wait for the command.
  const int in = input_file(input);
  const int out = memfd_create("output", MFD_CLOEXEC);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, out, 2);
  pid_t pid = 0;
  CommandResult result;
  if (posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), variables.data()) == 0)
    result.status = exit_status(pid);
  posix_spawn_file_actions_destroy(&actions);

  std::array<char, 4096> piece{};
  off_t at = 0;
  for (ssize_t count = 0; (count = pread(out, piece.data(), piece.size(), at)) > 0; at += count)
    result.output.append(piece.data(), static_cast<std::size_t>(count));
  close(in);
  close(out);
  return result;
}

}  // namespace tarn::test
