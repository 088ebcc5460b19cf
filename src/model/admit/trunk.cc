// Trunks. Request-only words, each a list of {port, segmentation, segmentation_id}: `sub_ports` of a new one,
// `add_sub_ports` and `remove_sub_ports` (whose entries need no more than `port`). `segmentation` "inherit" stands for
// the type and number of the port's network.
#include "model/admit/trunk.h"

#include <algorithm>

#include "model/admit/binding.h"
#include "model/admit/plain.h"
#include "model/json_fields.h"

namespace tarn::model::admission {
namespace {

constexpr std::uint32_t vlan_id_max = 4094;  // IEEE 802.1Q: 0 and 4095 are reserved

Refusal in_use(std::string reason, std::string what) {
  return fail(ErrorCode::conflict, std::move(reason), std::move(what));
}

// A port is in one trunk at most, as its parent or below it.
Status check_free(const Snapshot& cloud, const Port& port) {
  for (const Uuid& id : cloud.referrers(port.id.uuid, Kind::trunk)) {
    if ((**cloud.find<Trunk>(id)).port == port.id)
      return in_use("ParentPortInUse",
                    "Port " + port.id.text() + " is currently in use and is not eligible for use as a parent port.");
    return in_use("TrunkPortInUse", "Port " + port.id.text() + " is in use by another trunk.");
  }
  return {};
}

Status check_parent(const Draft& draft, const Trunk& trunk) {
  const Result<Port> port = row_for<Port>(draft, trunk.port.uuid);
  if (!port) return fail(port.error());
  if (Status status = check_free(draft.now(), *port); !status) return status;
  if (port->binding_host.empty()) return {};
  return in_use("ParentPortInUse",
                "Port " + port->id.text() + " is bound already and is not eligible for use as a parent port.");
}

std::uint32_t mtu_of(const Snapshot& cloud, const Port& port) {
  return (**cloud.find(port.network)).mtu;
}

Status check_sub_port(const Draft& draft, const Trunk& trunk, const SubPort& sub) {
  const Snapshot& cloud = draft.now();
  const Result<Port> port = row_for<Port>(draft, sub.port.uuid);
  if (!port) return fail(port.error());
  if (sub.port == trunk.port)
    return in_use("ParentPortInUse", "Port " + sub.port.text() + " is the parent port of the trunk itself.");
  const std::uint32_t most = mtu_of(cloud, **cloud.find(trunk.port));
  if (mtu_of(cloud, *port) > most) {
    return in_use("SubPortMtuGreaterThanTrunkPortMtu", "MTU " + std::to_string(mtu_of(cloud, *port)) + " of subport " +
                                                           sub.port.text() + " cannot be greater than MTU " +
                                                           std::to_string(most) + " of trunk " + trunk.id.text() + ".");
  }
  if (sub.segmentation_id == 0 || sub.segmentation_id > vlan_id_max)
    return invalid_input("Segmentation ID '" + std::to_string(sub.segmentation_id) + "' is not in range.");
  if (Status status = check_free(cloud, *port); !status) return status;
  if (port->device_id.empty()) return {};
  return in_use("PortInUse", "Unable to complete operation on port " + sub.port.text() + " for network " +
                                 port->network.text() + ". Port already has an attached device " + port->device_id +
                                 ".");
}

Status add(const Draft& draft, Trunk& trunk, const SubPort& sub) {
  if (Status status = check_sub_port(draft, trunk, sub); !status) return status;
  for (const SubPort& other : trunk.sub_ports) {
    if (other.port == sub.port)
      return in_use("TrunkPortInUse", "Port " + sub.port.text() + " is in use by another trunk.");
    if (other.segmentation_id != sub.segmentation_id) continue;
    return in_use("DuplicateSubPort", "segmentation_type vlan and segmentation_id " +
                                          std::to_string(sub.segmentation_id) + " already in use on trunk " +
                                          trunk.id.text() + ".");
  }
  trunk.sub_ports.push_back(sub);
  return {};
}

Status drop(Trunk& trunk, const SubPort& sub) {
  if (std::erase_if(trunk.sub_ports, [&](const SubPort& each) { return each.port == sub.port; }) > 0) return {};
  return fail(ErrorCode::not_found, "SubPortNotFound",
              "SubPort " + sub.port.text() + " on trunk " + trunk.id.text() + " could not be found.");
}

// What "inherit" stands for.
Result<SubPort> inherited(const Draft& draft, PortId id) {
  const Result<Port> port = row_for<Port>(draft, id.uuid);
  if (!port) return fail(port.error());
  const Network& network = **draft.now().find(port->network);
  if (network.type != NetworkType::vlan)
    return invalid_input("a subport inherits nothing from network " + network.id.text() + ", which is no VLAN.");
  return SubPort{id, SubPortSegmentation::vlan, network.segmentation_id};
}

Result<SubPort> sub_port_of(const Draft& draft, boost::json::value entry, bool added) {
  boost::json::object* object = entry.if_object();
  if (object == nullptr || !object->contains("port")) return invalid_input("a subport needs 'port_id'.");
  const boost::json::value* segmentation = object->if_contains("segmentation");
  const bool inherits = segmentation != nullptr && *segmentation == "inherit";
  if (inherits) object->erase("segmentation");
  if (added && !inherits && (segmentation == nullptr || !object->contains("segmentation_id")))
    return invalid_input("a subport needs both 'segmentation_type' and 'segmentation_id'.");
  SubPort sub;
  if (Status status = fields::take("sub_ports", entry, sub); !status) return invalid_input(status.error().message);
  return added && inherits ? inherited(draft, sub.port) : sub;
}

Result<std::vector<SubPort>> sub_ports_of(const Draft& draft, const Request& request, std::string_view word) {
  std::vector<SubPort> subs;
  if (!is_given(request.given, word)) return subs;
  const boost::json::array* entries = request.given.at(word).if_array();
  if (entries == nullptr) return invalid_input("subports are a list.");
  for (const boost::json::value& each : *entries) {
    const Result<SubPort> sub = sub_port_of(draft, each, word != "remove_sub_ports");
    if (!sub) return fail(sub.error());
    subs.push_back(*sub);
  }
  return subs;
}

constexpr std::string_view sub_port_owner = "trunk:subport";  // device_owner, while the parent is bound

void bind_below(Draft& draft, const Port& parent, const SubPort& sub) {
  const Port before = **draft.now().find(sub.port);
  Port port = before;
  port.carrier = parent.id;
  port.carrier_vlan_id = sub.segmentation_id;
  port.binding_host = parent.binding_host;
  if (!parent.binding_host.empty()) port.device_owner = sub_port_owner;
  if (port.binding_host != before.binding_host) {
    port.vif_type = binding_of(draft.now(), port);
    port.status = PortStatus::down;  // until the host says otherwise
  }
  note_left_host(before, port);
  draft.update(std::move(port));
}

void let_go(Draft& draft, PortId id) {
  const Versioned<Port>* held = draft.now().find(id);
  if (held == nullptr || !(*held)->carrier) return;
  Port port = **held;
  port.carrier.reset();
  port.carrier_vlan_id = 0;
  port.binding_host.clear();
  port.left_hosts.clear();
  port.vif_type = VifType::unbound;
  port.status = PortStatus::down;
  if (port.device_owner == sub_port_owner) port.device_owner.clear();
  draft.update(std::move(port));
}

// The ports below a trunk follow from it.
void settle_below(Draft& draft, const Trunk* before, const Trunk& trunk) {
  const Port parent = **draft.now().find(trunk.port);
  for (const SubPort& sub : before == nullptr ? std::vector<SubPort>() : before->sub_ports)
    if (std::ranges::find(trunk.sub_ports, sub.port, &SubPort::port) == trunk.sub_ports.end()) let_go(draft, sub.port);
  for (const SubPort& sub : trunk.sub_ports) bind_below(draft, parent, sub);
}

Status check_enabled(const Trunk& trunk) {
  if (trunk.admin_state_up) return {};
  return in_use("TrunkDisabled", "Trunk " + trunk.id.text() + " is currently disabled.");
}

struct TrunkRules {
  using Row = Trunk;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},       {"name", When::both},
      {"description", When::both},         {"tags", When::both},
      {"admin_state_up", When::both},      {"port", When::created},
      {"sub_ports", When::created},        {"add_sub_ports", When::changed},
      {"remove_sub_ports", When::changed},
  };
  static constexpr std::string_view words[] = {"sub_ports", "add_sub_ports", "remove_sub_ports"};

  static Status settle(Draft& draft, const Request& request, const Trunk* before, Trunk& trunk) {
    if (before == nullptr)
      if (Status status = check_parent(draft, trunk); !status) return status;
    for (const std::string_view word : words) {
      if (!request.given.contains(word)) continue;
      if (before != nullptr)
        if (Status status = check_enabled(*before); !status) return status;
      const Result<std::vector<SubPort>> subs = sub_ports_of(draft, request, word);
      if (!subs) return fail(subs.error());
      for (const SubPort& sub : *subs) {
        Status status = word == "remove_sub_ports" ? drop(trunk, sub) : add(draft, trunk, sub);
        if (!status) return status;
      }
    }
    settle_below(draft, before, trunk);
    return {};
  }
  static Status release(Draft& draft, const Trunk& trunk) {
    if (Status status = check_enabled(trunk); !status) return status;
    if (!(**draft.now().find(trunk.port)).binding_host.empty())
      return in_use("TrunkInUse", "Trunk " + trunk.id.text() + " is currently in use.");
    for (const SubPort& sub : trunk.sub_ports) let_go(draft, sub.port);
    return {};
  }
};

}  // namespace

Status check_in_no_trunk(const Snapshot& cloud, PortId port) {
  for (const Uuid& id : cloud.referrers(port.uuid, Kind::trunk)) {
    const bool parent = (**cloud.find<Trunk>(id)).port == port;
    return in_use(parent ? "PortInUseAsTrunkParent" : "PortInUseAsSubPort", "Port " + port.text() + " is currently a " +
                                                                                (parent ? "parent port" : "subport") +
                                                                                " for trunk " + id.text() + ".");
  }
  return {};
}

void bind_sub_ports(Draft& draft, const Port& parent) {
  for (const Uuid& id : draft.now().referrers(parent.id.uuid, Kind::trunk)) {
    const Trunk trunk = **draft.now().find<Trunk>(id);
    if (trunk.port != parent.id) continue;
    for (const SubPort& sub : trunk.sub_ports) bind_below(draft, parent, sub);
  }
}

void adopt_sub_ports(Draft& draft, const Trunk* before, const Trunk& trunk) {
  const auto put = [&](PortId id, std::optional<PortId> carrier, std::uint32_t vlan_id) {
    const Versioned<Port>* held = draft.now().find(id);
    if (held == nullptr || ((*held)->carrier == carrier && (*held)->carrier_vlan_id == vlan_id)) return;
    Port port = **held;
    port.carrier = carrier;
    port.carrier_vlan_id = vlan_id;
    draft.put(std::move(port));
  };
  if (before != nullptr)
    for (const SubPort& sub : before->sub_ports) put(sub.port, std::nullopt, 0);
  for (const SubPort& sub : trunk.sub_ports) put(sub.port, trunk.port, sub.segmentation_id);
}

KindRules trunk_rules() {
  return plain_rules<TrunkRules>();
}

}  // namespace tarn::model::admission
