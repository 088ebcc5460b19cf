// Hosts that may answer for gateways watch each other by BFD (RFC 5880), which their switches speak, agents or not:
// each by a tunnel port of its own, with a VNI of no network. Of those that may answer for one gateway, the first that
// is there does. Hosts that leave by another's wire watch those too.
#include <algorithm>

#include "model/gateways.h"
#include "render/names.h"
#include "render/routers.h"

namespace tarn::render {

namespace {

constexpr const char* watch_vni = "16777215";  // the last one
// Three missed in a row are too many: docs/routing.md tells what was measured.
constexpr const char* watch_interval_ms = "50";
// Of a host that answers for no gateway: nobody waits for it.
constexpr const char* idle_interval_ms = "1000";

bool is_severed(View& view, const std::string& physical) {
  return view.number(key_of(Table::severed, physical)) != nullptr;
}

// What is seen of a host: 0 that it is gone, or its way out is; `unseen` while nobody has looked.
constexpr std::uint32_t seen = 1;
constexpr std::uint32_t unseen = 2;
std::uint32_t sight_of(View& view, const std::string& host) {
  const std::uint32_t* there = view.number(key_of(Table::watched, watch_port_name(host)));
  return there == nullptr ? unseen : *there;
}

bool may_answer(View& view, const PortId& gateway, const std::string& host) {
  return view.bucket(key_of(Table::hosts_of_gateway, gateway.uuid))
      .contains({Table::gateway_host, gateway.uuid, 0, host});
}

// Those that answer for one gateway watch each other; whoever passes what leaves by it to one of them, watches them
// all, and they answer.
bool must_watch(View& view, const std::string& own, const RowKey& about) {
  const bool answers = about.table == Table::gateway_host;
  const model::PortBlock* block = answers ? nullptr : view.block(about.id);
  if (!answers && block == nullptr) return false;
  const PortId gateway = answers ? PortId{about.id} : block->gateway;
  const model::RouterGateway* row = view.gateway(gateway);
  if (row == nullptr) return false;
  const auto passes = [&](const std::string& host) { return is_passed(view, *row, host) || is_gathered(view, *row); };
  if (may_answer(view, gateway, own)) return answers || passes(block->host);
  return answers && passes(own);
}

}  // namespace

bool lands_here(View& view, const PortId& gateway) {
  const NodeConfig* config = view.config();
  return config != nullptr && may_answer(view, gateway, config->host);
}

Tables render_watch(View& view, const UnitId& unit) {
  Tables tables;
  const NodeConfig* config = view.config();
  if (config == nullptr || unit.name == config->host || !config->tunnel_address) return tables;
  const Bucket& about = view.bucket(key_of(Table::gateway_peer, unit.name));
  if (std::ranges::none_of(about, [&](const auto& each) { return must_watch(view, config->host, each.first); }))
    return tables;
  const auto address = tunnel_address_of(view, unit.name);
  if (!address) return tables;
  // Who watches this node hears that it is there, and that its way out is not.
  const bool severed = std::ranges::any_of(config->bridge_mappings,
                                           [&](const auto& mapping) { return is_severed(view, mapping.first); });
  const bool is_relied_on =
      std::ranges::any_of(view.bucket(key_of(Table::gateway_peer, config->host)),
                          [](const auto& each) { return each.first.table == Table::gateway_host; });
  domain::SwitchPort::Spec spec{
      config->integration_bridge,
      domain::SwitchPort::Type::vxlan,
      {{"remote_ip", address->text()}, {"local_ip", config->tunnel_address->text()}, {"key", watch_vni}},
      text(unit),
      {{"enable", "true"},
       {"min_rx", watch_interval_ms},
       {"min_tx", is_relied_on ? watch_interval_ms : idle_interval_ms},
       {"cpath_down", severed ? "true" : "false"}}};
  const std::string name = watch_port_name(unit.name);
  tables.switch_ports.emplace(name, std::move(spec));
  if (const auto* ofport = view.number(key_of(Table::watch_port, name)))
    tables.ofport_pins.emplace(name, domain::OfportPin::Spec{*ofport});
  return tables;
}

GatewayDuty duty_of(View& view, const model::RouterGateway& gateway) {
  const NodeConfig* config = view.config();
  const model::OutsideNetwork* network = view.outside(gateway.network);
  GatewayDuty duty;
  if (config == nullptr || network == nullptr) return duty;
  std::vector<std::string> hosts;
  for (const auto& [key, count] : view.bucket(key_of(Table::hosts_of_gateway, gateway.id.uuid)))
    hosts.push_back(key.name);
  std::ranges::sort(hosts, std::ranges::greater(), [&](const std::string& host) {
    return model::gateway_rank(gateway.id, gateway.chosen_hosts, host);
  });
  const bool has_wire = uplink_of(view, segment_of(*network)) && !is_severed(view, network->physical_network);
  bool alone = true;
  const std::string* first = nullptr;
  const std::string* first_unseen = nullptr;
  for (const std::string& host : hosts) {
    const bool here = host == config->host;
    duty.lands = duty.lands || here;
    const std::uint32_t sight = here ? std::uint32_t{has_wire} : sight_of(view, host);
    const bool able = sight != 0;
    if (sight != seen && !here) duty.hidden.push_back(host);
    alone = alone && (here || !able);
    if (able && first == nullptr) first = &host;
    if (sight == unseen && first_unseen == nullptr) first_unseen = &host;
    if (here && able)
      duty.otherwise = host;
    else if (!here && duty.otherwise.empty())
      duty.before.push_back(host);
  }
  // Who sees none of several others is not where the instances are, most likely, and would take their traffic.
  const bool cut_off = hosts.size() > 2 && alone;
  duty.answers = duty.lands && !cut_off && first != nullptr && *first == config->host;
  if (duty.otherwise.empty() && !hosts.empty())
    duty.otherwise = first_unseen != nullptr ? *first_unseen : hosts.front();
  std::ranges::sort(duty.hidden);
  return duty;
}

}  // namespace tarn::render
