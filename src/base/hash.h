// Content hashes that are the same on every machine, build and boot: FNV-1a (64 bit) with a final mix (splitmix64),
// so that single bytes spread. Not for secrets.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace tarn {

class ContentHash {
 public:
  ContentHash& add(ByteView bytes) {
    for (const Byte byte : bytes) state_ = (state_ ^ byte) * 0x100000001b3U;
    return *this;
  }
  ContentHash& add(std::string_view text) {
    for (const char c : text) state_ = (state_ ^ static_cast<Byte>(c)) * 0x100000001b3U;
    return *this;
  }
  ContentHash& add(std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) state_ = (state_ ^ (number >> shift & 0xff)) * 0x100000001b3U;
    return *this;
  }
  [[nodiscard]] std::uint64_t value() const {
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325U;
};

}  // namespace tarn
