// Any bytes as what an OVSDB server may send: cut into messages, and each value in them read as whatever it might be.
// What is read as a value, a row or an update is written or folded in a form that reads as the same.
#include <boost/json.hpp>

#include "base/check.h"
#include "wire/ovsdb/json.h"
#include "wire/ovsdb/replica.h"
#include "wire/ovsdb/splitter.h"

namespace {

using namespace tarn::wire::ovsdb;
namespace json = boost::json;

const TableSchema& columns() {
  static const TableSchema schema{{"name", {AtomType::string, {}, true, false}},
                                  {"ports", {AtomType::uuid, {}, false, true}},
                                  {"external_ids", {AtomType::string, AtomType::string, false, true}},
                                  {"tag", {AtomType::integer, {}, false, false}},
                                  {"statistics", {AtomType::string, AtomType::real, false, true}},
                                  {"ready", {AtomType::boolean, {}, true, false}}};
  return schema;
}

void read_value(const json::value& value) {
  const auto datum = datum_from_json(value);
  if (!datum) return;
  const auto again = datum_from_json(to_json(*datum));
  CHECK(again && *again == *datum);
}

void read_update(const json::value& value) {
  Replica replica(Schema{"1", {{"Bridge", columns()}, {"Port", columns()}}});
  const Replica before = replica;
  const auto changes = replica.fold(value);
  CHECK(changes || replica == before);
  if (changes) CHECK(replica.changes_since(before).size() <= changes->size());
}

void read(const json::value& value, int depth) {
  read_value(value);
  read_update(value);
  static_cast<void>(schema_from_json(value));
  static_cast<void>(results_from_json(value, 2));
  if (const auto row = row_from_json(value, columns())) {
    const auto again = row_from_json(to_json(*row), columns());
    CHECK(again && *again == *row);
  }
  if (depth == 0) return;
  if (const auto* object = value.if_object())
    for (const auto& [key, content] : *object) read(content, depth - 1);
  if (const auto* array = value.if_array())
    for (const auto& content : *array) read(content, depth - 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int depth = 4;
  Splitter splitter(1U << 16);
  // In two pieces, as a socket would give them.
  const tarn::ByteView bytes(data, size);
  for (const auto piece : {bytes.first(size / 2), bytes.subspan(size / 2)}) {
    const auto messages = splitter.push(piece);
    if (!messages) return 0;
    for (const json::value& message : *messages) read(message, depth);
  }
  return 0;
}
