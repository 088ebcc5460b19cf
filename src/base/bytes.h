// Byte strings, and a reader and a writer of network byte order (big endian) that never read or write past the end.
// Whoever decodes owns the source of its views. No text encodings, no other byte order.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tarn {

using Byte = std::uint8_t;
using Bytes = std::vector<Byte>;
using ByteView = std::span<const Byte>;

// Reads forward. Past the end every read returns zeros and `ok()` turns false for good, so a decoder checks once.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  [[nodiscard]] std::size_t at() const { return at_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  ByteView take(std::size_t count);  // a view into the source; empty and !ok() when too short
  void skip(std::size_t count) { static_cast<void>(take(count)); }

 private:
  std::uint64_t number(std::size_t width);

  ByteView bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

// Appends to a byte string it owns; earlier positions can be patched once a length is known.
class ByteWriter {
 public:
  ByteWriter& u8(std::uint8_t value) { return number(value, 1); }
  ByteWriter& u16(std::uint16_t value) { return number(value, 2); }
  ByteWriter& u24(std::uint32_t value) { return number(value, 3); }
  ByteWriter& u32(std::uint32_t value) { return number(value, 4); }
  ByteWriter& u64(std::uint64_t value) { return number(value, 8); }
  ByteWriter& put(ByteView bytes);
  ByteWriter& put(std::string_view text);
  ByteWriter& zeros(std::size_t count);
  ByteWriter& pad_to(std::size_t multiple);  // zeros up to the next multiple of the whole size
  void patch_u16(std::size_t at, std::uint16_t value);

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] ByteView view() const { return bytes_; }
  [[nodiscard]] Bytes finish() && { return std::move(bytes_); }

 private:
  ByteWriter& number(std::uint64_t value, std::size_t width);

  Bytes bytes_;
};

}  // namespace tarn
