// Who listens to a port: copies of what it sends, made where it enters the switch, before anything is asked; copies of
// what it gets, made in the last step, of just what it gets. Copies go to the port of a tap service, here or by the
// tunnel to where it is, and to addresses outside.
#include "model/taps.h"
#include "render/render_units.h"

namespace tarn::render {

namespace {

void wrap(Copy& copy, std::uint32_t vlan_id) {
  if (vlan_id == 0) return;
  copy.before.emplace_back(of::PushVlan{});
  copy.before.push_back(set(Field::vlan_tci, vlan_present | vlan_id));
  copy.after.emplace_back(of::PopVlan{});
}

// `vlan_id` is the tag that the copy keeps.
std::optional<Copy> copy_for(View& view, const model::Tap& tap, std::uint32_t vlan_id) {
  Copy copy;
  wrap(copy, vlan_id);
  if (const model::Port* port = view.port(tap.port)) {
    const auto at = live_attachment(view, *port);
    if (!at) return std::nullopt;
    wrap(copy, at->vlan_id);
    copy.ofport = at->ofport;
    return copy;
  }
  const auto* tunnel = view.number(key_of(Table::tunnel_port));
  const auto address = tunnel_address_of(view, tap.host);
  if (tunnel == nullptr || !address) return std::nullopt;
  copy.ofport = *tunnel;
  copy.before.push_back(set(Field::tunnel_id, tap.segmentation_id));
  copy.before.push_back(set(Field::tunnel_dst, *address));
  return copy;
}

std::optional<Copy> copy_for(View& view, const model::TapMirror& mirror, std::uint32_t key) {
  const auto* ofport = view.number(key_of(Table::mirror_port, {}, MirrorWay{mirror.type, mirror.remote.family}.part()));
  if (ofport == nullptr) return std::nullopt;
  if (mirror.remote.is_v4())
    return Copy{*ofport, {set(Field::tunnel_id, key), set(Field::tunnel_dst, mirror.remote)}, {}};
  // A packet that has both goes to the IPv4 address, and the kernel's datapath takes none that has both.
  return Copy{*ofport,
              {set(Field::tunnel_id, key), set(Field::tunnel_dst, Ip{}), set(Field::tunnel_ipv6_dst, mirror.remote)},
              {set(Field::tunnel_ipv6_dst, Ip{Family::v6})}};
}

void add_flow(Copies& copies, View& view, const model::TapFlow& flow, std::uint32_t vlan_id) {
  const model::Tap* tap = view.tap(flow.service);
  const auto copy = tap == nullptr ? std::nullopt : copy_for(view, *tap, vlan_id);
  if (!copy) return;
  if (flow.direction != model::TapDirection::in) copies.sent.push_back(*copy);
  if (flow.direction != model::TapDirection::out) copies.received.push_back(*copy);
}

void add_mirror(Copies& copies, View& view, const model::TapMirror& mirror) {
  const auto add = [&](std::vector<Copy>& into, const std::optional<std::uint32_t>& key) {
    const auto copy = key ? copy_for(view, mirror, *key) : std::nullopt;
    if (copy) into.push_back(*copy);
  };
  add(copies.sent, mirror.key_out);
  add(copies.sent, mirror.key_both);
  add(copies.received, mirror.key_in);
  add(copies.received, mirror.key_both);
}

}  // namespace

Copies copies_of(View& view, const model::Port& port) {
  Copies copies;
  for (const auto& [key, count] : view.bucket(key_of(Table::taps_of, port.id.uuid))) {
    const model::TapFlow* flow = key.table == Table::tap_flow ? view.tap_flow(key.id) : nullptr;
    const model::TapMirror* mirror = key.table == Table::tap_mirror ? view.tap_mirror(key.id) : nullptr;
    if (flow != nullptr && !flow->vlan_filter) add_flow(copies, view, *flow, 0);
    if (mirror != nullptr) add_mirror(copies, view, *mirror);
  }
  if (!port.carrier) return copies;
  // Whoever listens to VLANs on the parent's interface hears the ports below the trunk.
  for (const auto& [key, count] : view.bucket(key_of(Table::taps_of, port.carrier->uuid))) {
    const model::TapFlow* flow = key.table == Table::tap_flow ? view.tap_flow(key.id) : nullptr;
    if (flow != nullptr && flow->vlan_filter && model::names_vlan(*flow->vlan_filter, port.carrier_vlan_id))
      add_flow(copies, view, *flow, port.carrier_vlan_id);
  }
  return copies;
}

void append_copies(Actions& actions, const std::vector<Copy>& copies, std::uint32_t in_port) {
  for (const Copy& copy : copies) {
    actions.insert(actions.end(), copy.before.begin(), copy.before.end());
    actions.emplace_back(of::Output{copy.ofport == in_port ? of::port_in_port : copy.ofport});
    actions.insert(actions.end(), copy.after.begin(), copy.after.end());
  }
}

Tables render_tap(View& view, const UnitId& unit) {
  Tables tables;
  const model::Tap* tap = view.tap(TapServiceId{unit.id});
  const model::Port* port = tap == nullptr ? nullptr : view.port(tap->port);
  const auto* tunnel = view.number(key_of(Table::tunnel_port));
  const auto at = port == nullptr ? std::nullopt : live_attachment(view, *port);
  if (tunnel == nullptr || !at) return tables;
  Actions actions;
  append_output(actions, *at, at->ofport);
  FlowSink(tables, unit)
      .add(Stage::classify, Priority::low,
           {number(Field::in_port, *tunnel), number(Field::tunnel_id, tap->segmentation_id)}, std::move(actions));
  return tables;
}

}  // namespace tarn::render
