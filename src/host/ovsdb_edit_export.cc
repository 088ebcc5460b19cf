#include <variant>

#include "host/ovsdb_edit_parts.h"
#include "host/ovsdb_words.h"

namespace tarn::host {
namespace {

namespace ovsdb = wire::ovsdb;
using domain::FlowExport;
using ovsdb::Datum;

// What the row says of the wish. IPFIX has no agent: its datagrams come from the node's own address.
ovsdb::Row content(FlowExport::Key kind, const FlowExport::Spec& want) {
  ovsdb::Row row{{name_of(column::targets), Datum::set({want.collectors.begin(), want.collectors.end()})},
                 {name_of(column::sampling), Datum::of(std::int64_t{want.sampling})}};
  if (kind == FlowExport::Key::sflow) {
    row.emplace(column::agent, want.agent.empty() ? Datum() : Datum::of(want.agent));
  }
  return row;
}

Status check(FlowExport::Key kind, const FlowExport::Spec& want) {
  const std::string what = name_of(domain::text_of(kind));
  if (want.collectors.empty()) return fail(ErrorCode::invalid, "no collector to export " + what + " to");
  if (want.unit.empty()) return fail(ErrorCode::invalid, "the export of " + what + " has no unit to be marked with");
  if (kind == FlowExport::Key::ipfix && !want.agent.empty()) {
    return fail(ErrorCode::invalid, "an export of ipfix names no agent");
  }
  return {};
}

// A row of ours, to which the bridge turns. Whatever it referred to goes by itself when nobody else refers to it.
void insert_export(OvsdbEdit& edit, const Uuid& bridge, FlowExport::Key kind, const FlowExport::Spec& want) {
  const std::string added = edit.new_row();
  ovsdb::Row row = content(kind, want);
  row.emplace(column::external_ids, Datum::map(ovsdb::StringMap{{name_of(FlowExport::unit_mark), want.unit}}));
  edit.add(ovsdb::Insert{name_of(export_table(kind)), std::move(row), added});
  edit.add(ovsdb::Update{
      name_of(table::bridge), bridge, {{name_of(domain::text_of(kind)), Datum::of(ovsdb::NamedUuid{added})}}});
}

void adjust_export(OvsdbEdit& edit, const OvsdbView& view, const Uuid& row, FlowExport::Key kind,
                   const FlowExport::Spec& want) {
  const std::string_view table = export_table(kind);
  wait_for_row(edit, view, table, row, {column::targets, column::sampling, column::external_ids});
  if (kind == FlowExport::Key::sflow) wait_for_row(edit, view, table, row, {column::agent});
  edit.add(ovsdb::Update{name_of(table), row, content(kind, want)});
  edit.add(set_keys(table, row, column::external_ids, {{name_of(FlowExport::unit_mark), want.unit}}));
}

}  // namespace

Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<FlowExport>& step) {
  const FlowExport::Key kind = reconcile::key_of<FlowExport>(step);
  const std::string_view reference = domain::text_of(kind);
  const auto found = view.picture.exports().find(kind);
  const auto* now = found != view.picture.exports().end() ? &found->second : nullptr;
  const auto* create = std::get_if<reconcile::Create<FlowExport>>(&step);
  const auto* change = std::get_if<reconcile::Change<FlowExport>>(&step);
  const auto* remove = std::get_if<reconcile::Remove<FlowExport>>(&step);
  if (remove != nullptr && now == nullptr) return {};
  const std::string& name = view.picture.integration_bridge();
  const Uuid bridge = view.picture.bridge_row(name);
  if (bridge.is_zero()) return fail(ErrorCode::not_found, "there is no bridge '" + name + "' to export from");
  if (!fits(step, now)) return overtaken("the export of", reference);

  if (remove == nullptr) {
    const Status good = check(kind, create != nullptr ? create->want : change->want);
    if (!good) return good;
  }
  wait_for_row(edit, view, table::bridge, bridge, {column::name, reference});
  if (remove != nullptr) {
    edit.add(ovsdb::Update{name_of(table::bridge), bridge, {{name_of(reference), Datum()}}});
  } else if (change != nullptr && change->have.unit.has_value()) {
    const ovsdb::Row& row = *view.replica.find(table::bridge, bridge);
    adjust_export(edit, view, ovsdb::column_of(row, reference).uuids().front(), kind, change->want);
  } else {
    insert_export(edit, bridge, kind, create != nullptr ? create->want : change->want);
  }
  return {};
}

}  // namespace tarn::host
