#include "api/dialect/port_services.h"

#include "api/dialect/qos.h"
#include "api/dialect/standard.h"
#include "base/host_name.h"

namespace tarn::api::dialect {
namespace {

using model::DataPlaneStatus;
using model::NumaPolicy;
using model::Port;

std::optional<QosPolicyId> network_policy(const View& view) {
  const auto* network = view.snapshot.find(view.as<Port>().network);
  return network ? (*network)->qos_policy : std::nullopt;
}

std::vector<TextObject<3>> dns_assignment(const View& view) {
  const Port& port = view.as<Port>();
  const auto* network = view.snapshot.find(port.network);
  const std::string domain = domain_of_network(network ? (*network)->dns_domain : std::string());
  std::vector<TextObject<3>> shown;
  for (const auto& fixed : port.fixed_ips) {
    const std::string name = host_name(port.dns_name, fixed.address);
    shown.push_back({{{"ip_address", fixed.address.text()}, {"hostname", name}, {"fqdn", whole_name(name, domain)}}});
  }
  return shown;
}

json::value status_name(DataPlaneStatus status) {
  switch (status) {
    case DataPlaneStatus::unknown:
      return nullptr;
    case DataPlaneStatus::active:
      return "ACTIVE";
    case DataPlaneStatus::down:
      return "DOWN";
  }
  return nullptr;
}

json::value policy_name(NumaPolicy policy) {
  switch (policy) {
    case NumaPolicy::none:
      return nullptr;
    case NumaPolicy::required:
      return "required";
    case NumaPolicy::preferred:
      return "preferred";
    case NumaPolicy::legacy:
      return "legacy";
  }
  return nullptr;
}

void add_names(std::vector<Attribute>& rows) {
  rows.push_back({.name = "dns_name",
                  .type = domain_name(),
                  .model = member(&Port::dns_name),
                  .given = Given::both,
                  .absent = "\"\"",
                  .alias = "dns-integration"});
  rows.push_back({.name = "dns_domain",
                  .type = dns_domain(),
                  .model = member(&Port::dns_domain),
                  .given = Given::both,
                  .absent = "\"\"",
                  .alias = "dns-domain-ports"});
  rows.push_back({.name = "dns_assignment",
                  .type = shown("list of objects"),
                  .model = derived(dns_assignment),
                  .filter = false,
                  .alias = "dns-integration"});
}

// What is kept for others who ask: Nova, Cyborg, and whoever watches the data plane.
void add_kept(std::vector<Attribute>& rows) {
  rows.push_back({.name = "data_plane_status",
                  .type = one_of({{"ACTIVE", "active"}, {"DOWN", "down"}}, "unknown"),
                  .model = member(&Port::data_plane_status, status_name),
                  .given = Given::put,
                  .filter = false,
                  .alias = "data-plane-status"});
  rows.push_back({.name = "propagate_uplink_status",
                  .type = boolean(),
                  .model = member(&Port::propagate_uplink_status),
                  .given = Given::post,
                  .absent = "true",
                  .filter = false,
                  .alias = "uplink-status-propagation"});
  rows.push_back(
      {.name = "device_profile",
       .type = text(255),
       .model = member(&Port::device_profile,
                       [](const std::string& name) { return name.empty() ? json::value(nullptr) : json::value(name); }),
       .given = Given::post,
       .null_is_absent = true,
       .absent = "null",
       .filter = false,
       .alias = "port-device-profile"});
  rows.push_back({.name = "numa_affinity_policy",
                  .type = one_of({{"required", "required"}, {"preferred", "preferred"}, {"legacy", "legacy"}}, "none"),
                  .model = member(&Port::numa_affinity_policy, policy_name),
                  .given = Given::both,
                  .absent = "null",
                  .filter = false,
                  .alias = "port-numa-affinity-policy"});
}

}  // namespace

bool is_active(const model::Snapshot& snapshot, PortId id) {
  const auto* port = snapshot.find(id);
  return port && (*port)->status == model::PortStatus::active;
}

void add_services(std::vector<Attribute>& rows) {
  rows.push_back(qos_policy_id(member(&Port::qos_policy)));
  rows.push_back({.name = "qos_network_policy_id",
                  .type = shown_text(),
                  .model = derived(network_policy),
                  .alias = "qos-port-network-policy"});
  add_trunk_details(rows);
  add_names(rows);
  add_kept(rows);
  rows.push_back({.name = "ip_allocation",
                  .type = shown_text(),
                  .model = derived([](const View& view) {
                    return std::string_view(view.as<Port>().fixed_ips.empty() ? "none" : "immediate");
                  }),
                  .sort = true,
                  .alias = "ip_allocation"});
}

}  // namespace tarn::api::dialect
