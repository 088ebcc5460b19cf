// The table's rows for networks.
#include <set>

#include "api/dialect/networks.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::Network;

json::value subnets_of(const View& view) {
  json::array ids;
  for (const SubnetId id : view.snapshot.subnets_of(view.as<Network>().id)) ids.emplace_back(id.text());
  return ids;
}

// The scope of the subnet pools that its subnets of an IP version are from: the same for all of them.
Attribute address_scope(std::string name, Family family) {
  const auto read = [family](const View& view) -> json::value {
    for (const SubnetId id : view.snapshot.subnets_of(view.as<Network>().id)) {
      const model::Subnet& subnet = **view.snapshot.find(id);
      if (!subnet.subnetpool || subnet.cidr.address.family != family) continue;
      const auto* pool = view.snapshot.find<model::SubnetPool>(subnet.subnetpool->uuid);
      if (pool && (*pool)->address_scope) return json::value((*pool)->address_scope->text());
    }
    return nullptr;
  };
  return {
      .name = std::move(name), .type = shown_text(), .model = derived(read), .filter = false, .alias = "address-scope"};
}

void add_provider(std::vector<Attribute>& rows) {
  const Attribute common{.given = Given::post,
                         .null_is_absent = true,
                         .absent = "chosen by the server",
                         .alias = "provider",
                         .shown_if = [](const View& view) { return !has_segments(view); }};
  Attribute type = common;
  type.name = "provider:network_type";
  type.type = one_of({{"vxlan", "vxlan"}, {"vlan", "vlan"}, {"flat", "flat"}});
  type.model = member(&Network::type, network_type_name);
  Attribute physical = common;
  physical.name = "provider:physical_network";
  physical.type = text(64);
  physical.model = member(&Network::physical_network, [](const std::string& name) {
    return name.empty() ? json::value(nullptr) : json::value(name);
  });
  Attribute segment = common;
  segment.name = "provider:segmentation_id";
  segment.type = integer(1, 16'777'215);  // VNI: 24 bits (RFC 7348 section 5)
  segment.model = member(&Network::segmentation_id,
                         [](std::uint32_t id) { return id == 0 ? json::value(nullptr) : json::value(id); });
  rows.insert(rows.end(), {std::move(type), std::move(physical), std::move(segment)});
}

}  // namespace

Resource networks() {
  Resource resource{
      .singular = "network", .plural = "networks", .kind = model::Kind::network, .not_found = "NetworkNotFound"};
  add_standard<Network>(resource);
  auto& rows = resource.attributes;
  rows.push_back({.name = "admin_state_up",
                  .type = boolean(),
                  .model = member(&Network::admin_state_up),
                  .given = Given::both,
                  .absent = "true",
                  .sort = true});
  rows.push_back({.name = "status",
                  .type = shown_text(),
                  .model = derived([](const View&) { return json::value("ACTIVE"); }),
                  .sort = true});
  rows.push_back({.name = "subnets", .type = shown("list of UUIDs"), .model = derived(subnets_of), .filter = false});
  rows.push_back({.name = "shared", .type = boolean(), .model = shared(), .given = Given::both, .absent = "false"});
  rows.push_back({.name = "router:external",
                  .type = boolean(),
                  .model = member(&Network::external),
                  .given = Given::both,
                  .absent = "false",
                  .alias = "external-net"});
  rows.push_back({.name = "is_default",
                  .type = boolean(),
                  .model = member(&Network::is_default),
                  .given = Given::both,
                  .absent = "false",
                  .alias = "auto-allocated-topology"});
  rows.push_back({.name = "mtu",
                  .type = integer(68, 65'535),  // RFC 791's least
                  .model = member(&Network::mtu),
                  .given = Given::both,
                  .absent = "what the underlay leaves over",
                  .sort = true,
                  .alias = "net-mtu"});
  rows.push_back({.name = "port_security_enabled",
                  .type = boolean(),
                  .model = member(&Network::port_security_enabled),
                  .given = Given::both,
                  .absent = "true",
                  .alias = "port-security"});
  add_provider(rows);
  rows.push_back(address_scope("ipv4_address_scope", Family::v4));
  rows.push_back(address_scope("ipv6_address_scope", Family::v6));
  add_network_services(rows);
  return resource;
}

}  // namespace tarn::api::dialect
