// The Internet checksum (RFC 1071) over any pieces of a packet, with the pseudo-headers of IPv4 and IPv6. A value that
// its user feeds piece by piece; it never looks into what it sums.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/bytes.h"

namespace tarn::wire::packet {

class InternetSum {
 public:
  // Pieces must be of even size, except the last.
  InternetSum& add(ByteView bytes);
  // The pseudo-header of UDP (RFC 768), or of any protocol over IPv6 (RFC 8200 section 8.1).
  InternetSum& add_pseudo_header(const Ip& source, const Ip& destination, std::uint8_t protocol, std::size_t length);

  // What stands in a checksum field: the complement. Zero over bytes that already hold a right checksum.
  [[nodiscard]] std::uint16_t value() const { return static_cast<std::uint16_t>(~folded()); }
  // The sum itself: what a sender leaves in the field for its network card to finish.
  [[nodiscard]] std::uint16_t folded() const;

 private:
  std::uint64_t sum_ = 0;
};

}  // namespace tarn::wire::packet
