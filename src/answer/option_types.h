// How the text of an option's value becomes bytes: one type for each shape that IANA's registries of DHCPv4 and DHCPv6
// options know.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/bytes.h"
#include "base/result.h"

namespace tarn::answer {

enum class OptionType : std::uint8_t {
  address,        // one address
  addresses,      // one or more, separated by commas
  address_pairs,  // an even number of addresses
  flag,           // 0 or 1, true or false
  u8,
  u16,
  u32,
  seconds,  // a number, with an optional s, m, h, d, or "infinite"
  text,
  domain,   // one or more domain names in their wire form
  texts16,  // pieces separated by commas, each behind its 16-bit length (RFC 5970 section 3.2)
  routes,   // prefix,gateway pairs separated by commas (RFC 3442)
  hex,      // 01:02:ff
  guess,    // of an option without a name here: addresses, hex, a number, else text
};

constexpr std::size_t option_text_max = 255;  // what the Networking API stores

Result<Bytes> option_bytes(OptionType type, std::string_view text, Family family);

}  // namespace tarn::answer
