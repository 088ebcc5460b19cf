#include "migrate/special_rows.h"

#include <charconv>

#include "base/hash.h"

namespace tarn::migrate {
namespace {

namespace json = boost::json;
using api::dialect::Resource;
using model::Kind;

// The port by which a router or a floating IP has its address on a network.
std::string port_of(const NeutronCloud& cloud, const std::string& device, std::string_view owner,
                    const std::string& network) {
  const auto ports = cloud.collections.find("ports");
  if (ports == cloud.collections.end()) return {};
  for (const json::object& port : ports->second)
    if (text_of(port, "device_id") == device && text_of(port, "device_owner") == owner &&
        text_of(port, "network_id") == network)
      return text_of(port, "id");
  return {};
}

// Every way out that a router tells of, the first first.
std::vector<json::object> gateways_in(const json::object& router) {
  std::vector<json::object> all;
  const auto* many = router.if_contains("external_gateways");
  if (many && many->is_array()) {
    for (const json::value& each : many->get_array())
      if (each.is_object()) all.push_back(each.get_object());
  }
  const auto* one = router.if_contains("external_gateway_info");
  if (all.empty() && one && one->is_object() && !one->get_object().empty()) all.push_back(one->get_object());
  return all;
}

void add_gateways(const NeutronCloud& cloud, const json::object& router, json::object& row,
                  std::vector<std::string>& left) {
  json::array gateways;
  const std::string id = text_of(router, "id");
  for (const json::object& gateway : gateways_in(router)) {
    const std::string network = text_of(gateway, "network_id");
    const std::string port = port_of(cloud, id, "network:router_gateway", network);
    if (port.empty()) {
      left.push_back("router " + id + ": external_gateway_info: there is no port of it on network " + network);
      continue;
    }
    json::object carried{{"network", network}, {"port", port}};
    if (const auto* snat = gateway.if_contains("enable_snat"); snat && snat->is_bool()) carried["enable_snat"] = *snat;
    if (const auto* qos = gateway.if_contains("qos_policy_id"); qos && qos->is_string()) carried["qos_policy"] = *qos;
    gateways.push_back(std::move(carried));
  }
  row["gateways"] = std::move(gateways);
}

bool add_own_port(const NeutronCloud& cloud, const json::object& floating, json::object& row,
                  std::vector<std::string>& left) {
  const std::string id = text_of(floating, "id");
  const std::string port = port_of(cloud, id, "network:floatingip", text_of(floating, "floating_network_id"));
  if (port.empty()) {
    left.push_back("floatingip " + id + ": there is no port with its address");
    return false;
  }
  row["own_port"] = port;
  if (const std::string router = text_of(floating, "router_id"); !router.empty()) row["router"] = router;
  return true;
}

// "80:90", or one number.
void add_range(const json::object& forwarding, const std::string& side, json::object& row) {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  const std::string range = text_of(forwarding, side + "_port_range");
  if (const std::size_t colon = range.find(':'); colon != std::string::npos) {
    std::from_chars(range.data(), range.data() + colon, first);
    std::from_chars(range.data() + colon + 1, range.data() + range.size(), last);
  }
  const auto* one = forwarding.if_contains(side + "_port");
  if (first == 0 && one && one->is_int64()) first = last = static_cast<std::uint32_t>(one->get_int64());
  row[side + "_first"] = first;
  row[side + "_last"] = last;
}

void add_sub_ports(const json::object& trunk, json::object& row) {
  json::array all;
  const auto* sub_ports = trunk.if_contains("sub_ports");
  if (sub_ports && sub_ports->is_array())
    for (const json::value& each : sub_ports->get_array())
      all.push_back({{"port", each.at("port_id")},
                     {"segmentation", each.at("segmentation_type")},
                     {"segmentation_id", each.at("segmentation_id")}});
  row["sub_ports"] = std::move(all);
}

void add_keys(const json::object& mirror, json::object& row) {
  const auto* directions = mirror.if_contains("directions");
  if (!directions || !directions->is_object()) return;
  for (const auto& [direction, field] : {std::pair("IN", "key_in"), {"OUT", "key_out"}, {"BOTH", "key_both"}})
    if (const auto* key = directions->get_object().if_contains(direction)) row[field] = *key;
}

// The port's own MAC in a pair is the one that it has at any time.
void clear_own_mac(json::object& row) {
  auto* pairs = row.if_contains("allowed_address_pairs");
  if (!pairs || !pairs->is_array()) return;
  for (json::value& pair : pairs->get_array())
    if (pair.is_object() && row.contains("mac") && pair.at("mac") == row.at("mac")) pair.as_object()["mac"] = nullptr;
}

// Neutron names an association by its two ends.
std::string id_between(const std::string& one, const std::string& other) {
  const auto half = [&](std::string_view which) { return ContentHash().add(which).add(one).add(other).value(); };
  return Uuid::random(half("high"), half("low")).text();
}

}  // namespace

bool is_told_elsewhere(Kind kind, std::string_view attribute) {
  switch (kind) {
    case Kind::security_group:
      return attribute == "security_group_rules";
    case Kind::qos_policy:
      return attribute == "rules";
    default:
      return attribute == "shared";  // by RBAC policies
  }
}

std::optional<json::object> finish(const NeutronCloud& cloud, const Resource& resource, const json::object& object,
                                   json::object row, std::vector<std::string>& left) {
  switch (resource.kind) {
    case Kind::security_group:
      row["is_default"] = text_of(object, "name") == "default";
      break;
    case Kind::default_security_group_rule:
      if (text_of(row, "remote_group") != "PARENT") break;
      row.erase("remote_group");
      row["remote_is_parent"] = true;
      break;
    case Kind::port:
      clear_own_mac(row);
      break;
    case Kind::router:
      add_gateways(cloud, object, row, left);
      break;
    case Kind::floatingip:
      if (!add_own_port(cloud, object, row, left)) return std::nullopt;
      break;
    case Kind::port_forwarding:
      add_range(object, "external", row);
      add_range(object, "internal", row);
      break;
    case Kind::qos_rule:
      row["type"] = resource.singular.substr(0, resource.singular.rfind("_rule"));
      break;
    case Kind::trunk:
      add_sub_ports(object, row);
      break;
    case Kind::tap_mirror:
      add_keys(object, row);
      break;
    case Kind::flavor:
      if (const auto* profiles = object.if_contains("service_profiles"); profiles && profiles->is_array())
        row["profiles"] = *profiles;
      break;
    case Kind::bgp_speaker:
      for (const char* list : {"networks", "peers"})
        if (const auto* ids = object.if_contains(list); ids && ids->is_array()) row[list] = *ids;
      break;
    case Kind::bgp_peer:
      if (text_of(object, "auth_type") == "md5")
        left.push_back("bgp_peer " + text_of(object, "id") + ": password: is never told; it is to be set here");
      break;
    case Kind::local_ip_association:
      row["id"] = id_between(text_of(object, "parent_id"), text_of(object, "fixed_port_id"));
      break;
    default:
      break;
  }
  return row;
}

std::optional<json::object> segment_of(const NeutronCloud& cloud, const json::object& network) {
  const auto segments = cloud.collections.find("segments");
  const std::string id = text_of(network, "id");
  if (segments != cloud.collections.end())
    for (const json::object& each : segments->second)
      if (text_of(each, "network_id") == id) return std::nullopt;
  json::object row{{"kind", "segment"}, {"id", id_between(id, "its segment")}, {"network", id}};
  for (const char* same :
       {"project_id", "type", "physical_network", "segmentation_id", "created_at_ms", "updated_at_ms"})
    if (const auto* value = network.if_contains(same)) row[same] = *value;
  return row;
}

void add_quotas(const NeutronCloud& cloud, std::vector<json::object>& rows) {
  const auto quotas = cloud.collections.find("quotas");
  if (quotas == cloud.collections.end()) return;
  for (const json::object& quota : quotas->second) {
    const std::string project =
        text_of(quota, "project_id").empty() ? text_of(quota, "tenant_id") : text_of(quota, "project_id");
    json::object limits;
    for (const auto& [name, limit] : quota)
      if (limit.is_number() && model::kind_named(name)) limits[name] = limit;
    if (project.empty() || limits.empty()) continue;
    rows.push_back({{"kind", "quota"},
                    {"id", model::quota_id(project).text()},
                    {"project_id", project},
                    {"limits", std::move(limits)}});
  }
}

}  // namespace tarn::migrate
