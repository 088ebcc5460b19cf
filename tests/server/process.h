// A real tarn-server process on addresses of its own, and a client of its API.
// Belongs to one test, which it never outlives: the process is killed with it.
#pragma once

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <csignal>
#include <string>
#include <vector>

#include "api/http_client.h"

namespace tarn::server {

class ServerProcess {
 public:
  // Runs until ready, or until it ended by itself (then `ready` is false and `errors` says why).
  explicit ServerProcess(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), TARN_SERVER);
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    EXPECT_EQ(pipe(out.data()), 0);
    EXPECT_EQ(pipe(err.data()), 0);
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(out[1], STDOUT_FILENO);
      dup2(err[1], STDERR_FILENO);
      close_range(STDERR_FILENO + 1, ~0U, 0);  // it has no part in the sockets that the test listens on
      std::vector<char*> argv;
      for (std::string& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      execv(argv[0], argv.data());
      _exit(127);
    }
    close(out[1]);
    close(err[1]);
    errors_end_ = err[0];
    std::string line;
    char byte = 0;
    while (read(out[0], &byte, 1) == 1 && byte != '\n') line.push_back(byte);
    close(out[0]);
    ready = line.starts_with("tarn-server ready ");
    api = word(line, "api=");
    feed = word(line, "feed=");
  }
  ~ServerProcess() {
    if (pid_ > 0) static_cast<void>(stop(SIGKILL));
    close(errors_end_);
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Sends `signal` and waits; the exit code, or -1 when a signal ended it.
  int stop(int signal) {
    kill(pid_, signal);
    return wait();
  }
  int wait() {
    int status = 0;
    EXPECT_EQ(waitpid(std::exchange(pid_, -1), &status, 0) > 0, true);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  // What it said on stderr; only after it ended.
  std::string errors() {
    std::string text;
    std::array<char, 4096> chunk{};
    for (ssize_t count = 0; (count = read(errors_end_, chunk.data(), chunk.size())) > 0;) {
      text.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return text;
  }
  [[nodiscard]] std::uint16_t port() const { return static_cast<std::uint16_t>(std::stoi(api.substr(colon() + 1))); }
  [[nodiscard]] api::HttpClient client() const { return {api.substr(0, colon()), port()}; }

  bool ready = false;
  std::string api;
  std::string feed;

 private:
  [[nodiscard]] std::size_t colon() const { return api.rfind(':'); }
  static std::string word(const std::string& line, const std::string& name) {
    const std::size_t at = line.find(name);
    if (at == std::string::npos) return {};
    return line.substr(at + name.size(), line.find(' ', at) - at - name.size());
  }

  pid_t pid_ = -1;
  int errors_end_ = -1;
};

}  // namespace tarn::server
