#include "wire/ovsdb/transaction.h"

#include <array>

namespace tarn::wire::ovsdb {
namespace {

struct Word {
  std::string_view word;
  ErrorCode code;
  std::string_view meaning;
};

// RFC 7047 section 4.1.3 and 5.2, and the words ovsdb-server adds.
constexpr std::array<Word, 15> words{{
    {"timed out", ErrorCode::stale, "the database changed since the plan was made"},
    {"constraint violation", ErrorCode::conflict, "a rule of the schema forbids this change"},
    {"referential integrity violation", ErrorCode::conflict, "a row that is referred to does not exist"},
    {"resources exhausted", ErrorCode::exhausted, "ovsdb-server has no room left"},
    {"I/O error", ErrorCode::unavailable, "ovsdb-server cannot write its file"},
    {"not allowed", ErrorCode::forbidden, "ovsdb-server does not allow this change"},
    {"permission error", ErrorCode::forbidden, "ovsdb-server does not allow this change"},
    {"not owner", ErrorCode::forbidden, "the lock is held by another client"},
    {"aborted", ErrorCode::stale, "the transaction was aborted"},
    {"canceled", ErrorCode::stale, "the transaction was cancelled"},
    {"not leader", ErrorCode::unavailable, "this server does not lead its cluster"},
    {"domain error", ErrorCode::invalid, "a number is out of its range"},
    {"range error", ErrorCode::invalid, "a number is out of its range"},
    {"duplicate uuid-name", ErrorCode::invalid, "two new rows have one name"},
    {"unknown database", ErrorCode::not_found, "ovsdb-server does not serve this database"},
}};

}  // namespace

std::strong_ordering Wait::operator<=>(const Wait& other) const = default;
bool Wait::operator==(const Wait& other) const = default;

Operation::Operation(const Operation& other) = default;
Operation::Operation(Operation&& other) noexcept = default;
Operation& Operation::operator=(const Operation& other) = default;
Operation& Operation::operator=(Operation&& other) noexcept = default;
Operation::~Operation() = default;

Error transaction_error(std::string_view word, std::string_view details) {
  Word known{word, ErrorCode::invalid, word};
  for (const Word& each : words) {
    if (each.word == word) known = each;
  }
  std::string message(known.meaning);
  if (!details.empty()) message.append(": ").append(details);
  return Error{known.code, std::string(word), std::move(message)};
}

}  // namespace tarn::wire::ovsdb
