// The configuration file: what it may say, and how a mistake in it is told.
#include "server/config.h"

#include <gtest/gtest.h>

namespace tarn::server {
namespace {

TEST(ServerConfig, ReadsEveryLimit) {
  const auto config = parse_config(R"(
vni: "100:200"
default_network_type: vlan
vlan_ranges: {physnet1: "10:20", physnet2: ""}
flat_networks: [physnet2]
underlay_mtu: 9000
quotas: {network: 5, port: -1}
fixed_ips_per_port_max: 6
dns_servers_max: 7
host_routes_max: 8
address_pairs_max: 9
router_distributed: false
l3_ha: false
base_mac: "02:00:00:00:00:00"
policy_files: [a.yaml, b.yaml]
)");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  const model::Limits* limits = &config->limits;
  EXPECT_EQ(limits->vni.first, 100U);
  EXPECT_EQ(limits->vni.last, 200U);
  EXPECT_EQ(limits->default_network_type, model::NetworkType::vlan);
  EXPECT_EQ(limits->vlan_ranges.at("physnet1").last, 20U);
  EXPECT_EQ(limits->vlan_ranges.at("physnet2").last, 0U);
  EXPECT_EQ(limits->flat_networks, std::vector<std::string>{"physnet2"});
  EXPECT_EQ(limits->underlay_mtu, 9000U);
  EXPECT_EQ(limits->quotas.at("network"), 5U);
  EXPECT_EQ(limits->quotas.at("port"), ~0U);
  EXPECT_EQ(limits->fixed_ips_per_port_max, 6U);
  EXPECT_EQ(limits->dns_servers_max, 7U);
  EXPECT_EQ(limits->host_routes_max, 8U);
  EXPECT_EQ(limits->address_pairs_max, 9U);
  EXPECT_FALSE(limits->router_distributed);
  EXPECT_FALSE(limits->router_ha);
  EXPECT_EQ(limits->base_mac.text(), "02:00:00:00:00:00");
  EXPECT_EQ(config->policy_files, (std::vector<std::string>{"a.yaml", "b.yaml"}));
}

TEST(ServerConfig, ReadsHowCallersAreKnown) {
  EXPECT_TRUE(std::holds_alternative<NoIdentity>(parse_config("identity: none")->identity));
  EXPECT_TRUE(std::holds_alternative<NoIdentity>(parse_config("")->identity));
  const auto local = parse_config("identity: {mode: local, file: /etc/tarn/identity.yaml}");
  ASSERT_TRUE(local) << local.error().message;
  EXPECT_EQ(std::get<LocalConfig>(local->identity).file, "/etc/tarn/identity.yaml");
  const auto least = parse_config("identity: {mode: keystone, auth_url: \"http://k\", username: u, password_file: p}");
  ASSERT_TRUE(least) << least.error().message;
  EXPECT_EQ(std::get<KeystoneConfig>(least->identity).settings.token_cache.count(), 300);
  const auto most = parse_config(R"(
identity:
  mode: keystone
  auth_url: https://keystone.example:5000/v3
  www_authenticate_uri: https://public.example:5000
  username: tarn
  password_file: /etc/tarn/password
  user_domain_name: Services
  project_name: services
  project_domain_name: Ops
  ca_file: /etc/tarn/ca.pem
  timeout_seconds: 3
  token_cache_seconds: 30
  service_token_roles: [service, helper]
)");
  ASSERT_TRUE(most) << most.error().message;
  const auto& config = std::get<KeystoneConfig>(most->identity);
  EXPECT_EQ(config.password_file, "/etc/tarn/password");
  EXPECT_EQ(config.settings.auth_url, "https://keystone.example:5000/v3");
  EXPECT_EQ(config.settings.www_authenticate_uri, "https://public.example:5000");
  EXPECT_EQ(config.settings.username, "tarn");
  EXPECT_EQ(config.settings.user_domain_name, "Services");
  EXPECT_EQ(config.settings.project_name, "services");
  EXPECT_EQ(config.settings.project_domain_name, "Ops");
  EXPECT_EQ(config.settings.ca_file, "/etc/tarn/ca.pem");
  EXPECT_EQ(config.settings.timeout.count(), 3);
  EXPECT_EQ(config.settings.token_cache.count(), 30);
  EXPECT_EQ(config.settings.service_roles, (std::vector<std::string>{"service", "helper"}));
}

TEST(ServerConfig, ReadsWhoIsToldOfPorts) {
  EXPECT_FALSE(parse_config("")->nova);
  const auto config = parse_config(R"(
nova:
  endpoint: http://nova.example:8774/v2.1
  auth_url: https://keystone.example:5000
  username: neutron
  password_file: /etc/tarn/password
  project_name: services
  timeout_seconds: 5
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->nova->endpoint, "http://nova.example:8774/v2.1");
  EXPECT_EQ(config->nova->account.password_file, "/etc/tarn/password");
  const identity::KeystoneSettings& settings = config->nova->account.settings;
  EXPECT_EQ(settings.auth_url, "https://keystone.example:5000");
  EXPECT_EQ(settings.username, "neutron");
  EXPECT_EQ(settings.project_name, "services");
  EXPECT_EQ(settings.timeout.count(), 5);
}

TEST(ServerConfig, KeepsTheDefaultsOfWhatIsNotSaid) {
  for (const char* text : {"", "# nothing\n", "underlay_mtu: 1500\n"}) {
    const auto config = parse_config(text);
    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config->limits.vni.last, model::Limits{}.vni.last);
    EXPECT_EQ(config->limits.underlay_mtu, 1500U);
  }
}

TEST(ServerConfig, NamesTheLineOfAMistake) {
  for (const char* text : {"\nvni: 5",
                           "\nvni: \"9:3\"",
                           "\nvni: \"1:16777216\"",
                           "\nvlan_ranges: {p: \"1:4095\"}",
                           "\nvlan_ranges: 3",
                           "\nunderlay_mtu: big",
                           "\nunderlay_mtu: -1",
                           "\nmtu: 1500",
                           "\nflat_networks: p",
                           "\nquotas: {port: x}",
                           "\ndefault_network_type: gre",
                           "\nl3_ha: perhaps",
                           "\nbase_mac: \"01:00:00:00:00:00\"",
                           "\npolicy_files: a.yaml",
                           "\n- a list",
                           "\nidentity: ldap",
                           "\nidentity: {mode: keystone}",
                           "\nidentity: {mode: local}",
                           "\nidentity: {mode: none, file: x}",
                           "\nidentity: {mode: local, file: x, token: y}",
                           "\nidentity: local",
                           "\nnova: on",
                           "\nnova: {endpoint: \"http://n\"}",
                           "\nnova: {auth_url: \"http://k\", username: u, password_file: p}",
                           "\nnova: {endpoint: \"http://n\", auth_url: \"http://k\", username: u, region: r}",
                           "\nvni: [unclosed"}) {
    const auto config = parse_config(text);
    ASSERT_FALSE(config.has_value()) << text;
    EXPECT_EQ(config.error().code, ErrorCode::invalid);
    EXPECT_TRUE(config.error().message.starts_with("line 2: ")) << text << " → " << config.error().message;
  }
}

}  // namespace
}  // namespace tarn::server
