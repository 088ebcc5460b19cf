#include "render/facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "render/names.h"

namespace tarn::render {

namespace {

// OpenFlow keeps the numbers from 0xff00 for itself (ovs-vswitchd.conf.db(5), Interface: "ofport_request").
constexpr std::int64_t ofport_max = 0xfeff;

std::optional<std::uint32_t> usable(const std::optional<std::int64_t>& ofport) {
  if (!ofport || *ofport < 1 || *ofport > ofport_max) return std::nullopt;
  return static_cast<std::uint32_t>(*ofport);
}

// Interfaces are walked in name order, so of several claimants the lowest name is the one that counts.
void add_plugged(Facts& facts, const domain::PluggedInterfaces& plugged) {
  for (const auto& [name, interface] : plugged.interfaces) {
    const auto ofport = usable(interface.ofport);
    const auto id = Uuid::parse(interface.iface_id);
    if (!ofport || !id || interface.bridge != facts.config.integration_bridge) continue;
    const auto [at, first] = facts.plugged.try_emplace(PortId{*id}, Plugged{name, *ofport, {}});
    if (!first) at->second.rivals.push_back(name);
  }
}

// The ofport of a port of ours: only where it sits on the bridge that the flows are for.
std::optional<std::uint32_t> ofport_of(const reconcile::Actual<domain::SwitchPort>& ports, const std::string& name,
                                       const std::string& bridge) {
  const auto found = ports.find(name);
  const bool ours = found != ports.end() && found->second.unit.has_value() && found->second.bridge == bridge;
  return ours ? usable(found->second.ofport) : std::nullopt;
}

// A bridge with wires, that is devices of the host or of DPDK, all of which are down. One without any may lead
// anywhere.
bool is_severed(const domain::PluggedInterfaces& plugged, const std::string& bridge) {
  bool severed = false;
  for (const auto& [name, interface] : plugged.interfaces) {
    const bool wire = interface.type.empty() || interface.type == "system" || interface.type == "dpdk";
    if (interface.bridge != bridge || !wire || name == bridge) continue;
    if (interface.link_up.value_or(true)) return false;
    severed = true;
  }
  return severed;
}

}  // namespace

Facts facts_of(const NodeConfig& config, const domain::PluggedInterfaces& plugged,
               const reconcile::Actual<domain::Bridge>& bridges,
               const reconcile::Actual<domain::SwitchPort>& switch_ports,
               const reconcile::Actual<domain::NetworkNumber>& numbers, const std::set<std::string>& missed) {
  Facts facts;
  facts.config = config;
  add_plugged(facts, plugged);
  facts.tunnel_port = ofport_of(switch_ports, tunnel_port_name, config.integration_bridge);
  for (const MirrorPort& port : mirror_ports)
    if (const auto ofport = ofport_of(switch_ports, port.name, config.integration_bridge))
      facts.mirror_ports.emplace(port.way, *ofport);
  if (!config.service_interface.empty())
    facts.service_port = ofport_of(switch_ports, config.service_interface, config.integration_bridge);
  for (const auto& [physical, bridge] : config.bridge_mappings)
    if (const auto ofport = ofport_of(switch_ports, patch_names(physical).integration_end, config.integration_bridge))
      facts.patch_ports.emplace(physical, *ofport);
  for (const auto& [name, seen] : bridges) facts.bridges.insert(name);
  for (const auto& [name, interface] : plugged.interfaces) {
    if (!interface.watched || interface.bridge != config.integration_bridge) continue;
    if (const auto ofport = usable(interface.ofport)) facts.watch_ports.emplace(name, *ofport);
    const bool unknown = *interface.watched == domain::PeerState::unknown;
    if (unknown && !missed.contains(name)) continue;
    facts.watched.emplace(name, *interface.watched == domain::PeerState::up);
  }
  for (const auto& [physical, bridge] : config.bridge_mappings)
    if (is_severed(plugged, bridge)) facts.severed.insert(physical);
  for (const auto& [network, seen] : numbers)
    if (seen.number) facts.numbers.emplace(network, *seen.number);
  return facts;
}

void add_instances(Facts& facts, const reconcile::Actual<domain::InstanceFile>& files) {
  for (const auto& [number, seen] : files)
    if (seen.port) facts.instances.emplace(number, *seen.port);
}

PatchNames patch_names(const std::string& physical_network) {
  constexpr std::size_t short_enough = 12;
  const bool plain = !physical_network.empty() && physical_network.size() <= short_enough &&
                     std::ranges::all_of(physical_network, [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
                     });
  const std::uint64_t hash = ContentHash().add(std::string_view(physical_network)).value();
  const std::string tail = plain ? physical_network : fmt::format("{:012x}", hash & 0xffffffffffffU);
  return {"ti-" + tail, "tp-" + tail};
}

std::string watch_port_name(const std::string& host) {
  return fmt::format("tb-{:012x}", ContentHash().add("watch").add(host).value() & 0xffffffffffffU);
}

}  // namespace tarn::render
