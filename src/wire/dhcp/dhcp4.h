// DHCPv4 messages (RFC 2131, options of RFC 2132) as values, and their bytes. Long and repeated options are joined and
// split as RFC 3396 says; an overloaded `file` or `sname` is read as options, and never written so.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/result.h"

namespace tarn::wire::dhcp {

constexpr std::uint16_t server_port4 = 67;
constexpr std::uint16_t client_port4 = 68;

enum class MessageType4 : std::uint8_t {
  discover = 1,
  offer = 2,
  request = 3,
  decline = 4,
  ack = 5,
  nak = 6,
  release = 7,
  inform = 8
};

// Option codes of RFC 2132 and of the RFCs named in IANA's "BOOTP Vendor Extensions and DHCP Options".
namespace code4 {
enum : std::uint8_t {
  pad = 0,
  subnet_mask = 1,
  router = 3,
  dns_server = 6,
  host_name = 12,
  domain_name = 15,
  mtu = 26,
  broadcast = 28,
  requested_address = 50,
  lease_time = 51,
  overload = 52,
  message_type = 53,
  server_id = 54,
  parameter_list = 55,
  message = 56,
  message_bytes_max = 57,
  renewal_time = 58,
  rebinding_time = 59,
  client_id = 61,
  tftp_server = 66,
  bootfile_name = 67,
  relay_agent = 82,
  domain_search = 119,
  classless_route = 121,
  ipxe = 175,
  classless_route_microsoft = 249,
  end = 255
};
}  // namespace code4

struct Message4 {
  std::uint8_t op = 1;  // 1 from a client, 2 from a server
  std::uint8_t hardware_type = 1;
  std::uint8_t hardware_bytes = 6;
  std::uint8_t hops = 0;
  std::uint32_t transaction = 0;
  std::uint16_t seconds = 0;
  bool broadcast = false;
  Ip client;                        // ciaddr
  Ip yours;                         // yiaddr
  Ip next_server;                   // siaddr
  Ip relay;                         // giaddr
  std::array<Byte, 16> hardware{};  // chaddr
  std::string server_name;          // sname: at most 63 bytes
  std::string file;                 // at most 127 bytes
  std::map<std::uint8_t, Bytes> options;

  bool operator==(const Message4&) const = default;
  [[nodiscard]] Mac mac() const;                           // the first six bytes of `hardware`
  [[nodiscard]] ByteView option(std::uint8_t code) const;  // empty when absent
  [[nodiscard]] bool has(std::uint8_t code) const { return options.contains(code); }
  [[nodiscard]] std::optional<MessageType4> type() const;
  [[nodiscard]] std::optional<Ip> address_option(std::uint8_t code) const;  // only if exactly four bytes
};

// The payload of a UDP datagram. Refuses plain BOOTP (no magic cookie), options past the end and a hardware address
// length over 16. A missing end option is tolerated.
Result<Message4> decode4(ByteView bytes);

// Options in the order of `order`, then the others by code. What would exceed `bytes_max` is left out, so `order`
// starts with what the client cannot do without. Never shorter than 300 bytes, the least that BOOTP relays and
// clients take (RFC 1542 section 2.1).
Bytes encode4(const Message4& message, std::span<const std::uint8_t> order, std::size_t bytes_max);

// RFC 3442: destination descriptors. A route whose gateway is 0.0.0.0 is on-link.
struct Route4 {
  Prefix to;
  Ip via;

  auto operator<=>(const Route4&) const = default;
};
Bytes encode_routes(std::span<const Route4> routes);
Result<std::vector<Route4>> decode_routes(ByteView value);

}  // namespace tarn::wire::dhcp
