#include "pool.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "base/check.h"

namespace tarn::sim_app {
namespace {

constexpr std::size_t last_words_max = 2'000;

using Task = std::function<std::string(std::size_t)>;

void write_all(int descriptor, const void* bytes, std::size_t size) {
  const char* at = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::write(descriptor, at, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(1);
    at += written;
    size -= static_cast<std::size_t>(written);
  }
}

// The number of the next task, for processes that take turns.
class Queue {
 public:
  explicit Queue(std::size_t count) : count_(count) {
    void* const memory = ::mmap(nullptr, sizeof *next_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    next_ = new (memory) std::atomic<std::size_t>(0);
  }
  ~Queue() { ::munmap(next_, sizeof *next_); }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  [[nodiscard]] bool empty() const { return next_->load() >= count_; }
  std::optional<std::size_t> take() {
    const std::size_t at = next_->fetch_add(1);
    return at < count_ ? std::optional(at) : std::nullopt;
  }

 private:
  std::size_t count_;
  std::atomic<std::size_t>* next_ = nullptr;
};

// One process, and what it has told of its tasks: of each first its number, and what came of it when it is done.
class Crew {
 public:
  Crew(Queue& queue, const Task& task) : queue_(queue), task_(task) { start(); }
  ~Crew() { end(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  [[nodiscard]] bool running() const { return pid_ > 0; }
  [[nodiscard]] int descriptor() const { return pipe_; }

  // The process wrote, or is gone. False: `done` wants no more.
  bool hear(const std::function<bool(const Outcome&)>& done) {
    std::array<char, 65536> bytes{};
    const ssize_t count = ::read(pipe_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) return true;
    if (count > 0) heard_.append(bytes.data(), static_cast<std::size_t>(count));
    while (heard_.size() >= sizeof(std::size_t)) {
      std::size_t number = 0;
      std::memcpy(&number, heard_.data(), sizeof number);
      if (!begun_) {
        begun_ = number;
        heard_.erase(0, sizeof number);
        continue;
      }
      if (heard_.size() < sizeof number + number) break;
      const Outcome outcome{*std::exchange(begun_, std::nullopt), heard_.substr(sizeof number, number), false};
      heard_.erase(0, sizeof number + number);
      if (!done(outcome)) return false;
    }
    if (count > 0) return true;
    const std::string death = end();
    if (!begun_) return true;
    const Outcome outcome{*std::exchange(begun_, std::nullopt), death, true};
    start();
    return done(outcome);
  }

 private:
  void start() {
    heard_.clear();
    if (queue_.empty()) return;
    std::array<int, 2> ends{};
    CHECK(::pipe(ends.data()) == 0);
    words_ = ::memfd_create("words", MFD_CLOEXEC);
    CHECK(words_ >= 0);
    pid_ = ::fork();
    CHECK(pid_ >= 0);
    if (pid_ == 0) {
      ::close(ends[0]);
      ::dup2(words_, STDERR_FILENO);
      ::dup2(words_, STDOUT_FILENO);
      while (const std::optional<std::size_t> at = queue_.take()) {
        write_all(ends[1], &*at, sizeof *at);
        const std::string text = task_(*at);
        const std::size_t size = text.size();
        write_all(ends[1], &size, sizeof size);
        write_all(ends[1], text.data(), size);
      }
      _exit(0);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
  }

  // How it died, with its last words; it is killed when it still runs.
  std::string end() {
    if (pid_ <= 0) return {};
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
    pid_ = 0;
    std::string words(last_words_max, '\0');
    const off_t size = ::lseek(words_, 0, SEEK_END);
    const off_t from = size > static_cast<off_t>(words.size()) ? size - static_cast<off_t>(words.size()) : 0;
    const ssize_t count = ::pread(words_, words.data(), words.size(), from);
    words.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    ::close(words_);
    ::close(pipe_);
    const std::string how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                : "exit code " + std::to_string(WEXITSTATUS(status));
    return how + (words.empty() ? "" : ": " + words);
  }

  Queue& queue_;
  const Task& task_;
  std::optional<std::size_t> begun_;
  pid_t pid_ = 0;
  int pipe_ = -1;
  int words_ = -1;
  std::string heard_;
};

}  // namespace

void run_tasks(std::size_t count, std::size_t processes, const Task& task,
               const std::function<bool(const Outcome&)>& done) {
  Queue queue(count);
  std::vector<std::unique_ptr<Crew>> crews;
  for (std::size_t i = 0; i < std::min(processes, count); ++i) crews.push_back(std::make_unique<Crew>(queue, task));
  while (true) {
    std::vector<pollfd> waits;
    std::vector<Crew*> of;
    for (const auto& crew : crews) {
      if (!crew->running()) continue;
      waits.push_back({crew->descriptor(), POLLIN, 0});
      of.push_back(crew.get());
    }
    if (waits.empty()) return;
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < waits.size(); ++i) {
      if (waits[i].revents != 0 && !of[i]->hear(done)) return;
    }
  }
}

Outcome run_apart(const std::function<std::string()>& task) {
  Outcome kept;
  run_tasks(1, 1, [&](std::size_t) { return task(); }, [&](const Outcome& outcome) { return kept = outcome, true; });
  return kept;
}

}  // namespace tarn::sim_app
