// Subnets: their gateways, pools and modes, and when they may change or go.
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

class SubnetAdmission : public ::testing::Test {
 protected:
  Result<SubnetId> subnet(std::string_view cidr, Given more = {}) {
    return desk.subnet(network, cidr, std::move(more));
  }
  std::string gateway(SubnetId id) const { return desk.at(id).gateway ? desk.at(id).gateway->text() : "none"; }
  std::vector<std::string> pools(SubnetId id) const {
    std::vector<std::string> texts;
    for (const AddressRange& pool : desk.at(id).pools) texts.push_back(pool.first.text() + "-" + pool.last.text());
    return texts;
  }
  static Given pool(const char* first, const char* last) { return {{"first", first}, {"last", last}}; }

  Desk desk;
  NetworkId network = desk.network().value();
};
using Texts = std::vector<std::string>;

TEST_F(SubnetAdmission, TheGatewayIsTheFirstAddressAndThePoolsAreTheRest) {
  const SubnetId id = subnet("10.0.0.0/24").value();
  EXPECT_EQ(gateway(id), "10.0.0.1");
  EXPECT_EQ(pools(id), Texts{"10.0.0.2-10.0.0.254"});
  EXPECT_EQ(desk.at(id).standard.project_id, "blue");
}

TEST_F(SubnetAdmission, OfIpv6TheGatewayIsTheAnycastAddressOfThePrefix) {
  const SubnetId id = subnet("2001:db8::/64").value();
  EXPECT_EQ(gateway(id), "2001:db8::");
  EXPECT_EQ(pools(id), Texts{"2001:db8::1-2001:db8::ffff:ffff:ffff:ffff"});
}

TEST_F(SubnetAdmission, AGatewayInTheMiddleSplitsThePool) {
  const SubnetId id = subnet("10.0.0.0/24", {{"gateway", "10.0.0.100"}}).value();
  EXPECT_EQ(pools(id), (Texts{"10.0.0.1-10.0.0.99", "10.0.0.101-10.0.0.254"}));
}

TEST_F(SubnetAdmission, WithoutAGatewayAllUsableAddressesArePool) {
  const SubnetId id = subnet("10.0.0.0/24", {{"gateway", nullptr}}).value();
  EXPECT_EQ(gateway(id), "none");
  EXPECT_EQ(pools(id), Texts{"10.0.0.1-10.0.0.254"});
}

TEST_F(SubnetAdmission, OfPointToPointPrefixesEveryAddressIsUsable) {
  const SubnetId two = subnet("10.0.0.0/31", {{"gateway", nullptr}, {"enable_dhcp", false}}).value();
  EXPECT_EQ(pools(two), Texts{"10.0.0.0-10.0.0.1"});
  const SubnetId one = subnet("10.0.1.7/32", {{"gateway", nullptr}, {"enable_dhcp", false}}).value();
  EXPECT_EQ(pools(one), Texts{"10.0.1.7-10.0.1.7"});
}

TEST_F(SubnetAdmission, DhcpNeedsRoomAndRealAddresses) {
  for (const char* cidr : {"10.0.0.0/31", "10.0.0.0/32", "2001:db8::/127", "224.0.1.0/24", "127.0.0.0/24", "0.0.0.0/8",
                           "ff02::/64", "::/64"}) {
    EXPECT_EQ(reason(subnet(cidr)), "InvalidInput") << cidr;
  }
}

TEST_F(SubnetAdmission, RefusesWhatIsNoPrefix) {
  for (const char* cidr : {"", "10.0.0.0", "10.0.0.0/33", "10.0.0/24", "2001:db8::/129", "0.0.0.0/0", "::/0"}) {
    EXPECT_EQ(reason(subnet(cidr, {{"enable_dhcp", false}})), "InvalidInput") << cidr;
  }
  EXPECT_EQ(reason(desk.create(Kind::subnet, {{"network", network.text()}})), "BadRequest");
  EXPECT_EQ(reason(desk.create(Kind::subnet, {{"cidr", "10.0.0.0/24"}})), "InvalidInput");
}

TEST_F(SubnetAdmission, TheVersionMustBeThatOfThePrefix) {
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"ip_version", 6}})), "InvalidInput");
  EXPECT_EQ(reason(subnet("2001:db8::/64", {{"ip_version", 4}})), "InvalidInput");
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"ip_version", 5}})), "InvalidInput");
  EXPECT_TRUE(subnet("10.0.0.0/24", {{"ip_version", 4}}));
  EXPECT_TRUE(subnet("2001:db8::/64", {{"ip_version", 6}}));
}

TEST_F(SubnetAdmission, MayNotOverlapItsSiblingsAndSaysWhich) {
  const SubnetId first = subnet("10.0.0.0/16").value();
  for (const char* cidr : {"10.0.0.0/16", "10.0.5.0/24", "10.0.0.0/8"}) {
    const auto refused = subnet(cidr);
    EXPECT_EQ(reason(refused), "InvalidInput") << cidr;
    EXPECT_NE(message(refused).find(first.text()), std::string::npos);
  }
  EXPECT_TRUE(subnet("10.1.0.0/16"));
  const NetworkId other = desk.network().value();
  EXPECT_TRUE(desk.subnet(other, "10.0.0.0/16"));
}

TEST_F(SubnetAdmission, GivenPoolsAreSortedBoundedAndDisjoint) {
  const SubnetId id =
      subnet("10.0.0.0/24", {{"pools", array{pool("10.0.0.100", "10.0.0.110"), pool("10.0.0.5", "10.0.0.9")}}}).value();
  EXPECT_EQ(pools(id), (Texts{"10.0.0.5-10.0.0.9", "10.0.0.100-10.0.0.110"}));
  const auto with = [&](array given) { return reason(subnet("10.9.0.0/24", {{"pools", std::move(given)}})); };
  EXPECT_EQ(with({pool("10.9.0.9", "10.9.0.5")}), "InvalidAllocationPool");
  EXPECT_EQ(with({pool("2001:db8::1", "2001:db8::2")}), "InvalidAllocationPool");
  EXPECT_EQ(with({pool("10.9.0.5", "10.9.1.5")}), "OutOfBoundsAllocationPool");
  EXPECT_EQ(with({pool("10.9.0.0", "10.9.0.5")}), "OutOfBoundsAllocationPool");
  EXPECT_EQ(with({pool("10.9.0.200", "10.9.0.255")}), "OutOfBoundsAllocationPool");
  EXPECT_EQ(with({pool("10.9.0.5", "10.9.0.20"), pool("10.9.0.20", "10.9.0.30")}), "OverlappingAllocationPools");
  EXPECT_EQ(with({pool("10.9.0.1", "10.9.0.20")}), "GatewayConflictWithAllocationPools");
  EXPECT_EQ(with({}), "admitted");
}

TEST_F(SubnetAdmission, TheGatewayMayStandOutsideButNotOnTheEdgesOrInThePools) {
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"gateway", "10.0.0.0"}})), "InvalidInput");
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"gateway", "10.0.0.255"}})), "InvalidInput");
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"gateway", "2001:db8::1"}})), "InvalidInput");
  const SubnetId id = subnet("10.0.0.0/24", {{"gateway", "192.0.2.1"}}).value();
  EXPECT_EQ(reason(desk.update(id, {{"gateway", "10.0.0.50"}})), "GatewayConflictWithAllocationPools");
  EXPECT_EQ(code(desk.update(id, {{"gateway", "10.0.0.50"}})), ErrorCode::conflict);
  EXPECT_TRUE(desk.update(id, {{"gateway", "10.0.0.1"}, {"pools", array{pool("10.0.0.2", "10.0.0.9")}}}));
  EXPECT_EQ(pools(id), Texts{"10.0.0.2-10.0.0.9"});
  EXPECT_TRUE(desk.update(id, {{"gateway", nullptr}}));
}

TEST_F(SubnetAdmission, Ipv6ModesNeedIpv6DhcpAgreementAndAMatchingPrefix) {
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"ra_mode", "slaac"}})), "InvalidInput");
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"address_mode", "slaac"}})), "InvalidInput");
  EXPECT_EQ(reason(subnet("2001:db8::/64", {{"ra_mode", "slaac"}, {"enable_dhcp", false}})), "InvalidInput");
  EXPECT_EQ(reason(subnet("2001:db8::/64", {{"ra_mode", "slaac"}, {"address_mode", "dhcpv6_stateful"}})),
            "InvalidInput");
  EXPECT_EQ(reason(subnet("2001:db8::/65", {{"address_mode", "slaac"}})), "InvalidInput");
  EXPECT_EQ(reason(subnet("2001:db8::/65", {{"address_mode", "dhcpv6_stateless"}})), "InvalidInput");
  EXPECT_TRUE(subnet("2001:db8:1::/65", {{"address_mode", "dhcpv6_stateful"}, {"ra_mode", "dhcpv6_stateful"}}));
  const SubnetId slaac = subnet("2001:db8:2::/64", {{"ra_mode", "slaac"}, {"address_mode", "slaac"}}).value();
  EXPECT_EQ(reason(desk.update(slaac, {{"enable_dhcp", false}})), "InvalidInput");
  EXPECT_EQ(reason(desk.update(slaac, {{"ra_mode", "none"}})), "InvalidInput");
}

TEST_F(SubnetAdmission, NameServersAndRoutesAreBoundedAndOfItsVersion) {
  array servers;
  for (int i = 1; i <= 6; ++i) servers.push_back(boost::json::value("192.0.2." + std::to_string(i)));
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"dns_servers", servers}})), "DNSNameServersExhausted");
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"dns_servers", array{"2001:db8::1"}}})), "InvalidInput");
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"dns_servers", array{"192.0.2.1", "192.0.2.1"}}})), "InvalidInput");
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"dns_servers", array{"resolver"}}})), "InvalidInput");
  array routes;
  for (int i = 0; i < 21; ++i) {
    routes.push_back(Given{{"destination", "10." + std::to_string(i) + ".0.0/16"}, {"nexthop", "10.0.0.9"}});
  }
  EXPECT_EQ(reason(subnet("10.0.0.0/24", {{"host_routes", routes}})), "HostRoutesExhausted");
  EXPECT_EQ(reason(subnet("10.0.0.0/24",
                          {{"host_routes", array{Given{{"destination", "2001:db8::/64"}, {"nexthop", "10.0.0.9"}}}}})),
            "InvalidInput");
  EXPECT_TRUE(
      subnet("10.0.0.0/24", {{"host_routes", array{routes[0]}}, {"dns_servers", array{servers[1], servers[0]}}}));
}

TEST_F(SubnetAdmission, GoesOnlyWhenNoPortHasAnAddressOfIt) {
  const SubnetId id = subnet("10.0.0.0/24").value();
  const PortId port = desk.port(network).value();
  const auto refused = desk.remove(id);
  EXPECT_EQ(reason(refused), "SubnetInUse");
  EXPECT_NE(message(refused).find(port.text()), std::string::npos);
  ASSERT_TRUE(desk.update(port, {{"fixed_ips", array{}}}));
  EXPECT_TRUE(desk.remove(id));
  EXPECT_EQ(reason(desk.remove(id)), "SubnetNotFound");
}

TEST_F(SubnetAdmission, AutomaticAddressesComeAndGoWithIt) {
  const PortId port = desk.port(network, {{"mac", "fa:16:3e:00:00:01"}}).value();
  EXPECT_EQ(desk.addresses(port), Texts{});
  const SubnetId id = subnet("2001:db8::/64", {{"ra_mode", "slaac"}, {"address_mode", "slaac"}}).value();
  EXPECT_EQ(desk.addresses(port), Texts{"2001:db8::f816:3eff:fe00:1"});
  EXPECT_EQ(desk.at(port).standard.revision_number, 2U);
  ASSERT_TRUE(desk.remove(id));
  EXPECT_EQ(desk.addresses(port), Texts{});
}

TEST_F(SubnetAdmission, ADhcpPortLetsGoOfItsAddress) {
  const SubnetId id = subnet("10.0.0.0/24").value();
  const PortId port = desk.port(network, {{"device_owner", "network:dhcp"}}).value();
  ASSERT_TRUE(desk.remove(id));
  EXPECT_EQ(desk.addresses(port), Texts{});
}

TEST_F(SubnetAdmission, TheGatewayStaysWhileARouterHoldsIt) {
  const SubnetId id = subnet("10.0.0.0/24").value();
  const PortId router = desk.port(network, {{"device_owner", "network:router_interface"},
                                            {"fixed_ips", array{Given{{"address", "10.0.0.1"}}}}})
                            .value();
  const auto refused = desk.update(id, {{"gateway", "192.0.2.1"}});
  EXPECT_EQ(reason(refused), "GatewayIpInUse");
  EXPECT_NE(message(refused).find(router.text()), std::string::npos);
  EXPECT_TRUE(desk.update(id, {{"name", "still"}}));
}

TEST_F(SubnetAdmission, CidrAndNetworkNeverChange) {
  const SubnetId id = subnet("10.0.0.0/24").value();
  EXPECT_EQ(reason(desk.update(id, {{"cidr", "10.0.1.0/24"}})), "InvalidInput");
  EXPECT_EQ(reason(desk.update(id, {{"network", desk.next_id().text()}})), "InvalidInput");
}

TEST_F(SubnetAdmission, QuotaIsPerProject) {
  desk.limits.quotas["subnet"] = 1;
  ASSERT_TRUE(subnet("10.0.0.0/24"));
  EXPECT_EQ(reason(subnet("10.1.0.0/24")), "OverQuota");
}

}  // namespace
}  // namespace tarn::model
