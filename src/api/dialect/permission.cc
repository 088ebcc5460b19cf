#include "api/dialect/permission.h"

#include <algorithm>

#include "api/dialect/refusal.h"

namespace tarn::api::dialect {
namespace {

using Text = Result<std::optional<json::value>>;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::unexpected<Error> refuse_as(std::string reason, std::string message) {
  return fail(ErrorCode::invalid, std::move(reason), std::move(message));
}

// The model's prefix of a client's text; nullopt: it is none.
std::optional<std::string> prefix_of(std::string_view text) {
  if (const auto one = Ip::parse(text)) return Prefix::of(*one, one->bits()).text();
  if (const auto many = Prefix::parse(text)) return many->text();
  return std::nullopt;
}

}  // namespace

// Which names and numbers there are is known to the model.
Type protocol() {
  Type type = shown_text();
  type.words = "name of an IP protocol, or 0 to 255, or null";
  type.accept = [](const json::value& value) -> Result<json::value> {
    if (value.is_null()) return json::value("");
    if (value.is_int64()) return json::value(std::to_string(value.get_int64()));
    if (value.is_string() && !value.get_string().empty()) return json::value(lower(value.get_string()));
    return refuse_as("SecurityGroupRuleInvalidProtocol",
                     "Security group rule protocol " + plain(value) + " not supported");
  };
  return type;
}

Type ethertype() {
  Type type = shown_text();
  type.words = "\"IPv4\" or \"IPv6\"";
  type.accept = [](const json::value& value) -> Result<json::value> {
    const std::string word = value.is_string() ? lower(value.get_string()) : std::string();
    if (word == "ipv4") return json::value(4);
    if (word == "ipv6") return json::value(6);
    return refuse_as("SecurityGroupRuleInvalidEtherType", "Security group rule for ethertype '" + plain(value) +
                                                              "' not supported. Allowed values are ['IPv4', 'IPv6']");
  };
  return type;
}

Type port_number() {
  Type type = or_null(integer(0, 65535));
  type.accept = [accept = std::move(type.accept)](const json::value& value) -> Result<json::value> {
    auto good = accept(value);
    if (!good) return refuse_as("SecurityGroupInvalidPortValue", "Invalid value for port " + plain(value));
    return good;
  };
  return type;
}

Type remote_prefix() {
  Type type = shown_text();
  type.words = "IP address or CIDR, host bits are cleared, or null";
  type.accept = [](const json::value& value) -> Result<json::value> {
    if (value.is_null() || value == json::value("")) return json::value(nullptr);
    if (value.is_string())
      if (auto good = prefix_of(value.get_string())) return json::value(*good);
    return refuse_as("InvalidCIDR", "Invalid CIDR " + plain(value) + " given as IP prefix");
  };
  type.from_text = [](std::string_view text) -> Text {
    const auto good = prefix_of(text);
    return good ? std::optional(json::value(*good)) : std::nullopt;
  };
  return type;
}

json::value ethertype_name(int ip_version) {
  return ip_version == 4 ? "IPv4" : "IPv6";
}

json::value protocol_name(const std::string& protocol) {
  return protocol.empty() ? json::value(nullptr) : json::value(protocol);
}

}  // namespace tarn::api::dialect
