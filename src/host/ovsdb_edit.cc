#include "host/ovsdb_edit.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <variant>

#include "host/ovsdb_edit_parts.h"
#include "host/ovsdb_words.h"

namespace tarn::host {

namespace ovsdb = wire::ovsdb;
using ovsdb::Datum;
using reconcile::Change;
using reconcile::Create;
using reconcile::Remove;

ovsdb::Transaction OvsdbEdit::finish(std::string comment) && {
  ovsdb::Transaction transaction;
  transaction.reserve(waits_.size() + operations_.size() + 1);
  for (const ovsdb::Wait& wait : waits_) transaction.emplace_back(wait);
  for (ovsdb::Operation& operation : operations_) transaction.push_back(std::move(operation));
  transaction.emplace_back(ovsdb::Comment{std::move(comment)});
  return transaction;
}

OvsdbEdit OvsdbEdit::part() const {
  OvsdbEdit part;
  part.next_row_ = next_row_;
  part.new_datapath_ = new_datapath_;
  return part;
}

void OvsdbEdit::join(OvsdbEdit part) {
  waits_.merge(part.waits_);
  std::ranges::move(part.operations_, std::back_inserter(operations_));
  next_row_ = part.next_row_;
  new_datapath_ = std::move(part.new_datapath_);
}

std::unexpected<Error> overtaken(std::string_view what, std::string_view key) {
  return fail(ErrorCode::stale, std::string(what) + " '" + std::string(key) + "' changed since the plan was made");
}

std::string name_of(std::string_view word) {
  return std::string(word);
}

void wait_for_row(OvsdbEdit& edit, const OvsdbView& view, std::string_view table, const Uuid& uuid,
                  std::initializer_list<std::string_view> columns) {
  const ovsdb::Row* row = view.replica.find(table, uuid);
  ovsdb::Wait wait{name_of(table), {{"_uuid", Datum::of(uuid)}}, {}, {}};
  ovsdb::Row expected;
  for (const std::string_view column : columns) {
    wait.columns.push_back(name_of(column));
    if (row != nullptr) expected.emplace(column, ovsdb::column_of(*row, column));
  }
  if (row != nullptr) wait.rows.push_back(std::move(expected));
  edit.wait(std::move(wait));
}

void wait_for_absence(OvsdbEdit& edit, std::string_view table, const std::string& name) {
  edit.wait({name_of(table), {{name_of(column::name), Datum::of(name)}}, {name_of(column::name)}, {}});
}

ovsdb::Mutate set_keys(std::string_view table, const Uuid& uuid, std::string_view column,
                       const ovsdb::StringMap& pairs) {
  ovsdb::Mutate mutate = clear_keys(table, uuid, column, {});
  std::vector<ovsdb::Atom> keys;
  for (const auto& [key, value] : pairs) keys.emplace_back(key);
  mutate.mutations.front().elements = Datum::set(std::move(keys));
  mutate.mutations.push_back({name_of(column), ovsdb::Mutator::insert, Datum::map(pairs)});
  return mutate;
}

ovsdb::Mutate clear_keys(std::string_view table, const Uuid& uuid, std::string_view column,
                         const std::vector<std::string>& names) {
  std::vector<ovsdb::Atom> keys(names.begin(), names.end());
  return {name_of(table), uuid, {{name_of(column), ovsdb::Mutator::erase, Datum::set(std::move(keys))}}};
}

Result<Uuid> root_row(const OvsdbView& view) {
  const ovsdb::Table& rows = view.replica.table(table::open_vswitch);
  if (rows.empty()) {
    return fail(ErrorCode::unavailable, "the database of Open vSwitch is not initialised; run 'ovs-vsctl init'");
  }
  return rows.begin()->first;
}

// ---- bridges

namespace {

Status create_bridge(OvsdbEdit& edit, const OvsdbView& view, const std::string& name,
                     const domain::Bridge::Spec& want) {
  if (!view.picture.bridge_row(name).is_zero()) return {};  // somebody was faster; any bridge of that name will do
  const auto root = root_row(view);
  if (!root) return fail(root.error());
  const std::string interface = edit.new_row();
  const std::string port = edit.new_row();
  const std::string bridge = edit.new_row();
  wait_for_absence(edit, table::bridge, name);
  edit.add(ovsdb::Insert{name_of(table::interface),
                         {{name_of(column::name), Datum::of(name)}, {name_of(column::type), Datum::of("internal")}},
                         interface});
  edit.add(ovsdb::Insert{
      name_of(table::port),
      {{name_of(column::name), Datum::of(name)}, {name_of(column::interfaces), Datum::of(ovsdb::NamedUuid{interface})}},
      port});
  edit.add(
      ovsdb::Insert{name_of(table::bridge),
                    {{name_of(column::name), Datum::of(name)},
                     {name_of(column::datapath_type), Datum::of(want.datapath_type)},
                     {name_of(column::fail_mode), Datum::of(want.fail_mode)},
                     {name_of(column::protocols), Datum::set({"OpenFlow10", "OpenFlow13", "OpenFlow14", "OpenFlow15"})},
                     {name_of(column::other_config), Datum::map(ovsdb::StringMap{{"disable-in-band", "true"}})},
                     {name_of(column::external_ids), Datum::map(ovsdb::StringMap{{name_of(bridge_mark), name}})},
                     {name_of(column::ports), Datum::of(ovsdb::NamedUuid{port})}},
                    bridge});
  edit.add(ovsdb::Mutate{name_of(table::open_vswitch),
                         *root,
                         {{name_of(column::bridges), ovsdb::Mutator::insert, Datum::of(ovsdb::NamedUuid{bridge})}}});
  return {};
}

}  // namespace

Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<domain::Bridge>& step) {
  const auto* create = std::get_if<Create<domain::Bridge>>(&step);
  if (create != nullptr) return create_bridge(edit, view, create->key, create->want);
  return fail(ErrorCode::forbidden, "an existing bridge is never changed or removed");
}

// ---- pins

namespace {

Status pin(OvsdbEdit& edit, const OvsdbView& view, const std::string& name, const domain::OfportPin::Spec& want) {
  const Uuid uuid = view.picture.interface_row(name);
  if (uuid.is_zero()) return fail(ErrorCode::not_found, "there is no interface '" + name + "' to pin");
  wait_for_row(edit, view, table::interface, uuid, {column::name, column::ofport_request, column::external_ids});
  edit.add(ovsdb::Update{
      name_of(table::interface), uuid, {{name_of(column::ofport_request), Datum::of(std::int64_t{want.ofport})}}});
  edit.add(set_keys(table::interface, uuid, column::external_ids,
                    {{name_of(domain::OfportPin::mark), std::to_string(want.ofport)}}));
  return {};
}

void unpin(OvsdbEdit& edit, const OvsdbView& view, const std::string& name) {
  const Uuid uuid = view.picture.interface_row(name);
  wait_for_row(edit, view, table::interface, uuid, {column::name, column::ofport_request, column::external_ids});
  edit.add(ovsdb::Update{name_of(table::interface), uuid, {{name_of(column::ofport_request), Datum()}}});
  edit.add(clear_keys(table::interface, uuid, column::external_ids, {name_of(domain::OfportPin::mark)}));
}

}  // namespace

Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<domain::OfportPin>& step) {
  const std::string& name = reconcile::key_of<domain::OfportPin>(step);
  const auto found = view.picture.pins().find(name);
  const auto* now = found != view.picture.pins().end() ? &found->second : nullptr;
  if (const auto* create = std::get_if<Create<domain::OfportPin>>(&step)) {
    if (now != nullptr) return overtaken("the pin of", name);
    return pin(edit, view, name, create->want);
  }
  if (const auto* change = std::get_if<Change<domain::OfportPin>>(&step)) {
    if (now == nullptr || *now != change->have) return overtaken("the pin of", name);
    return pin(edit, view, name, change->want);
  }
  if (now == nullptr) return {};
  if (*now != std::get<Remove<domain::OfportPin>>(step).have) return overtaken("the pin of", name);
  unpin(edit, view, name);
  return {};
}

// ---- network numbers

Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<domain::NetworkNumber>& step) {
  using domain::NetworkNumber;
  const NetworkId& network = reconcile::key_of<NetworkNumber>(step);
  const Uuid bridge = view.picture.bridge_row(view.picture.integration_bridge());
  const auto found = view.picture.numbers().find(network);
  const auto* now = found != view.picture.numbers().end() ? &found->second : nullptr;
  const auto* create = std::get_if<Create<NetworkNumber>>(&step);
  const auto* change = std::get_if<Change<NetworkNumber>>(&step);
  const auto* remove = std::get_if<Remove<NetworkNumber>>(&step);
  if (remove != nullptr && now == nullptr) return {};
  if (bridge.is_zero()) {
    return fail(ErrorCode::not_found,
                "there is no bridge '" + view.picture.integration_bridge() + "' to write numbers on");
  }
  if (!fits(step, now)) return overtaken("the number of network", network.text());

  wait_for_row(edit, view, table::bridge, bridge, {column::name, column::external_ids});
  const std::string key = NetworkNumber::written_key(network);
  if (remove != nullptr) {
    edit.add(clear_keys(table::bridge, bridge, column::external_ids, {key}));
    return {};
  }
  const NetworkNumber::Spec& want = create != nullptr ? create->want : change->want;
  edit.add(set_keys(table::bridge, bridge, column::external_ids, {{key, std::to_string(want.number)}}));
  return {};
}

void add_clear_flow_restore_wait(OvsdbEdit& edit, const OvsdbView& view) {
  const ovsdb::Table& rows = view.replica.table(table::open_vswitch);
  if (rows.empty()) return;
  edit.add(
      clear_keys(table::open_vswitch, rows.begin()->first, column::other_config, {name_of(flow_restore_wait_key)}));
}

}  // namespace tarn::host
