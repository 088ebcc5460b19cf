#include "model/admit/port_options.h"

#include <algorithm>

#include "model/admit/rules.h"

namespace tarn::model::admission {
namespace {

constexpr std::size_t dhcp_options_max = 255;  // as many as DHCPv4 has codes

Result<std::string> text_of(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  const boost::json::string* text = value ? value->if_string() : nullptr;
  if (text == nullptr || text->empty()) return invalid_input("'" + std::string(name) + "' is not a string with text.");
  return std::string(*text);
}

Status only(const boost::json::object& object, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object) {
    if (std::ranges::find(known, std::string_view(name)) != known.end()) continue;
    return invalid_input("Unrecognized attribute(s) '" + std::string(name) + "'.");
  }
  return {};
}

Result<Prefix> pair_address(const std::string& text) {
  if (text.find('/') != std::string::npos) return Prefix::parse(text);
  const Result<Ip> ip = Ip::parse(text);
  if (!ip) return fail(ip.error());
  return Prefix::of(*ip, ip->bits());
}

Result<AddressPair> parse_pair(const boost::json::value& entry) {
  const boost::json::object* object = entry.if_object();
  if (object == nullptr) return invalid_input("an allowed address pair is not an object.");
  if (Status status = only(*object, {"address", "mac"}); !status) return fail(status.error());
  if (!is_given(*object, "address")) {
    return fail(ErrorCode::invalid, "AllowedAddressPairsMissingIP", "AllowedAddressPair must contain ip_address.");
  }
  const Result<std::string> address = text_of(*object, "address");
  if (!address) return fail(address.error());
  const Result<Prefix> prefix = pair_address(*address);
  if (!prefix) return invalid_input(prefix.error().message);
  AddressPair pair{*prefix, std::nullopt};
  if (!is_given(*object, "mac")) return pair;
  const Result<std::string> text = text_of(*object, "mac");
  if (!text) return fail(text.error());
  const Result<Mac> mac = Mac::parse(*text);
  if (!mac) return invalid_input(mac.error().message);
  pair.mac = *mac;
  return pair;
}

struct OptionEdit {
  DhcpOption option;
  bool removes = false;
};

Result<OptionEdit> parse_option(const boost::json::value& entry) {
  const boost::json::object* object = entry.if_object();
  if (object == nullptr) return invalid_input("an extra DHCP option is not an object.");
  if (Status status = only(*object, {"name", "value", "ip_version"}); !status) return fail(status.error());
  const Result<std::string> name = text_of(*object, "name");
  if (!name) return fail(name.error());
  OptionEdit edit{{*name, {}, 4}, false};
  if (is_given(*object, "ip_version")) {
    const boost::json::value& version = object->at("ip_version");
    if (version != 4 && version != 6) return invalid_input("ip_version of an extra DHCP option must be 4 or 6.");
    edit.option.ip_version = version == 4 ? 4 : 6;
  }
  if (!is_given(*object, "value")) {
    edit.removes = true;
    return edit;
  }
  const Result<std::string> value = text_of(*object, "value");
  if (!value) return fail(value.error());
  edit.option.value = *value;
  return edit;
}

bool same_option(const DhcpOption& a, const DhcpOption& b) {
  return a.name == b.name && a.ip_version == b.ip_version;
}

}  // namespace

Result<std::vector<AddressPair>> parse_pairs(const boost::json::value& given, const Mac& own, const Limits& limits) {
  std::vector<AddressPair> pairs;
  if (given.is_null()) return pairs;
  const boost::json::array* entries = given.if_array();
  if (entries == nullptr) return invalid_input("'allowed_address_pairs' is not a list.");
  if (entries->size() > limits.address_pairs_max) {
    return fail(
        ErrorCode::invalid, "AllowedAddressPairExhausted",
        "The number of allowed address pair exceeds the maximum " + std::to_string(limits.address_pairs_max) + ".");
  }
  for (const boost::json::value& entry : *entries) {
    const Result<AddressPair> pair = parse_pair(entry);
    if (!pair) return fail(pair.error());
    const auto same = [&](const AddressPair& other) {
      return other.address == pair->address && other.mac.value_or(own) == pair->mac.value_or(own);
    };
    if (std::ranges::any_of(pairs, same)) {
      return fail(ErrorCode::invalid, "DuplicateAddressPairInRequest",
                  "Request contains duplicate address pair: mac_address " + pair->mac.value_or(own).text() +
                      " ip_address " + pair->address.text() + ".");
    }
    pairs.push_back(*pair);
  }
  return pairs;
}

Status check_pairs(const Port& port) {
  if (port.allowed_address_pairs.empty() || port.port_security_enabled) return {};
  return fail(ErrorCode::conflict, "AddressPairAndPortSecurityRequired",
              "Port Security must be enabled in order to have allowed address pairs on a port.");
}

Result<std::vector<DhcpOption>> merge_dhcp_options(std::vector<DhcpOption> held, const boost::json::value& given) {
  if (given.is_null()) return held;
  const boost::json::array* entries = given.if_array();
  if (entries == nullptr) return invalid_input("'extra_dhcp_opts' is not a list.");
  std::vector<DhcpOption> named;
  for (const boost::json::value& entry : *entries) {
    const Result<OptionEdit> edit = parse_option(entry);
    if (!edit) return fail(edit.error());
    const auto same = [&](const DhcpOption& other) { return same_option(other, edit->option); };
    if (std::ranges::any_of(named, same)) {
      return invalid_input("extra DHCP option '" + edit->option.name + "' is given twice.");
    }
    named.push_back(edit->option);
    const auto found = std::ranges::find_if(held, same);
    if (edit->removes) {
      if (found != held.end()) held.erase(found);
    } else if (found != held.end()) {
      found->value = edit->option.value;
    } else {
      held.push_back(edit->option);
    }
  }
  if (held.size() > dhcp_options_max) return invalid_input("too many extra DHCP options.");
  return held;
}

}  // namespace tarn::model::admission
