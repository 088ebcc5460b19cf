#include <variant>

#include "host/ovsdb_edit_parts.h"
#include "host/ovsdb_words.h"

namespace tarn::host {
namespace {

namespace ovsdb = wire::ovsdb;
using domain::SwitchPort;
using ovsdb::Datum;

ovsdb::StringMap marks(const SwitchPort::Spec& want) {
  return {{name_of(SwitchPort::unit_mark), want.unit}, {name_of(SwitchPort::hash_mark), want.hash()}};
}

Status check(const std::string& name, const SwitchPort::Spec& want, const OvsdbView& view) {
  if (name.empty() || name.size() > SwitchPort::name_bytes_max) {
    return fail(ErrorCode::invalid, "'" + name + "' is no port name: 1 to 15 bytes are allowed");
  }
  if (want.unit.empty()) return fail(ErrorCode::invalid, "port '" + name + "' has no unit to be marked with");
  if (view.picture.bridge_row(want.bridge).is_zero()) {
    return fail(ErrorCode::not_found, "there is no bridge '" + want.bridge + "' for port '" + name + "'");
  }
  return {};
}

void insert_port(OvsdbEdit& edit, const OvsdbView& view, const std::string& name, const SwitchPort::Spec& want) {
  const Uuid bridge = view.picture.bridge_row(want.bridge);
  const std::string interface = edit.new_row();
  const std::string port = edit.new_row();
  // A row nobody refers to is collected at once, so a bridge gone meanwhile would swallow the port without an error.
  wait_for_row(edit, view, table::bridge, bridge, {column::name});
  edit.add(ovsdb::Insert{name_of(table::interface),
                         {{name_of(column::name), Datum::of(name)},
                          {name_of(column::type), Datum::of(name_of(domain::text_of(want.type)))},
                          {name_of(column::options), Datum::map(want.options)},
                          {name_of(column::bfd), Datum::map(want.bfd)}},
                         interface});
  edit.add(ovsdb::Insert{name_of(table::port),
                         {{name_of(column::name), Datum::of(name)},
                          {name_of(column::interfaces), Datum::of(ovsdb::NamedUuid{interface})},
                          {name_of(column::external_ids), Datum::map(marks(want))}},
                         port});
  edit.add(ovsdb::Mutate{name_of(table::bridge),
                         bridge,
                         {{name_of(column::ports), ovsdb::Mutator::insert, Datum::of(ovsdb::NamedUuid{port})}}});
}

// The port leaves its bridge's list; the database then collects its rows.
void drop_port(OvsdbEdit& edit, const OvsdbView& view, const std::string& name, const SwitchPort::Seen& have) {
  const Uuid port = view.picture.port_row(name);
  const Uuid bridge = view.picture.bridge_row(have.bridge);
  wait_for_row(edit, view, table::port, port, {column::name, column::external_ids, column::interfaces});
  if (bridge.is_zero()) return;
  edit.add(ovsdb::Mutate{
      name_of(table::bridge), bridge, {{name_of(column::ports), ovsdb::Mutator::erase, Datum::of(port)}}});
}

void adjust_port(OvsdbEdit& edit, const OvsdbView& view, const std::string& name, const SwitchPort::Spec& want) {
  const Uuid port = view.picture.port_row(name);
  const Uuid interface = view.picture.interface_row(name);
  wait_for_row(edit, view, table::port, port, {column::name, column::external_ids, column::interfaces});
  wait_for_row(edit, view, table::interface, interface, {column::name, column::type, column::options, column::bfd});
  edit.add(ovsdb::Update{
      name_of(table::interface),
      interface,
      {{name_of(column::options), Datum::map(want.options)}, {name_of(column::bfd), Datum::map(want.bfd)}}});
  edit.add(set_keys(table::port, port, column::external_ids, marks(want)));
}

// What a plan was made from; the number the switch chose and its error are told, not planned with.
bool same_plan(const SwitchPort::Seen& planned, const SwitchPort::Seen& now) {
  return planned.bridge == now.bridge && planned.type == now.type && planned.options == now.options &&
         planned.bfd == now.bfd && planned.unit == now.unit && planned.hash == now.hash;
}

Status change_port(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Change<SwitchPort>& change) {
  if (const Status good = check(change.key, change.want, view); !good) return good;
  if (change.drift == reconcile::Drift::replace) {
    drop_port(edit, view, change.key, change.have);
    insert_port(edit, view, change.key, change.want);
  } else {
    adjust_port(edit, view, change.key, change.want);
  }
  return {};
}

}  // namespace

Status add_step(OvsdbEdit& edit, const OvsdbView& view, const reconcile::Step<SwitchPort>& step) {
  const std::string& name = reconcile::key_of<SwitchPort>(step);
  const auto found = view.picture.ports().find(name);
  const auto* now = found != view.picture.ports().end() ? &found->second : nullptr;
  if (const auto* create = std::get_if<reconcile::Create<SwitchPort>>(&step)) {
    if (now != nullptr) return overtaken("port", name);
    if (const Status good = check(name, create->want, view); !good) return good;
    wait_for_absence(edit, table::port, name);
    wait_for_absence(edit, table::interface, name);
    insert_port(edit, view, name, create->want);
    return {};
  }
  const auto* change = std::get_if<reconcile::Change<SwitchPort>>(&step);
  const auto* remove = std::get_if<reconcile::Remove<SwitchPort>>(&step);
  if (remove != nullptr && now == nullptr) return {};
  const SwitchPort::Seen& planned = change != nullptr ? change->have : remove->have;
  if (now == nullptr || !same_plan(planned, *now)) return overtaken("port", name);
  if (!now->unit.has_value()) return fail(ErrorCode::forbidden, "port '" + name + "' is not ours");
  if (change != nullptr) return change_port(edit, view, *change);
  drop_port(edit, view, name, remove->have);
  return {};
}

}  // namespace tarn::host
