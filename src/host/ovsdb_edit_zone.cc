#include <variant>

#include "host/ovsdb_edit_parts.h"
#include "host/ovsdb_words.h"

namespace tarn::host {
namespace {

namespace ovsdb = wire::ovsdb;
using domain::ZoneTimeouts;
using ovsdb::Datum;
using ovsdb::Mutator;

// ovs-vswitchd makes no such row by itself. It is no one's in particular, and stays.
Result<ovsdb::RowName> datapath(OvsdbEdit& edit, const OvsdbView& view) {
  if (const Uuid found = view.picture.datapath_row(); !found.is_zero()) return found;
  if (edit.new_datapath()) return ovsdb::NamedUuid{*edit.new_datapath()};
  const auto root = root_row(view);
  if (!root) return std::unexpected(root.error());
  const std::string added = edit.new_row();
  wait_for_row(edit, view, table::open_vswitch, *root, {column::datapaths});
  edit.add(
      ovsdb::Insert{name_of(table::datapath), {{name_of(column::datapath_version), Datum::of(std::string())}}, added});
  edit.add(
      ovsdb::Mutate{name_of(table::open_vswitch),
                    *root,
                    {{name_of(column::datapaths), Mutator::insert,
                      Datum::map(ovsdb::AtomMap{{name_of(domain::Bridge::userspace), ovsdb::NamedUuid{added}}})}}});
  edit.make_datapath(added);
  return ovsdb::NamedUuid{added};
}

// A policy is a zone's alone, and goes with it.
ovsdb::NamedUuid insert_policy(OvsdbEdit& edit, const ZoneTimeouts::Seconds& seconds) {
  ovsdb::AtomMap timeouts;
  for (const auto& [what, lasts] : seconds) timeouts.emplace(what, lasts);
  const std::string added = edit.new_row();
  edit.add(ovsdb::Insert{
      name_of(table::timeout_policy), {{name_of(column::timeouts), Datum::map(std::move(timeouts))}}, added});
  return {added};
}

Status put(OvsdbEdit& edit, const OvsdbView& view, ZoneTimeouts::Key zone, const ZoneTimeouts::Spec& want) {
  const auto holder = datapath(edit, view);
  if (!holder) return std::unexpected(holder.error());
  const ovsdb::NamedUuid policy = insert_policy(edit, want.seconds);
  const std::string added = edit.new_row();
  edit.add(ovsdb::Insert{
      name_of(table::zone),
      {{name_of(column::timeout_policy), Datum::of(policy)},
       {name_of(column::external_ids), Datum::map(ovsdb::StringMap{{name_of(ZoneTimeouts::unit_mark), want.unit}})}},
      added});
  const auto key = static_cast<std::int64_t>(zone);
  // An insertion leaves a key that is there as it is.
  edit.add(ovsdb::Mutate{
      name_of(table::datapath),
      *holder,
      {{name_of(column::ct_zones), Mutator::erase, Datum::of(key)},
       {name_of(column::ct_zones), Mutator::insert, Datum::map(ovsdb::AtomMap{{key, ovsdb::NamedUuid{added}}})}}});
  return {};
}

}  // namespace

Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<ZoneTimeouts>& step) {
  const ZoneTimeouts::Key zone = reconcile::key_of<ZoneTimeouts>(step);
  const auto found = view.picture.zones().find(zone);
  const auto* now = found != view.picture.zones().end() ? &found->second : nullptr;
  const auto* create = std::get_if<reconcile::Create<ZoneTimeouts>>(&step);
  const auto* change = std::get_if<reconcile::Change<ZoneTimeouts>>(&step);
  const auto* remove = std::get_if<reconcile::Remove<ZoneTimeouts>>(&step);
  if (remove != nullptr && now == nullptr) return {};
  if (!fits(step, now)) return overtaken("the timeouts of zone", std::to_string(zone));

  const Uuid row = view.picture.datapath_row();
  if (!row.is_zero()) wait_for_row(edit, view, table::datapath, row, {column::ct_zones});
  if (remove == nullptr) return put(edit, view, zone, create != nullptr ? create->want : change->want);
  edit.add(ovsdb::Mutate{name_of(table::datapath),
                         row,
                         {{name_of(column::ct_zones), Mutator::erase, Datum::of(static_cast<std::int64_t>(zone))}}});
  return {};
}

}  // namespace tarn::host
