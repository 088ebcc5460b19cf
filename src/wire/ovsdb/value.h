// OVSDB values (RFC 7047 section 3.1 and 5.1) in normal form: equal values compare equal however they were written.
// Pure values, owned by whoever holds them; they know nothing of JSON text (json.h) or of a connection (session.h).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/uuid.h"

namespace tarn::wire::ovsdb {

// A <real>. Ordered totally; minus zero is stored as zero, NaN cannot be written in JSON.
struct Real {
  double value = 0;

  explicit Real(double number) : value(number == 0 ? 0 : number) {}
  std::strong_ordering operator<=>(const Real& other) const { return std::strong_order(value, other.value); }
  bool operator==(const Real& other) const { return (*this <=> other) == 0; }
};

// A row inserted by the same transaction, by its "uuid-name" (RFC 7047 section 5.1, <named-uuid>). Requests only.
struct NamedUuid {
  std::string name;

  auto operator<=>(const NamedUuid&) const = default;
};

// One <atom>.
using Atom = std::variant<std::int64_t, Real, bool, std::string, Uuid, NamedUuid>;

using AtomMap = std::map<Atom, Atom>;
using StringMap = std::map<std::string, std::string>;

// One <value> of a column: a set of atoms (a scalar is a set of one, an absent optional an empty set) or a map.
class Datum {
 public:
  Datum();  // the empty set
  Datum(const Datum& other);
  Datum(Datum&& other) noexcept;
  Datum& operator=(const Datum& other);
  Datum& operator=(Datum&& other) noexcept;
  ~Datum();
  static Datum of(Atom atom);
  static Datum set(std::vector<Atom> atoms);  // any order, repeated atoms count once
  static Datum map(AtomMap pairs);
  static Datum map(const StringMap& pairs);

  bool operator==(const Datum& other) const;
  std::strong_ordering operator<=>(const Datum& other) const;

  [[nodiscard]] bool is_map() const { return std::holds_alternative<AtomMap>(content_); }
  [[nodiscard]] bool empty() const;
  [[nodiscard]] const std::vector<Atom>& atoms() const;  // sorted, unique; empty for a map
  [[nodiscard]] const AtomMap& pairs() const;            // empty for a set

  // The only atom, when there is exactly one and it has that type.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] const std::string* string() const;
  // Sorted; of a map what the keys are for; atoms of other types are left out.
  [[nodiscard]] std::vector<Uuid> uuids() const;
  [[nodiscard]] StringMap strings() const;  // pairs that are not both strings are left out

 private:
  std::variant<std::vector<Atom>, AtomMap> content_;
};

// Column name to value. A row of a Replica holds every monitored column; a row of a request holds what is written.
using Row = std::map<std::string, Datum, std::less<>>;

// The value of `column`, or an empty set when the row has no such column.
const Datum& column_of(const Row& row, std::string_view column);
std::string string_of(const Row& row, std::string_view column);  // empty when absent

}  // namespace tarn::wire::ovsdb
