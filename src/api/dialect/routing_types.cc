#include "api/dialect/routing_types.h"

#include <charconv>
#include <utility>

#include "api/dialect/records.h"
#include "api/dialect/refusal.h"

namespace tarn::api::dialect {
namespace {

constexpr std::int64_t port_max = 65'535;

std::vector<Part> gateway_parts() {
  return {{"network_id", "network", uuid()},
          {"enable_snat", "enable_snat", boolean(), false},
          {"external_fixed_ips", "fixed_ips", fixed_ips(), false},
          {"qos_policy_id", "qos_policy", or_null(uuid()), false}};
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// RFC 5237's numbers of the protocols that have ports here, and IANA's names of them.
constexpr std::pair<std::string_view, std::string_view> protocols[] = {
    {"icmp", "1"}, {"tcp", "6"}, {"udp", "17"}, {"dccp", "33"}, {"ipv6-icmp", "58"}, {"sctp", "132"}};

}  // namespace

Type gateway_info() {
  Type type = shown("{network_id, enable_snat?, external_fixed_ips?, qos_policy_id?} or null");
  type.accept = [parts = gateway_parts()](const json::value& value) -> Result<json::value> {
    const bool none = value.is_null() || (value.is_object() && value.get_object().empty());
    return none ? json::value(nullptr) : record(value, "gateway", parts);
  };
  return type;
}

Type gateways() {
  return list_of("list of {network_id, enable_snat?, external_fixed_ips?, qos_policy_id?}", "gateway", gateway_parts());
}

Type l4_protocol() {
  std::string names;
  for (const auto& [name, number] : protocols) names += (names.empty() ? "'" : ", '") + std::string(name) + "'";
  Type type = shown_text();
  type.words = "one of " + names + ", or its number";
  type.accept = [names](const json::value& value) -> Result<json::value> {
    std::string wanted = plain(value);
    for (char& c : wanted)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    for (const auto& [name, number] : protocols)
      if (wanted == name || wanted == number) return json::value(json::string(name));
    return refuse("'" + plain(value) + "' is not in [" + names + "]");
  };
  return type;
}

Type l4_port() {
  Type type = integer(1, port_max);
  type.accept = [accept = std::move(type.accept)](const json::value& value) -> Result<json::value> {
    auto port = accept(value);
    if (!port) return port;
    return json::value(json::array{*port, *port});
  };
  return type;
}

Type l4_port_range() {
  Type type = shown_text();
  type.words = "\"first:last\", each 1 to " + std::to_string(port_max);
  type.accept = [](const json::value& value) -> Result<json::value> {
    const std::string text = plain(value);
    const std::size_t cut = text.find(':');
    const auto first = number_in(std::string_view(text).substr(0, cut));
    const auto last = cut == std::string::npos ? first : number_in(std::string_view(text).substr(cut + 1));
    if (!first || !last || *first < 1 || *first > *last || *last > port_max)
      return refuse("'" + text + "' is not a port range");
    return json::value(json::array{*first, *last});
  };
  return type;
}

}  // namespace tarn::api::dialect
