#include "answer/extra_options.h"

#include <algorithm>
#include <charconv>

#include "answer/option_table.h"
#include "wire/packet/frame.h"

namespace tarn::answer {
namespace {

constexpr std::uint16_t code4_max = 254;

enum class Audience { everyone, ipxe, others };

struct Named {
  Audience audience = Audience::everyone;
  std::uint16_t code = 0;
  OptionType type = OptionType::guess;
};

// Takes "tag:ipxe," off the front; nothing if another tag stands there.
std::optional<Audience> take_audience(std::string_view& name) {
  if (!name.starts_with("tag:")) return Audience::everyone;
  const std::size_t comma = name.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  std::string_view tag = name.substr(4, comma - 4);
  name.remove_prefix(comma + 1);
  const bool inverted = tag.starts_with('!');
  if (inverted) tag.remove_prefix(1);
  if (tag != "ipxe" && tag != "ipxe6") return std::nullopt;
  return inverted ? Audience::others : Audience::ipxe;
}

std::optional<Named> find_number(std::string_view name, Family family) {
  std::uint16_t code = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  const auto known = known_options(family);
  const auto found = std::ranges::find(known, code, &KnownOption::code);
  if (found != known.end()) return Named{Audience::everyone, code, found->type};
  if (family == Family::v4 && code > code4_max) return std::nullopt;
  return Named{Audience::everyone, code, OptionType::guess};
}

Result<Named> find(std::string_view full_name, Family family) {
  std::string_view name = full_name;
  const auto unknown = [&] {
    return fail(ErrorCode::invalid, "'" + std::string(full_name) + "' is not a DHCP option that can be set.");
  };
  const auto audience = take_audience(name);
  if (!audience) return unknown();
  const auto known = known_options(family);
  const auto by_name = std::ranges::find(known, name, &KnownOption::name);
  std::optional<Named> named =
      by_name != known.end() ? Named{Audience::everyone, by_name->code, by_name->type} : find_number(name, family);
  if (!named || is_reserved(named->code, family)) return unknown();
  named->audience = *audience;
  return *named;
}

bool may_be_empty(const Named& option, Family family) {
  return family == Family::v4 && (option.type == OptionType::routes || option.code == 3);
}

}  // namespace

Status check_extra_option(std::string_view name, std::string_view value, int ip_version) {
  if (ip_version != 4 && ip_version != 6) {
    return fail(ErrorCode::invalid, "The IP version of a DHCP option is 4 or 6.");
  }
  const Family family = ip_version == 4 ? Family::v4 : Family::v6;
  const auto option = find(name, family);
  if (!option) return fail(option.error());
  if (value.empty() && may_be_empty(*option, family)) return {};
  if (const auto bytes = option_bytes(option->type, value, family); !bytes) {
    return fail(ErrorCode::invalid, "DHCP option '" + std::string(name) + "': " + bytes.error().message);
  }
  return {};
}

ExtraBytes extra_options(std::span<const ExtraOption> extra, Family family, bool client_is_ipxe) {
  ExtraBytes out;
  for (const auto& [name, value] : extra) {
    const auto option = find(name, family);
    if (!option || option->audience == (client_is_ipxe ? Audience::others : Audience::ipxe)) continue;
    if (value.empty() && may_be_empty(*option, family)) out.suppressed.insert(option->code);
    auto bytes = option_bytes(option->type, value, family);
    if (!bytes) continue;
    if (family == Family::v4 && option->code == next_server_code) {
      ByteReader reader(*bytes);
      if (!out.next_server) out.next_server = wire::packet::read_ip4(reader);
    } else {
      out.options.try_emplace(option->code, std::move(*bytes));
    }
  }
  return out;
}

}  // namespace tarn::answer
