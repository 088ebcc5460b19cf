#include "render/unit.h"

#include <fmt/format.h>

#include "base/check.h"
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
    case UnitClass::local_flood:
      return "local_flood";
    case UnitClass::remote_flood:
      return "remote_flood";
    case UnitClass::port:
      return "port";
    case UnitClass::peer:
      return "peer";
  }
  CHECK(false);
}

std::optional<UnitId> unit_of(const RowKey& key) {
  switch (key.table) {
    case Table::config:
      return UnitId{UnitClass::node, {}, 0};
    case Table::networks:
      return UnitId{UnitClass::numbers, {}, 0};
    case Table::network:
      return UnitId{UnitClass::network, key.id, 0};
    case Table::ports_of:
      return UnitId{UnitClass::local_flood, key.id, key.part};
    case Table::hosts_of:
      return UnitId{UnitClass::remote_flood, key.id, key.part};
    case Table::port:
      return UnitId{UnitClass::port, key.id, 0};
    case Table::peer:
      return UnitId{UnitClass::peer, key.id, 0};
    case Table::subnet:
    case Table::node:
    case Table::plugged:
    case Table::tunnel_port:
    case Table::patch_port:
    case Table::bridge:
    case Table::number:
    case Table::subnets_of:
    case Table::port_chunks:
    case Table::host_chunks:
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
    case UnitClass::local_flood:
      return render_local_flood(view, unit);
    case UnitClass::remote_flood:
      return render_remote_flood(view, unit);
    case UnitClass::port:
      return render_port(view, unit);
    case UnitClass::peer:
      return render_peer(view, unit);
  }
  CHECK(false);
}

}  // namespace

std::string text(const UnitId& unit) {
  if (unit.unit_class == UnitClass::node || unit.unit_class == UnitClass::numbers)
    return std::string(name_of(unit.unit_class));
  const std::string name = fmt::format("{} {}", name_of(unit.unit_class), unit.id.text());
  const bool chunked = unit.unit_class == UnitClass::local_flood || unit.unit_class == UnitClass::remote_flood;
  return chunked ? fmt::format("{}/{}", name, unit.part) : name;
}

std::uint64_t cookie_of(const UnitId& unit) {
  // Class 0 is kept free for flows that belong to no unit.
  const auto cookie_class = static_cast<domain::CookieClass>(static_cast<unsigned>(unit.unit_class) + 1U);
  return domain::cookie_of(cookie_class, text(unit));
}

Units node_units() {
  return {unit_of, render};
}

std::set<UnitId> units_behind(const model::Port& port) {
  const Uuid& network = port.network.uuid;
  return {{UnitClass::node, {}, 0},
          {UnitClass::network, network, 0},
          {UnitClass::local_flood, network, chunk_of(port.id)},
          {UnitClass::port, port.id.uuid, 0}};
}

}  // namespace tarn::render
