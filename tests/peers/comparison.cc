#include "comparison.h"

#include <regex>

namespace tarn::test {
namespace {

// Rows of docs/differences.md. Of a body: what the path of what differs has in it. Of an answer: a pattern for
// "METHOD /path: STATUS Type <> STATUS Type", ours first.
struct Known {
  std::string_view row;
  const char* pattern;
};

const std::vector<Known>& known_paths() {
  static const std::vector<Known> all{
      {"revision numbers", "/revision_number$"},
      {"attributes of later releases",
       "/(belongs_to_default_sg|vlan_transparent|external_gateways|network/is_default|networks/\\*/is_default)( |$)"},
      {"attributes of later releases",
       "/address_groups?(/\\*)?/(created_at|updated_at|revision_number|shared) \\(not in Neutron\\)$"},
      {"QoS of gateways", "/external_gateway_info/qos_policy_id \\(not in Neutron\\)$"},
      {"what Neutron shows by accident",
       "/(gw_port_id|ha_vr_id|standard_attr_id|security_group_rules/\\*/tags|security_group:tenant_id) \\(not "
       "here\\)$"},
      {"what Neutron shows by accident",
       "/subnetpool/(default_prefixlen|min_prefixlen|max_prefixlen|address_scope_id|default_quota)( |$)"},
      {"what Neutron shows by accident", "^/router/(distributed|ha) \\(not here\\)$"},
      {"what Neutron shows by accident", "^/address_group/(project_id|tenant_id) \\(not in Neutron\\)$"},
      {"`dns_assignment` where the network has a `dns_domain`", "/dns_assignment/\\*/fqdn$"},
      {"ip_allocation", "/ip_allocation$"},
      {"resource requests", "/resource_request \\(not here\\)$"},
      {"`fields` of metering rules", "/metering_label_rules/\\*/[a-z_]+ \\(not here\\)$"},
      {"descriptions of rules that nobody gave", "/(security_group_rules|segments)/\\*/description$"},
  };
  return all;
}

const std::vector<Known>& known_answers() {
  static const std::vector<Known> all{
      {"methods that a collection does not have", ": 405 HTTPMethodNotAllowed <> "},
      {"Neutron's own faults", " <> 500 "},
      {"Neutron's own faults", " <> 409 NeutronDbObjectDuplicateEntry$"},
      {"a body that is wrong by itself", ": 400 (HTTPBadRequest|InvalidInput|BadRequest) <> (403|404|409) "},
      {"a body that is wrong by itself", ": 400 [A-Za-z]+ <> 400 "},
      {"what is not there", ": 404 [A-Za-z]+NotFound <> (400|404|409) "},
      {"what is not there", "^GET /routers/\\*/conntrack_helpers: 404 RouterNotFound <> 200$"},
      {"filters and sorts by other attributes", "^GET /[a-z/-]+: 200 <> 400 HTTPBadRequest$"},
      {"a filter for a protocol", "^GET /security-group-rules: 200 <> 400 SecurityGroupRuleInvalidProtocol$"},
      {"`fixed_ips: []`", "^POST /ports: 201 <> 409 IpAddressGenerationFailureNoMatchingSubnet$"},
      {"a subnet that another project made", "^POST /ports: (201|409 IpAddressAlreadyAllocated) <> 400 InvalidInput$"},
      {"tags", "/tags(/[a-z]+)?: 403 PolicyNotAuthorized <> 20[014]$"},
      {"a port that somebody else's trunk stands on", "^DELETE /ports/\\*: 409 PortInUseAsTrunkParent <> 204$"},
      {"a prefix that is named twice", "^POST /(address-groups|subnetpools): 400 HTTPBadRequest <> 201$"},
      {"a rule by the path of another QoS policy", "^GET /qos/policies/\\*/[a-z_]+/\\*: 404 QosRuleNotFound <> 200$"},
      {"kinds of plugs", "/ports: 400 HTTPBadRequest <> 201$"},
      {"rules that a driver does not know", ": 201 <> 409 QosRuleNotSupported$"},
      {"a wrong body and no permission", ": 403 PolicyNotAuthorized <> 400 "},
      {"parts of what a caller does not see",
       "/(policies|routers|floatingips)/\\*/[a-z_]+.*: 404 (QosPolicy|Router|FloatingIP)NotFound <> (400|403|404) "},
  };
  return all;
}

bool is_known(const std::vector<Known>& all, const std::string& text) {
  return std::ranges::any_of(
      all, [&text](const Known& known) { return std::regex_search(text, std::regex(known.pattern)); });
}

// What an item of a list is told apart by: all it says but what is known to differ.
std::string key_of(const json::value& item) {
  if (!item.is_object()) return json::serialize(item);
  json::object told = item.as_object();
  for (const char* name : {"revision_number", "belongs_to_default_sg", "description", "is_default", "vlan_transparent",
                           "external_gateways", "standard_attr_id", "security_group:tenant_id"})
    told.stable_erase(name);
  return json::serialize(told);
}

std::string code_of(const Told& told) {
  return std::to_string(told.status) + (told.type.empty() ? "" : " " + told.type);
}

// Paths of what differs, without the places in lists.
void differing(const json::value& left, const json::value& right, const std::string& path,
               std::set<std::string>& paths) {
  if (left == right) return;
  if (left.is_object() && right.is_object()) {
    for (const auto& [key, value] : left.as_object()) {
      const json::value* other = right.as_object().if_contains(key);
      if (other == nullptr)
        paths.insert(path + "/" + std::string(key) + " (not in Neutron)");
      else
        differing(value, *other, path + "/" + std::string(key), paths);
    }
    for (const auto& [key, value] : right.as_object())
      if (!left.as_object().contains(key)) paths.insert(path + "/" + std::string(key) + " (not here)");
    return;
  }
  if (left.is_array() && right.is_array() && left.as_array().size() == right.as_array().size()) {
    for (std::size_t i = 0; i < left.as_array().size(); ++i) differing(left.at(i), right.at(i), path + "/*", paths);
    return;
  }
  paths.insert(path + (left.is_array() && right.is_array() ? " (length)" : ""));
}

}  // namespace

json::value in_order(const json::value& value) {
  if (value.is_array()) {
    json::array items;
    for (const json::value& item : value.as_array()) items.push_back(in_order(item));
    std::ranges::sort(items, {}, key_of);
    return items;
  }
  if (!value.is_object()) return value;
  std::map<std::string, json::value> by_key;
  for (const auto& [key, item] : value.as_object())
    if (!key.ends_with("_links")) by_key.emplace(key, in_order(item));  // they have each side's address
  // Row "`dns_name` of a port without addresses".
  if (const auto found = by_key.find("fixed_ips"); found != by_key.end() && found->second == json::array())
    by_key.erase("dns_name");
  return json::object(by_key.begin(), by_key.end());
}

std::string difference(const Told& tarn, const Told& neutron) {
  if (tarn.status != neutron.status || tarn.type != neutron.type) return code_of(tarn) + " <> " + code_of(neutron);
  std::set<std::string> paths;
  if (tarn.status < 300) differing(tarn.body, neutron.body, "", paths);
  std::string text;
  std::erase_if(paths, [](const std::string& path) { return is_known(known_paths(), path); });
  for (const std::string& path : paths) text += (text.empty() ? "body: " : ", ") + path;
  return text;
}

void Differences::add(const std::string& what, const Request& request, const Told& tarn, const Told& neutron) {
  Class& entry = classes_[what];
  if (entry.count++ > 0) return;
  entry.example = request.text() + "\n      Tarn    " + std::to_string(tarn.status) + " " +
                  (tarn.status < 300 ? json::serialize(tarn.body) : tarn.message) + "\n      Neutron " +
                  std::to_string(neutron.status) + " " +
                  (neutron.status < 300 ? json::serialize(neutron.body) : neutron.message);
}

std::vector<std::string> Differences::unknown() const {
  std::vector<std::string> texts;
  for (const auto& [what, entry] : classes_)
    if (!is_known(known_answers(), what))
      texts.push_back(what + "  x" + std::to_string(entry.count) + "\n      " + entry.example);
  return texts;
}

}  // namespace tarn::test
