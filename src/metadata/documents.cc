#include "metadata/documents.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <vector>

#include "base/host_name.h"

namespace tarn::metadata {
namespace {

namespace json = boost::json;
using services::Asking;
using Documents = std::map<std::string, std::string>;

// The newest that Nova 2023.1 names, and EC2's that it serves; images ask for the last they know.
constexpr std::array openstack_versions{"2018-08-27", "latest"};
constexpr std::array ec2_versions{"2009-04-04", "latest"};

std::string meta_data(const Asking& asking) {
  const std::string name = host_name(asking.instance.host_name, asking.address);
  return json::serialize(json::object{{"uuid", asking.instance.instance_id},
                                      {"hostname", name},
                                      {"name", name},
                                      {"project_id", asking.instance.project_id},
                                      {"launch_index", 0}});
}

std::string network_data(const Asking& asking) {
  const domain::InstanceFile::Spec& instance = asking.instance;
  const std::string link = "tap" + instance.port.text().substr(0, 11);
  json::array networks;
  for (const Ip& address : instance.addresses) {
    const bool v4 = address.is_v4();
    networks.push_back(json::object{{"id", "network" + std::to_string(networks.size())},
                                    {"link", link},
                                    {"network_id", instance.network.text()},
                                    {"type", v4 ? "ipv4_dhcp" : "ipv6_dhcp"}});
  }
  json::array links{json::object{
      {"id", link}, {"vif_id", instance.port.text()}, {"type", "ovs"}, {"ethernet_mac_address", instance.mac.text()}}};
  return json::serialize(json::object{{"links", links}, {"networks", networks}, {"services", json::array()}});
}

Documents documents_of(const Asking& asking) {
  Documents all;
  const std::string name = host_name(asking.instance.host_name, asking.address);
  for (const std::string version : openstack_versions) {
    all["openstack/" + version + "/meta_data.json"] = meta_data(asking);
    all["openstack/" + version + "/network_data.json"] = network_data(asking);
  }
  for (const std::string version : ec2_versions) {
    const std::string folder = version + "/meta-data/";
    all[folder + "instance-id"] = asking.instance.instance_id;
    all[folder + "hostname"] = name;
    all[folder + "local-hostname"] = name;
    all[folder + "mac"] = asking.instance.mac.text();
    if (asking.address.is_v4()) all[folder + "local-ipv4"] = asking.address.text();
  }
  return all;
}

// What is in the folder, each on a line, folders with a slash at their end; none: there is no such folder.
std::optional<std::string> listing(const Documents& documents, const std::string& folder) {
  std::vector<std::string> names;
  for (auto at = documents.lower_bound(folder); at != documents.end() && at->first.starts_with(folder); ++at) {
    const std::string rest = at->first.substr(folder.size());
    const std::string name = rest.substr(0, rest.find('/') + 1);
    names.push_back(name.empty() ? rest : name);
  }
  if (names.empty()) return std::nullopt;
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : "\n") + name;
  return text;
}

}  // namespace

std::optional<std::string> document(const Asking& asking, const std::string& path) {
  const Documents documents = documents_of(asking);
  std::string name = path.substr(std::min(path.find_first_not_of('/'), path.size()));
  if (const auto found = documents.find(name); found != documents.end()) return found->second;
  if (!name.empty() && !name.ends_with('/')) name += '/';
  return listing(documents, name);
}

}  // namespace tarn::metadata
