#include "side.h"

#include <boost/algorithm/string/case_conv.hpp>
#include <regex>

#include "base/check.h"
#include "comparison.h"

namespace tarn::test {
namespace {

// What a cloud chooses by itself.
const std::set<std::string_view> chosen{"ip_address",       "provider:segmentation_id", "segmentation_id",
                                        "fixed_ip_address", "floating_ip_address",      "ipv6_address",
                                        "local_ip_address"};

bool is_id(std::string_view text) {
  static const std::regex id("[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
  return std::regex_match(text.begin(), text.end(), id);
}

bool is_time(std::string_view text) {
  static const std::regex time("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
  return std::regex_match(text.begin(), text.end(), time);
}

json::string word(std::string_view key) {
  return json::string("<" + std::string(key) + ">");
}

}  // namespace

std::string Request::text() const {
  return std::string(persona_names[static_cast<std::size_t>(who)]) + " " + method + " " + target +
         (body.is_null() ? "" : " " + json::serialize(body));
}

Side::Side(const ClientOf& client_of) {
  for (std::size_t i = 0; i < persona_names.size(); ++i) clients_.push_back(client_of(static_cast<Persona>(i)));
}

void Side::name(const std::string& symbol, const std::string& id) {
  ids_[symbol] = id;
  symbols_[id] = symbol;
}

std::string Side::filled(const std::string& text) const {
  std::string result = text;
  for (std::size_t at = 0; (at = result.find("${", at)) != std::string::npos;) {
    const std::size_t end = result.find('}', at);
    const auto found = ids_.find(result.substr(at + 2, end - at - 2));
    CHECK(found != ids_.end());
    result.replace(at, end + 1 - at, found->second);
  }
  return result;
}

json::value Side::filled(const json::value& value) const {
  if (value.is_string()) return json::value(json::string(filled(std::string(value.as_string()))));
  if (value.is_array()) {
    json::array items;
    for (const json::value& item : value.as_array()) items.push_back(filled(item));
    return items;
  }
  if (!value.is_object()) return value;
  json::object object;
  for (const auto& [key, item] : value.as_object()) object.emplace(key, filled(item));
  return object;
}

void Side::remember_given(const json::value& value) {
  if (value.is_string()) {
    given_.emplace(value.as_string());
    given_.insert(boost::algorithm::to_lower_copy(std::string(value.as_string())));
  }
  if (value.is_int64()) given_.insert(std::to_string(value.as_int64()));
  if (value.is_array())
    for (const json::value& item : value.as_array()) remember_given(item);
  if (value.is_object())
    for (const auto& [key, item] : value.as_object()) remember_given(item);
}

json::string Side::comparable_text(std::string_view text, std::string_view key) const {
  if (const auto symbol = symbols_.find(text); symbol != symbols_.end())
    return json::string("${" + symbol->second + "}");
  if (is_time(text)) return "<time>";
  // Neutron keeps some capitals: row "MAC addresses with dashes or capitals".
  if (key == "mac_address") {
    const std::string small = boost::algorithm::to_lower_copy(std::string(text));
    return given_.contains(small) ? json::string(small) : word(key);
  }
  // What DHCP calls a host that has no name follows from its address.
  if ((key == "hostname" || key == "fqdn") && text.starts_with("host-")) return word(key);
  if (chosen.contains(key) && !given_.contains(text)) return word(key);
  if (given_.contains(text)) return json::string(text);
  if (is_id(text)) return "<id>";
  return json::string(text);
}

json::value Side::comparable(const json::value& value, std::string_view key) const {
  if (value.is_string()) return comparable_text(value.as_string(), key);
  // Numbers that clouds choose begin at 1.
  constexpr std::int64_t given_least = 98;
  if (value.is_int64() && chosen.contains(key))
    return value.as_int64() >= given_least && given_.contains(json::serialize(value)) ? value : json::value(word(key));
  if (value.is_array()) {
    json::array items;
    for (const json::value& item : value.as_array()) items.push_back(comparable(item, key));
    return items;
  }
  if (!value.is_object()) return value;
  json::object object;
  for (const auto& [name, item] : value.as_object()) {
    object.emplace(comparable_text(name, ""), comparable(item, name));
  }
  return object;
}

Told Side::ask(const Request& request) {
  remember_given(request.body);
  const std::string body = request.body.is_null() ? "" : json::serialize(filled(request.body));
  const auto answer = clients_[static_cast<std::size_t>(request.who)].ask(request.method, filled(request.target), body);
  if (!answer) return {.status = 0, .message = answer.error().message};
  Told told{.status = answer->status};
  boost::system::error_code wrong;
  told.raw = json::parse(answer->body, wrong);
  if (wrong) told.raw = nullptr;
  if (told.status < 300) {
    told.body = in_order(comparable(told.raw, ""));
  } else if (const json::value* error =
                 told.raw.is_object() ? told.raw.as_object().if_contains("NeutronError") : nullptr) {
    told.message = json::serialize(*error);
    if (error->is_object()) told.type = json::value_to<std::string>(error->at("type"));
  } else {
    told.message = answer->body.substr(0, 300);
  }
  return told;
}

}  // namespace tarn::test
