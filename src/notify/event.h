// What Nova is told of one instance's port: the events of its POST /os-server-external-events (Compute API, "Create
// External Events") that are about networks. A value.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/uuid.h"

namespace tarn::notify {

enum class EventName : std::uint8_t { network_changed, vif_plugged, vif_unplugged, vif_deleted };

std::string_view word(EventName name);  // "network-vif-plugged"

struct Event {
  Uuid server;
  PortId port;  // Nova's `tag`
  EventName name{};
  bool failed = false;  // of vif_plugged: the port could not be wired; Nova's status `failed`

  auto operator<=>(const Event&) const = default;
};

std::string text(const Event& event);  // for people: "network-vif-plugged of port … to server …"

}  // namespace tarn::notify
