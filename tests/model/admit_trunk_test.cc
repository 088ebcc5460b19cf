// Trunks: which ports may be in one, and what that keeps them from.
#include "admission.h"

namespace tarn::model {
namespace {

using boost::json::array;
using test::admin;
using test::Desk;
using test::Given;
using test::reason;
using test::tenant;

class Trunks : public ::testing::Test {
 protected:
  Trunks() { desk.caller = admin(); }

  PortId port(Given given = {}) { return desk.port(network, std::move(given)).value(); }
  static Given sub(PortId port, int vlan) {
    return {{"port", port.text()}, {"segmentation", "vlan"}, {"segmentation_id", vlan}};
  }
  Result<Uuid> trunk(PortId parent, array subs = {}, Given given = {}) {
    given["port"] = parent.text();
    given["sub_ports"] = std::move(subs);
    return desk.create(Kind::trunk, std::move(given));
  }
  std::string change(const Uuid& id, Given given) {
    return reason(desk.run({{Verb::update, Kind::trunk, id, std::move(given), std::nullopt}}));
  }
  std::string add(const Uuid& id, Given sub) { return change(id, {{"add_sub_ports", array{std::move(sub)}}}); }
  std::string drop(const Uuid& id, PortId port) {
    return change(id, {{"remove_sub_ports", array{Given{{"port", port.text()}}}}});
  }
  std::string remove(const Uuid& id) { return reason(desk.run({{Verb::remove, Kind::trunk, id, {}, std::nullopt}})); }
  std::string bind(PortId port, const std::string& host) {
    return reason(desk.run({{Verb::update, Kind::port, port.uuid, {{"binding_host", host}}, std::nullopt}}));
  }
  const Port& port_at(PortId id) { return **desk.cloud.find(id); }
  const Trunk& at(const Uuid& id) { return **desk.cloud.find<Trunk>(id); }

  Desk desk;
  NetworkId network = desk.network().value();
};

TEST_F(Trunks, SubPortsComeAndGo) {
  const PortId first = port();
  const PortId second = port();
  const Uuid id = trunk(port(), {sub(first, 5)}).value();
  EXPECT_EQ(at(id).sub_ports, (std::vector<SubPort>{{first, SubPortSegmentation::vlan, 5}}));
  EXPECT_EQ(add(id, sub(second, 5)), "DuplicateSubPort");
  EXPECT_EQ(add(id, sub(second, 6)), "admitted");
  EXPECT_EQ(at(id).standard.revision_number, 2U);
  EXPECT_EQ(drop(id, first), "admitted");
  EXPECT_EQ(drop(id, first), "SubPortNotFound");
  EXPECT_EQ(at(id).sub_ports.size(), 1U);
  EXPECT_EQ(remove(id), "admitted");
  EXPECT_TRUE(desk.remove(second).has_value());
}

TEST_F(Trunks, WhatIsBelowIsBoundWhereTheParentIs) {
  const PortId parent = port();
  const PortId first = port();
  const PortId second = port();
  const Uuid id = trunk(parent, {sub(first, 5)}).value();
  EXPECT_EQ(port_at(first).carrier, parent);
  EXPECT_EQ(port_at(first).carrier_vlan_id, 5U);
  EXPECT_EQ(port_at(first).binding_host, "");
  EXPECT_EQ(port_at(first).device_owner, "");

  EXPECT_EQ(bind(parent, "west"), "admitted");
  EXPECT_EQ(port_at(first).binding_host, "west");
  EXPECT_EQ(port_at(first).device_owner, "trunk:subport");
  EXPECT_EQ(add(id, sub(second, 6)), "admitted");
  EXPECT_EQ(port_at(second).binding_host, "west");
  EXPECT_EQ(port_at(second).carrier_vlan_id, 6U);

  for (const char* host : {"west", "east"}) desk.agent(host);
  const std::uint64_t revision = port_at(second).standard.revision_number;
  EXPECT_EQ(bind(parent, "east"), "admitted");
  EXPECT_EQ(port_at(first).binding_host, "east");
  EXPECT_EQ(port_at(first).left_hosts, std::vector<std::string>{"west"});
  EXPECT_EQ(drop(id, first), "admitted");
  EXPECT_TRUE(port_at(first).left_hosts.empty());
  EXPECT_EQ(port_at(first).carrier, std::nullopt);
  EXPECT_EQ(port_at(first).binding_host, "");
  EXPECT_EQ(port_at(first).device_owner, "");
  EXPECT_EQ(port_at(second).binding_host, "east");
  EXPECT_EQ(port_at(second).standard.revision_number, revision + 1) << "what stays is not written again";

  EXPECT_EQ(bind(parent, ""), "admitted");
  EXPECT_EQ(port_at(second).binding_host, "");
  EXPECT_EQ(remove(id), "admitted");
  EXPECT_EQ(port_at(second).carrier, std::nullopt);
}

TEST_F(Trunks, APortIsInOneTrunkAtMost) {
  const PortId parent = port();
  const PortId below = port();
  const Uuid id = trunk(parent, {sub(below, 5)}).value();
  EXPECT_EQ(reason(trunk(parent)), "ParentPortInUse");
  EXPECT_EQ(reason(trunk(below)), "TrunkPortInUse");
  EXPECT_EQ(reason(trunk(port(), {sub(below, 5)})), "TrunkPortInUse");
  EXPECT_EQ(reason(trunk(port(), {sub(parent, 5)})), "ParentPortInUse");
  EXPECT_EQ(add(id, sub(parent, 6)), "ParentPortInUse");
  EXPECT_EQ(add(id, sub(below, 6)), "TrunkPortInUse");
  EXPECT_EQ(reason(desk.remove(parent)), "PortInUseAsTrunkParent");
  EXPECT_EQ(reason(desk.remove(below)), "PortInUseAsSubPort");
}

TEST_F(Trunks, ANetworkDoesNotGoWithAPortThatIsInOne) {
  const PortId agents = port({{"device_owner", "network:dhcp"}});
  const Uuid id = trunk(agents).value();
  const auto remove_network = [&] {
    return reason(desk.run({{Verb::remove, Kind::network, network.uuid, {}, std::nullopt}}));
  };
  EXPECT_EQ(remove_network(), "PortInUseAsTrunkParent");
  ASSERT_EQ(remove(id), "admitted");
  EXPECT_EQ(remove_network(), "admitted");
}

TEST_F(Trunks, ABoundPortBecomesNoParentAndStaysOne) {
  EXPECT_EQ(reason(trunk(port({{"binding_host", "h"}}))), "ParentPortInUse");
  const PortId parent = port();
  const Uuid id = trunk(parent).value();
  ASSERT_TRUE(desk.update(parent, {{"binding_host", "h"}}).has_value());
  EXPECT_EQ(add(id, sub(port(), 5)), "admitted");
  EXPECT_EQ(remove(id), "TrunkInUse");
  ASSERT_TRUE(desk.update(parent, {{"binding_host", ""}}).has_value());
  EXPECT_EQ(remove(id), "admitted");
}

TEST_F(Trunks, ASubPortIsFreeSmallAndNumbered) {
  const Uuid id = trunk(port()).value();
  EXPECT_EQ(add(id, sub(port({{"device_id", "vm"}}), 5)), "PortInUse");
  EXPECT_EQ(add(id, sub(port(), 4095)), "InvalidInput");
  EXPECT_EQ(add(id, sub(port(), 0)), "InvalidInput");
  EXPECT_EQ(add(id, {{"port", port().text()}, {"segmentation", "vlan"}}), "InvalidInput");
  EXPECT_EQ(add(id, {{"port", port().text()}, {"segmentation_id", 5}}), "InvalidInput");
  const NetworkId big = desk.network({{"type", "vlan"}, {"physical_network", "physnet1"}}).value();
  EXPECT_EQ(add(id, sub(desk.port(big).value(), 5)), "SubPortMtuGreaterThanTrunkPortMtu");
  EXPECT_EQ(add(id, sub(PortId{desk.next_id()}, 5)), "PortNotFound");
}

TEST_F(Trunks, ASubPortMayInheritTheVlanOfItsNetwork) {
  const NetworkId vlan = desk.network({{"type", "vlan"}, {"physical_network", "physnet1"}}).value();
  const PortId below = desk.port(vlan).value();
  const Uuid id = trunk(desk.port(vlan).value()).value();
  EXPECT_EQ(add(id, {{"port", below.text()}, {"segmentation", "inherit"}}), "admitted");
  EXPECT_EQ(at(id).sub_ports.at(0).segmentation_id, desk.at(vlan).segmentation_id);
  EXPECT_EQ(add(id, {{"port", port().text()}, {"segmentation", "inherit"}}), "InvalidInput");
}

TEST_F(Trunks, ADisabledTrunkStaysAsItIs) {
  const PortId below = port();
  const Uuid id = trunk(port(), {sub(below, 5)}, {{"admin_state_up", false}}).value();
  EXPECT_EQ(add(id, sub(port(), 6)), "TrunkDisabled");
  EXPECT_EQ(drop(id, below), "TrunkDisabled");
  EXPECT_EQ(remove(id), "TrunkDisabled");
  EXPECT_EQ(change(id, {{"admin_state_up", true}}), "admitted");
  EXPECT_EQ(remove(id), "admitted");
}

TEST_F(Trunks, StandOnPortsThatExistForTheirMaker) {
  const PortId parent = port();
  desk.caller = tenant("green");
  EXPECT_EQ(reason(trunk(parent)), "PortNotFound");
}

TEST_F(Trunks, AreCountedByAQuota) {
  desk.limits.quotas["trunk"] = 1;
  ASSERT_TRUE(trunk(port()).has_value());
  EXPECT_EQ(reason(trunk(port())), "OverQuota");
}

}  // namespace
}  // namespace tarn::model
