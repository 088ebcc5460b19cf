#include "sim/ovs_database.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>

#include "sim/ovs_draft.h"
#include "wire/ovsdb/json.h"

namespace tarn::sim {

namespace json = boost::json;
namespace ovsdb = wire::ovsdb;

OvsDatabase::OvsDatabase() {
  Row root;
  for (const auto& [column, type] : open_vswitch_schema().tables.at("Open_vSwitch")) {
    root.emplace(column, type.default_value());
  }
  tables_["Open_vSwitch"].emplace(new_uuid(), std::move(root));
}

Uuid OvsDatabase::new_uuid() {
  constexpr std::uint64_t of_databases = 0x6f76736462000000U;  // "ovsdb"
  return Uuid::random(of_databases, ++uuids_made_);
}

json::array OvsDatabase::transact(const json::array& operations, const Judge& judge) {
  Draft draft{*this, tables_, {}, {}, {}};
  std::optional<OvsRefusal> at_commit;
  json::array results;
  const auto failed = [&] {
    json::object error{{"error", draft.failure->error}};
    if (!draft.failure->details.empty()) error["details"] = draft.failure->details;
    return error;
  };
  for (const auto& operation : operations) {
    if (draft.failure) {
      results.push_back(nullptr);
      continue;
    }
    if (!operation.is_object()) draft.refuse("syntax error", "an operation is an object");
    json::object result = draft.failure ? json::object() : draft.run(operation.get_object());
    if (judge && !draft.failure) {
      if (auto why = judge(operation.get_object())) (why->error == commit_failed ? at_commit : draft.failure) = why;
    }
    results.push_back(draft.failure ? failed() : std::move(result));
  }
  if (draft.failure) return results;
  draft.finish();
  if (at_commit) draft.refuse(*at_commit);
  if (draft.failure) {
    results.push_back(failed());
  } else {
    commit(std::move(draft.tables));
  }
  return results;
}

bool OvsDatabase::write(const ovsdb::Transaction& transaction) {
  json::array operations;
  for (const ovsdb::Operation& operation : transaction) operations.push_back(ovsdb::to_json(operation));
  const json::array results = transact(operations);
  return std::ranges::none_of(
      results, [](const json::value& result) { return !result.is_object() || result.get_object().contains("error"); });
}

void OvsDatabase::commit(Tables after) {
  Commit commit{commits_ + 1, {}};
  for (const auto& [table, rows] : after) {
    const Rows& old = tables_[table];
    for (const auto& [uuid, row] : rows) {
      const auto before = old.find(uuid);
      if (before == old.end()) commit.edits.push_back({table, uuid, {}, row});
      if (before != old.end() && before->second != row) commit.edits.push_back({table, uuid, before->second, row});
    }
    for (const auto& [uuid, row] : old) {
      if (!rows.contains(uuid)) commit.edits.push_back({table, uuid, row, {}});
    }
  }
  tables_ = std::move(after);
  if (commit.edits.empty()) return;
  ++commits_;
  history_.push_back(commit);
  if (history_.size() > history_max) {
    forgotten_ = history_.front().number;
    history_.pop_front();
  }
  const auto watchers = watchers_;
  for (const auto& [id, watcher] : watchers) {
    if (watchers_.contains(id)) watcher(commit);
  }
}

const Row* OvsDatabase::find(std::string_view table, const Uuid& uuid) const {
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return nullptr;
  const auto row = rows->second.find(uuid);
  return row == rows->second.end() ? nullptr : &row->second;
}

std::optional<Uuid> OvsDatabase::named(std::string_view table, std::string_view name) const {
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return std::nullopt;
  for (const auto& [uuid, row] : rows->second) {
    if (ovsdb::string_of(row, "name") == name) return uuid;
  }
  return std::nullopt;
}

Uuid OvsDatabase::root() const {
  return tables_.at("Open_vSwitch").begin()->first;
}

std::optional<std::vector<OvsDatabase::Commit>> OvsDatabase::since(std::uint64_t commit) const {
  if (commit < forgotten_ || commit > commits_) return std::nullopt;
  std::vector<Commit> later;
  std::ranges::copy_if(history_, std::back_inserter(later), [&](const Commit& each) { return each.number > commit; });
  return later;
}

std::uint64_t OvsDatabase::watch(std::function<void(const Commit&)> watcher) {
  watchers_.emplace(++watchers_made_, std::move(watcher));
  return watchers_made_;
}

}  // namespace tarn::sim
