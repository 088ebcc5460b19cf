// Networks: who may make which, what segment and MTU they get, and when they may go.
#include "admission.h"

namespace tarn::model {
namespace {

using test::admin;
using test::code;
using test::Desk;
using test::Given;
using test::message;
using test::reason;
using test::tenant;

TEST(NetworkAdmission, ATenantsNetworkIsItsOwnVxlanWithTheMtuLeftByTheEncapsulation) {
  Desk desk;
  const NetworkId id = desk.network({{"name", "web"}}).value();
  const Network& network = desk.at(id);
  EXPECT_EQ(network.standard.project_id, "blue");
  EXPECT_EQ(network.standard.name, "web");
  EXPECT_EQ(network.type, NetworkType::vxlan);
  EXPECT_GE(network.segmentation_id, desk.limits.vni.first);
  EXPECT_LE(network.segmentation_id, desk.limits.vni.last);
  EXPECT_EQ(network.mtu, 1450U);
  EXPECT_EQ(network.standard.revision_number, 1U);
  EXPECT_EQ(network.standard.created_at_ms, 1000);
  EXPECT_EQ(network.standard.updated_at_ms, 1000);
}

TEST(NetworkAdmission, EveryNumberOfTheRangeIsSomebodysBeforeThereIsNone) {
  Desk desk;
  desk.limits.vni = {10, 41};
  std::map<std::uint32_t, NetworkId> holders;
  for (std::uint32_t i = 10; i <= 41; ++i) {
    const NetworkId id = desk.network().value();
    EXPECT_TRUE(holders.emplace(desk.at(id).segmentation_id, id).second) << "a number given out twice";
  }
  EXPECT_EQ(holders.begin()->first, 10U);
  EXPECT_EQ(holders.rbegin()->first, 41U);
  const auto none = desk.network();
  EXPECT_EQ(reason(none), "NoNetworkAvailable");
  EXPECT_EQ(code(none), ErrorCode::exhausted);
  ASSERT_TRUE(desk.remove(holders.at(25)));
  EXPECT_EQ(desk.at(desk.network().value()).segmentation_id, 25U);
}

TEST(NetworkAdmission, ANumberThatJustBecameFreeIsNotTheNextNetworks) {
  Desk desk;
  for (int i = 0; i < 100; ++i) {
    const NetworkId gone = desk.network().value();
    const std::uint32_t number = desk.at(gone).segmentation_id;
    ASSERT_TRUE(desk.remove(gone));
    EXPECT_NE(desk.at(desk.network().value()).segmentation_id, number) << "a node may still send by it";
  }
}

TEST(NetworkAdmission, AnAdministratorsVlanNeedsAKnownWireAndAFreeNumber) {
  Desk desk;
  desk.caller = admin();
  const auto vlan = [&](Given more) {
    more["type"] = "vlan";
    return desk.network(std::move(more));
  };
  const NetworkId first = vlan({{"physical_network", "physnet1"}, {"segmentation_id", 200}}).value();
  EXPECT_EQ(desk.at(first).mtu, 1500U);
  EXPECT_EQ(desk.at(first).physical_network, "physnet1");
  EXPECT_EQ(reason(vlan({{"physical_network", "physnet1"}, {"segmentation_id", 200}})), "VlanIdInUse");
  EXPECT_EQ(reason(vlan({{"physical_network", "physnet9"}, {"segmentation_id", 200}})), "InvalidInput");
  EXPECT_EQ(reason(vlan({{"segmentation_id", 200}})), "InvalidInput");
  for (const int outside : {0, 4095, 70000}) {
    EXPECT_EQ(reason(vlan({{"physical_network", "physnet1"}, {"segmentation_id", outside}})), "InvalidInput");
  }
  EXPECT_EQ(desk.at(vlan({{"physical_network", "physnet1"}}).value()).segmentation_id, 100U);
  EXPECT_EQ(desk.at(vlan({}).value()).segmentation_id, 101U);
  EXPECT_EQ(desk.at(vlan({}).value()).segmentation_id, 102U);
  EXPECT_EQ(reason(vlan({})), "NoNetworkAvailable");
}

TEST(NetworkAdmission, AWireWithoutTenantVlansTakesOnlyNumberedNetworks) {
  Desk desk;
  desk.caller = admin();
  desk.limits.vlan_ranges["physnet2"] = {};
  EXPECT_EQ(reason(desk.network({{"type", "vlan"}, {"physical_network", "physnet2"}})), "InvalidInput");
  EXPECT_TRUE(desk.network({{"type", "vlan"}, {"physical_network", "physnet2"}, {"segmentation_id", 7}}));
}

TEST(NetworkAdmission, AFlatNetworkIsTheWholeWire) {
  Desk desk;
  desk.caller = admin();
  const NetworkId flat = desk.network({{"type", "flat"}, {"physical_network", "physnet1"}}).value();
  EXPECT_EQ(desk.at(flat).segmentation_id, 0U);
  EXPECT_EQ(desk.at(flat).mtu, 1500U);
  EXPECT_EQ(reason(desk.network({{"type", "flat"}, {"physical_network", "physnet1"}})), "FlatNetworkInUse");
  EXPECT_EQ(reason(desk.network({{"type", "flat"}, {"physical_network", "physnet9"}})), "InvalidInput");
  EXPECT_EQ(reason(desk.network({{"type", "flat"}})), "InvalidInput");
  EXPECT_EQ(reason(desk.network({{"type", "flat"}, {"physical_network", "physnet1"}, {"segmentation_id", 4}})),
            "InvalidInput");
  desk.limits.flat_networks = {"*"};
  EXPECT_TRUE(desk.network({{"type", "flat"}, {"physical_network", "physnet9"}}));
}

TEST(NetworkAdmission, AnAdministratorsVxlanMayStandOutsideTheTenantsRange) {
  Desk desk;
  desk.caller = admin();
  EXPECT_EQ(desk.at(desk.network({{"type", "vxlan"}, {"segmentation_id", 9'000'000}}).value()).segmentation_id,
            9'000'000U);
  EXPECT_EQ(reason(desk.network({{"type", "vxlan"}, {"segmentation_id", 9'000'000}})), "TunnelIdInUse");
  EXPECT_EQ(reason(desk.network({{"type", "vxlan"}, {"segmentation_id", 0x1000000}})), "InvalidInput");
  EXPECT_EQ(reason(desk.network({{"type", "vxlan"}, {"physical_network", "physnet1"}})), "InvalidInput");
  EXPECT_EQ(reason(desk.network({{"segmentation_id", 4}})), "InvalidInput");
}

TEST(NetworkAdmission, TheMtuIsBoundedByTheUnderlay) {
  Desk desk;
  EXPECT_EQ(reason(desk.network({{"mtu", 1451}})), "InvalidInput");
  EXPECT_EQ(reason(desk.network({{"mtu", 67}})), "InvalidInput");
  const NetworkId id = desk.network({{"mtu", 1400}}).value();
  EXPECT_EQ(desk.at(id).mtu, 1400U);
  EXPECT_EQ(reason(desk.update(id, {{"mtu", 9000}})), "InvalidInput");
  EXPECT_TRUE(desk.update(id, {{"mtu", 1450}}));
  EXPECT_EQ(desk.at(id).mtu, 1450U);
  desk.limits.underlay_mtu = 9000;
  EXPECT_EQ(desk.at(desk.network().value()).mtu, 8950U);
}

TEST(NetworkAdmission, ASharedNetworkCannotBeTakenBackFromThoseWhoUseIt) {
  Desk desk;
  desk.caller = admin();
  const NetworkId id = desk.network({{"shared", true}}).value();
  desk.caller = tenant();
  const PortId port = desk.port(id).value();
  desk.caller = admin();
  EXPECT_EQ(reason(desk.update(id, {{"shared", false}})), "InvalidSharedSetting");
  ASSERT_TRUE(desk.remove(port));
  EXPECT_TRUE(desk.update(id, {{"shared", false}}));
}

TEST(NetworkAdmission, NobodyStandsOnOthersNetworksUnlessTheyAreShared) {
  Desk desk;
  const NetworkId own = desk.network().value();
  desk.caller = admin();
  const NetworkId shared = desk.network({{"shared", true}}).value();
  desk.caller = tenant("red");
  EXPECT_EQ(reason(desk.port(own)), "NetworkNotFound");
  EXPECT_EQ(reason(desk.subnet(own, "10.0.0.0/24")), "NetworkNotFound");
  EXPECT_TRUE(desk.port(shared));
  desk.caller = admin();
  EXPECT_EQ(desk.at(desk.network({{"project_id", "blue"}}).value()).standard.project_id, "blue");
}

TEST(NetworkAdmission, ProviderAttributesStay) {
  Desk desk;
  desk.caller = admin();
  const NetworkId id = desk.network({{"type", "vlan"}, {"physical_network", "physnet1"}}).value();
  const std::uint32_t number = desk.at(id).segmentation_id;
  EXPECT_EQ(reason(desk.update(id, {{"segmentation_id", number == 101 ? 100 : 101}})), "InvalidInput");
  EXPECT_TRUE(desk.update(id, {{"segmentation_id", number}, {"type", "vlan"}}));
  EXPECT_TRUE(desk.last.empty());
}

TEST(NetworkAdmission, DeletionWaitsForPortsButTakesSubnetsAndDhcpPortsAlong) {
  Desk desk;
  const NetworkId id = desk.network().value();
  const SubnetId subnet = desk.subnet(id, "10.0.0.0/24").value();
  const PortId vm = desk.port(id, {{"device_owner", "compute:nova"}}).value();
  const PortId dhcp = desk.port(id, {{"device_owner", "network:dhcp"}}).value();
  const auto refused = desk.remove(id);
  EXPECT_EQ(reason(refused), "NetworkInUse");
  EXPECT_EQ(code(refused), ErrorCode::conflict);
  EXPECT_NE(message(refused).find(vm.text()), std::string::npos);
  EXPECT_EQ(message(refused).find(dhcp.text()), std::string::npos);
  ASSERT_TRUE(desk.remove(vm));
  ASSERT_TRUE(desk.remove(id));
  EXPECT_EQ(desk.last.edits.size(), 4U);
  EXPECT_EQ(desk.cloud.find(subnet), nullptr);
  EXPECT_EQ(desk.cloud.find(dhcp), nullptr);
  EXPECT_TRUE(desk.cloud.addresses().empty());
  EXPECT_EQ(reason(desk.remove(id)), "NetworkNotFound");
}

TEST(NetworkAdmission, TransparencyForTagsIsAcceptedAndIgnored) {
  Desk desk;
  EXPECT_TRUE(desk.network({{"vlan_transparent", true}}));
}

TEST(NetworkAdmission, RefusesUnknownAndWronglyTypedAttributes) {
  Desk desk;
  EXPECT_EQ(reason(desk.network({{"colour", "red"}})), "InvalidInput");
  EXPECT_EQ(reason(desk.network({{"revision_number", 4}})), "InvalidInput");
  EXPECT_EQ(reason(desk.network({{"id", "x"}})), "InvalidInput");
  const auto wrong = desk.network({{"admin_state_up", "yes"}});
  EXPECT_EQ(reason(wrong), "InvalidInput");
  EXPECT_NE(message(wrong).find("admin_state_up"), std::string::npos);
}

TEST(NetworkAdmission, QuotaIsPerProject) {
  Desk desk;
  desk.limits.quotas["network"] = 2;
  ASSERT_TRUE(desk.network());
  const NetworkId second = desk.network().value();
  const auto refused = desk.network();
  EXPECT_EQ(reason(refused), "OverQuota");
  EXPECT_EQ(code(refused), ErrorCode::conflict);
  desk.caller = tenant("red");
  EXPECT_TRUE(desk.network());
  desk.caller = tenant("blue");
  ASSERT_TRUE(desk.remove(second));
  EXPECT_TRUE(desk.network());
  desk.limits.quotas["network"] = static_cast<std::uint32_t>(-1);
  EXPECT_TRUE(desk.network());
  desk.limits.quotas["network"] = 0;
  EXPECT_EQ(reason(desk.network()), "OverQuota");
}

TEST(Revision, GrowsWithEveryChangeAndWithNothingElse) {
  Desk desk;
  const NetworkId id = desk.network({{"name", "a"}}).value();
  desk.now_ms = 2000;
  ASSERT_TRUE(desk.update(id, {{"name", "a"}}));
  EXPECT_TRUE(desk.last.empty());
  EXPECT_EQ(desk.at(id).standard.revision_number, 1U);
  EXPECT_EQ(desk.at(id).standard.updated_at_ms, 1000);
  ASSERT_TRUE(desk.update(id, {{"name", "b"}}));
  EXPECT_EQ(desk.at(id).standard.revision_number, 2U);
  EXPECT_EQ(desk.at(id).standard.updated_at_ms, 2000);
  EXPECT_EQ(desk.at(id).standard.created_at_ms, 1000);
}

TEST(Revision, AnExpectedOneMustBeTheCurrentOne) {
  Desk desk;
  const NetworkId id = desk.network().value();
  const auto stale = desk.update(id, {{"name", "b"}}, 7);
  EXPECT_EQ(reason(stale), "RevisionNumberConstraintFailed");
  EXPECT_EQ(code(stale), ErrorCode::stale);
  EXPECT_EQ(reason(desk.remove(id, 7)), "RevisionNumberConstraintFailed");
  EXPECT_TRUE(desk.update(id, {{"name", "b"}}, 1));
  EXPECT_TRUE(desk.remove(id, 2));
}

TEST(Revision, OfANetworkGrowsWhenItsSubnetsChange) {
  Desk desk;
  const NetworkId id = desk.network().value();
  const SubnetId subnet = desk.subnet(id, "10.0.0.0/24").value();
  EXPECT_EQ(desk.at(id).standard.revision_number, 2U);
  ASSERT_TRUE(desk.update(subnet, {{"name", "s"}}));
  EXPECT_EQ(desk.at(id).standard.revision_number, 3U);
  ASSERT_TRUE(desk.update(subnet, {{"name", "s"}}));
  EXPECT_EQ(desk.at(id).standard.revision_number, 3U);
  ASSERT_TRUE(desk.remove(subnet));
  EXPECT_EQ(desk.at(id).standard.revision_number, 4U);
}

TEST(Tags, AreKeptSortedOnceAndNotTooMany) {
  Desk desk;
  const NetworkId id = desk.network({{"tags", {"b", "a", "b"}}}).value();
  EXPECT_EQ(desk.at(id).standard.tags, (std::vector<std::string>{"a", "b"}));
  boost::json::array many;
  for (int i = 0; i < 51; ++i) many.push_back(boost::json::value(std::to_string(i)));
  EXPECT_EQ(reason(desk.update(id, {{"tags", many}})), "InvalidInput");
}

TEST(Batch, LaterRequestsSeeTheEffectOfEarlierOnes) {
  Desk desk;
  const Uuid network = desk.next_id();
  const Uuid subnet = desk.next_id();
  const Uuid port = desk.next_id();
  ASSERT_TRUE(desk.run({
      {Verb::create, Kind::network, network, {}, {}},
      {Verb::create, Kind::subnet, subnet, {{"network", network.text()}, {"cidr", "10.0.0.0/24"}}, {}},
      {Verb::create, Kind::port, port, {{"network", network.text()}}, {}},
  }));
  EXPECT_EQ(desk.addresses({port}), std::vector<std::string>{"10.0.0.2"});
  const std::size_t default_group = 1 + 4;  // which the port needs, and its rules
  EXPECT_EQ(desk.last.edits.size(), 4 + default_group);
}

TEST(Batch, IsRefusedWholeWhenOneRequestIs) {
  Desk desk;
  const Uuid network = desk.next_id();
  EXPECT_EQ(reason(desk.run({
                {Verb::create, Kind::network, network, {}, {}},
                {Verb::create, Kind::subnet, desk.next_id(), {{"network", network.text()}, {"cidr", "x"}}, {}},
            })),
            "InvalidInput");
  EXPECT_TRUE(desk.cloud.networks().empty());
}

TEST(Batch, WhatCameAndWentWithinItLeavesNoTrace) {
  Desk desk;
  const Uuid network = desk.next_id();
  ASSERT_TRUE(
      desk.run({{Verb::create, Kind::network, network, {}, {}}, {Verb::remove, Kind::network, network, {}, {}}}));
  EXPECT_TRUE(desk.last.empty());
}

TEST(Batch, AnIdCannotBeUsedTwice) {
  Desk desk;
  const NetworkId id = desk.network().value();
  EXPECT_EQ(reason(desk.run({{Verb::create, Kind::network, id.uuid, {}, {}}})), "IdInUse");
}

}  // namespace
}  // namespace tarn::model
