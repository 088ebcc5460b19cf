// A store that lives and dies with its process: for simulations and tests, and to try Tarn without a disk.
// Bounded like a disk, so that "full" can happen here too. Runs on the loop alone.
#pragma once

#include <cstdint>

#include "store/watch_hub.h"

namespace tarn::store {

class MemoryStore final : public Store {
 public:
  struct Bounds {
    std::size_t content_bytes_max = std::size_t{1} << 30;  // keys and values together
    std::size_t history_events_max = 10'000;
  };
  explicit MemoryStore(rt::Loop& loop) : MemoryStore(loop, Bounds()) {}
  MemoryStore(rt::Loop& loop, Bounds bounds);
  ~MemoryStore() override;
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;

  void load(std::function<void(Result<State>)> done) override;
  void commit(std::vector<Commit> group, std::function<void(Results)> done) override;
  [[nodiscard]] std::unique_ptr<Watch> watch(Revision after, Watcher watcher) override;

  // A group that would make the content larger than this is refused whole, as by a full disk.
  void set_content_bytes_max(std::size_t bytes) { bounds_.content_bytes_max = bytes; }

 private:
  struct Undo;
  [[nodiscard]] Results commit_now(const std::vector<Commit>& group);

  rt::Loop& loop_;
  Bounds bounds_;
  WatchHub hub_;
  State state_;
  std::size_t content_bytes_ = 0;
  std::shared_ptr<bool> open_;
};

}  // namespace tarn::store
