// Hosts that may answer for gateways watch each other by BFD (RFC 5880), which their switches speak, agents or not:
// each by a tunnel port of its own, with a VNI of no network. Of those that may answer for one gateway, the first that
// is there does.
#include <algorithm>

#include "base/hash.h"
#include "model/gateways.h"
#include "render/names.h"
#include "render/routers.h"

namespace tarn::render {

namespace {

constexpr const char* watch_vni = "16777215";  // the last one
// Three missed in a row are too many: docs/routing.md tells what was measured.
constexpr const char* watch_interval_ms = "50";

bool is_severed(View& view, const std::string& physical) {
  return view.number(key_of(Table::severed, physical)) != nullptr;
}

bool is_there(View& view, const std::string& host) {
  const std::uint32_t* there = view.number(key_of(Table::watched, watch_port_name(host)));
  return there == nullptr || *there != 0;
}

}  // namespace

Tables render_watch(View& view, const UnitId& unit) {
  Tables tables;
  const NodeConfig* config = view.config();
  if (config == nullptr || unit.name == config->host || !config->tunnel_address) return tables;
  if (view.bucket(key_of(Table::gateway_peer, config->host)).empty()) return tables;
  const auto address = tunnel_address_of(view, unit.name);
  if (!address) return tables;
  // Who watches this node hears that it is there, and that its way out is not.
  const bool severed = std::ranges::any_of(config->bridge_mappings,
                                           [&](const auto& mapping) { return is_severed(view, mapping.first); });
  domain::SwitchPort::Spec spec{
      config->integration_bridge,
      domain::SwitchPort::Type::vxlan,
      {{"remote_ip", address->text()}, {"local_ip", config->tunnel_address->text()}, {"key", watch_vni}},
      text(unit),
      {{"enable", "true"},
       {"min_rx", watch_interval_ms},
       {"min_tx", watch_interval_ms},
       {"cpath_down", severed ? "true" : "false"}}};
  tables.switch_ports.emplace(watch_port_name(unit.name), std::move(spec));
  return tables;
}

GatewayDuty duty_of(View& view, const LiveGateway& gateway) {
  const NodeConfig* config = view.config();
  std::vector<std::string> hosts;
  for (const auto& [key, count] : view.bucket(key_of(Table::hosts_of_gateway, gateway.row->id.uuid)))
    hosts.push_back(key.name);
  std::ranges::sort(hosts, std::ranges::greater(),
                    [&](const std::string& host) { return model::gateway_rank(gateway.row->id, host); });
  GatewayDuty duty;
  ContentHash occasion;
  std::size_t there = 0;
  const std::string* first = nullptr;
  for (const std::string& host : hosts) {
    const bool here = host == config->host;
    duty.lands = duty.lands || here;
    const bool able = here ? !is_severed(view, gateway.network->physical_network) : is_there(view, host);
    occasion.add(host).add(std::uint64_t{able});
    if (able && !here) ++there;
    if (able && first == nullptr) first = &host;
  }
  // Who sees none of several others is not where the instances are, most likely, and would take their traffic.
  const bool alone = hosts.size() > 2 && there == 0;
  duty.answers = duty.lands && !alone && first != nullptr && *first == config->host;
  duty.occasion = occasion.value();
  return duty;
}

}  // namespace tarn::render
