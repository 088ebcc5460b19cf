#include "domain/switch_port.h"

#include "base/hash.h"

namespace tarn::domain {
namespace {

// The length before the text keeps "a","bc" apart from "ab","c".
void add(ContentHash& hash, std::string_view text) {
  hash.add(std::uint64_t{text.size()}).add(text);
}

std::string hexadecimal(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += digits[number >> shift & 15];
  return text;
}

}  // namespace

std::string_view text_of(SwitchPort::Type type) {
  switch (type) {
    case SwitchPort::Type::vxlan:
      return "vxlan";
    case SwitchPort::Type::geneve:
      return "geneve";
    case SwitchPort::Type::gre:
      return "gre";
    case SwitchPort::Type::ip6gre:
      return "ip6gre";
    case SwitchPort::Type::erspan:
      return "erspan";
    case SwitchPort::Type::ip6erspan:
      return "ip6erspan";
    case SwitchPort::Type::patch:
      return "patch";
    case SwitchPort::Type::internal:
      return "internal";
    case SwitchPort::Type::system:
      return "system";
  }
  return "internal";
}

std::string SwitchPort::Spec::hash() const {
  ContentHash content;
  add(content, bridge);
  add(content, text_of(type));
  add(content, unit);
  for (const auto& [key, value] : options) {
    add(content, key);
    add(content, value);
  }
  if (!bfd.empty()) add(content, "bfd");
  for (const auto& [key, value] : bfd) {
    add(content, key);
    add(content, value);
  }
  return hexadecimal(content.value());
}

reconcile::Drift SwitchPort::drift(const Spec& want, const Seen& have) {
  if (want.bridge != have.bridge || text_of(want.type) != have.type) return reconcile::Drift::replace;
  const bool same =
      want.options == have.options && want.bfd == have.bfd && have.unit == want.unit && have.hash == want.hash();
  return same ? reconcile::Drift::none : reconcile::Drift::adjust;
}

std::uint64_t SwitchPort::group(const Key&, const Spec& want) {
  return ContentHash().add(want.unit).value();
}
std::uint64_t SwitchPort::group(const Key& key, const Seen& have) {
  return ContentHash().add(have.unit.value_or(key)).value();
}

}  // namespace tarn::domain
