// Recent history and everyone who follows it: the watch half of a store backend, which owns it and appends each event
// once it is durable. Runs on the loop; never touches the medium and never runs a callback inside a call.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "store/store.h"

namespace tarn::store {

class WatchHub {
 public:
  // Keeps the newest `history_events_max` events for those who resume, fewer when their edits are large; a watcher that
  // falls further behind is told that it is lost.
  WatchHub(rt::Loop& loop, std::size_t history_events_max);
  ~WatchHub();
  WatchHub(const WatchHub&) = delete;
  WatchHub& operator=(const WatchHub&) = delete;

  // What stood before this run: events after `compacted`, in order, up to `head`. Once, before any watch.
  void seed(Revision compacted, Revision head, std::deque<std::shared_ptr<const Event>> history);
  // The next event; its revision is above all earlier ones.
  void append(std::shared_ptr<const Event> event);

  [[nodiscard]] std::unique_ptr<Watch> watch(Revision after, Store::Watcher watcher);
  [[nodiscard]] Revision head() const { return head_; }

 private:
  struct Follower;
  class Handle;

  void forget_oldest();
  void wake(std::uint64_t id);
  void deliver(std::uint64_t id);
  [[nodiscard]] std::shared_ptr<Follower> follower(std::uint64_t id) const;

  rt::Loop& loop_;
  const std::size_t history_events_max_;
  Revision compacted_ = 0;  // events up to and including this revision are gone
  Revision head_ = 0;
  std::deque<std::shared_ptr<const Event>> history_;
  std::size_t history_bytes_ = 0;  // of keys and values
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Follower>> followers_;
  std::shared_ptr<WatchHub*> self_;  // emptied when the hub is gone, for jobs still posted and handles still held
};

}  // namespace tarn::store
