// What Tarn can ask of a database: the operations of RFC 7047 section 5.2 that name a row or make one.
// Updates, mutations and deletions take one row's UUID: a wildcard cannot be said. Every wait has timeout 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "wire/ovsdb/value.h"

namespace tarn::wire::ovsdb {

// Row made; `name` is a [a-zA-Z_][a-zA-Z0-9_]* by which NamedUuid atoms of the same transaction refer to it.
struct Insert {
  std::string table;
  Row row;
  std::string name;
};

// The columns in `row` are overwritten, the others stay.
struct Update {
  std::string table;
  Uuid uuid;
  Row row;
};

enum class Mutator : std::uint8_t { insert, erase };

// Elements are added to or taken from a set or map column. Inserting a key that a map already has changes nothing
// (RFC 7047 section 5.1, <mutation>): erase it first. To erase by key alone give the keys as a set.
struct Mutation {
  std::string column;
  Mutator mutator = Mutator::insert;
  Datum elements;
};

// A row that is there, or one that the same transaction inserts before.
using RowName = std::variant<Uuid, NamedUuid>;

struct Mutate {
  std::string table;
  RowName row;
  std::vector<Mutation> mutations;  // in this order
};

struct Delete {
  std::string table;
  Uuid uuid;
};

struct Clause {
  std::string column;  // compared with "=="
  Datum value;

  auto operator<=>(const Clause&) const = default;
};

// The transaction goes on only if the rows selected by `where`, seen through `columns`, are exactly `rows`.
struct Wait {
  std::string table;
  std::vector<Clause> where;
  std::vector<std::string> columns;
  std::vector<Row> rows;

  std::strong_ordering operator<=>(const Wait& other) const;
  bool operator==(const Wait& other) const;
};

// Kept in the database's log for the operator (`ovsdb-tool show-log`).
struct Comment {
  std::string text;
};

struct Operation : std::variant<Insert, Update, Mutate, Delete, Wait, Comment> {
  using variant::variant;
  Operation(const Operation& other);
  Operation(Operation&& other) noexcept;
  Operation& operator=(const Operation& other);
  Operation& operator=(Operation&& other) noexcept;
  ~Operation();
};
using Transaction = std::vector<Operation>;

struct OperationResult {
  std::optional<Uuid> inserted;
  std::optional<std::int64_t> count;  // rows touched by an update, mutation or deletion

  bool operator==(const OperationResult&) const = default;
};

// The error of an operation in our words: `reason` keeps the server's own word ("timed out", "constraint violation").
// A wait that did not hold is ErrorCode::stale.
Error transaction_error(std::string_view word, std::string_view details);

}  // namespace tarn::wire::ovsdb
