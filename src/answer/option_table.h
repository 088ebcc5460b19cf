// The DHCP options that a tenant may name, from IANA's registries "BOOTP Vendor Extensions and DHCP Options" and
// "DHCPv6 Option Codes", under the names that users of dnsmasq and of OpenStack's extra_dhcp_opts write.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "answer/option_types.h"

namespace tarn::answer {

struct KnownOption {
  std::string_view name;
  std::uint16_t code = 0;
  OptionType type = OptionType::text;
};

// Not an option on the wire: the siaddr field of the DHCPv4 header, under the number that dnsmasq gives it.
constexpr std::uint16_t next_server_code = 255;

// Several names may share a code; the first one's type holds for the bare number.
std::span<const KnownOption> known_options(Family family);
// Options that carry the protocol itself (message type, server identifier, identity associations …).
bool is_reserved(std::uint16_t code, Family family);

}  // namespace tarn::answer
