// Rows as entries of the store, and back.
#include "model/codec.h"
#include "store/ledger.h"

namespace tarn::store {
namespace {

std::string key_of(model::Kind kind, const Uuid& id) {
  return std::string(model::name_of(kind)) + "/" + id.text();
}

std::unexpected<Error> unreadable(const std::string& key, const std::string& why) {
  return fail(ErrorCode::corrupt, "StoreUnreadable",
              "the store's entry '" + key + "' cannot be read (" + why +
                  "); start the tarn-server that wrote it, or restore a backup");
}

}  // namespace

Result<model::Snapshot> read_snapshot(const State& state) {
  std::vector<model::StoredRow> rows;
  rows.reserve(state.entries.size());
  for (const auto& [key, entry] : state.entries) {
    const std::size_t slash = key.find('/');
    const std::optional<model::Kind> kind = model::kind_named(std::string_view(key).substr(0, slash));
    if (!kind || slash == std::string::npos) return unreadable(key, "a kind that this build does not know");
    Result<model::Row> row = model::decode(*kind, entry.value);
    if (!row) return unreadable(key, row.error().message);
    if (key_of(*kind, model::id_of(*row)) != key) return unreadable(key, "its row has another id");
    if (entry.modified > state.revision) return unreadable(key, "it is newer than the store");
    rows.push_back({entry.modified, std::move(*row)});
  }
  return model::Snapshot::load(rows, state.revision);
}

std::map<std::string, std::optional<std::string>> edits_of(const model::Change& change) {
  std::map<std::string, std::optional<std::string>> edits;
  for (const model::RowEdit& edit : change.edits) {
    edits[key_of(edit.kind, edit.id)] = edit.row ? std::optional(model::encode(*edit.row)) : std::nullopt;
  }
  return edits;
}

}  // namespace tarn::store
