#include "wire/packet/checksum.h"

namespace tarn::wire::packet {

InternetSum& InternetSum::add(ByteView bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum_ += i % 2 == 0 ? static_cast<std::uint64_t>(bytes[i]) << 8 : bytes[i];
  }
  return *this;
}

InternetSum& InternetSum::add_pseudo_header(const Ip& source, const Ip& destination, std::uint8_t protocol,
                                            std::size_t length) {
  add(ByteView(source.bytes).first(source.size()));
  add(ByteView(destination.bytes).first(destination.size()));
  sum_ += protocol + length;
  return *this;
}

std::uint16_t InternetSum::folded() const {
  std::uint64_t sum = sum_;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

}  // namespace tarn::wire::packet
