// Facts of the switch's database that a wish may be rendered from: every interface with the bridge it is on, and the
// node's own row. Read only; nothing is wanted of them here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/uuid.h"

namespace tarn::domain {

// What BFD (RFC 5880) says of who is at the other end: unknown while it has not been there since the session began.
enum class PeerState : std::uint8_t { unknown, up, down };

struct PluggedInterface {
  Uuid uuid;           // of the Interface row
  std::string bridge;  // empty while no bridge has its port
  std::string port;
  std::string type;                    // empty for a device of the host: a tap or one end of a veth pair
  std::string iface_id;                // external_ids:iface-id, the Neutron port's UUID as os-vif writes it
  std::string attached_mac;            // external_ids:attached-mac
  std::optional<std::int64_t> ofport;  // absent until ovs-vswitchd has chosen; -1: it could not make the port
  std::string error;                   // ovs-vswitchd's words for that
  std::optional<bool> admin_up;
  std::optional<bool> link_up;
  std::optional<std::int64_t> mtu;
  std::map<std::string, std::string> options;
  std::optional<PeerState> watched;  // absent: nobody is watched by it

  bool operator==(const PluggedInterface&) const = default;
};

struct SwitchNode {
  std::string system_id;  // external_ids:system-id
  std::string version;    // of Open vSwitch; empty until ovs-vswitchd has started once
  // other_config:flow-restore-wait: the switch holds back with new flows until somebody has restored them.
  bool flow_restore_wait = false;

  bool operator==(const SwitchNode&) const = default;
};

struct PluggedInterfaces {
  SwitchNode node;
  std::map<std::string, PluggedInterface> interfaces;  // by name

  bool operator==(const PluggedInterfaces&) const = default;
};

}  // namespace tarn::domain
