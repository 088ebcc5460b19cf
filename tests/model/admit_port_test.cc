// Ports: their addresses, MACs, options and bindings.
#include "admission.h"

namespace tarn::model {
namespace {

using boost::json::array;
using test::admin;
using test::code;
using test::Desk;
using test::Given;
using test::message;
using test::reason;
using test::tenant;
using Texts = std::vector<std::string>;

class PortAdmission : public ::testing::Test {
 protected:
  Result<PortId> port(Given more = {}) { return desk.port(network, std::move(more)); }
  Result<PortId> port_with(array fixed_ips) { return port({{"fixed_ips", std::move(fixed_ips)}}); }

  Desk desk;
  NetworkId network = desk.network().value();
  SubnetId subnet = desk.subnet(network, "10.0.0.0/24").value();
};

TEST_F(PortAdmission, TakesTheLowestFreeAddressAndReusesFreedOnes) {
  const PortId first = port().value();
  EXPECT_EQ(desk.addresses(first), Texts{"10.0.0.2"});
  EXPECT_EQ(desk.addresses(port().value()), Texts{"10.0.0.3"});
  ASSERT_TRUE(desk.remove(first));
  EXPECT_EQ(desk.addresses(port().value()), Texts{"10.0.0.2"});
  EXPECT_EQ(desk.addresses(port().value()), Texts{"10.0.0.4"});
}

TEST_F(PortAdmission, StepsOverAddressesTakenByName) {
  ASSERT_TRUE(port_with({Given{{"address", "10.0.0.3"}}}));
  ASSERT_TRUE(port_with({Given{{"address", "10.0.0.5"}}}));
  EXPECT_EQ(desk.addresses(port().value()), Texts{"10.0.0.2"});
  EXPECT_EQ(desk.addresses(port().value()), Texts{"10.0.0.4"});
  EXPECT_EQ(desk.addresses(port().value()), Texts{"10.0.0.6"});
}

TEST_F(PortAdmission, FillsEveryPoolAndThenSaysThatNothingIsLeft) {
  const NetworkId small = desk.network().value();
  ASSERT_TRUE(desk.subnet(small, "10.1.0.0/29",
                          {{"pools", array{Given{{"first", "10.1.0.2"}, {"last", "10.1.0.3"}},
                                           Given{{"first", "10.1.0.5"}, {"last", "10.1.0.5"}}}}}));
  for (const char* expected : {"10.1.0.2", "10.1.0.3", "10.1.0.5"}) {
    EXPECT_EQ(desk.addresses(desk.port(small).value()), Texts{expected});
  }
  const auto refused = desk.port(small);
  EXPECT_EQ(reason(refused), "IpAddressGenerationFailure");
  EXPECT_EQ(code(refused), ErrorCode::conflict);
  ASSERT_TRUE(desk.subnet(small, "10.2.0.0/24"));
  EXPECT_EQ(desk.addresses(desk.port(small).value()), Texts{"10.2.0.2"});
}

TEST_F(PortAdmission, ByDefaultHasOneIpv4OneStatefulIpv6AndEveryAutomaticAddress) {
  ASSERT_TRUE(desk.subnet(network, "10.9.0.0/24"));
  ASSERT_TRUE(desk.subnet(network, "2001:db8:1::/64"));
  ASSERT_TRUE(desk.subnet(network, "2001:db8:2::/64", {{"ra_mode", "slaac"}, {"address_mode", "slaac"}}));
  ASSERT_TRUE(desk.subnet(network, "2001:db8:3::/64", {{"address_mode", "dhcpv6_stateless"}}));
  const PortId id = port({{"mac", "fa:16:3e:00:00:01"}}).value();
  Texts addresses = desk.addresses(id);
  ASSERT_EQ(addresses.size(), 4U);
  EXPECT_EQ(addresses[0], "10.0.0.2");
  EXPECT_EQ(addresses[1], "2001:db8:1::1");
  std::sort(addresses.begin(), addresses.end());
  EXPECT_EQ(addresses[2], "2001:db8:2:0:f816:3eff:fe00:1");
  EXPECT_EQ(addresses[3], "2001:db8:3:0:f816:3eff:fe00:1");
}

TEST_F(PortAdmission, AnEmptyListMeansNoAddress) {
  EXPECT_EQ(desk.addresses(port_with({}).value()), Texts{});
  const PortId id = port().value();
  ASSERT_TRUE(desk.update(id, {{"fixed_ips", array{}}}));
  EXPECT_EQ(desk.addresses(id), Texts{});
}

TEST_F(PortAdmission, ANetworkWithoutSubnetsGivesNoAddressButRefusesToBeAsked) {
  const NetworkId bare = desk.network().value();
  EXPECT_EQ(desk.addresses(desk.port(bare).value()), Texts{});
  EXPECT_EQ(reason(desk.port(bare, {{"fixed_ips", array{Given{{"address", "10.0.0.4"}}}}})), "InvalidInput");
}

TEST_F(PortAdmission, AnAddressMayBeNamedOutsideThePoolsButInsideTheSubnet) {
  const NetworkId other = desk.network().value();
  const SubnetId pooled =
      desk.subnet(other, "10.3.0.0/24", {{"pools", array{Given{{"first", "10.3.0.10"}, {"last", "10.3.0.20"}}}}})
          .value();
  const auto ask = [&](Given entry) { return desk.port(other, {{"fixed_ips", array{std::move(entry)}}}); };
  EXPECT_TRUE(ask({{"address", "10.3.0.99"}}));
  EXPECT_TRUE(ask({{"subnet", pooled.text()}, {"address", "10.3.0.98"}}));
  EXPECT_EQ(reason(ask({{"address", "10.3.0.98"}})), "IpAddressAlreadyAllocated");
  EXPECT_EQ(code(ask({{"address", "10.3.0.98"}})), ErrorCode::conflict);
  EXPECT_EQ(reason(ask({{"subnet", pooled.text()}, {"address", "10.4.0.1"}})), "InvalidIpForSubnet");
  EXPECT_EQ(reason(ask({{"subnet", pooled.text()}, {"address", "10.3.0.255"}})), "InvalidIpForSubnet");
  EXPECT_EQ(reason(ask({{"address", "10.4.0.1"}})), "InvalidIpForNetwork");
  EXPECT_EQ(reason(ask({{"subnet", subnet.text()}})), "InvalidInput");
  EXPECT_EQ(reason(ask({{"subnet", desk.next_id().text()}})), "SubnetNotFound");
  EXPECT_EQ(reason(ask({})), "InvalidInput");
  EXPECT_EQ(reason(ask({{"address", "ten"}})), "InvalidInput");
  EXPECT_EQ(reason(ask({{"colour", "red"}})), "InvalidInput");
}

TEST_F(PortAdmission, SeveralEntriesNeverTakeEachOthersAddress) {
  const Given any{{"subnet", subnet.text()}};
  const PortId id = port_with({any, Given{{"address", "10.0.0.2"}}, any}).value();
  EXPECT_EQ(desk.addresses(id), (Texts{"10.0.0.3", "10.0.0.2", "10.0.0.4"}));
  EXPECT_EQ(reason(port_with({Given{{"address", "10.0.0.9"}}, Given{{"address", "10.0.0.9"}}})), "InvalidInput");
  const auto many = port_with({any, any, any, any, any, any});
  EXPECT_EQ(reason(many), "InvalidInput");
  EXPECT_NE(message(many).find("xceeded"), std::string::npos);
  EXPECT_TRUE(port_with({any, any, any, any, any}));
}

TEST_F(PortAdmission, AnUpdateKeepsWhatItNamesAndWhatItLeavesOpen) {
  const PortId id = port_with({Given{{"address", "10.0.0.50"}}}).value();
  ASSERT_TRUE(desk.update(id, {{"fixed_ips", array{Given{{"subnet", subnet.text()}}}}}));
  EXPECT_EQ(desk.addresses(id), Texts{"10.0.0.50"});
  EXPECT_TRUE(desk.last.empty());
  ASSERT_TRUE(
      desk.update(id, {{"fixed_ips", array{Given{{"subnet", subnet.text()}}, Given{{"address", "10.0.0.50"}}}}}));
  EXPECT_EQ(desk.addresses(id), (Texts{"10.0.0.2", "10.0.0.50"}));
  ASSERT_TRUE(desk.update(id, {{"fixed_ips", array{Given{{"address", "10.0.0.60"}}}}}));
  EXPECT_EQ(desk.addresses(id), Texts{"10.0.0.60"});
  EXPECT_EQ(desk.addresses(port().value()), Texts{"10.0.0.2"});
}

TEST_F(PortAdmission, AutomaticAddressesAreNotChosenButFollowTheMac) {
  const SubnetId slaac =
      desk.subnet(network, "2001:db8::/64", {{"ra_mode", "slaac"}, {"address_mode", "slaac"}}).value();
  EXPECT_EQ(reason(port_with({Given{{"address", "2001:db8::5"}}})), "AllocationOnAutoAddressSubnet");
  const PortId id = port({{"mac", "fa:16:3e:00:00:01"}, {"fixed_ips", array{Given{{"subnet", slaac.text()}}}}}).value();
  EXPECT_EQ(desk.addresses(id), Texts{"2001:db8::f816:3eff:fe00:1"});
  ASSERT_TRUE(desk.update(id, {{"fixed_ips", array{Given{{"address", "2001:db8::f816:3eff:fe00:1"}}}}}));
  EXPECT_TRUE(desk.last.empty());
  desk.caller = admin();
  ASSERT_TRUE(desk.update(id, {{"mac", "fa:16:3e:00:00:02"}}));
  EXPECT_EQ(desk.addresses(id), Texts{"2001:db8::f816:3eff:fe00:2"});
}

TEST_F(PortAdmission, SubnetsMadeForAnOwnerServeItAlone) {
  desk.caller = admin();
  const SubnetId special = desk.subnet(network, "10.7.0.0/24", {{"service_types", array{"compute:nova"}}}).value();
  EXPECT_EQ(desk.at(port({{"device_owner", "compute:nova"}}).value()).fixed_ips[0].subnet, special);
  EXPECT_EQ(desk.at(port().value()).fixed_ips[0].subnet, subnet);
  ASSERT_TRUE(desk.update(subnet, {{"service_types", array{"network:dhcp"}}}));
  EXPECT_EQ(reason(port({{"device_owner", "other"}})), "IpAddressGenerationFailureNoMatchingSubnet");
}

TEST_F(PortAdmission, MacsAreUniqueOnANetwork) {
  const PortId id = port().value();
  const Mac& mac = desk.at(id).mac;
  EXPECT_EQ(mac.text().substr(0, 8), "fa:16:3e");
  EXPECT_EQ(reason(port({{"mac", mac.text()}})), "MacAddressInUse");
  EXPECT_EQ(code(port({{"mac", mac.text()}})), ErrorCode::conflict);
  EXPECT_TRUE(desk.port(desk.network().value(), {{"mac", mac.text()}}));
  EXPECT_TRUE(port({{"mac", "01:00:5e:00:00:01"}})) << "openstackclient's own tests give a port a group's";
  EXPECT_EQ(reason(port({{"mac", "00:00:00:00:00:00"}})), "InvalidInput");
  EXPECT_EQ(reason(port({{"mac", "fa:16"}})), "InvalidInput");
}

TEST_F(PortAdmission, GeneratedMacsStepOverThoseInUseAndGiveUpInTheEnd) {
  const std::uint64_t seed = 42;
  desk.chance = seed;
  const PortId first = port().value();
  desk.chance = seed;
  const PortId second = port().value();
  EXPECT_NE(desk.at(first).mac, desk.at(second).mac);
  desk.limits.base_mac = Mac{{0xfa, 0x16, 0x3e, 0x4f, 0, 0}};
  EXPECT_EQ(desk.at(port().value()).mac.text().substr(0, 11), "fa:16:3e:4f");
}

TEST_F(PortAdmission, ANullGetsAPortAnotherMac) {
  const NetworkId six = desk.network().value();
  const SubnetId slaac = desk.subnet(six, "2001:db8::/64", {{"ra_mode", "slaac"}, {"address_mode", "slaac"}}).value();
  const PortId id =
      desk.port(six, {{"mac", nullptr}, {"allowed_address_pairs", array{Given{{"address", "10.9.9.9"}}}}}).value();
  const Port before = desk.at(id);
  desk.caller = admin();
  EXPECT_EQ(before.mac.text().substr(0, 8), "fa:16:3e");
  ASSERT_TRUE(desk.update(id, {{"mac", nullptr}}));
  const Mac after = desk.at(id).mac;
  EXPECT_NE(after, before.mac);
  EXPECT_EQ(after.text().substr(0, 8), "fa:16:3e");
  ASSERT_EQ(desk.at(id).fixed_ips.size(), 1U);
  EXPECT_EQ(desk.at(id).fixed_ips[0].subnet, slaac);
  EXPECT_EQ(desk.at(id).fixed_ips[0].address, Ip::eui64(desk.at(slaac).cidr.address, after));
  EXPECT_EQ(desk.at(id).allowed_address_pairs, before.allowed_address_pairs);
}

TEST_F(PortAdmission, AMacChangesOnlyWhileThePortIsUnbound) {
  desk.agent("host-1");
  const PortId id = port().value();
  ASSERT_TRUE(desk.update(id, {{"mac", "fa:16:3e:00:00:07"}}));
  ASSERT_TRUE(desk.update(id, {{"binding_host", "host-1"}}));
  EXPECT_EQ(reason(desk.update(id, {{"mac", "fa:16:3e:00:00:08"}})), "PortBound");
  EXPECT_TRUE(desk.update(id, {{"mac", "fa:16:3e:00:00:07"}}));
  EXPECT_EQ(reason(desk.update(id, {{"mac", nullptr}})), "PortBound");
}

TEST_F(PortAdmission, PairsNeedPortSecurityAndAreDistinctAndFew) {
  const Given pair{{"address", "10.0.0.77"}};
  const PortId id = port({{"allowed_address_pairs", array{pair, Given{{"address", "10.5.0.0/16"}}}}}).value();
  EXPECT_EQ(desk.at(id).allowed_address_pairs[0].address.text(), "10.0.0.77/32");
  EXPECT_EQ(desk.at(id).allowed_address_pairs[0].mac, std::nullopt);
  const auto refused = port({{"allowed_address_pairs", array{pair}}, {"port_security_enabled", false}});
  EXPECT_EQ(reason(refused), "AddressPairAndPortSecurityRequired");
  EXPECT_EQ(code(refused), ErrorCode::conflict);
  EXPECT_EQ(reason(desk.update(id, {{"port_security_enabled", false}})), "AddressPairAndPortSecurityRequired");
  const Given unsecured{
      {"port_security_enabled", false}, {"allowed_address_pairs", nullptr}, {"security_groups", nullptr}};
  EXPECT_TRUE(desk.update(id, unsecured));
  EXPECT_EQ(reason(port({{"allowed_address_pairs", array{pair, pair}}})), "DuplicateAddressPairInRequest");
  EXPECT_EQ(reason(port({{"mac", "fa:16:3e:00:00:01"},
                         {"allowed_address_pairs",
                          array{pair, Given{{"address", "10.0.0.77/32"}, {"mac", "fa:16:3e:00:00:01"}}}}})),
            "DuplicateAddressPairInRequest");
  EXPECT_EQ(reason(port({{"allowed_address_pairs", array{Given{{"mac", "fa:16:3e:00:00:01"}}}}})),
            "AllowedAddressPairsMissingIP");
  EXPECT_EQ(reason(port({{"allowed_address_pairs", array{Given{{"address", "x"}}}}})), "InvalidInput");
  array many;
  for (int i = 1; i <= 11; ++i) many.push_back(Given{{"address", "10.6.0." + std::to_string(i)}});
  EXPECT_EQ(reason(port({{"allowed_address_pairs", many}})), "AllowedAddressPairExhausted");
}

TEST_F(PortAdmission, ExtraDhcpOptionsAreMergedByNameAndNullDeletes) {
  const Given file{{"name", "bootfile-name"}, {"value", "a"}};
  const PortId id = port({{"extra_dhcp_opts", array{file, Given{{"name", "mtu"}, {"value", "1400"}}}}}).value();
  ASSERT_TRUE(
      desk.update(id, {{"extra_dhcp_opts", array{Given{{"name", "bootfile-name"}, {"value", "b"}},
                                                 Given{{"name", "bootfile-name"}, {"value", "c"}, {"ip_version", 6}},
                                                 Given{{"name", "mtu"}, {"value", nullptr}}}}}));
  EXPECT_EQ(desk.at(id).extra_dhcp_opts,
            (std::vector<DhcpOption>{{"bootfile-name", "b", 4}, {"bootfile-name", "c", 6}}));
  EXPECT_EQ(reason(desk.update(id, {{"extra_dhcp_opts", array{file, file}}})), "InvalidInput");
  EXPECT_EQ(reason(desk.update(id, {{"extra_dhcp_opts", array{Given{{"name", "x"}, {"value", ""}}}}})), "InvalidInput");
  EXPECT_EQ(
      reason(desk.update(id, {{"extra_dhcp_opts", array{Given{{"name", "x"}, {"value", "y"}, {"ip_version", 5}}}}})),
      "InvalidInput");
}

TEST_F(PortAdmission, BindsWhereTheHostsAgentServesTheNetwork) {
  desk.caller = admin();
  desk.agent("both");
  desk.agent("wire-only", false, true);
  desk.agent("tunnel-only", true, false);
  const NetworkId wire = desk.network({{"type", "vlan"}, {"physical_network", "physnet1"}}).value();
  const auto vif = [&](NetworkId on, const char* host) {
    return desk.at(desk.port(on, {{"binding_host", host}}).value()).vif_type;
  };
  EXPECT_EQ(vif(network, ""), VifType::unbound);
  EXPECT_EQ(vif(network, "both"), VifType::ovs);
  EXPECT_EQ(vif(network, "tunnel-only"), VifType::ovs);
  EXPECT_EQ(vif(network, "wire-only"), VifType::binding_failed);
  EXPECT_EQ(vif(network, "nowhere"), VifType::binding_failed);
  EXPECT_EQ(vif(wire, "both"), VifType::ovs);
  EXPECT_EQ(vif(wire, "wire-only"), VifType::ovs);
  EXPECT_EQ(vif(wire, "tunnel-only"), VifType::binding_failed);
  EXPECT_EQ(desk.at(port({{"binding_host", "both"}, {"vnic_type", "direct"}}).value()).vif_type,
            VifType::binding_failed);
}

TEST_F(PortAdmission, APortIsDownUntilItsHostSaysOtherwiseAndAgainWhenItMoves) {
  desk.caller = admin();
  desk.agent("host-1");
  desk.agent("host-2");
  const PortId id = port({{"binding_host", "host-1"}}).value();
  EXPECT_EQ(desk.at(id).status, PortStatus::down);
  desk.commit(admit_port_status(desk.cloud, "host-2", {{id, PortStatus::active}}, 5000));
  EXPECT_EQ(desk.at(id).status, PortStatus::down) << "another host's word does not count";
  desk.commit(admit_port_status(desk.cloud, "host-1",
                                {{id, PortStatus::active}, {{desk.next_id()}, PortStatus::active}}, 5000));
  EXPECT_EQ(desk.at(id).status, PortStatus::active);
  EXPECT_EQ(desk.at(id).standard.updated_at_ms, 5000);
  EXPECT_TRUE(admit_port_status(desk.cloud, "host-1", {{id, PortStatus::active}}, 6000).empty());
  ASSERT_TRUE(desk.update(id, {{"binding_host", "host-1"}, {"name", "n"}}));
  EXPECT_EQ(desk.at(id).status, PortStatus::active);
  ASSERT_TRUE(desk.update(id, {{"binding_host", "host-2"}}));
  EXPECT_EQ(desk.at(id).status, PortStatus::down);
  ASSERT_TRUE(desk.update(id, {{"binding_host", nullptr}}));
  EXPECT_EQ(desk.at(id).vif_type, VifType::unbound);
}

TEST_F(PortAdmission, AFailedBindingIsRepairedByTheAgentThatComes) {
  desk.caller = admin();
  const PortId id = port({{"binding_host", "host-1"}}).value();
  const PortId elsewhere = port({{"binding_host", "host-2"}}).value();
  EXPECT_EQ(desk.at(id).vif_type, VifType::binding_failed);
  desk.agent("host-1", false, true);
  EXPECT_EQ(desk.at(id).vif_type, VifType::binding_failed);
  desk.now_ms = 9000;
  desk.agent("host-1");
  EXPECT_EQ(desk.at(id).vif_type, VifType::ovs);
  EXPECT_EQ(desk.at(id).standard.revision_number, 2U);
  EXPECT_EQ(desk.at(id).standard.updated_at_ms, 9000);
  EXPECT_EQ(desk.last.edits.size(), 2U) << "agent and port in one change";
  EXPECT_EQ(desk.at(elsewhere).vif_type, VifType::binding_failed);
  EXPECT_EQ(desk.cloud.agent_on("host-1")->row->created_at_ms, 1000);
}

TEST_F(PortAdmission, TheBindingProfileIsAnObject) {
  const PortId id = port({{"binding_host", ""}, {"binding_profile", "{}"}}).value();
  EXPECT_TRUE(desk.update(id, {{"binding_profile", Given{{"a", 1}}}}));
  EXPECT_EQ(desk.at(id).binding_profile, R"({"a":1})");
  EXPECT_EQ(reason(desk.update(id, {{"binding_profile", "[1]"}})), "InvalidInput");
}

TEST_F(PortAdmission, InheritsPortSecurityFromItsNetwork) {
  const NetworkId open = desk.network({{"port_security_enabled", false}}).value();
  EXPECT_FALSE(desk.at(desk.port(open).value()).port_security_enabled);
  EXPECT_TRUE(desk.at(desk.port(open, {{"port_security_enabled", true}}).value()).port_security_enabled);
}

TEST_F(PortAdmission, RefusesReadOnlyAndUnknownAttributes) {
  const PortId id = port().value();
  for (const char* name : {"network", "project_id"}) {
    EXPECT_EQ(reason(desk.update(id, {{name, "x"}})), "InvalidInput") << name;
  }
  for (const char* name : {"vif_type", "status", "id", "revision_number", "colour"}) {
    EXPECT_EQ(reason(port({{name, "x"}})), "InvalidInput") << name;
  }
  EXPECT_EQ(reason(desk.create(Kind::port, {})), "InvalidInput");
  EXPECT_EQ(reason(desk.remove(PortId{desk.next_id()})), "PortNotFound");
}

TEST_F(PortAdmission, QuotaAndRevisionHoldForPortsToo) {
  desk.limits.quotas["port"] = 1;
  const PortId id = port().value();
  EXPECT_EQ(reason(port()), "OverQuota");
  EXPECT_EQ(reason(desk.update(id, {{"name", "x"}}, 9)), "RevisionNumberConstraintFailed");
  EXPECT_TRUE(desk.update(id, {{"name", "x"}}, 1));
  EXPECT_EQ(desk.at(id).standard.revision_number, 2U);
}

TEST(AgentAdmission, AnAgentMayBeDescribedAndRemoved) {
  Desk desk;
  desk.agent("host-1");
  const AgentId id = desk.cloud.agent_on("host-1")->row->id;
  ASSERT_TRUE(desk.update(id, {{"description", "x"}, {"admin_state_up", false}}));
  desk.agent("host-1");
  EXPECT_EQ(desk.cloud.agent_on("host-1")->row->description, "x");
  EXPECT_FALSE(desk.cloud.agent_on("host-1")->row->admin_state_up);
  EXPECT_TRUE(desk.last.empty()) << "the same report twice changes nothing";
  EXPECT_EQ(reason(desk.update(id, {{"host", "x"}})), "InvalidInput");
  EXPECT_EQ(code(desk.create(Kind::agent, {})), ErrorCode::unsupported);
  EXPECT_TRUE(desk.remove(id));
}

TEST(AgentAdmission, RefusesAReportThatCannotBeTrue) {
  Agent agent;
  EXPECT_FALSE(admit_agent({}, {agent}).has_value());
  agent.host = "h";
  agent.tunnel_address = "not an address";
  EXPECT_FALSE(admit_agent({}, {agent}).has_value());
}

}  // namespace
}  // namespace tarn::model
