#include "sim/refusal.h"

#include <array>
#include <boost/json.hpp>

#include "base/hash.h"
#include "wire/ovsdb/json.h"

namespace tarn::sim {

namespace json = boost::json;

namespace {

constexpr std::uint64_t refused_flows_one_of = 8;
constexpr std::uint64_t refused_rows_one_of = 3;

// RFC 7047 section 3.1; the last one comes at the commit, when every operation went well.
constexpr std::array words{"constraint violation", "resources exhausted", commit_failed};

std::string text_of(const json::value& value) {
  return std::string(value.as_string());
}

// The name of the row that [["_uuid", "==", ["uuid", U]]] selects; the table's only row has none.
std::string row_name(const json::object& operation, const OvsDatabase& database) {
  const json::array& clause = operation.at("where").as_array().at(0).as_array();
  const auto uuid = Uuid::parse(std::string_view(clause.at(2).as_array().at(1).as_string()));
  const Row* row = uuid ? database.find(text_of(operation.at("table")), *uuid) : nullptr;
  return row == nullptr || !row->contains("name") ? "" : wire::ovsdb::string_of(*row, "name");
}

// Of a mutation of a map: the first key that it takes out, which every change of ours begins with.
std::string first_key(const json::object& operation) {
  const json::array& mutation = operation.at("mutations").as_array().at(0).as_array();
  const auto keys = wire::ovsdb::datum_from_json(mutation.at(2));
  const bool is_named = keys && !keys->is_map() && !keys->atoms().empty();
  const auto* key = is_named ? std::get_if<std::string>(&keys->atoms().front()) : nullptr;
  return key == nullptr ? "" : *key;
}

}  // namespace

RefusesFlow some_flows(std::uint32_t salt) {
  return [salt](const wire::of::AddFlow& add) {
    const ContentHash hash =
        ContentHash().add(std::uint64_t{salt}).add(std::uint64_t{add.key.table}).add(std::uint64_t{add.key.priority});
    return hash.value() % refused_flows_one_of == 0;
  };
}

RefusesRow some_rows(std::uint32_t salt) {
  return [salt](const std::string& subject) -> std::optional<OvsRefusal> {
    const std::uint64_t hash = ContentHash().add(std::uint64_t{salt}).add(subject).value();
    if (hash % refused_rows_one_of != 0) return std::nullopt;
    return OvsRefusal{words[hash / refused_rows_one_of % words.size()], subject + " is refused in this story"};
  };
}

std::optional<std::string> subject_of(const json::object& operation, const OvsDatabase& database) {
  const std::string op = text_of(operation.at("op"));
  if (op == "wait" || op == "comment") return std::nullopt;
  const std::string table = text_of(operation.at("table"));
  if (op == "insert") {
    if (table != "Port") return std::nullopt;
    return subject_of_port(text_of(operation.at("row").as_object().at("name")));
  }
  if (table == "Interface") {
    const std::string name = row_name(operation, database);
    const json::value* row = operation.if_contains("row");  // what a port of ours is, or the number that it asks for
    return row != nullptr && row->as_object().contains("options") ? subject_of_port(name) : subject_of_pin(name);
  }
  if (op != "mutate") return std::nullopt;
  const std::string column = text_of(operation.at("mutations").as_array().at(0).as_array().at(0));
  if (table == "Bridge" && column == "external_ids") return "Bridge " + first_key(operation);
  if (table == "Open_vSwitch" && column == "other_config") return "Open_vSwitch " + first_key(operation);
  return std::nullopt;
}

std::string subject_of_pin(const std::string& interface) {
  return "Interface " + interface;
}

std::string subject_of_port(const std::string& port) {
  return "Port " + port;
}

std::string subject_of_number(const NetworkId& network) {
  return "Bridge " + domain::NetworkNumber::written_key(network);
}

}  // namespace tarn::sim
