// How the ports of a network are called, for the names service of this node: of all its ports that are bound somewhere,
// and of its routers.
#include <algorithm>

#include "base/host_name.h"
#include "render/render_units.h"

namespace tarn::render {

Tables render_names(View& view, const UnitId& unit) {
  Tables tables;
  const NodeConfig* config = view.config();
  const NetworkId network{unit.id};
  // Where no port is, nobody asks.
  if (config == nullptr || !config->names || !has_ports(view, network)) return tables;
  const model::Network* row = view.network(network);
  if (row == nullptr) return tables;
  domain::NameFile::Spec file{.domain = domain_of_network(row->dns_domain), .names = {}};
  const Bucket& names = view.bucket(key_of(Table::names_on, unit.id));
  file.names.reserve(std::min(names.size(), domain::NameFile::names_max));
  for (const auto& [name, count] : names) {
    if (file.names.size() == domain::NameFile::names_max) break;
    file.names.push_back({whole_name(name_of(name), file.domain), address_of(name)});
  }
  tables.names.emplace(network, std::move(file));
  return tables;
}

}  // namespace tarn::render
