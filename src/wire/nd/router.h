// Router solicitations and advertisements of IPv6 neighbour discovery (RFC 4861 sections 4.1, 4.2), with the options
// for prefixes, MTU (4.6), DNS servers and search domains (RFC 8106). Bodies behind the ICMPv6 checksum only:
// the frame around them is wire/packet's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/result.h"

namespace tarn::wire::nd {

constexpr std::uint8_t type_router_solicitation = 133;
constexpr std::uint8_t type_router_advertisement = 134;
constexpr std::uint8_t hop_limit_required = 255;  // section 6.1: proves that no router forwarded it

struct RouterSolicitation {
  std::optional<Mac> source_link;

  bool operator==(const RouterSolicitation&) const = default;
};

struct PrefixOption {
  Prefix prefix;
  bool on_link = true;
  bool autonomous = true;
  std::uint32_t valid_s = 0;
  std::uint32_t preferred_s = 0;

  bool operator==(const PrefixOption&) const = default;
};

struct DnsServers {
  std::uint32_t lifetime_s = 0;
  std::vector<Ip> addresses;

  bool operator==(const DnsServers&) const = default;
};

struct DnsSearch {
  std::uint32_t lifetime_s = 0;
  std::vector<std::string> domains;

  bool operator==(const DnsSearch&) const = default;
};

struct RouterAdvertisement {
  std::uint8_t hop_limit = 0;  // 0: unspecified
  bool managed = false;
  bool other = false;
  std::uint16_t router_lifetime_s = 0;  // 0: not a default router
  std::uint32_t reachable_ms = 0;
  std::uint32_t retransmit_ms = 0;
  std::optional<Mac> source_link;
  std::optional<std::uint32_t> mtu;
  std::vector<PrefixOption> prefixes;
  std::vector<DnsServers> dns_servers;
  std::vector<DnsSearch> dns_search;

  bool operator==(const RouterAdvertisement&) const = default;
};

// Unknown options are passed over; an option of length zero or past the end makes the whole message invalid (6.1).
Result<RouterSolicitation> decode_solicitation(ByteView body);
Result<RouterAdvertisement> decode_advertisement(ByteView body);
Bytes encode(const RouterSolicitation& solicitation);
// Domains that are not valid names, and lists that no option can hold, are left out. IPv6 addresses only (CHECKed).
Bytes encode(const RouterAdvertisement& advertisement);

}  // namespace tarn::wire::nd
