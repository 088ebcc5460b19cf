// The server's configuration file: YAML whose keys are field names of model::Limits and of Config. Pure; reads no file.
// An unknown key is an error, because a misspelt limit would silently be none.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/admit.h"

namespace tarn::server {

struct Config {
  model::Limits limits;
  std::vector<std::string> policy_files;  // read one after the other, each over what was before (policy/rules.h)
};

// Errors: invalid, one line with the line number and the key.
//   vni: "1:65535"                      first:last, what tenants' networks get
//   default_network_type: vxlan         or vlan, flat
//   vlan_ranges: {physnet1: "100:199", physnet2: ""}
//   flat_networks: [physnet1]           or ["*"]
//   underlay_mtu: 1500
//   quotas: {network: 100, subnet: 100, port: 500}    -1: unlimited
//   fixed_ips_per_port_max, dns_servers_max, host_routes_max, address_pairs_max: numbers
//   base_mac: "fa:16:3e:00:00:00"
//   policy_files: [/etc/tarn/policy.yaml]
Result<Config> parse_config(const std::string& text);

}  // namespace tarn::server
