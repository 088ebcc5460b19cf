// The backends that the conformance suite is run over, and a driver that turns their callbacks into calls.
// Owned by each test; never leaves a full disk behind.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rt/asio_loop.h"
#include "store/memory_store.h"
#include "store/sqlite_store.h"
#include "support/temp_dir.h"

namespace tarn::store {

inline constexpr std::chrono::seconds patience{20};  // for an event that must come; never waited in full

// One place where a store lives: can open it, fill it up, and make room again.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::unique_ptr<Store> open(rt::Loop& loop, std::size_t history_events_max) = 0;
  virtual void fill_medium(Store& store) = 0;
  virtual void make_room(Store& store) = 0;
};

class MemoryBackend final : public Backend {
 public:
  std::unique_ptr<Store> open(rt::Loop& loop, std::size_t history_events_max) override {
    MemoryStore::Bounds bounds;
    bounds.history_events_max = history_events_max;
    return std::make_unique<MemoryStore>(loop, bounds);
  }
  void fill_medium(Store& store) override { dynamic_cast<MemoryStore&>(store).set_content_bytes_max(0); }
  void make_room(Store& store) override { dynamic_cast<MemoryStore&>(store).set_content_bytes_max(1U << 30); }
};

// A full disk: no file of this process may grow (setrlimit(2), RLIMIT_FSIZE).
inline void limit_file_size(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = bytes;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

class SqliteBackend final : public Backend {
 public:
  ~SqliteBackend() override { limit_file_size(RLIM_INFINITY); }
  std::unique_ptr<Store> open(rt::Loop& loop, std::size_t history_events_max) override {
    SqliteStore::Bounds bounds;
    bounds.history_events_max = history_events_max;
    auto store = SqliteStore::open(loop, path(), bounds);
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  void fill_medium(Store&) override { limit_file_size(std::filesystem::file_size(path() + "-wal")); }
  void make_room(Store&) override { limit_file_size(RLIM_INFINITY); }
  [[nodiscard]] std::string path() const { return dir_.file("state.db"); }

 private:
  test::TempDir dir_;
};

using Edits = std::map<std::string, std::optional<std::string>>;
inline Commit put(Edits edits) {
  return Commit{{}, std::nullopt, std::move(edits)};
}

inline State load(rt::AsioLoop& loop, Store& store) {
  std::optional<Result<State>> answer;
  store.load([&](Result<State> state) { answer = std::move(state); });
  EXPECT_TRUE(loop.run_until([&] { return answer.has_value(); }, patience));
  EXPECT_TRUE(answer.has_value() && answer->has_value());
  return answer && *answer ? **answer : State{};
}

inline Store::Results commit(rt::AsioLoop& loop, Store& store, std::vector<Commit> group) {
  std::optional<Store::Results> answer;
  store.commit(std::move(group), [&](Store::Results results) { answer = std::move(results); });
  EXPECT_TRUE(loop.run_until([&] { return answer.has_value(); }, patience));
  return answer.value_or(Store::Results{});
}

inline Result<Revision> commit_one(rt::AsioLoop& loop, Store& store, Commit one) {
  const Store::Results results = commit(loop, store, {std::move(one)});
  return results.size() == 1 ? results.front() : fail(ErrorCode::internal, "not one answer");
}

// What a watcher heard, in the order it heard it.
struct Heard {
  std::vector<Event> events;
  std::vector<Revision> bookmarks;
  std::vector<Error> lost;

  Store::Watcher watcher() {
    return {[this](const Event& event) { events.push_back(event); },
            [this](Revision revision) { bookmarks.push_back(revision); },
            [this](const Error& error) { lost.push_back(error); }};
  }
  [[nodiscard]] bool reached(Revision revision) const { return !bookmarks.empty() && bookmarks.back() >= revision; }
};

// The content as the events alone tell it.
inline std::map<std::string, Entry> replay(std::map<std::string, Entry> entries, const std::vector<Event>& events) {
  for (const Event& event : events) {
    for (const auto& [key, value] : event.edits) {
      if (value) {
        entries[key] = Entry{*value, event.revision};
      } else {
        entries.erase(key);
      }
    }
  }
  return entries;
}

inline bool same(const std::map<std::string, Entry>& a, const std::map<std::string, Entry>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.value == y.second.value && x.second.modified == y.second.modified;
  });
}

}  // namespace tarn::store
