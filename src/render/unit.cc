#include "render/unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/check.h"
#include "render/policy.h"
#include "render/render_units.h"

namespace tarn::render {

namespace {

// Each class: its name, what there is a unit for (each named as its row or bucket is), and what the unit wishes.
struct ClassRow {
  UnitClass unit_class;
  std::string_view name;
  Table table;
  Tables (*render)(View& view, const UnitId& unit);
};
constexpr ClassRow class_rows[] = {
    {UnitClass::node, "node", Table::config, render_node},
    {UnitClass::numbers, "numbers", Table::networks, render_numbers},
    {UnitClass::remote, "remote", Table::uses_of, render_remote},
    {UnitClass::rules, "rules", Table::rules_of, render_rules},
    {UnitClass::member, "member", Table::members_at, render_member},
    {UnitClass::policy, "policy", Table::policy, render_policy},
    {UnitClass::local_flood, "local_flood", Table::ports_of, render_local_flood},
    {UnitClass::policy_flood, "policy_flood", Table::port_chunks, render_policy_flood},
    {UnitClass::remote_flood, "remote_flood", Table::hosts_of, render_remote_flood},
    {UnitClass::network, "network", Table::network, render_network},
    {UnitClass::port, "port", Table::port, render_port},
    {UnitClass::peer, "peer", Table::peer, render_peer},
    {UnitClass::virtual_address, "virtual_address", Table::virtual_address, render_virtual_address},
    {UnitClass::virtual_mac, "virtual_mac", Table::virtual_mac, render_virtual_mac},
    {UnitClass::tap, "tap", Table::tap, render_tap},
    {UnitClass::routing, "routing", Table::routers, render_routing},
    {UnitClass::router, "router", Table::router, render_router},
    {UnitClass::interface, "interface", Table::interface, render_interface},
    {UnitClass::outside, "outside", Table::outside, render_outside},
    {UnitClass::gateway, "gateway", Table::gateway, render_gateway},
    {UnitClass::floating, "floating", Table::floating, render_floating},
    {UnitClass::forwarding, "forwarding", Table::forwardings_of, render_forwarding},
    {UnitClass::shifted, "shifted", Table::shifted_ports, render_shifted_ports},
    {UnitClass::watch, "watch", Table::gateway_peer, render_watch},
    {UnitClass::names, "names", Table::names_on, render_names},
    {UnitClass::bgp_map, "bgp_map", Table::bgp_maps, render_bgp_map},
    {UnitClass::speaker, "speaker", Table::speaker, render_speaker},
    {UnitClass::speaker_peer, "speaker_peer", Table::speaker_peer, render_speaker_peer},
    {UnitClass::routes_to, "routes_to", Table::routes_to, render_routes_to},
    {UnitClass::proxied, "proxied", Table::proxied, render_proxied},
    {UnitClass::moved, "moved", Table::moved, render_moved},
};
static_assert(std::ranges::is_sorted(class_rows, {}, &ClassRow::unit_class));

const ClassRow& row_of(UnitClass unit_class) {
  const ClassRow& row = class_rows[static_cast<std::size_t>(unit_class)];
  CHECK(row.unit_class == unit_class);
  return row;
}

std::optional<UnitId> unit_of(const RowKey& key) {
  const auto* found = std::ranges::find(class_rows, key.table, &ClassRow::table);
  if (found == std::end(class_rows)) return std::nullopt;
  return UnitId{found->unit_class, key.id, key.part, key.name};
}

Tables render(View& view, const UnitId& unit) {
  return row_of(unit.unit_class).render(view, unit);
}

}  // namespace

std::string text(const UnitId& unit) {
  std::string text(row_of(unit.unit_class).name);
  if (!unit.id.is_zero()) text += " " + unit.id.text();
  const bool in_parts = unit.unit_class == UnitClass::local_flood || unit.unit_class == UnitClass::remote_flood ||
                        unit.unit_class == UnitClass::shifted;
  if (in_parts) text += fmt::format("/{}", unit.part);
  if (!unit.name.empty()) text += (unit.id.is_zero() ? " " : "/") + unit.name;
  return text;
}

std::uint64_t cookie_of(const UnitId& unit) {
  // Class 0 is kept free for flows that belong to no unit.
  const unsigned number = static_cast<unsigned>(unit.unit_class) + 1;
  const bool between = unit.unit_class == UnitClass::policy || unit.unit_class == UnitClass::local_flood ||
                       unit.unit_class == UnitClass::policy_flood;
  return domain::cookie_of(static_cast<domain::CookieClass>(2 * number + (between ? 1 : 0)), text(unit));
}

Units node_units() {
  return {unit_of, render};
}

std::set<UnitId> units_behind(const model::Port& port) {
  const Uuid& network = port.network.uuid;
  const std::string policy = text(policy_of(port));
  std::set<UnitId> units{{.unit_class = UnitClass::node},
                         {UnitClass::network, network, 0, {}},
                         {UnitClass::policy_flood, network, 0, policy},
                         {UnitClass::local_flood, network, chunk_of(port.id), policy},
                         {UnitClass::port, port.id.uuid, 0, {}}};
  if (!port.port_security_enabled || port.security_groups.empty()) return units;
  units.insert({UnitClass::policy, {}, 0, policy});
  for (const SecurityGroupId& group : port.security_groups) units.insert({UnitClass::rules, group.uuid, 0, {}});
  return units;
}

}  // namespace tarn::render
