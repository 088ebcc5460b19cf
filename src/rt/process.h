// Running other programs: always by an argument vector, never by a shell. A daemon is remembered as (pid, start time),
// so that a recycled pid is never mistaken for it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace tarn::rt {

using Argv = std::vector<std::string>;

struct Finished {
  int exit_code = 0;      // 128 + signal when killed
  std::string output;     // stdout
  std::string complaint;  // stderr
};

// Waits for the program to end. Errors: not found, or `timeout` passed (it was killed then).
Result<Finished> run(const Argv& argv, std::chrono::milliseconds timeout = std::chrono::seconds(30));

// As run, but a non-zero exit code is an error too, with the command and the last line it complained.
Result<std::string> must_run(const Argv& argv, std::chrono::milliseconds timeout = std::chrono::seconds(30));

struct ProcessMark {
  pid_t pid = 0;
  std::uint64_t started = 0;  // clock ticks since boot (proc(5), field 22)
  bool operator==(const ProcessMark&) const = default;
};

// The mark of a running process, or nothing when there is none with that pid.
std::optional<ProcessMark> mark_of(pid_t pid);
bool alive(const ProcessMark& mark);

// Starts a daemon in a session of its own with stderr (and stdout, after the ready line) in `log`. Returns once it has
// printed a line beginning with `ready_word` on stdout. Errors: it ended or said nothing in time; the message carries
// the last line of its log.
struct Daemon {
  ProcessMark mark;
  std::string ready_line;
};
Result<Daemon> start_daemon(const Argv& argv, const std::filesystem::path& log, const std::string& ready_word,
                            std::chrono::milliseconds timeout = std::chrono::seconds(20));

// The same for a program that never says that it is ready: returns at once, whoever started it asks it. All it says
// goes to `log`. Errors: not found.
Result<ProcessMark> start_silent_daemon(const Argv& argv, const std::filesystem::path& log);

// Sends `signal`, waits for the end, and after `grace` sends SIGKILL. Does nothing when it is gone already.
void stop_process(const ProcessMark& mark, int signal, std::chrono::milliseconds grace = std::chrono::seconds(5));

// Mark files: "<pid> <start time>\n", written whole.
Status remember(const std::filesystem::path& file, const ProcessMark& mark);
std::optional<ProcessMark> recall(const std::filesystem::path& file);
std::optional<pid_t> pid_in(const std::filesystem::path& pid_file);

}  // namespace tarn::rt
