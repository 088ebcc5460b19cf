// A pointer to a value that any number of owners on any threads share, and that nobody changes while there is another;
// the count of owners stands beside the value in its one allocation. Half the size of std::shared_ptr and its control
// block, which is what the millions of nodes of a snapshot are made for. No weak pointers, no casts.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace tarn {

template <class T>
class SharedValue {
 public:
  SharedValue() = default;
  SharedValue(std::nullptr_t) {}
  template <class... Parts>
  static SharedValue make(Parts&&... parts) {
    SharedValue made;
    made.held_ = new Held{1, T(std::forward<Parts>(parts)...)};
    return made;
  }
  SharedValue(const SharedValue& other) : held_(other.held_) {
    if (held_ != nullptr) held_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  SharedValue(SharedValue&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  SharedValue& operator=(SharedValue other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  // The last owner sees what all others did before they let go.
  ~SharedValue() {
    if (held_ != nullptr && held_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete held_;
  }

  // The value, for its only owner to change; null while others share it.
  [[nodiscard]] T* sole() {
    return held_ != nullptr && held_->owners.load(std::memory_order_acquire) == 1 ? &held_->value : nullptr;
  }

  [[nodiscard]] const T* get() const { return held_ != nullptr ? &held_->value : nullptr; }
  const T& operator*() const { return held_->value; }
  const T* operator->() const { return &held_->value; }
  explicit operator bool() const { return held_ != nullptr; }
  bool operator==(const SharedValue&) const = default;  // the same one, not an equal one

 private:
  struct Held {
    std::atomic<std::uint32_t> owners;
    T value;
  };
  Held* held_ = nullptr;
};

}  // namespace tarn
