#include "store/watch_hub.h"

#include <algorithm>
#include <optional>

#include "base/check.h"

namespace tarn::store {
namespace {

constexpr std::size_t events_per_turn_max = 64;                  // then other jobs of the loop get their turn
constexpr std::size_t history_bytes_max = std::size_t{8} << 20;  // 10,000 events of one port, or few of thousands

std::size_t bytes_of(const Event& event) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : event.edits) bytes += key.size() + (value ? value->size() : 0);
  return bytes;
}

}  // namespace

struct WatchHub::Follower {
  Revision seen = 0;
  std::optional<Revision> bookmarked;
  bool posted = false;
  Store::Watcher watcher;
};

class WatchHub::Handle final : public Watch {
 public:
  Handle(std::shared_ptr<WatchHub*> hub, std::uint64_t id) : hub_(std::move(hub)), id_(id) {}
  ~Handle() override {
    if (*hub_ != nullptr) (*hub_)->followers_.erase(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

 private:
  std::shared_ptr<WatchHub*> hub_;
  std::uint64_t id_;
};

WatchHub::WatchHub(rt::Loop& loop, std::size_t history_events_max)
    : loop_(loop), history_events_max_(history_events_max), self_(std::make_shared<WatchHub*>(this)) {}

WatchHub::~WatchHub() {
  *self_ = nullptr;
}

void WatchHub::seed(Revision compacted, Revision head, std::deque<std::shared_ptr<const Event>> history) {
  CHECK(head_ == 0 && followers_.empty() && compacted <= head);
  compacted_ = compacted;
  head_ = head;
  history_ = std::move(history);
  for (const auto& event : history_) history_bytes_ += bytes_of(*event);
  forget_oldest();
}

void WatchHub::append(std::shared_ptr<const Event> event) {
  CHECK(event->revision > head_);
  head_ = event->revision;
  history_bytes_ += bytes_of(*event);
  history_.push_back(std::move(event));
  forget_oldest();
  for (const auto& [id, follower] : followers_) wake(id);
}

// The newest event stays, however large, for those who are one behind.
void WatchHub::forget_oldest() {
  while (history_.size() > history_events_max_ || (history_bytes_ > history_bytes_max && history_.size() > 1)) {
    compacted_ = history_.front()->revision;
    history_bytes_ -= bytes_of(*history_.front());
    history_.pop_front();
  }
}

std::unique_ptr<Watch> WatchHub::watch(Revision after, Store::Watcher watcher) {
  const std::uint64_t id = ++last_id_;
  auto follower = std::make_shared<Follower>();
  follower->seen = after;
  follower->watcher = std::move(watcher);
  followers_.emplace(id, std::move(follower));
  wake(id);
  return std::make_unique<Handle>(self_, id);
}

std::shared_ptr<WatchHub::Follower> WatchHub::follower(std::uint64_t id) const {
  const auto found = followers_.find(id);
  return found == followers_.end() ? nullptr : found->second;
}

void WatchHub::wake(std::uint64_t id) {
  const auto behind = follower(id);
  if (behind->posted) return;
  behind->posted = true;
  loop_.post([self = self_, id] {
    if (*self != nullptr) (*self)->deliver(id);
  });
}

void WatchHub::deliver(std::uint64_t id) {
  const auto reader = follower(id);
  if (!reader) return;
  reader->posted = false;
  if (reader->seen < compacted_ || reader->seen > head_) {
    followers_.erase(id);
    const bool ahead = reader->seen > head_;
    reader->watcher.on_lost(Error{ErrorCode::stale, "Compacted",
                                  ahead ? "the store never was at revision " + std::to_string(reader->seen)
                                        : "history up to revision " + std::to_string(compacted_) + " is compacted"});
    return;
  }
  // A callback may end this watch, or the hub: both are looked at again after each.
  const std::shared_ptr<WatchHub*> self = self_;
  for (std::size_t turn = 0; turn < events_per_turn_max && reader->seen < head_; ++turn) {
    if (reader->seen < compacted_) break;  // a callback committed and history moved on: lost, at the next turn
    const auto next = std::ranges::upper_bound(history_, reader->seen, {}, [](const auto& e) { return e->revision; });
    CHECK(next != history_.end());
    const std::shared_ptr<const Event> event = *next;
    reader->seen = event->revision;
    reader->watcher.on_event(*event);
    if (*self == nullptr || follower(id) != reader) return;
  }
  if (reader->seen < head_) {
    wake(id);
  } else if (reader->bookmarked != head_) {
    reader->bookmarked = head_;
    reader->watcher.on_bookmark(head_);
  }
}

}  // namespace tarn::store
