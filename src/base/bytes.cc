#include "base/bytes.h"

#include "base/check.h"

namespace tarn {

std::uint64_t ByteReader::number(std::size_t width) {
  std::uint64_t value = 0;
  for (const Byte byte : take(width)) value = value << 8 | byte;
  return value;
}

ByteView ByteReader::take(std::size_t count) {
  if (!ok_ || count > left()) {
    ok_ = false;
    return {};
  }
  const ByteView taken = bytes_.subspan(at_, count);
  at_ += count;
  return taken;
}

ByteWriter& ByteWriter::number(std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;) bytes_.push_back(static_cast<Byte>(value >> (8 * i)));
  return *this;
}

ByteWriter& ByteWriter::put(ByteView bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

ByteWriter& ByteWriter::put(std::string_view text) {
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  return *this;
}

ByteWriter& ByteWriter::zeros(std::size_t count) {
  bytes_.insert(bytes_.end(), count, Byte{0});
  return *this;
}

ByteWriter& ByteWriter::pad_to(std::size_t multiple) {
  return zeros((multiple - bytes_.size() % multiple) % multiple);
}

void ByteWriter::patch_u16(std::size_t at, std::uint16_t value) {
  CHECK(at + 2 <= bytes_.size());
  bytes_[at] = static_cast<Byte>(value >> 8);
  bytes_[at + 1] = static_cast<Byte>(value);
}

}  // namespace tarn
