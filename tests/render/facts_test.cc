// From the switch's database to facts.
#include "render/facts.h"

#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

domain::PluggedInterface tap(std::uint64_t port, std::int64_t ofport, const std::string& bridge = "br-int") {
  domain::PluggedInterface interface;
  interface.bridge = bridge;
  interface.iface_id = port_id(port).text();
  interface.ofport = ofport;
  return interface;
}

Facts facts_with(const std::map<std::string, domain::PluggedInterface>& interfaces,
                 const std::set<std::string>& missed = {}) {
  domain::PluggedInterfaces plugged;
  plugged.interfaces = interfaces;
  NodeConfig config;
  config.bridge_mappings = {{"physnet1", "br-ex"}};
  domain::SwitchPort::Seen tunnel{"br-int", "vxlan", {}, {}, "node", "", 5, ""};
  domain::SwitchPort::Seen patch{"br-int", "patch", {}, {}, "node", "", 6, ""};
  return facts_of(config, plugged, {{"br-int", {}}},
                  {{tunnel_port_name, tunnel}, {patch_names("physnet1").integration_end, patch}},
                  {{network_id(1), {7}}, {network_id(2), {std::nullopt}}}, missed);
}

TEST(Facts, a_port_is_plugged_where_the_integration_bridge_has_given_it_a_number) {
  const Facts facts = facts_with({{"tap1", tap(1, 11)},
                                  {"tap2", tap(2, -1)},
                                  {"tap3", tap(3, 13, "br-other")},
                                  {"tap4", domain::PluggedInterface{}}});
  EXPECT_THAT(facts.plugged, SizeIs(1));
  EXPECT_EQ(facts.plugged.at(port_id(1)), (Plugged{"tap1", 11, {}}));
}

TEST(Facts, of_two_interfaces_with_one_id_the_lowest_name_counts_and_the_other_is_told) {
  const Facts facts = facts_with({{"tapB", tap(1, 12)}, {"tapA", tap(1, 11)}});
  EXPECT_EQ(facts.plugged.at(port_id(1)), (Plugged{"tapA", 11, {"tapB"}}));
}

TEST(Facts, own_ports_and_numbers_are_read_back) {
  const Facts facts = facts_with({});
  EXPECT_EQ(facts.tunnel_port, 5U);
  EXPECT_EQ(facts.patch_ports, (std::map<std::string, std::uint32_t>{{"physnet1", 6}}));
  EXPECT_THAT(facts.bridges, ElementsAre("br-int"));
  EXPECT_EQ(facts.numbers, (std::map<NetworkId, std::uint32_t>{{network_id(1), 7}}));
}

TEST(Facts, who_is_watched_is_there_or_not_once_it_was_seen_or_missed) {
  const auto watching = [](domain::PeerState state) {
    domain::PluggedInterface interface;
    interface.bridge = "br-int";
    interface.watched = state;
    if (state != domain::PeerState::unknown) interface.ofport = 20;
    return interface;
  };
  const Facts facts = facts_with({{"tb-1", watching(domain::PeerState::up)},
                                  {"tb-2", watching(domain::PeerState::down)},
                                  {"tb-3", watching(domain::PeerState::unknown)},
                                  {"tb-4", watching(domain::PeerState::unknown)},
                                  {"tap1", tap(1, 11)}},
                                 {"tb-4"});
  EXPECT_EQ(facts.watched, (std::map<std::string, bool>{{"tb-1", true}, {"tb-2", false}, {"tb-4", false}}));
  EXPECT_EQ(facts.watch_ports, (std::map<std::string, std::uint32_t>{{"tb-1", 20}, {"tb-2", 20}}));
}

TEST(Facts, a_physical_network_is_severed_when_all_of_its_wires_are_down) {
  const auto wire = [](bool up, const std::string& type = "") {
    domain::PluggedInterface interface;
    interface.bridge = "br-ex";
    interface.type = type;
    interface.link_up = up;
    return interface;
  };
  EXPECT_THAT(facts_with({{"eth1", wire(false)}}).severed, ElementsAre("physnet1"));
  EXPECT_THAT(facts_with({{"eth1", wire(false)}, {"eth2", wire(true)}}).severed, IsEmpty());
  EXPECT_THAT(facts_with({{"eth1", wire(true)}}).severed, IsEmpty());
  // A bridge's own device and its patches are no wires.
  EXPECT_THAT(facts_with({{"br-ex", wire(false, "internal")}, {"tp-physnet1", wire(false, "patch")}}).severed,
              IsEmpty());
}

TEST(Facts, patch_names_fit_and_differ) {
  EXPECT_EQ(patch_names("physnet1").integration_end, "ti-physnet1");
  const PatchNames long_names = patch_names("a-physical-network-with-a-long-name");
  EXPECT_EQ(long_names.integration_end.size(), domain::SwitchPort::name_bytes_max);
  EXPECT_NE(long_names.integration_end, patch_names("a-physical-network-with-another-name").integration_end);
}

TEST(NodeWishes, the_bridge_the_tunnel_port_and_the_patches_of_bridges_that_exist) {
  World world;
  world.facts.config.bridge_mappings["physnet2"] = "br-missing";
  const Tables tables = world.tables();
  EXPECT_EQ(tables.bridges.at("br-int").datapath_type, "netdev");
  EXPECT_THAT(tables.switch_ports, SizeIs(3));
  const auto& tunnel = tables.switch_ports.at(tunnel_port_name);
  EXPECT_EQ(tunnel.bridge, "br-int");
  EXPECT_EQ(tunnel.options,
            (std::map<std::string, std::string>{{"key", "flow"}, {"local_ip", "192.0.2.1"}, {"remote_ip", "flow"}}));
  EXPECT_EQ(tables.switch_ports.at("tp-physnet1").bridge, "br-ex");
  EXPECT_EQ(tables.switch_ports.at("tp-physnet1").options.at("peer"), "ti-physnet1");
  EXPECT_EQ(tables.ofport_pins.at(tunnel_port_name).ofport, tunnel_ofport);
}

TEST(NodeWishes, without_a_tunnel_address_there_is_no_tunnel_port) {
  World world;
  world.facts.config.tunnel_address.reset();
  EXPECT_FALSE(world.tables().switch_ports.contains(tunnel_port_name));
}

TEST(NodeWishes, traffic_is_told_to_those_whom_the_configuration_names_and_to_nobody_else) {
  World world;
  EXPECT_THAT(world.tables().exports, IsEmpty());
  world.facts.config.ipfix = {{"192.0.2.9:4739", "192.0.2.10:4739"}, 64};
  world.facts.config.sflow.collectors = {"[2001:db8::9]:6343"};
  const Tables tables = world.tables();
  ASSERT_THAT(tables.exports, SizeIs(2));
  const auto& ipfix = tables.exports.at(domain::FlowExport::Key::ipfix);
  EXPECT_THAT(ipfix.collectors, SizeIs(2));
  EXPECT_EQ(ipfix.sampling, 64U);
  EXPECT_EQ(ipfix.agent, "");
  const auto& sflow = tables.exports.at(domain::FlowExport::Key::sflow);
  EXPECT_EQ(sflow.sampling, domain::FlowExport::sampling_default);
  EXPECT_EQ(sflow.agent, "192.0.2.1");
  EXPECT_EQ(sflow.unit, ipfix.unit);
}

}  // namespace
}  // namespace tarn::render::test
