#include "render/unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/check.h"
#include "render/policy.h"
#include "render/render_units.h"

namespace tarn::render {

namespace {

std::string_view name_of(UnitClass unit_class) {
  switch (unit_class) {
    case UnitClass::node:
      return "node";
    case UnitClass::numbers:
      return "numbers";
    case UnitClass::network:
      return "network";
    case UnitClass::member:
      return "member";
    case UnitClass::remote:
      return "remote";
    case UnitClass::rules:
      return "rules";
    case UnitClass::policy:
      return "policy";
    case UnitClass::policy_flood:
      return "policy_flood";
    case UnitClass::local_flood:
      return "local_flood";
    case UnitClass::remote_flood:
      return "remote_flood";
    case UnitClass::port:
      return "port";
    case UnitClass::peer:
      return "peer";
    case UnitClass::tap:
      return "tap";
    case UnitClass::routing:
      return "routing";
    case UnitClass::router:
      return "router";
    case UnitClass::interface:
      return "interface";
    case UnitClass::outside:
      return "outside";
    case UnitClass::gateway:
      return "gateway";
    case UnitClass::floating:
      return "floating";
    case UnitClass::forwarding:
      return "forwarding";
    case UnitClass::shifted:
      return "shifted";
    case UnitClass::watch:
      return "watch";
    case UnitClass::names:
      return "names";
    case UnitClass::bgp_map:
      return "bgp_map";
    case UnitClass::speaker:
      return "speaker";
    case UnitClass::speaker_peer:
      return "speaker_peer";
    case UnitClass::routes_to:
      return "routes_to";
  }
  CHECK(false);
}

// What there is a unit for, each named as its row or bucket is.
constexpr std::pair<Table, UnitClass> unit_classes[] = {
    {Table::config, UnitClass::node},
    {Table::networks, UnitClass::numbers},
    {Table::network, UnitClass::network},
    {Table::members_at, UnitClass::member},
    {Table::uses_of, UnitClass::remote},
    {Table::rules_of, UnitClass::rules},
    {Table::policy, UnitClass::policy},
    {Table::port_chunks, UnitClass::policy_flood},
    {Table::ports_of, UnitClass::local_flood},
    {Table::hosts_of, UnitClass::remote_flood},
    {Table::port, UnitClass::port},
    {Table::peer, UnitClass::peer},
    {Table::tap, UnitClass::tap},
    {Table::routers, UnitClass::routing},
    {Table::router, UnitClass::router},
    {Table::interface, UnitClass::interface},
    {Table::outside, UnitClass::outside},
    {Table::gateway, UnitClass::gateway},
    {Table::floating, UnitClass::floating},
    {Table::forwardings_of, UnitClass::forwarding},
    {Table::shifted_ports, UnitClass::shifted},
    {Table::gateway_peer, UnitClass::watch},
    {Table::names_on, UnitClass::names},
    {Table::bgp_maps, UnitClass::bgp_map},
    {Table::speaker, UnitClass::speaker},
    {Table::speaker_peer, UnitClass::speaker_peer},
    {Table::routes_to, UnitClass::routes_to},
};

std::optional<UnitId> unit_of(const RowKey& key) {
  const auto* found = std::ranges::find(unit_classes, key.table, &std::pair<Table, UnitClass>::first);
  if (found == std::end(unit_classes)) return std::nullopt;
  return UnitId{found->second, key.id, key.part, key.name};
}

Tables render(View& view, const UnitId& unit) {
  switch (unit.unit_class) {
    case UnitClass::node:
      return render_node(view, unit);
    case UnitClass::numbers:
      return render_numbers(view, unit);
    case UnitClass::network:
      return render_network(view, unit);
    case UnitClass::member:
      return render_member(view, unit);
    case UnitClass::remote:
      return render_remote(view, unit);
    case UnitClass::rules:
      return render_rules(view, unit);
    case UnitClass::policy:
      return render_policy(view, unit);
    case UnitClass::policy_flood:
      return render_policy_flood(view, unit);
    case UnitClass::local_flood:
      return render_local_flood(view, unit);
    case UnitClass::remote_flood:
      return render_remote_flood(view, unit);
    case UnitClass::port:
      return render_port(view, unit);
    case UnitClass::peer:
      return render_peer(view, unit);
    case UnitClass::tap:
      return render_tap(view, unit);
    case UnitClass::routing:
      return render_routing(view, unit);
    case UnitClass::router:
      return render_router(view, unit);
    case UnitClass::interface:
      return render_interface(view, unit);
    case UnitClass::outside:
      return render_outside(view, unit);
    case UnitClass::gateway:
      return render_gateway(view, unit);
    case UnitClass::floating:
      return render_floating(view, unit);
    case UnitClass::forwarding:
      return render_forwarding(view, unit);
    case UnitClass::shifted:
      return render_shifted_ports(view, unit);
    case UnitClass::watch:
      return render_watch(view, unit);
    case UnitClass::names:
      return render_names(view, unit);
    case UnitClass::bgp_map:
      return render_bgp_map(view, unit);
    case UnitClass::speaker:
      return render_speaker(view, unit);
    case UnitClass::speaker_peer:
      return render_speaker_peer(view, unit);
    case UnitClass::routes_to:
      return render_routes_to(view, unit);
  }
  CHECK(false);
}

}  // namespace

std::string text(const UnitId& unit) {
  std::string text(name_of(unit.unit_class));
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
