// The door by which another thread hands a value to a loop: named, bounded, in order.
// Belongs to the receiver, which destroys it on its loop. Never blocks a sender and never grows past its bound.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "rt/loop.h"

namespace tarn::rt {

// `post` may be called from any thread; `handler` runs on the loop, one value at a time. Values posted before the
// mailbox is destroyed (on the loop) may be dropped unseen.
template <class T>
class Mailbox {
 public:
  Mailbox(Loop& loop, std::string name, std::size_t bound, std::function<void(T)> handler)
      : loop_(loop), name_(std::move(name)), shared_(std::make_shared<Shared>(bound, std::move(handler))) {}
  ~Mailbox() { shared_->open = false; }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // False when the mailbox is full: the value was not taken, the sender must push back.
  [[nodiscard]] bool post(T value) {
    if (shared_->waiting.fetch_add(1) >= shared_->bound) {
      shared_->waiting.fetch_sub(1);
      return false;
    }
    loop_.post([shared = shared_, value = std::move(value)]() mutable {
      shared->waiting.fetch_sub(1);
      if (shared->open) shared->handler(std::move(value));
    });
    return true;
  }

  [[nodiscard]] std::size_t waiting() const { return shared_->waiting.load(); }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  struct Shared {
    Shared(std::size_t limit, std::function<void(T)> handle) : bound(limit), handler(std::move(handle)) {}
    const std::size_t bound;
    std::function<void(T)> handler;
    std::atomic<std::size_t> waiting = 0;
    bool open = true;  // touched on the loop only
  };

  Loop& loop_;
  std::string name_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace tarn::rt
