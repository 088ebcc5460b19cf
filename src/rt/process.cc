#include "rt/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/check.h"
#include "rt/descriptor.h"

extern char** environ;

namespace tarn::rt {
namespace {

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  CHECK(pipe2(ends.data(), O_CLOEXEC) == 0);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Descriptor pidfd_of(pid_t pid) {
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

std::string joined(const Argv& argv) {
  std::string text;
  for (const std::string& word : argv) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const std::size_t start = text.rfind('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1,
                     end - (start == std::string::npos ? 0 : start + 1) + 1);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Result<pid_t> spawn(const Argv& argv, int out, int complain, bool own_session) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, complain, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t defaults;
  sigemptyset(&none);
  sigfillset(&defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (own_session) flags |= POSIX_SPAWN_SETSID;
  posix_spawnattr_setflags(&attributes, flags);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, words[0], &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail(ErrorCode::unavailable, "cannot run " + argv[0] + ": " + std::strerror(error));
  return pid;
}

Result<Descriptor> open_log(const std::filesystem::path& log) {
  Descriptor file(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (file.ok()) return file;
  return fail(ErrorCode::unavailable, "cannot write " + log.string() + ": " + std::strerror(errno));
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Appends what is there to `text`; false at the end of the stream.
bool read_some(int descriptor, std::string& text) {
  std::array<char, 4096> buffer;
  const ssize_t count = read(descriptor, buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

}  // namespace

Result<Finished> run(const Argv& argv, std::chrono::milliseconds timeout) {
  Pipe out = make_pipe();
  Pipe complain = make_pipe();
  const Result<pid_t> pid = spawn(argv, out.write.get(), complain.write.get(), false);
  if (!pid) return std::unexpected(pid.error());
  out.write.reset();
  complain.write.reset();
  Finished finished;
  std::array<pollfd, 2> waits{{{out.read.get(), POLLIN, 0}, {complain.read.get(), POLLIN, 0}}};
  bool in_time = true;
  while (in_time && (waits[0].fd >= 0 || waits[1].fd >= 0)) {
    in_time = poll(waits.data(), waits.size(), static_cast<int>(timeout.count())) > 0;
    if (!in_time) break;
    if (waits[0].revents != 0 && !read_some(waits[0].fd, finished.output)) waits[0].fd = -1;
    if (waits[1].revents != 0 && !read_some(waits[1].fd, finished.complaint)) waits[1].fd = -1;
  }
  if (!in_time) kill(*pid, SIGKILL);
  int status = 0;
  while (waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return fail(ErrorCode::unavailable, "'" + joined(argv) + "' said nothing for too long and was stopped");
  finished.exit_code = exit_code(status);
  return finished;
}

Result<std::string> must_run(const Argv& argv, std::chrono::milliseconds timeout) {
  Result<Finished> finished = run(argv, timeout);
  if (!finished) return std::unexpected(finished.error());
  if (finished->exit_code == 0) return std::move(finished->output);
  return fail(ErrorCode::unavailable, "'" + joined(argv) + "' failed (" + std::to_string(finished->exit_code) +
                                          "): " + last_line(finished->complaint));
}

std::optional<ProcessMark> mark_of(pid_t pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t after_name = stat.rfind(')');
  if (after_name == std::string::npos) return std::nullopt;
  std::istringstream fields(stat.substr(after_name + 1));
  std::string state;
  fields >> state;
  if (state == "Z" || state == "X") return std::nullopt;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  ProcessMark mark{pid, 0};
  if (!(fields >> mark.started)) return std::nullopt;
  return mark;
}

bool alive(const ProcessMark& mark) {
  return mark_of(mark.pid) == mark;
}

Result<Daemon> start_daemon(const Argv& argv, const std::filesystem::path& log, const std::string& ready_word,
                            std::chrono::milliseconds timeout) {
  const Result<Descriptor> log_file = open_log(log);
  if (!log_file) return std::unexpected(log_file.error());
  Pipe out = make_pipe();
  const Result<pid_t> pid = spawn(argv, out.write.get(), log_file->get(), true);
  if (!pid) return std::unexpected(pid.error());
  out.write.reset();
  std::string said;
  pollfd wait{out.read.get(), POLLIN, 0};
  while (poll(&wait, 1, static_cast<int>(timeout.count())) > 0) {
    if (!read_some(wait.fd, said)) break;
    if (said.starts_with(ready_word) && said.find('\n') != std::string::npos) {
      const std::optional<ProcessMark> mark = mark_of(*pid);
      if (mark) return Daemon{*mark, said.substr(0, said.find('\n'))};
    }
  }
  kill(*pid, SIGKILL);
  waitpid(*pid, nullptr, 0);
  const std::string last = last_line(read_file(log));
  return fail(ErrorCode::unavailable, std::filesystem::path(argv.front()).filename().string() + " did not start: " +
                                          (last.empty() ? "it said nothing" : last) + " (log: " + log.string() + ")");
}

Result<ProcessMark> start_silent_daemon(const Argv& argv, const std::filesystem::path& log) {
  const Result<Descriptor> log_file = open_log(log);
  if (!log_file) return std::unexpected(log_file.error());
  const Result<pid_t> pid = spawn(argv, log_file->get(), log_file->get(), true);
  if (!pid) return std::unexpected(pid.error());
  if (const std::optional<ProcessMark> mark = mark_of(*pid)) return *mark;
  waitpid(*pid, nullptr, 0);
  return fail(ErrorCode::unavailable, argv.front() + " ended at once: " + last_line(read_file(log)));
}

void stop_process(const ProcessMark& mark, int signal, std::chrono::milliseconds grace) {
  const Descriptor pidfd = pidfd_of(mark.pid);
  if (pidfd.get() < 0 || !alive(mark)) return;
  const auto send = [&](int number) { syscall(SYS_pidfd_send_signal, pidfd.get(), number, nullptr, 0); };
  send(signal);
  pollfd wait{pidfd.get(), POLLIN, 0};
  if (poll(&wait, 1, static_cast<int>(grace.count())) == 0) {
    send(SIGKILL);
    poll(&wait, 1, static_cast<int>(grace.count()));
  }
  waitpid(mark.pid, nullptr, WNOHANG);  // when it was our own child
}

Status remember(const std::filesystem::path& file, const ProcessMark& mark) {
  const std::filesystem::path fresh = file.string() + ".new";
  {
    std::ofstream out(fresh);
    out << mark.pid << ' ' << mark.started << '\n';
    if (!out.flush()) return fail(ErrorCode::unavailable, "cannot write " + fresh.string());
  }
  std::error_code error;
  std::filesystem::rename(fresh, file, error);
  if (error) return fail(ErrorCode::unavailable, "cannot write " + file.string() + ": " + error.message());
  return {};
}

std::optional<ProcessMark> recall(const std::filesystem::path& file) {
  std::ifstream in(file);
  ProcessMark mark;
  if (!(in >> mark.pid >> mark.started)) return std::nullopt;
  return mark;
}

std::optional<pid_t> pid_in(const std::filesystem::path& pid_file) {
  std::ifstream in(pid_file);
  pid_t pid = 0;
  if (!(in >> pid) || pid <= 0) return std::nullopt;
  return pid;
}

}  // namespace tarn::rt
