#include "wire/ovsdb/value.h"

#include <algorithm>

namespace tarn::wire::ovsdb {

Datum::Datum() = default;
Datum::Datum(const Datum& other) = default;
Datum::Datum(Datum&& other) noexcept = default;
Datum& Datum::operator=(const Datum& other) = default;
Datum& Datum::operator=(Datum&& other) noexcept = default;
Datum::~Datum() = default;
bool Datum::operator==(const Datum& other) const = default;
std::strong_ordering Datum::operator<=>(const Datum& other) const = default;

Datum Datum::of(Atom atom) {
  Datum datum;
  datum.content_ = std::vector<Atom>{std::move(atom)};
  return datum;
}

Datum Datum::set(std::vector<Atom> atoms) {
  std::ranges::sort(atoms);
  const auto repeated = std::ranges::unique(atoms);
  atoms.erase(repeated.begin(), repeated.end());
  Datum datum;
  datum.content_ = std::move(atoms);
  return datum;
}

Datum Datum::map(AtomMap pairs) {
  Datum datum;
  datum.content_ = std::move(pairs);
  return datum;
}

Datum Datum::map(const StringMap& pairs) {
  AtomMap atoms;
  for (const auto& [key, value] : pairs) atoms.emplace(key, value);
  return map(std::move(atoms));
}

bool Datum::empty() const {
  return is_map() ? pairs().empty() : atoms().empty();
}

const std::vector<Atom>& Datum::atoms() const {
  static const std::vector<Atom> none;
  const auto* atoms = std::get_if<std::vector<Atom>>(&content_);
  return atoms != nullptr ? *atoms : none;
}

const AtomMap& Datum::pairs() const {
  static const AtomMap none;
  const auto* pairs = std::get_if<AtomMap>(&content_);
  return pairs != nullptr ? *pairs : none;
}

std::optional<std::int64_t> Datum::integer() const {
  if (atoms().size() != 1) return std::nullopt;
  const auto* number = std::get_if<std::int64_t>(&atoms().front());
  return number != nullptr ? std::optional(*number) : std::nullopt;
}

std::optional<bool> Datum::boolean() const {
  if (atoms().size() != 1) return std::nullopt;
  const auto* truth = std::get_if<bool>(&atoms().front());
  return truth != nullptr ? std::optional(*truth) : std::nullopt;
}

const std::string* Datum::string() const {
  return atoms().size() == 1 ? std::get_if<std::string>(&atoms().front()) : nullptr;
}

std::vector<Uuid> Datum::uuids() const {
  std::vector<Uuid> found;
  const auto add = [&](const Atom& atom) {
    if (const auto* uuid = std::get_if<Uuid>(&atom)) found.push_back(*uuid);
  };
  for (const Atom& atom : atoms()) add(atom);
  for (const auto& [key, value] : pairs()) add(value);
  std::ranges::sort(found);
  return found;
}

StringMap Datum::strings() const {
  StringMap found;
  for (const auto& [key, value] : pairs()) {
    const auto* name = std::get_if<std::string>(&key);
    const auto* text = std::get_if<std::string>(&value);
    if (name != nullptr && text != nullptr) found.emplace(*name, *text);
  }
  return found;
}

const Datum& column_of(const Row& row, std::string_view column) {
  static const Datum absent;
  const auto found = row.find(column);
  return found != row.end() ? found->second : absent;
}

std::string string_of(const Row& row, std::string_view column) {
  const std::string* text = column_of(row, column).string();
  return text != nullptr ? *text : std::string();
}

}  // namespace tarn::wire::ovsdb
