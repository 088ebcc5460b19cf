#include "answer/option_types.h"

#include <charconv>
#include <limits>
#include <optional>
#include <vector>

#include "answer/values.h"
#include "wire/dhcp/dhcp4.h"
#include "wire/packet/domain_name.h"
#include "wire/packet/frame.h"

namespace tarn::answer {
namespace {

std::unexpected<Error> bad(std::string_view text, std::string_view wanted) {
  return fail(ErrorCode::invalid, "'" + std::string(text) + "' is not " + std::string(wanted) + ".");
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> pieces(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    out.push_back(trimmed(text.substr(at, end - at)));
    at = end + 1;
  }
  return out;
}

std::optional<std::uint64_t> number(std::string_view text, std::uint64_t most) {
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, is_hex ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

Bytes big_endian(std::uint64_t value, std::size_t width) {
  ByteWriter writer;
  for (std::size_t i = width; i-- > 0;) writer.u8(static_cast<std::uint8_t>(value >> (8 * i)));
  return std::move(writer).finish();
}

Result<Bytes> number_bytes(std::string_view text, std::size_t width) {
  const std::uint64_t most = (std::uint64_t{1} << (8 * width)) - 1;
  const auto value = number(text, most);
  if (!value) return bad(text, "a number from 0 to " + std::to_string(most));
  return big_endian(*value, width);
}

Result<Bytes> flag_bytes(std::string_view text) {
  if (text == "1" || text == "true") return Bytes{1};
  if (text == "0" || text == "false") return Bytes{0};
  return bad(text, "0 or 1");
}

Result<Bytes> seconds_bytes(std::string_view text) {
  if (text == "infinite") return big_endian(infinite_s, 4);
  std::uint64_t unit = 1;
  std::string_view digits = text;
  if (!text.empty()) {
    const std::size_t found = std::string_view("smhd").find(text.back());
    constexpr std::uint64_t units[] = {1, 60, 3600, 86400};
    if (found != std::string_view::npos) {
      unit = units[found];
      digits.remove_suffix(1);
    }
  }
  const auto count = number(digits, infinite_s / unit);
  if (!count) return bad(text, "a number of seconds");
  return big_endian(*count * unit, 4);
}

Result<Bytes> address_list(std::string_view text, Family family, std::size_t multiple) {
  ByteWriter writer;
  std::size_t count = 0;
  for (std::string_view piece : pieces(text, ',')) {
    // IPv6 addresses may stand in brackets, as dnsmasq reads them.
    if (family == Family::v6 && piece.starts_with('[') && piece.ends_with(']'))
      piece = piece.substr(1, piece.size() - 2);
    const auto ip = Ip::parse(piece);
    if (!ip || ip->family != family) return bad(piece, family == Family::v4 ? "an IPv4 address" : "an IPv6 address");
    writer.put(wire::packet::address_bytes(*ip));
    ++count;
  }
  if (count % multiple != 0) return bad(text, "a list of address pairs");
  return std::move(writer).finish();
}

Result<Bytes> hex_bytes(std::string_view text) {
  ByteWriter writer;
  for (const std::string_view piece : pieces(text, ':')) {
    const auto value = number("0x" + std::string(piece), 0xff);
    if (piece.empty() || piece.size() > 2 || !value) return bad(text, "bytes in hexadecimal, separated by colons");
    writer.u8(static_cast<std::uint8_t>(*value));
  }
  return std::move(writer).finish();
}

Result<Bytes> domain_bytes(std::string_view text) {
  ByteWriter writer;
  for (const std::string_view piece : pieces(text, ',')) {
    const auto name = wire::packet::encode_domain(piece);
    if (!name) return fail(name.error());
    writer.put(*name);
  }
  return std::move(writer).finish();
}

Result<Bytes> counted_texts(std::string_view text) {
  ByteWriter writer;
  for (const std::string_view piece : pieces(text, ',')) {
    writer.u16(static_cast<std::uint16_t>(piece.size())).put(piece);
  }
  return std::move(writer).finish();
}

Result<Bytes> route_bytes(std::string_view text) {
  const auto list = pieces(text, ',');
  if (list.size() % 2 != 0) return bad(text, "a list of prefixes and their gateways");
  std::vector<wire::dhcp::Route4> routes;
  for (std::size_t i = 0; i < list.size(); i += 2) {
    const std::string prefix(list[i]);
    const auto to = Prefix::parse(prefix.find('/') == std::string::npos ? prefix + "/32" : prefix);
    const auto via = Ip::parse(list[i + 1]);
    if (!to || !to->address.is_v4()) return bad(prefix, "an IPv4 prefix");
    if (!via || !via->is_v4()) return bad(list[i + 1], "an IPv4 address");
    routes.push_back({*to, *via});
  }
  return wire::dhcp::encode_routes(routes);
}

Result<Bytes> text_bytes(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return bad("value", "text without zero bytes");
  return Bytes(text.begin(), text.end());
}

Result<Bytes> guessed_bytes(std::string_view text, Family family) {
  if (auto list = address_list(text, family, 1)) return list;
  if (text.find(':') != std::string_view::npos) {
    if (auto bytes = hex_bytes(text)) return bytes;
  }
  if (const auto value = number(text, std::numeric_limits<std::uint32_t>::max())) {
    return big_endian(*value, *value <= 0xff ? 1 : *value <= 0xffff ? 2 : 4);
  }
  return text_bytes(text);
}

Result<Bytes> typed_bytes(OptionType type, std::string_view text, Family family) {
  switch (type) {
    case OptionType::address: {
      auto bytes = address_list(text, family, 1);
      if (bytes && bytes->size() != (family == Family::v4 ? 4U : 16U)) return bad(text, "one address");
      return bytes;
    }
    case OptionType::addresses:
      return address_list(text, family, 1);
    case OptionType::address_pairs:
      return address_list(text, family, 2);
    case OptionType::flag:
      return flag_bytes(text);
    case OptionType::u8:
      return number_bytes(text, 1);
    case OptionType::u16:
      return number_bytes(text, 2);
    case OptionType::u32:
      return number_bytes(text, 4);
    case OptionType::seconds:
      return seconds_bytes(text);
    case OptionType::text:
      return text_bytes(text);
    case OptionType::domain:
      return domain_bytes(text);
    case OptionType::texts16:
      return counted_texts(text);
    case OptionType::routes:
      return route_bytes(text);
    case OptionType::hex:
      return hex_bytes(text);
    case OptionType::guess:
      return guessed_bytes(text, family);
  }
  return bad(text, "of a known type");
}

}  // namespace

Result<Bytes> option_bytes(OptionType type, std::string_view text, Family family) {
  if (text.empty()) return fail(ErrorCode::invalid, "The value of a DHCP option may not be empty.");
  if (text.size() > option_text_max) return fail(ErrorCode::invalid, "The value of a DHCP option is too long.");
  return typed_bytes(type, text, family);
}

}  // namespace tarn::answer
