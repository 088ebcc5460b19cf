#include "render/unit.h"

#include <fmt/format.h>

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
  }
  CHECK(false);
}

std::optional<UnitId> unit_of(const RowKey& key) {
  switch (key.table) {
    case Table::config:
      return UnitId{.unit_class = UnitClass::node};
    case Table::networks:
      return UnitId{.unit_class = UnitClass::numbers};
    case Table::network:
      return UnitId{UnitClass::network, key.id, 0, {}};
    case Table::members_at:
      return UnitId{UnitClass::member, {}, 0, key.name};
    case Table::uses_of:
      return UnitId{UnitClass::remote, key.id, 0, {}};
    case Table::rules_of:
      return UnitId{UnitClass::rules, key.id, 0, {}};
    case Table::policy:
      return UnitId{UnitClass::policy, {}, 0, key.name};
    case Table::port_chunks:
      return UnitId{UnitClass::policy_flood, key.id, 0, key.name};
    case Table::ports_of:
      return UnitId{UnitClass::local_flood, key.id, key.part, key.name};
    case Table::hosts_of:
      return UnitId{UnitClass::remote_flood, key.id, key.part, {}};
    case Table::port:
      return UnitId{UnitClass::port, key.id, 0, {}};
    case Table::peer:
      return UnitId{UnitClass::peer, key.id, 0, {}};
    case Table::tap:
      return UnitId{UnitClass::tap, key.id, 0, {}};
    case Table::subnet:
    case Table::node:
    case Table::group:
    case Table::rule:
    case Table::addresses:
    case Table::member:
    case Table::limit:
    case Table::limits_of:
    case Table::log:
    case Table::tap_flow:
    case Table::tap_mirror:
    case Table::mirror_port:
    case Table::taps_of:
    case Table::mirrors_of:
    case Table::logs:
    case Table::logs_of:
    case Table::plugged:
    case Table::tunnel_port:
    case Table::patch_port:
    case Table::bridge:
    case Table::number:
    case Table::subnets_of:
    case Table::policies_of:
    case Table::group_facts:
    case Table::host_chunks:
    case Table::carried_by:
    case Table::numbers:
    case Table::holders:
      return std::nullopt;
  }
  CHECK(false);
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
  }
  CHECK(false);
}

}  // namespace

std::string text(const UnitId& unit) {
  std::string text(name_of(unit.unit_class));
  if (!unit.id.is_zero()) text += " " + unit.id.text();
  if (unit.unit_class == UnitClass::local_flood || unit.unit_class == UnitClass::remote_flood)
    text += fmt::format("/{}", unit.part);
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
