#include "server/config.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <functional>

namespace tarn::server {
namespace {

// yaml-cpp reports by exceptions; they end in parse_config.
[[noreturn]] void refuse(const YAML::Node& at, const std::string& what) {
  throw YAML::RepresentationException(at.Mark(), what);
}

std::uint32_t number(const YAML::Node& node, const std::string& key) {
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) refuse(node, key + " is no number");
  return value;
}

model::Limits::Range range(const YAML::Node& node, const std::string& key, std::uint32_t most) {
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) refuse(node, key + " is not of the form \"first:last\"");
  const model::Limits::Range range{number(YAML::Node(text.substr(0, colon)), key),
                                   number(YAML::Node(text.substr(colon + 1)), key)};
  if (range.first == 0 || range.first > range.last || range.last > most) {
    refuse(node, key + " is not within 1:" + std::to_string(most));
  }
  return range;
}

void vlan_ranges(const YAML::Node& node, Config& config) {
  if (!node.IsMap()) refuse(node, "vlan_ranges is no map of physical networks");
  constexpr std::uint32_t vlan_max = 4094;  // IEEE 802.1Q table 9-2
  for (const auto& entry : node) {
    const bool none = entry.second.IsNull() || (entry.second.IsScalar() && entry.second.Scalar().empty());
    config.limits.vlan_ranges[entry.first.Scalar()] =
        none ? model::Limits::Range{} : range(entry.second, "vlan_ranges", vlan_max);
  }
}

void quotas(const YAML::Node& node, Config& config) {
  if (!node.IsMap()) refuse(node, "quotas is no map");
  for (const auto& entry : node) {
    const bool unlimited = entry.second.IsScalar() && entry.second.Scalar() == "-1";
    config.limits.quotas[entry.first.Scalar()] = unlimited ? ~0U : number(entry.second, "quotas");
  }
}

void network_type(const YAML::Node& node, Config& config) {
  const std::map<std::string, model::NetworkType> types{
      {"vxlan", model::NetworkType::vxlan}, {"vlan", model::NetworkType::vlan}, {"flat", model::NetworkType::flat}};
  const auto found = types.find(node.IsScalar() ? node.Scalar() : "");
  if (found == types.end()) refuse(node, "default_network_type is not vxlan, vlan or flat");
  config.limits.default_network_type = found->second;
}

void policy_files(const YAML::Node& node, Config& config) {
  if (!node.IsSequence()) refuse(node, "policy_files is no list");
  for (const auto& path : node) config.policy_files.push_back(path.as<std::string>());
}

void flat_networks(const YAML::Node& node, Config& config) {
  if (!node.IsSequence()) refuse(node, "flat_networks is no list");
  for (const auto& name : node) config.limits.flat_networks.push_back(name.as<std::string>());
}

void base_mac(const YAML::Node& node, Config& config) {
  const Result<Mac> mac = Mac::parse(node.IsScalar() ? node.Scalar() : "");
  if (!mac || mac->is_multicast()) refuse(node, "base_mac is no unicast MAC address");
  config.limits.base_mac = *mac;
}

using Reader = std::function<void(const YAML::Node&, Config&)>;

Reader count(std::uint32_t model::Limits::* field, const std::string& key) {
  return [field, key](const YAML::Node& node, Config& config) { config.limits.*field = number(node, key); };
}

Reader choice(bool model::Limits::* field, const std::string& key) {
  return [field, key](const YAML::Node& node, Config& config) {
    if (!node.IsScalar() || !YAML::convert<bool>::decode(node, config.limits.*field))
      refuse(node, key + " is not true or false");
  };
}

std::map<std::string, Reader> readers() {
  constexpr std::uint32_t vni_max = (1U << 24) - 1;  // RFC 7348 section 5
  return {
      {"vni", [](const YAML::Node& node, Config& config) { config.limits.vni = range(node, "vni", vni_max); }},
      {"default_network_type", network_type},
      {"vlan_ranges", vlan_ranges},
      {"flat_networks", flat_networks},
      {"underlay_mtu", count(&model::Limits::underlay_mtu, "underlay_mtu")},
      {"quotas", quotas},
      {"fixed_ips_per_port_max", count(&model::Limits::fixed_ips_per_port_max, "fixed_ips_per_port_max")},
      {"dns_servers_max", count(&model::Limits::dns_servers_max, "dns_servers_max")},
      {"host_routes_max", count(&model::Limits::host_routes_max, "host_routes_max")},
      {"address_pairs_max", count(&model::Limits::address_pairs_max, "address_pairs_max")},
      {"router_distributed", choice(&model::Limits::router_distributed, "router_distributed")},
      {"l3_ha", choice(&model::Limits::router_ha, "l3_ha")},
      {"base_mac", base_mac},
      {"policy_files", policy_files},
      {"identity", [](const YAML::Node& node, Config& config) { config.identity = read_identity(node); }},
      {"nova", [](const YAML::Node& node, Config& config) { config.nova = read_nova(node); }},
  };
}

}  // namespace

Result<Config> parse_config(const std::string& text) {
  try {
    Config config;
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return config;
    if (!root.IsMap()) refuse(root, "the file is no map of keys");
    const std::map<std::string, Reader> known = readers();
    for (const auto& entry : root) {
      const auto reader = known.find(entry.first.IsScalar() ? entry.first.Scalar() : "");
      if (reader == known.end()) refuse(entry.first, "unknown key '" + entry.first.Scalar() + "'");
      reader->second(entry.second, config);
    }
    return config;
  } catch (const YAML::Exception& error) {
    const std::string line = error.mark.is_null() ? "" : "line " + std::to_string(error.mark.line + 1) + ": ";
    return fail(ErrorCode::invalid, line + error.msg);
  }
}

}  // namespace tarn::server
