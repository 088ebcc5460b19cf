#include "notify/event.h"

#include "base/check.h"

namespace tarn::notify {

std::string_view word(EventName name) {
  switch (name) {
    case EventName::network_changed:
      return "network-changed";
    case EventName::vif_plugged:
      return "network-vif-plugged";
    case EventName::vif_unplugged:
      return "network-vif-unplugged";
    case EventName::vif_deleted:
      return "network-vif-deleted";
  }
  CHECK(false);
}

std::string text(const Event& event) {
  return std::string(word(event.name)) + (event.failed ? " (failed)" : "") + " of port " + event.port.text() +
         " to server " + event.server.text();
}

}  // namespace tarn::notify
