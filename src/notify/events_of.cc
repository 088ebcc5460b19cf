#include "notify/events_of.h"

#include <optional>
#include <set>

namespace tarn::notify {
namespace {

using model::FloatingIp;
using model::Port;
using model::PortStatus;
using model::Snapshot;
using model::Versioned;

// The instance that a port belongs to, if Nova knows it.
std::optional<Uuid> server_of(const Port& port) {
  if (!port.device_owner.starts_with("compute:")) return std::nullopt;
  const Result<Uuid> server = Uuid::parse(port.device_id);
  return server ? std::optional(*server) : std::nullopt;
}

bool is_settled(PortStatus status) {
  return status == PortStatus::active || status == PortStatus::error;
}

Event plugged(const Uuid& server, const Port& port) {
  return {server, port.id, EventName::vif_plugged, port.status == PortStatus::error};
}

// Nova waits for a port that comes up, or fails to, and for one that goes down; no other way between two states
// concerns it.
std::optional<Event> step_of(const Uuid& server, const Port* before, const Port& after) {
  const PortStatus was = before ? before->status : PortStatus::down;
  if (!is_settled(was) && is_settled(after.status)) return plugged(server, after);
  if (was == PortStatus::active && after.status == PortStatus::down)
    return Event{server, after.id, EventName::vif_unplugged};
  return std::nullopt;
}

// What Nova keeps no copy of.
Port without_the_unseen(Port port) {
  port.status = PortStatus::down;  // told by the other events
  port.standard = {};
  return port;
}

struct Collected {
  const Snapshot& after;
  std::vector<Event> events = {};
  std::set<PortId> changed = {};  // each is told once

  void step(const std::optional<Event>& event) {
    if (event) events.push_back(*event);
  }
  void change(PortId id) {
    const Versioned<Port>* port = after.find(id);
    const auto server = port ? server_of(**port) : std::nullopt;
    if (server && changed.insert(id).second) events.push_back({*server, id, EventName::network_changed});
  }
};

void compare(const Port* before, const Port* after, Collected& collected) {
  if (!after) {
    if (const auto server = server_of(*before)) collected.step(Event{*server, before->id, EventName::vif_deleted});
    return;
  }
  const auto server = server_of(*after);
  if (!server) return;
  collected.step(step_of(*server, before, *after));
  // Of a new port Nova reads everything itself.
  if (before && without_the_unseen(*before) != without_the_unseen(*after)) collected.change(after->id);
}

bool translate_alike(const FloatingIp* one, const FloatingIp* other) {
  return one && other && one->address == other->address && one->port == other->port &&
         one->fixed_address == other->fixed_address;
}

}  // namespace

std::vector<Event> events_of(const Snapshot& before, const Snapshot& after) {
  Collected collected{after};
  const auto row_of = []<class R>(const Versioned<R>* versioned) { return versioned ? versioned->row.get() : nullptr; };
  Snapshot::Table<Port>::difference(before.ports(), after.ports(),
                                    [&](const Uuid&, const Versioned<Port>* old, const Versioned<Port>* now) {
                                      compare(row_of(old), row_of(now), collected);
                                    });
  Snapshot::Table<FloatingIp>::difference(
      before.table<FloatingIp>(), after.table<FloatingIp>(),
      [&](const Uuid&, const Versioned<FloatingIp>* old, const Versioned<FloatingIp>* now) {
        if (translate_alike(row_of(old), row_of(now))) return;
        for (const FloatingIp* floating : {row_of(old), row_of(now)})
          if (floating && floating->port) collected.change(*floating->port);
      });
  return std::move(collected.events);
}

std::vector<Event> events_since(const Snapshot& cloud, std::int64_t since_ms) {
  Collected collected{cloud};
  for (const auto& [id, port] : cloud.ports()) {
    const auto server = server_of(*port);
    if (!server || port->standard.updated_at_ms < since_ms) continue;
    if (is_settled(port->status))
      collected.step(plugged(*server, *port));
    else if (port->status == PortStatus::down && !model::bound_host(*port).empty())
      collected.step(Event{*server, port->id, EventName::vif_unplugged});
    collected.change(port->id);
  }
  for (const auto& [id, floating] : cloud.table<FloatingIp>())
    if (floating->port && floating->standard.updated_at_ms >= since_ms) collected.change(*floating->port);
  return std::move(collected.events);
}

}  // namespace tarn::notify
