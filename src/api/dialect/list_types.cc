// The validators of lists: each entry is checked and respelled for the model; duplicates are refused.
#include <algorithm>
#include <set>

#include "api/dialect/records.h"
#include "api/dialect/refusal.h"

namespace tarn::api::dialect {
namespace {

constexpr std::size_t entries_max = 1024;  // of any list; the model's own limits are far lower
constexpr std::size_t tags_max = 50;
constexpr std::size_t tag_length_max = 255;
constexpr std::size_t option_length_max = 255;

using Accept = std::function<Result<json::value>(const json::value&)>;

// What no two entries may share: the named members, or the whole entry. An entry without them is never a duplicate.
using Key = std::vector<std::string_view>;

std::string key_of(const json::value& entry, const Key& key) {
  if (key.empty()) return json::serialize(entry);
  std::string text;
  for (const std::string_view part : key)
    if (const auto* value = entry.get_object().if_contains(part)) text += json::serialize(*value) + " ";
  return text;
}

Result<json::value> each(const json::value& value, const std::string& what, bool null_is_empty, const Accept& accept,
                         const Key& key) {
  if (value.is_null() && null_is_empty) return json::value(json::array());
  if (!value.is_array()) return refuse("Invalid data format for " + what + ": '" + plain(value) + "'");
  if (value.get_array().size() > entries_max) return refuse("more than " + std::to_string(entries_max) + " entries");
  json::array out;
  std::set<std::string> seen;
  for (const json::value& entry : value.get_array()) {
    auto good = accept(entry);
    if (!good) return good;
    const std::string same = key_of(*good, key);
    if (!same.empty() && !seen.insert(same).second) return refuse("Duplicate " + what + " '" + plain(entry) + "'");
    out.push_back(std::move(*good));
  }
  return json::value(std::move(out));
}

}  // namespace

Result<json::value> record(const json::value& entry, const std::string& what, const std::vector<Part>& parts) {
  if (!entry.is_object()) return refuse("Invalid data format for " + what + ": '" + plain(entry) + "'");
  json::object out;
  for (const auto& [key, value] : entry.get_object()) {
    const auto part = std::ranges::find_if(parts, [&](const Part& each) { return each.api == std::string_view(key); });
    if (part == parts.end()) return refuse("'" + std::string(key) + "' is not a key of a " + what);
    auto good = part->type.accept(value);
    if (!good) return good;
    out.insert_or_assign(part->model, std::move(*good));
  }
  for (const Part& part : parts)
    if (part.required && !out.contains(part.model))
      return refuse("a " + what + " needs the key '" + std::string(part.api) + "'");
  return json::value(std::move(out));
}

namespace {

Type list(std::string words, std::string what, bool null_is_empty, Accept entry, Key key = {}) {
  Type type = shown(std::move(words));
  type.accept = [=](const json::value& value) { return each(value, what, null_is_empty, entry, key); };
  return type;
}

// A bare address means that address alone. `exact` refuses host bits, which are cleared otherwise.
Result<json::value> address_or_prefix(const json::value& value, bool exact) {
  if (value.is_string()) {
    const std::string_view text = value.get_string();
    if (const auto one = Ip::parse(text)) return json::value(Prefix::of(*one, one->bits()).text());
    if (const auto many = Prefix::parse(text, exact)) return json::value(many->text());
  }
  return refuse("'" + plain(value) + "' is neither a valid IP address, nor is it a valid IP subnet");
}

}  // namespace

Type list_of(std::string words, std::string what, std::vector<Part> parts) {
  return list(std::move(words), what, true,
              [what, parts = std::move(parts)](const json::value& entry) { return record(entry, what, parts); });
}

Type texts(std::size_t length_max) {
  return list("list of strings", "value", true, text(length_max).accept);
}

Type tags() {
  Type type = list("list of at most 50 strings", "tag", false, [](const json::value& value) -> Result<json::value> {
    auto good = text(tag_length_max).accept(value);
    if (!good) return good;
    const std::string_view tag = value.get_string();
    if (tag.empty() || tag.find(',') != tag.npos) return refuse("a tag is not empty and holds no comma");
    return good;
  });
  type.accept = [accept = type.accept](const json::value& value) -> Result<json::value> {
    auto good = accept(value);
    if (good && good->get_array().size() > tags_max) return refuse("a resource has at most 50 tags");
    return good;
  };
  return type;
}

Type fixed_ips() {
  return list("list of {subnet_id, ip_address}, one of the two may be left out", "fixed IP", false,
              [](const json::value& entry) -> Result<json::value> {
                auto good = record(entry, "fixed IP",
                                   {{"subnet_id", "subnet", uuid(), false}, {"ip_address", "address", ip(), false}});
                if (good && good->get_object().empty()) return refuse("a fixed IP needs a subnet_id or an ip_address");
                return good;
              },
              {"address"});
}

Type allocation_pools() {
  return list("list of {start, end}", "IP pool", false, [](const json::value& entry) {
    return record(entry, "IP pool", {{"start", "first", ip()}, {"end", "last", ip()}});
  });
}

Type host_routes() {
  return list("list of {destination, nexthop}", "hostroute", true, [](const json::value& entry) {
    return record(entry, "hostroute", {{"destination", "destination", cidr()}, {"nexthop", "nexthop", ip()}});
  });
}

Type dns_nameservers() {
  return list("list of IP addresses", "nameserver", true, ip().accept);
}

// A filter names one that must be among them.
Type uuids() {
  Type type = list("list of UUIDs, or null", "UUID", true, uuid().accept);
  type.from_text = uuid().from_text;
  return type;
}

Type prefix() {
  Type type = cidr();
  type.words = "CIDR or IP address";
  type.accept = [](const json::value& value) { return address_or_prefix(value, false); };
  return type;
}

Type prefixes() {
  const auto accept = [](const json::value& value) -> Result<json::value> {
    if (value.is_string())
      if (const auto prefix = Prefix::parse(value.get_string())) return json::value(prefix->text());
    return cidr().accept(value);  // says what is wrong
  };
  return list("list of CIDRs, host bits are cleared", "prefix", false, accept);
}

Type prefixes_or_addresses() {
  return list("list of CIDRs or IP addresses, host bits are cleared", "prefix", false, prefix().accept);
}

Type address_pairs() {
  Type address = shown("IP address or CIDR");
  address.accept = [](const json::value& value) { return address_or_prefix(value, true); };
  return list("list of {ip_address, mac_address?}", "address pair", true, [address](const json::value& entry) {
    return record(entry, "address pair", {{"ip_address", "address", address}, {"mac_address", "mac", mac(), false}});
  });
}

Type network_segments() {
  const auto entry = [](const json::value& value) {
    return record(value, "segment",
                  {{"provider:network_type", "type", one_of({{"vxlan", "vxlan"}, {"vlan", "vlan"}, {"flat", "flat"}})},
                   {"provider:physical_network", "physical_network", or_null(text(64)), false},
                   {"provider:segmentation_id", "segmentation_id", or_null(integer(1, 16'777'215)), false}});
  };
  return list("list of {provider:network_type, provider:physical_network?, provider:segmentation_id?}", "segment",
              false, entry, {"physical_network", "segmentation_id"});
}

Type sub_ports() {
  const auto entry = [](const json::value& value) {
    return record(value, "subport",
                  {{"port_id", "port", uuid()},
                   {"segmentation_type", "segmentation", one_of({{"vlan", "vlan"}, {"inherit", "inherit"}}), false},
                   {"segmentation_id", "segmentation_id", integer(0, 0xffff'ffff), false}});
  };
  Type type = list("list of {port_id, segmentation_type, segmentation_id}", "subport", false, entry, {"port"});
  type.accept = [accept = type.accept](const json::value& value) -> Result<json::value> {
    auto good = accept(value);
    if (!good) return good;
    std::set<std::string> seen;
    for (const json::value& each : good->get_array()) {
      const json::object& sub = each.get_object();
      if (sub.contains("segmentation") && sub.at("segmentation") == "inherit") continue;
      if (sub.contains("segmentation") != sub.contains("segmentation_id"))  // none of both: of one to be removed
        return refuse("Invalid subport details: both segmentation_id and segmentation_type must be given");
      if (const auto* id = sub.if_contains("segmentation_id"); id && !seen.insert(json::serialize(*id)).second)
        return refuse("Segmentation ID '" + plain(*id) + "' is not unique");
    }
    return good;
  };
  return type;
}

Type dhcp_options() {
  Type value = text(option_length_max);
  value.accept = [accept = value.accept](const json::value& given) -> Result<json::value> {
    return given.is_null() ? given : accept(given);  // null takes the option away
  };
  Type name = text(64);
  name.accept = [accept = name.accept](const json::value& given) -> Result<json::value> {
    auto good = accept(given);
    if (good && good->get_string().empty()) return refuse("an option needs a name");
    return good;
  };
  Type version = integer(4, 6);
  version.accept = [accept = version.accept](const json::value& given) -> Result<json::value> {
    auto good = accept(given);
    if (good && *good == 5) return refuse("'5' is not in [4, 6]");
    return good;
  };
  return list(
      "list of {opt_name, opt_value, ip_version?}", "DHCP option", true,
      [=](const json::value& entry) {
        auto good = record(
            entry, "DHCP option",
            {{"opt_name", "name", name}, {"opt_value", "value", value}, {"ip_version", "ip_version", version, false}});
        if (good && !good->get_object().contains("ip_version")) good->get_object()["ip_version"] = 4;
        return good;
      },
      {"name", "ip_version"});
}

}  // namespace tarn::api::dialect
