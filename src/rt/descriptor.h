// A file descriptor that closes itself, for those who speak to the kernel without Asio.
// Owned by whoever holds it; never shared.
#pragma once

#include <unistd.h>

#include <utility>

namespace tarn::rt {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}  // owned from here on; negative is none
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset();
    number_ = other.release();
    return *this;
  }

  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool ok() const { return number_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(number_, -1); }  // the caller closes it
  void reset() {
    if (number_ >= 0) close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

}  // namespace tarn::rt
