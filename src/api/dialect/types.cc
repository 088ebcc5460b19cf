#include "api/dialect/types.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "api/dialect/refusal.h"

namespace tarn::api::dialect {
namespace {

using Text = Result<std::optional<json::value>>;

Text as_it_is(std::string_view text) {
  return json::value(json::string(text));
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

Result<bool> boolean_of(const json::value& value) {
  if (value.is_bool()) return value.get_bool();
  const std::string word = value.is_string() ? lower(value.get_string()) : json::serialize(value);
  if (value.is_string() || value.is_number()) {
    for (const char* yes : {"true", "1", "yes", "on", "t", "y"})
      if (word == yes) return true;
    for (const char* no : {"false", "0", "no", "off", "f", "n"})
      if (word == no) return false;
  }
  return cannot_convert("'" + plain(value) + "' cannot be converted to boolean");
}

Result<std::int64_t> integer_of(const json::value& value) {
  if (value.is_int64()) return value.get_int64();
  if (value.is_uint64()) return refuse("'" + plain(value) + "' is too large");
  if (value.is_string()) {
    const std::string_view text = value.get_string();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return number;
  }
  return cannot_convert("'" + plain(value) + "' is not an integer");
}

constexpr std::size_t domain_name_max = 255;  // RFC 1035 section 2.3.4, as are the 63 of a label
constexpr std::size_t label_max = 63;

bool is_label(std::string_view label) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !label.empty() && label.size() <= label_max && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, good);
}

bool is_domain_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > domain_name_max) return false;
  bool several = false;
  for (std::size_t dot = name.find('.'); dot != name.npos; dot = name.find('.')) {
    if (!is_label(name.substr(0, dot))) return false;
    name.remove_prefix(dot + 1);
    several = true;
  }
  const bool number = std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
  return is_label(name) && !(several && number);
}

// A type whose canonical form is the text of a parsed value.
template <class Parsed>
Type parsed(std::string words, std::string what) {
  const auto accept = [what](const json::value& value) -> Result<json::value> {
    if (value.is_string())
      if (const auto good = Parsed::parse(value.get_string())) return json::value(good->text());
    return refuse("'" + plain(value) + "' is not a valid " + what);
  };
  const auto from_text = [](std::string_view text) -> Text {
    const auto good = Parsed::parse(text);
    return good ? std::optional(json::value(good->text())) : std::nullopt;
  };
  return {std::move(words), accept, from_text};
}

}  // namespace

Result<bool> boolean_word(std::string_view text) {
  return boolean_of(json::value(json::string(text)));
}

Type text(std::size_t length_max) {
  const auto accept = [length_max](const json::value& value) -> Result<json::value> {
    if (!value.is_string()) return refuse("'" + plain(value) + "' is not a valid string");
    if (code_points(value.get_string()) > length_max)
      return refuse("'" + plain(value) + "' exceeds maximum length of " + std::to_string(length_max));
    if (value.get_string().find('\0') != json::string::npos) return refuse("a string cannot hold a zero character");
    return value;
  };
  return {"string, at most " + std::to_string(length_max), accept, as_it_is};
}

Type domain_name() {
  Type type = text(domain_name_max);
  type.words = "domain name, at most 255, or empty";
  type.accept = [accept = type.accept](const json::value& value) -> Result<json::value> {
    const auto good = accept(value);
    if (!good) return good;
    std::string name = lower(value.get_string());
    if (!name.empty() && !is_domain_name(name)) return refuse("'" + plain(value) + "' not a valid PQDN or FQDN");
    return json::value(std::move(name));
  };
  type.from_text = [](std::string_view text) -> Text { return json::value(lower(text)); };
  return type;
}

Type dns_domain() {
  Type type = domain_name();
  type.words = "domain name that ends with a dot, at most 255, or empty";
  type.accept = [accept = type.accept](const json::value& value) -> Result<json::value> {
    auto good = accept(value);
    if (good && !good->get_string().empty() && good->get_string().back() != '.')
      return refuse("'" + plain(value) + "' is not a FQDN");
    return good;
  };
  return type;
}

Type boolean() {
  const auto accept = [](const json::value& value) -> Result<json::value> {
    const auto good = boolean_of(value);
    if (!good) return fail(good.error());
    return json::value(*good);
  };
  const auto from_text = [](std::string_view text) -> Text {
    const auto good = boolean_of(json::value(json::string(text)));
    if (!good) return fail(good.error());
    return json::value(*good);
  };
  return {"boolean", accept, from_text};
}

Type integer(std::int64_t low, std::int64_t high) {
  const auto accept = [low, high](const json::value& value) -> Result<json::value> {
    const auto number = integer_of(value);
    if (!number) return fail(number.error());
    if (*number < low)
      return refuse("'" + plain(value) + "' is too small - must be at least '" + std::to_string(low) + "'");
    if (*number > high)
      return refuse("'" + plain(value) + "' is too large - must be no larger than '" + std::to_string(high) + "'");
    return json::value(*number);
  };
  return {"integer, " + std::to_string(low) + " to " + std::to_string(high), accept, shown_number().from_text};
}

Type uuid() {
  return parsed<Uuid>("UUID", "UUID");
}

Type id_of(std::string name, std::string not_found) {
  Type type = uuid();
  type.accept = [=, parse = type.accept](const json::value& value) -> Result<json::value> {
    if (!value.is_string()) return parse(value);
    if (auto good = parse(value)) return good;
    return fail(ErrorCode::not_found, not_found, name + " " + plain(value) + " does not exist");
  };
  return type;
}

Type mac() {
  Type type = parsed<Mac>("MAC address", "MAC address");
  type.accept = [parse = type.accept](const json::value& value) -> Result<json::value> {
    auto good = parse(value);
    if (good && good->get_string() == "00:00:00:00:00:00")
      return refuse("'" + plain(value) + "' is not a valid MAC address");
    return good;
  };
  return type;
}

Type ip() {
  return parsed<Ip>("IP address", "IP address");
}

Type or_null(Type type) {
  type.words += " or null";
  type.accept = [accept = std::move(type.accept)](const json::value& value) -> Result<json::value> {
    return value.is_null() ? value : accept(value);
  };
  return type;
}

Type ip_version() {
  Type type = integer(4, 6);
  type.words = "4 or 6";
  type.accept = [accept = std::move(type.accept)](const json::value& value) -> Result<json::value> {
    auto number = accept(value);
    if (number && *number == 5) return refuse("'5' is not in [4, 6]");
    return number;
  };
  return type;
}

Type cidr() {
  Type type = parsed<Prefix>("CIDR", "IP subnet");
  type.accept = [parse = type.accept](const json::value& value) -> Result<json::value> {
    auto good = parse(value);
    if (!good) return good;
    // Spelling may differ (IPv6 case and zeros), host bits may not be set.
    if (!Prefix::parse(value.get_string(), true))
      return refuse("'" + plain(value) + "' isn't a recognized IP subnet cidr, '" + plain(*good) + "' is recommended");
    return good;
  };
  return type;
}

Type one_of(std::vector<Word> words, std::optional<std::string> null_as) {
  std::string list;
  for (const Word& word : words) list += (list.empty() ? "'" : ", '") + word.api + "'";
  const auto accept = [words, null_as, list](const json::value& value) -> Result<json::value> {
    if (value.is_null() && null_as) return json::value(*null_as);
    if (value.is_string())
      for (const Word& word : words)
        if (word.api == std::string_view(value.get_string())) return json::value(word.model);
    return refuse("'" + plain(value) + "' is not in [" + list + "]");
  };
  return {"one of " + list + (null_as ? ", or null" : ""), accept, as_it_is};
}

Type one_of_numbers(std::vector<std::int64_t> numbers) {
  std::string list;
  for (const std::int64_t each : numbers) list += (list.empty() ? "" : ", ") + std::to_string(each);
  const auto accept = [numbers, list](const json::value& value) -> Result<json::value> {
    const auto number = integer_of(value);
    if (number && std::ranges::find(numbers, *number) != numbers.end()) return json::value(*number);
    return refuse("'" + plain(value) + "' is not in [" + list + "]");
  };
  return {"one of " + list, accept, shown_number().from_text};
}

Type dictionary(std::size_t bytes_max) {
  const auto accept = [bytes_max](const json::value& value) -> Result<json::value> {
    if (value.is_null()) return json::value("{}");
    if (!value.is_object()) return refuse("'" + plain(value) + "' is not a dictionary");
    std::string text = json::serialize(value);
    if (text.size() > bytes_max) return refuse("it is longer than " + std::to_string(bytes_max) + " bytes");
    return json::value(text);
  };
  Type type = shown("object, at most " + std::to_string(bytes_max) + " bytes, or null");
  type.accept = accept;
  return type;
}

Type only_null(std::string reason) {
  Type type = shown("null");
  type.accept = [reason = std::move(reason)](const json::value& value) -> Result<json::value> {
    if (value.is_null()) return value;
    return refuse(reason);
  };
  return type;
}

Type shown_text() {
  return {"string", [](const json::value&) -> Result<json::value> { return refuse("it is read-only"); }, as_it_is};
}

Type shown_boolean() {
  Type type = boolean();
  type.accept = shown_text().accept;
  return type;
}

Type shown_number() {
  const auto from_text = [](std::string_view text) -> Text {
    const auto number = integer_of(json::value(json::string(text)));
    if (!number) return fail(number.error());
    return json::value(*number);
  };
  return {"integer", shown_text().accept, from_text};
}

Type shown(std::string words) {
  return {std::move(words), shown_text().accept, [](std::string_view) -> Text { return std::nullopt; }};
}

}  // namespace tarn::api::dialect
