// DHCPv6 messages between client and server (RFC 8415) as values, and their bytes. Relay messages are not read: a
// port's own client speaks to us without a relay.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/result.h"

namespace tarn::wire::dhcp {

constexpr std::uint16_t client_port6 = 546;
constexpr std::uint16_t server_port6 = 547;
constexpr std::uint32_t transaction6_max = 0xffffff;  // transaction ids have 24 bits

enum class MessageType6 : std::uint8_t {
  solicit = 1,
  advertise = 2,
  request = 3,
  confirm = 4,
  renew = 5,
  rebind = 6,
  reply = 7,
  release = 8,
  decline = 9,
  reconfigure = 10,
  information_request = 11
};

// Option codes of RFC 8415 section 21 and of IANA's "DHCPv6 Option Codes".
namespace code6 {
enum : std::uint16_t {
  client_id = 1,
  server_id = 2,
  ia_na = 3,
  ia_ta = 4,
  ia_address = 5,
  option_request = 6,
  preference = 7,
  elapsed_time = 8,
  status = 13,
  rapid_commit = 14,
  user_class = 15,
  dns_server = 23,
  domain_search = 24,
  ia_pd = 25
};
}  // namespace code6

// RFC 8415 section 21.13.
enum class Status6 : std::uint16_t {
  success = 0,
  unspecified_failure = 1,
  no_addresses = 2,
  no_binding = 3,
  not_on_link = 4,
  use_multicast = 5,
  no_prefix = 6
};

struct Option6 {
  std::uint16_t code = 0;
  Bytes value;

  bool operator==(const Option6&) const = default;
};

struct Message6 {
  MessageType6 type = MessageType6::solicit;
  std::uint32_t transaction = 0;
  std::vector<Option6> options;  // in their order on the wire

  bool operator==(const Message6&) const = default;
  [[nodiscard]] std::optional<ByteView> option(std::uint16_t code) const;  // the first of that code
  [[nodiscard]] bool has(std::uint16_t code) const { return option(code).has_value(); }
};

struct IaAddress {
  Ip address{Family::v6, {}};
  std::uint32_t preferred_s = 0;
  std::uint32_t valid_s = 0;

  bool operator==(const IaAddress&) const = default;
};

// The value of an IA_NA option (section 21.4). Options inside other than addresses and a status are passed over.
struct IaNa {
  std::uint32_t id = 0;
  std::uint32_t renew_s = 0;   // T1
  std::uint32_t rebind_s = 0;  // T2
  std::vector<IaAddress> addresses;
  std::optional<Status6> status;

  bool operator==(const IaNa&) const = default;
};

// Refuses relay messages, unknown types and options past the end.
Result<Message6> decode6(ByteView bytes);
Bytes encode6(const Message6& message);
Result<IaNa> decode_ia_na(ByteView value);
Bytes encode_ia_na(const IaNa& ia);
Bytes encode_status(Status6 status);
Result<std::vector<std::uint16_t>> decode_option_request(ByteView value);
// DUID-LL (section 11.4): hardware type 1 and the link address.
Bytes duid_of(const Mac& mac);

}  // namespace tarn::wire::dhcp
