// How the ports of a network are called, for the names service of this node: of all its ports that are bound somewhere,
// and of its routers.
#include <algorithm>

#include "base/host_name.h"
#include "render/render_units.h"

namespace tarn::render {

namespace {

void add_name(domain::NameFile::Spec& file, const std::string& dns_name, const Ip& address) {
  file.names.push_back({whole_name(host_name(dns_name, address), file.domain), address});
}

void add_names(domain::NameFile::Spec& file, View& view, const Uuid& network) {
  for (const auto& [key, count] : view.bucket(key_of(Table::named_on, network))) {
    if (const model::Port* port = view.port(PortId{key.id})) {
      for (const auto& fixed : port->fixed_ips) add_name(file, port->dns_name, fixed.address);
    } else if (const model::Peer* peer = view.peer(PortId{key.id})) {
      for (const Ip& address : peer->addresses) add_name(file, peer->dns_name, address);
    }
  }
  for (const auto& [key, count] : view.bucket(key_of(Table::interfaces_on, network))) {
    const model::RouterInterface* interface = view.interface(key.id);
    if (interface == nullptr) continue;
    for (const auto& fixed : interface->fixed_ips) add_name(file, interface->dns_name, fixed.address);
  }
}

}  // namespace

Tables render_names(View& view, const UnitId& unit) {
  Tables tables;
  const NodeConfig* config = view.config();
  const NetworkId network{unit.id};
  // Where no port is, nobody asks.
  if (config == nullptr || !config->names || !has_ports(view, network)) return tables;
  const model::Network* row = view.network(network);
  if (row == nullptr) return tables;
  domain::NameFile::Spec file{.domain = domain_of_network(row->dns_domain), .names = {}};
  add_names(file, view, unit.id);
  std::ranges::sort(file.names);
  file.names.erase(std::ranges::unique(file.names).begin(), file.names.end());
  if (file.names.size() > domain::NameFile::names_max) file.names.resize(domain::NameFile::names_max);
  tables.names.emplace(network, std::move(file));
  return tables;
}

}  // namespace tarn::render
