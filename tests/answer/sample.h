// One port and what it is told: the values that the frames of fixtures/make_frames.py were made from.
// Tests change a copy of it; the fuzzers and the live test use it as it is.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "answer/answer.h"
#include "base/address.h"
#include "base/bytes.h"
#include "base/check.h"

namespace tarn::answer {

inline Bytes from_hex(std::string_view digits) {
  Bytes bytes(digits.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto [end, error] = std::from_chars(digits.data() + 2 * i, digits.data() + 2 * i + 2, bytes[i], 16);
    CHECK(error == std::errc());
  }
  return bytes;
}

inline std::string to_hex(ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const Byte byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

inline Ip ip(std::string_view text) {
  return *Ip::parse(text);
}
inline Prefix prefix(std::string_view text) {
  return *Prefix::parse(text);
}
inline Mac mac(std::string_view text) {
  return *Mac::parse(text);
}

inline PortAnswers sample_port() {
  const Mac server = mac("0e:11:22:33:44:55");
  PortAnswers port;
  port.mac = mac("fa:16:3e:00:00:05");
  port.dhcp4 =
      Dhcp4Lease{.server_mac = server,
                 .server_id = ip("10.0.0.2"),
                 .address = ip("10.0.0.5"),
                 .prefix_length = 24,
                 .router = ip("10.0.0.1"),
                 .dns_servers = {ip("10.0.0.2"), ip("8.8.8.8")},
                 .mtu = 1450,
                 .lease_s = 3600,
                 .domain_name = "example.org",
                 .host_name = "vm-5",
                 .routes = {{prefix("169.254.169.254/32"), ip("0.0.0.0")}, {prefix("192.168.0.0/16"), ip("10.0.0.9")}},
                 .extra = {}};
  port.dhcp6 = Dhcp6Lease{.server_mac = server,
                          .addresses = {ip("2001:db8::5")},
                          .dns_servers = {ip("2001:db8::53")},
                          .preferred_s = 3600,
                          .valid_s = 7200,
                          .domain_name = "example.org",
                          .extra = {}};
  port.advertisement =
      Advertisement{.router_mac = server,
                    .prefixes = {{prefix("2001:db8::/64"), true, true}, {prefix("2001:db8:1::/64"), false, true}},
                    .managed = false,
                    .other = true,
                    .mtu = 1450,
                    .router_lifetime_s = 1800,
                    .dns_servers = {ip("2001:db8::53"), ip("2001:db8::54")},
                    .dns_search = {"example.org"}};
  return port;
}

// The reply in hexadecimal, or "silence".
inline std::string reply_hex(const PortAnswers& port, std::string_view request_hex) {
  const auto reply = answer(port, from_hex(request_hex));
  return reply ? to_hex(*reply) : "silence";
}
inline std::string reply_hex(std::string_view request_hex) {
  return reply_hex(sample_port(), request_hex);
}

}  // namespace tarn::answer
