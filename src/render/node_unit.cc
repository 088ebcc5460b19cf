// The node's own unit and the local network numbers: what exists once per node.
#include <fmt/format.h>

#include "base/hash.h"
#include "model/limits.h"
#include "render/names.h"
#include "render/render_units.h"

namespace tarn::render {

namespace {

using PortType = domain::SwitchPort::Type;

// IEEE 802.1Q table 8-1: addresses that no bridge forwards (spanning tree, link aggregation, LLDP).
constexpr Mac reserved_group{{0x01, 0x80, 0xc2, 0x00, 0x00, 0x00}};
constexpr Mac reserved_group_mask{{0xff, 0xff, 0xff, 0xff, 0xff, 0xf0}};

void add_tunnel_port(Tables& tables, View& view, const NodeConfig& config, const std::string& unit) {
  if (!config.tunnel_address) return;
  // remote_ip and key from the flow: one port for all peers and all networks.
  tables.switch_ports.emplace(
      tunnel_port_name,
      domain::SwitchPort::Spec{config.integration_bridge,
                               PortType::vxlan,
                               {{"remote_ip", "flow"}, {"key", "flow"}, {"local_ip", config.tunnel_address->text()}},
                               unit});
  if (const auto* ofport = view.number(key_of(Table::tunnel_port)))
    tables.ofport_pins.emplace(tunnel_port_name, domain::OfportPin::Spec{*ofport});
}

void add_patch_ports(Tables& tables, View& view, const NodeConfig& config, const std::string& unit) {
  for (const auto& [physical, bridge] : config.bridge_mappings) {
    if (view.number(key_of(Table::bridge, bridge)) == nullptr) continue;
    const PatchNames names = patch_names(physical);
    tables.switch_ports.emplace(
        names.integration_end,
        domain::SwitchPort::Spec{config.integration_bridge, PortType::patch, {{"peer", names.provider_end}}, unit});
    tables.switch_ports.emplace(
        names.provider_end, domain::SwitchPort::Spec{bridge, PortType::patch, {{"peer", names.integration_end}}, unit});
    if (const auto* ofport = view.number(key_of(Table::patch_port, physical)))
      tables.ofport_pins.emplace(names.integration_end, domain::OfportPin::Spec{*ofport});
  }
}

// While somebody outside gets copies; where to and by which key the flows say.
void add_mirror_ports(Tables& tables, View& view, const NodeConfig& config, const std::string& unit) {
  using Options = std::map<std::string, std::string>;
  for (const MirrorPort& port : mirror_ports) {
    const std::uint32_t part = port.way.part();
    if (view.bucket(key_of(Table::mirrors_of, {}, part)).empty()) continue;
    Options options{{"remote_ip", "flow"}, {"key", "flow"}};
    if (port.way.type == model::MirrorType::erspan_v1) options.emplace("erspan_ver", "1");
    if (config.tunnel_address && config.tunnel_address->family == port.way.family)
      options.emplace("local_ip", config.tunnel_address->text());
    tables.switch_ports.emplace(
        port.name, domain::SwitchPort::Spec{config.integration_bridge, port.type, std::move(options), unit});
    if (const auto* ofport = view.number(key_of(Table::mirror_port, {}, part)))
      tables.ofport_pins.emplace(port.name, domain::OfportPin::Spec{*ofport});
  }
}

void add_exports(Tables& tables, const NodeConfig& config, const std::string& unit) {
  using domain::FlowExport;
  const auto add = [&](FlowExport::Key kind, const ExportConfig& wish, const std::string& agent) {
    if (wish.collectors.empty()) return;
    tables.exports.emplace(kind, FlowExport::Spec{wish.collectors, wish.sampling, agent, unit});
  };
  add(FlowExport::Key::ipfix, config.ipfix, {});
  // The address that the other nodes know this one by; without it the switch takes the one it reaches a collector from.
  add(FlowExport::Key::sflow, config.sflow, config.tunnel_address ? config.tunnel_address->text() : std::string());
}

}  // namespace

Tables render_node(View& view, const UnitId& unit) {
  Tables tables;
  const NodeConfig* config = view.config();
  if (config == nullptr) return tables;
  tables.bridges.emplace(config->integration_bridge, domain::Bridge::Spec{config->datapath_type});
  add_tunnel_port(tables, view, *config, text(unit));
  add_patch_ports(tables, view, *config, text(unit));
  add_mirror_ports(tables, view, *config, text(unit));
  add_service_port(tables, view, *config, text(unit));
  add_exports(tables, *config, text(unit));
  add_records_meter(tables, view, *config);
  add_question_meters(tables);

  FlowSink flows(tables, unit);
  for (const StageRow& row : stages()) flows.add(row.stage, Priority::miss, {}, {}, row.missed);
  add_source_rules(flows);
  add_security_rules(flows);
  add_moved_rules(flows, tables, view);
  add_resolution_rules(flows);
  add_router_advertisement(flows, tables, *config);
  add_service_rules(flows, view);
  add_early_punts(flows, view, *config);
  flows.drop(Stage::l2, Priority::top, {FieldValue::mac(Field::eth_dst, reserved_group, reserved_group_mask)});
  return tables;
}

NetworkId metered_id(const Uuid& limited) {
  const auto part = [&](std::uint64_t half) {
    return ContentHash().add("metered").add(half).add(limited.bytes).value();
  };
  return {Uuid::random(part(0), part(1))};
}

std::optional<std::uint32_t> usable_number(View& view, const NetworkId& network) {
  const auto* number = view.number(key_of(Table::number, network.uuid));
  if (number == nullptr || *number == 0 || *number > network_number_max) return std::nullopt;
  const Bucket& holders = view.bucket(key_of(Table::holders, {}, *number));
  return holders.begin()->first.id == network.uuid ? std::optional(*number) : std::nullopt;
}

namespace {

// What has a number, and the highest that is of use to it.
struct Numbered {
  NetworkId id;
  std::uint32_t most = network_number_max;
};

// Whether a key of the bucket `metered` is of something with a QoS policy; a port may have its network's.
bool has_policy(View& view, const RowKey& key) {
  if (key.table != Table::port) return true;
  const model::Port* port = view.port(PortId{key.id});
  return port != nullptr && model::qos_policy_of(*port, view.network(port->network)).has_value();
}

// The first free one from a place that is the network's own, so that networks that come and go do not choose for
// others.
std::optional<std::uint32_t> free_number(const Numbered& of, const std::set<std::uint32_t>& taken) {
  if (taken.size() >= network_number_max) return std::nullopt;
  const std::uint64_t place = ContentHash().add(of.id.uuid.bytes).value() % of.most;
  for (std::uint64_t step = 0; step < of.most; ++step) {
    const auto number = static_cast<std::uint32_t>(1 + (place + step) % of.most);
    if (!taken.contains(number)) return number;
  }
  return std::nullopt;
}

}  // namespace

Tables render_numbers(View& view, const UnitId&) {
  Tables tables;
  std::set<std::uint32_t> taken;
  for (const auto& [key, count] : view.bucket(key_of(Table::numbers)))
    if (const auto* number = view.number(key)) taken.insert(*number);

  std::vector<Numbered> all;
  for (const auto& [key, count] : view.bucket(key_of(Table::networks))) all.push_back({NetworkId{key.id}});
  for (const auto& [key, count] : view.bucket(key_of(Table::metered)))
    if (has_policy(view, key)) all.push_back({metered_id(key.id), domain::Meter::number_max});
  std::vector<Numbered> without;
  for (const Numbered& each : all) {
    const auto number = usable_number(view, each.id);
    if (number && *number <= each.most) {
      tables.numbers.emplace(each.id, domain::NetworkNumber::Spec{*number});
    } else {
      without.push_back(each);
    }
  }
  for (const Numbered& each : without) {
    // With every number taken, such a network stays without one, and its ports say so.
    if (const auto number = free_number(each, taken)) {
      taken.insert(*number);
      tables.numbers.emplace(each.id, domain::NetworkNumber::Spec{*number});
    }
  }
  return tables;
}

}  // namespace tarn::render
