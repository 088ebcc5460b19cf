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
  EXPECT_EQ(limits->base_mac.text(), "02:00:00:00:00:00");
  EXPECT_EQ(config->policy_files, (std::vector<std::string>{"a.yaml", "b.yaml"}));
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
  for (const char* text :
       {"\nvni: 5", "\nvni: \"9:3\"", "\nvni: \"1:16777216\"", "\nvlan_ranges: {p: \"1:4095\"}", "\nvlan_ranges: 3",
        "\nunderlay_mtu: big", "\nunderlay_mtu: -1", "\nmtu: 1500", "\nflat_networks: p", "\nquotas: {port: x}",
        "\ndefault_network_type: gre", "\nbase_mac: \"01:00:00:00:00:00\"", "\npolicy_files: a.yaml", "\n- a list",
        "\nvni: [unclosed"}) {
    const auto config = parse_config(text);
    ASSERT_FALSE(config.has_value()) << text;
    EXPECT_EQ(config.error().code, ErrorCode::invalid);
    EXPECT_TRUE(config.error().message.starts_with("line 2: ")) << text << " → " << config.error().message;
  }
}

}  // namespace
}  // namespace tarn::server
