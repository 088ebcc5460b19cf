// The table's rows for floating IPs, where their addresses come from, and what is forwarded by them.
#include "api/dialect/answering.h"
#include "api/dialect/routing_types.h"
#include "api/dialect/spelling.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::FloatingIp;
using model::PortForwarding;

json::value port_details(const View& view) {
  const auto& id = view.as<FloatingIp>().port;
  const auto* found = id ? view.snapshot.find(*id) : nullptr;
  if (!found) return nullptr;
  const model::Port& port = **found;
  return {{"name", port.standard.name},         {"network_id", port.network.text()},
          {"mac_address", port.mac.text()},     {"admin_state_up", port.admin_state_up},
          {"status", status_name(port.status)}, {"device_id", port.device_id},
          {"device_owner", port.device_owner}};
}

json::value forwardings_of(const View& view) {
  json::array all(view.storage);
  for (const Uuid& id : view.snapshot.referrers(view.as<FloatingIp>().id.uuid, model::Kind::port_forwarding)) {
    const auto& each = **view.snapshot.find<PortForwarding>(id);
    json::object shown{{"id", id.text()},
                       {"protocol", each.protocol},
                       {"internal_ip_address", each.internal_address.text()},
                       {"internal_port_id", each.internal_port.text()}};
    if (each.internal_first == each.internal_last) shown["internal_port"] = each.internal_first;
    if (each.external_first == each.external_last) shown["external_port"] = each.external_first;
    all.push_back(std::move(shown));
  }
  return all;
}

void add_addresses(std::vector<Attribute>& rows) {
  rows.push_back({.name = "floating_network_id",
                  .type = uuid(),
                  .model = member(&FloatingIp::network),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "floating_ip_address",
                  .type = or_null(ip()),
                  .model = member(&FloatingIp::address),
                  .given = Given::post,
                  .null_is_absent = true,
                  .absent = "one of the network",
                  .sort = true});
  rows.push_back({.name = "subnet_id",
                  .type = or_null(uuid()),
                  .model = {"subnet"},
                  .given = Given::post,
                  .null_is_absent = true,
                  .absent = "one of the network",
                  .filter = false});
  rows.push_back({.name = "port_id",
                  .type = or_null(uuid()),
                  .model = member(&FloatingIp::port),
                  .given = Given::both,
                  .absent = "null"});
  rows.push_back({.name = "fixed_ip_address",
                  .type = or_null(ip()),
                  .model = member(&FloatingIp::fixed_address),
                  .given = Given::both,
                  .absent = "the port's only IPv4 address",
                  .sort = true});
  rows.push_back({.name = "router_id", .type = shown_text(), .model = member(&FloatingIp::router), .sort = true});
}

void add_extensions(std::vector<Attribute>& rows) {
  rows.push_back({.name = "qos_policy_id",
                  .type = or_null(uuid()),
                  .model = member(&FloatingIp::qos_policy),
                  .given = Given::both,
                  .absent = "null",
                  .alias = "qos-fip"});
  rows.push_back({.name = "dns_name",
                  .type = text(255),
                  .model = member(&FloatingIp::dns_name),
                  .given = Given::post,
                  .absent = "\"\"",
                  .alias = "dns-integration"});
  rows.push_back({.name = "dns_domain",
                  .type = text(255),
                  .model = member(&FloatingIp::dns_domain),
                  .given = Given::post,
                  .absent = "\"\"",
                  .alias = "dns-integration"});
  rows.push_back({.name = "port_details",
                  .type = shown("object or null"),
                  .model = derived(port_details),
                  .filter = false,
                  .alias = "fip-port-details"});
  rows.push_back({.name = "port_forwardings",
                  .type = shown("list of objects"),
                  .model = derived(forwardings_of),
                  .filter = false,
                  .alias = "expose-port-forwarding-in-fip"});
}

// Floating IPs stand on what the attribute names.
Index by_reference(std::string attribute) {
  return {std::move(attribute),
          [](const model::Snapshot& snapshot, const json::value& value) -> std::optional<std::vector<Uuid>> {
            const auto id = value.is_string() ? Uuid::parse(value.get_string()) : fail(ErrorCode::invalid, "");
            if (!id) return std::nullopt;
            return snapshot.referrers(*id, model::Kind::floatingip);
          }};
}

std::vector<Made> pools(const View& base) {
  std::vector<Made> all;
  for (const auto& [id, network] : base.snapshot.networks()) {
    if (!network->external || !model::exists_for(base.snapshot, *network, base.caller)) continue;
    for (const SubnetId subnet_id : base.snapshot.subnets_of(network->id)) {
      const model::Subnet& subnet = **base.snapshot.find(subnet_id);
      if (!subnet.cidr.address.is_v4()) continue;
      all.push_back({{"subnet_id", subnet_id.text()},
                     {"subnet_name", subnet.standard.name},
                     {"project_id", base.caller.project_id},
                     {"network_id", network->id.text()},
                     {"cidr", subnet.cidr.text()}});
    }
  }
  return all;
}

using Ports = std::pair<std::uint32_t PortForwarding::*, std::uint32_t PortForwarding::*>;

// One port, or a range; each given as either.
void add_ports(std::vector<Attribute>& rows, const std::string& side, Ports ports) {
  const auto [first, last] = ports;
  rows.push_back({.name = side + "_port",
                  .type = l4_port(),
                  .model = {side + "_ports",
                            [first, last](const View& view) -> json::value {
                              const auto& row = view.as<PortForwarding>();
                              return row.*first == row.*last ? json::value(row.*first) : json::value(nullptr);
                            }},
                  .given = Given::both,
                  .null_is_absent = true,
                  .filter = side == "external",
                  .sort = true});
  rows.push_back({.name = side + "_port_range",
                  .type = l4_port_range(),
                  .model = {side + "_ports",
                            [first, last](const View& view) -> json::value {
                              const auto& row = view.as<PortForwarding>();
                              return json::value(std::to_string(row.*first) + ":" + std::to_string(row.*last));
                            }},
                  .given = Given::both,
                  .null_is_absent = true,
                  .alias = "floating-ip-port-forwarding-port-ranges"});
}

}  // namespace

Resource floatingips() {
  Resource resource{.singular = "floatingip",
                    .plural = "floatingips",
                    .kind = model::Kind::floatingip,
                    .alias = "router",
                    .not_found = "FloatingIPNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&FloatingIp::id), .sort = true});
  for (Attribute& each : project_attributes(standard<FloatingIp>(&model::Standard::project_id)))
    rows.push_back(std::move(each));
  add_history<FloatingIp>(resource);
  add_tags(resource, standard<FloatingIp>(&model::Standard::tags));
  add_addresses(rows);
  rows.push_back({.name = "status",
                  .type = shown_text(),
                  .model = derived([](const View& view) {
                    return status_name(is_answered(view, view.as<FloatingIp>()) ? model::PortStatus::active
                                                                                : model::PortStatus::down);
                  }),
                  .sort = true});
  add_extensions(rows);
  for (const char* attribute : {"port_id", "router_id", "floating_network_id"})
    resource.indexes.push_back(by_reference(attribute));
  return resource;
}

Resource floatingip_pools() {
  Resource resource{.singular = "floatingip_pool",
                    .plural = "floatingip_pools",
                    .path = "floatingip-pools",
                    .kind = model::Kind::network,
                    .alias = "floatingip-pools",
                    .create = false,
                    .update = false,
                    .remove = false,
                    .not_found = "FloatingIPPoolNotFound"};
  auto& rows = resource.attributes;
  for (const char* name : {"subnet_id", "subnet_name", "network_id", "cidr"})
    rows.push_back({.name = name, .type = shown_text(), .model = made(name), .sort = true});
  for (Attribute& each : project_attributes(made("project_id"))) {
    each.given = Given::never;
    rows.push_back(std::move(each));
  }
  for (Attribute& each : rows) each.alias = "floatingip-pools";
  resource.made.all = pools;
  resource.made.id = "subnet_id";
  return resource;
}

Resource port_forwardings() {
  Resource resource{.singular = "port_forwarding",
                    .plural = "port_forwardings",
                    .rule = "floatingip_port_forwarding",
                    .kind = model::Kind::port_forwarding,
                    .alias = "floating-ip-port-forwarding",
                    .not_found = "PortForwardingNotFound"};
  resource.parent = {.word = "ext_parent",
                     .kind = model::Kind::floatingip,
                     .id = member(&PortForwarding::floatingip),
                     .path = "floatingips"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&PortForwarding::id), .sort = true});
  for (Attribute& each : project_attributes(Mapping("project_id"))) rows.push_back(std::move(each));
  add_history<PortForwarding>(resource);
  for (Attribute& each : rows)
    if (each.name == "description") each.alias = "floating-ip-port-forwarding-description";
  add_ports(rows, "external", {&PortForwarding::external_first, &PortForwarding::external_last});
  add_ports(rows, "internal", {&PortForwarding::internal_first, &PortForwarding::internal_last});
  rows.push_back({.name = "internal_ip_address",
                  .type = ip(),
                  .model = member(&PortForwarding::internal_address),
                  .given = Given::both,
                  .required = true,
                  .filter = false});
  rows.push_back({.name = "internal_port_id",
                  .type = uuid(),
                  .model = member(&PortForwarding::internal_port),
                  .given = Given::both,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "protocol",
                  .type = l4_protocol(),
                  .model = member(&PortForwarding::protocol),
                  .given = Given::both,
                  .required = true,
                  .sort = true});
  return resource;
}

}  // namespace tarn::api::dialect
