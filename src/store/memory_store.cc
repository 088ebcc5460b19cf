#include "store/memory_store.h"

#include "store/expectations.h"

namespace tarn::store {

// What a group has done so far, newest last, so that a refused group can be taken back.
struct MemoryStore::Undo {
  struct Step {
    std::string key;
    std::optional<Entry> before;
  };
  Revision revision = 0;
  std::size_t content_bytes = 0;
  std::vector<Step> steps;

  void take_back(State& state) {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      if (step->before) {
        state.entries[step->key] = std::move(*step->before);
      } else {
        state.entries.erase(step->key);
      }
    }
    state.revision = revision;
  }
};

MemoryStore::MemoryStore(rt::Loop& loop, Bounds bounds)
    : loop_(loop), bounds_(bounds), hub_(loop, bounds.history_events_max), open_(std::make_shared<bool>(true)) {}

MemoryStore::~MemoryStore() {
  *open_ = false;
}

void MemoryStore::load(std::function<void(Result<State>)> done) {
  loop_.post([this, open = open_, done = std::move(done)] {
    if (*open) done(state_);
  });
}

void MemoryStore::commit(std::vector<Commit> group, std::function<void(Results)> done) {
  loop_.post([this, open = open_, group = std::move(group), done = std::move(done)] {
    if (*open) done(commit_now(group));
  });
}

std::unique_ptr<Watch> MemoryStore::watch(Revision after, Watcher watcher) {
  return hub_.watch(after, std::move(watcher));
}

Store::Results MemoryStore::commit_now(const std::vector<Commit>& group) {
  Undo undo{state_.revision, content_bytes_, {}};
  Results results;
  std::vector<std::shared_ptr<const Event>> events;
  const auto modified = [this](const std::string& key) -> Result<Revision> {
    const auto found = state_.entries.find(key);
    return found == state_.entries.end() ? 0 : found->second.modified;
  };
  for (const Commit& commit : group) {
    const Result<Judged> judged = judge(commit, state_.revision, modified);
    if (!judged || judged->edits.empty()) {
      results.push_back(judged ? Result<Revision>(state_.revision) : fail(judged.error()));
      continue;
    }
    const Revision revision = ++state_.revision;
    for (const auto& [key, value] : judged->edits) {
      const auto found = state_.entries.find(key);
      undo.steps.push_back({key, found == state_.entries.end() ? std::nullopt : std::optional(found->second)});
      if (found != state_.entries.end()) content_bytes_ -= key.size() + found->second.value.size();
      if (value) {
        state_.entries[key] = Entry{*value, revision};
        content_bytes_ += key.size() + value->size();
      } else {
        state_.entries.erase(found);
      }
    }
    results.emplace_back(revision);
    events.push_back(std::make_shared<const Event>(Event{revision, judged->edits}));
  }
  if (content_bytes_ > bounds_.content_bytes_max && content_bytes_ > undo.content_bytes) {
    content_bytes_ = undo.content_bytes;
    undo.take_back(state_);
    return Results(group.size(), fail(ErrorCode::unavailable, "StoreFull", "the memory store is full"));
  }
  for (auto& event : events) hub_.append(std::move(event));
  return results;
}

}  // namespace tarn::store
