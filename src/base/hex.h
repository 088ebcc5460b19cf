// Hexadecimal digits, for the text forms of ids and addresses.
// Two functions and nothing else.
#pragma once

#include <cstdint>

namespace tarn::hex {

// The lower-case digit of the low four bits.
inline char digit(unsigned value) {
  return "0123456789abcdef"[value & 15U];
}

// The value of a digit of either case, or -1.
inline int value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace tarn::hex
