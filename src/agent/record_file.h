// Lines appended to a file by a thread of its own, so that a slow disk delays nothing. Belongs to the agent's wiring.
// The file is opened for each line: whoever rotates logs may move it away at any time. What cannot be written is lost
// and counted; the first of them is told to `on_warning`.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "rt/loop.h"
#include "rt/thread_pool.h"

namespace tarn::agent {

// Appends `line` and its end to the file, which is made when there is none (mode 0640). Blocks.
Status append_line(const std::string& path, std::string line);

class RecordFile {
 public:
  static constexpr std::size_t waiting_max = 256;  // lines; more are lost

  RecordFile(rt::Loop& loop, std::string path, std::function<void(std::string)> on_warning);
  ~RecordFile();  // writes what waits
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  void append(std::string line);
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  void failed(const std::string& why);

  rt::Loop& loop_;
  std::string path_;
  std::function<void(std::string)> on_warning_;
  std::uint64_t lost_ = 0;
  std::shared_ptr<bool> open_;
  std::unique_ptr<rt::ThreadPool> thread_;
};

}  // namespace tarn::agent
