// What rendering gives: one table of wishes for each domain, and the same shape filled with patches or claims. Pure
// values; which unit made a wish is the renderer's knowledge, not theirs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "answer/values.h"
#include "base/uuid.h"
#include "domain/bgp.h"
#include "domain/bridge.h"
#include "domain/flow.h"
#include "domain/flow_export.h"
#include "domain/instance_file.h"
#include "domain/meter.h"
#include "domain/name_file.h"
#include "domain/network_number.h"
#include "domain/ofport_pin.h"
#include "domain/switch_port.h"
#include "domain/zone_timeouts.h"
#include "model/rows/services.h"

namespace tarn::render {

// Why a port bound here is or is not connected: what the operator is told, and what ACTIVE waits for.
enum class Wired : std::uint8_t {
  yes,         // its flows are wanted; applied when the switch has acknowledged them
  admin_down,  // the port's or its network's admin_state_up is false
  group_mac,   // its MAC is a group's: no frame may come from it (IEEE 802, I/G bit), and the group's are for all
  unplugged,   // no interface with its id on the integration bridge
  no_network,  // its network is not in the slice
  no_number,   // its network's local number is not recorded yet
  no_uplink,   // the tunnel port, or the patch port to its physical network, does not exist (yet)
};

// Whose packets are recorded, for what a record says of them.
struct RecordSubject {
  std::string project_id;
  std::set<LogId> accepted;  // the logs that want to know what was let through
  std::set<LogId> dropped;   // and those that want to know what was not
  std::uint32_t number = 0;  // of the port here, as registers call it
  bool operator==(const RecordSubject&) const = default;
};

template <template <class Key, class Spec> class Of>
struct Outputs {
  template <class D>
  using In = Of<typename D::Key, typename D::Spec>;

  In<domain::Bridge> bridges;
  In<domain::SwitchPort> switch_ports;
  In<domain::OfportPin> ofport_pins;
  In<domain::NetworkNumber> numbers;
  In<domain::Meter> meters;
  In<domain::Flow> flows;
  In<domain::FlowExport> exports;
  In<domain::ZoneTimeouts> zones;
  In<domain::InstanceFile> instances;
  In<domain::NameFile> names;
  In<domain::BgpItem> bgp;
  Of<PortId, answer::PortAnswers> answers;
  Of<Uuid, answer::Announcement> announcements;  // by floating IP, or by a gateway's port
  Of<NetworkId, answer::NextHops> next_hops;
  Of<std::pair<PortId, Ip>, answer::Inquiry> inquiries;
  Of<PortId, Wired> wired;
  Of<PortId, RecordSubject> subjects;
  bool operator==(const Outputs&) const = default;
};

template <class Key, class Spec>
using TableOf = std::map<Key, Spec>;
using Tables = Outputs<TableOf>;

// What changed: a new value, or none when the key is no longer wanted.
template <class Key, class Spec>
using PatchOf = std::map<Key, std::optional<Spec>>;
using Patches = Outputs<PatchOf>;

template <class Key, class Spec>
void fold(TableOf<Key, Spec>& table, const PatchOf<Key, Spec>& patch) {
  for (const auto& [key, spec] : patch) {
    if (spec) {
      table.insert_or_assign(key, *spec);
    } else {
      table.erase(key);
    }
  }
}

}  // namespace tarn::render
