// The journal on disk: read at start, then kept up with the newest whole slice, both by a thread of its own.
// Belongs to the agent's wiring. A full or broken disk costs one warning, never the agent.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "feed/journal.h"
#include "rt/loop.h"
#include "rt/thread_pool.h"

namespace tarn::feed {

// The whole file at `path` becomes `bytes`, or stays what it was: written beside, synced, renamed. Blocks.
Status write_whole(const std::string& path, std::string_view bytes);

// The journal of `host`. Blocks. Errors: not_found (there is none); corrupt or unsupported: it is of no use and was
// moved to "<path>.refused" for whoever wants to look; conflict: it belongs to another host, likewise moved.
Result<Journal> read_journal(const std::string& path, const std::string& host);

class JournalKeeper {
 public:
  struct Bounds {
    rt::Duration pause = std::chrono::milliseconds(500);  // between two writes; what comes meanwhile is one write
  };
  // `on_warning` hears one line when writing starts to fail, and one when it works again.
  JournalKeeper(rt::Loop& loop, std::string path, std::function<void(std::string)> on_warning, Bounds bounds);
  JournalKeeper(rt::Loop& loop, std::string path, std::function<void(std::string)> on_warning)
      : JournalKeeper(loop, std::move(path), std::move(on_warning), Bounds()) {}
  // Writes what was kept last, if that is not on disk yet, and returns when it is.
  ~JournalKeeper();
  JournalKeeper(const JournalKeeper&) = delete;
  JournalKeeper& operator=(const JournalKeeper&) = delete;

  // Reads the journal of `host` as read_journal() does, beside the loop; `done` hears of it in a later turn, or never
  // when the keeper is gone before. Called once, before anything is kept.
  void read(std::string host, std::function<void(Result<Journal>)> done);
  // Remembers the newest alone; writes it soon. Never blocks.
  void keep(Journal journal);
  // Nothing waits to be written, and the last write is on disk.
  [[nodiscard]] bool settled() const { return !newest_ && !writing_; }

 private:
  void write_soon();
  void write_now();
  void written(const Status& status);

  rt::Loop& loop_;
  const std::string path_;
  std::function<void(std::string)> on_warning_;
  Bounds bounds_;
  std::optional<Journal> newest_;  // not yet given to the thread
  bool writing_ = false;
  bool failing_ = false;
  rt::TimerHandle pause_;
  std::shared_ptr<bool> open_;
  std::unique_ptr<rt::ThreadPool> thread_;
};

}  // namespace tarn::feed
