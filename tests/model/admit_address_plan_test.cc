// Address scopes, subnet pools and address groups: what may stand together, and what subnets take from pools.
#include "admission.h"

namespace tarn::model {
namespace {

using boost::json::array;
using test::admin;
using test::code;
using test::Desk;
using test::Given;
using test::reason;
using test::tenant;

class AddressPlan : public ::testing::Test {
 protected:
  Result<SubnetPoolId> pool(array prefixes, Given more = {}) {
    more["prefixes"] = std::move(prefixes);
    const Result<Uuid> id = desk.create(Kind::subnetpool, std::move(more));
    if (!id) return fail(id.error());
    return SubnetPoolId{*id};
  }
  Result<AddressScopeId> scope(Given given = {}) {
    const Result<Uuid> id = desk.create(Kind::address_scope, std::move(given));
    if (!id) return fail(id.error());
    return AddressScopeId{*id};
  }
  // The CIDR that a new subnet gets, or why it gets none.
  std::string subnet(NetworkId on, Given given) {
    given["network"] = on.text();
    const Result<Uuid> id = desk.create(Kind::subnet, std::move(given));
    return id ? (**desk.cloud.find<Subnet>(*id)).cidr.text() : id.error().reason;
  }
  std::string subnet_of(SubnetPoolId pool, Given more = {}) {
    more["subnetpool"] = pool.text();
    return subnet(desk.network().value(), std::move(more));
  }
  std::string change(Kind kind, const Uuid& id, Given given) {
    const Status status = desk.run({{Verb::update, kind, id, std::move(given), std::nullopt}});
    return status ? "" : status.error().reason;
  }
  std::string remove(Kind kind, const Uuid& id) {
    const Status status = desk.run({{Verb::remove, kind, id, {}, std::nullopt}});
    return status ? "" : status.error().reason;
  }
  const SubnetPool& at(SubnetPoolId id) const { return **desk.cloud.find<SubnetPool>(id.uuid); }

  Desk desk;
};

TEST_F(AddressPlan, APoolKnowsItsVersionAndTheUsualLengths) {
  const SubnetPoolId four = pool({"10.1.0.0/16", "10.0.0.0/16"}).value();
  EXPECT_EQ(at(four).prefixes, std::vector{Prefix::parse("10.0.0.0/15").value()});
  EXPECT_EQ(at(four).ip_version, 4);
  EXPECT_EQ(std::tuple(at(four).min_prefixlen, at(four).default_prefixlen, at(four).max_prefixlen),
            std::tuple(8U, 8U, 32U));
  const SubnetPoolId six = pool({"2001:db8::/40"}).value();
  EXPECT_EQ(std::tuple(at(six).min_prefixlen, at(six).default_prefixlen, at(six).max_prefixlen),
            std::tuple(64U, 64U, 128U));
}

TEST_F(AddressPlan, APoolThatCannotBeIsRefused) {
  EXPECT_EQ(reason(pool({})), "EmptySubnetPoolPrefixList");
  EXPECT_EQ(reason(pool({"10.0.0.0/8", "2001:db8::/40"})), "PrefixVersionMismatch");
  const auto bounds = [&](Given lengths) { return reason(pool({"10.0.0.0/8"}, std::move(lengths))); };
  EXPECT_EQ(bounds({{"min_prefixlen", 25}, {"max_prefixlen", 24}}), "IllegalSubnetPoolPrefixBounds");
  EXPECT_EQ(bounds({{"max_prefixlen", 33}}), "IllegalSubnetPoolPrefixBounds");
  EXPECT_EQ(bounds({{"default_prefixlen", 7}}), "IllegalSubnetPoolPrefixBounds");
  EXPECT_EQ(bounds({{"default_prefixlen", 25}, {"max_prefixlen", 24}}), "IllegalSubnetPoolPrefixBounds");
}

TEST_F(AddressPlan, SubnetsTakeFreePrefixesAndGiveThemBack) {
  const SubnetPoolId id = pool({"10.0.0.0/23"}, {{"default_prefixlen", 24}}).value();
  EXPECT_EQ(subnet_of(id), "10.0.0.0/24");
  const NetworkId other = desk.network().value();
  EXPECT_EQ(subnet(other, {{"subnetpool", id.text()}}), "10.0.1.0/24");
  EXPECT_EQ(subnet_of(id), "SubnetAllocationError");
  EXPECT_EQ(remove(Kind::subnetpool, id.uuid), "SubnetPoolDeleteError");
  ASSERT_TRUE(desk.remove(other).has_value());
  EXPECT_EQ(subnet_of(id, {{"prefixlen", 26}}), "10.0.1.0/26");
  EXPECT_EQ(subnet_of(id, {{"prefixlen", 25}}), "10.0.1.128/25");
  EXPECT_EQ(subnet_of(id, {{"prefixlen", 27}}), "10.0.1.64/27");
}

TEST_F(AddressPlan, ASubnetMayAskForOnePrefixOfThePool) {
  const SubnetPoolId id = pool({"10.0.0.0/16"}, {{"max_prefixlen", 28}}).value();
  EXPECT_EQ(subnet_of(id, {{"cidr", "10.0.7.0/24"}}), "10.0.7.0/24");
  EXPECT_EQ(subnet_of(id, {{"cidr", "10.0.7.128/25"}}), "SubnetAllocationError");
  EXPECT_EQ(subnet_of(id, {{"cidr", "10.1.0.0/24"}}), "SubnetAllocationError");
  EXPECT_EQ(subnet_of(id, {{"cidr", "10.0.9.0/29"}}), "MaxPrefixSubnetAllocationError");
  EXPECT_EQ(subnet_of(id, {{"prefixlen", 7}}), "MinPrefixSubnetAllocationError");
  EXPECT_EQ(subnet_of(id, {{"cidr", "10.0.9.0/24"}, {"prefixlen", 24}}), "BadRequest");
  EXPECT_EQ(subnet(desk.network().value(), {{"ip_version", 4}}), "BadRequest");
}

TEST_F(AddressPlan, AQuotaCountsWhatTheProjectTook) {
  desk.caller = admin();
  const SubnetPoolId id =
      pool({"10.0.0.0/8"}, {{"default_quota", 512}, {"default_prefixlen", 24}, {"shared", true}}).value();
  desk.caller = tenant();
  EXPECT_EQ(subnet_of(id), "10.0.0.0/24");
  EXPECT_EQ(subnet_of(id, {{"prefixlen", 23}}), "SubnetPoolQuotaExceeded");
  EXPECT_EQ(subnet_of(id), "10.0.1.0/24");
  EXPECT_EQ(subnet_of(id), "SubnetPoolQuotaExceeded");
  desk.caller = tenant("green");
  EXPECT_EQ(subnet_of(id), "10.0.2.0/24");
}

TEST_F(AddressPlan, OneDefaultPoolOfAnIpVersionServesThoseWhoNameNone) {
  EXPECT_EQ(subnet(desk.network().value(), {{"use_default_subnetpool", true}, {"ip_version", 4}}), "BadRequest");
  desk.caller = admin();
  const Given usual{{"is_default", true}, {"shared", true}, {"default_prefixlen", 24}};
  ASSERT_TRUE(pool({"10.0.0.0/8"}, usual).has_value());
  EXPECT_EQ(reason(pool({"172.16.0.0/12"}, usual)), "InvalidInput");
  desk.caller = tenant();
  EXPECT_EQ(subnet(desk.network().value(), {{"use_default_subnetpool", true}, {"ip_version", 4}}), "10.0.0.0/24");
  EXPECT_EQ(subnet(desk.network().value(), {{"use_default_subnetpool", true}, {"ip_version", 6}}), "BadRequest");
}

TEST_F(AddressPlan, ADefaultPoolThatIsNotSharedServesItsProjectAlone) {
  desk.caller = admin();
  ASSERT_TRUE(pool({"10.0.0.0/8"}, {{"is_default", true}, {"default_prefixlen", 24}}).has_value());
  const Given usual{{"use_default_subnetpool", true}, {"ip_version", 4}};
  EXPECT_EQ(subnet(desk.network().value(), usual), "10.0.0.0/24");
  desk.caller = tenant();
  EXPECT_EQ(subnet(desk.network().value(), usual), "BadRequest");
}

TEST_F(AddressPlan, AnotherProjectsPoolDoesNotExist) {
  const SubnetPoolId id = pool({"10.0.0.0/8"}).value();
  desk.caller = tenant("green");
  EXPECT_EQ(subnet_of(id), "SubnetPoolNotFound");
}

TEST_F(AddressPlan, PrefixesComeAndGoWithoutTakingWhatIsInUse) {
  const SubnetPoolId id = pool({"10.0.0.0/24"}, {{"default_prefixlen", 25}}).value();
  EXPECT_EQ(change(Kind::subnetpool, id.uuid, {{"add_prefixes", array{"10.0.1.0/24"}}}), "");
  EXPECT_EQ(at(id).prefixes, std::vector{Prefix::parse("10.0.0.0/23").value()});
  EXPECT_EQ(subnet_of(id), "10.0.0.0/25");
  EXPECT_EQ(change(Kind::subnetpool, id.uuid, {{"remove_prefixes", array{"10.0.0.64/26"}}}),
            "IllegalSubnetPoolPrefixUpdate");
  EXPECT_EQ(change(Kind::subnetpool, id.uuid, {{"remove_prefixes", array{"10.0.1.0/24"}}}), "");
  EXPECT_EQ(at(id).prefixes, std::vector{Prefix::parse("10.0.0.0/24").value()});
  EXPECT_EQ(change(Kind::subnetpool, id.uuid, {{"prefixes", array{"10.0.0.0/25"}}}), "IllegalSubnetPoolPrefixUpdate");
}

TEST_F(AddressPlan, PoolsOfOneScopeDoNotOverlap) {
  const AddressScopeId id = scope().value();
  const Given inside{{"address_scope", id.text()}};
  ASSERT_TRUE(pool({"10.0.0.0/16"}, inside).has_value());
  EXPECT_EQ(reason(pool({"10.0.128.0/17"}, inside)), "AddressScopePrefixConflict");
  EXPECT_EQ(reason(pool({"2001:db8::/40"}, inside)), "IllegalSubnetPoolIpVersionAssociationToAddressScope");
  EXPECT_TRUE(pool({"10.0.128.0/17"}).has_value());
  EXPECT_EQ(remove(Kind::address_scope, id.uuid), "AddressScopeInUse");
  desk.caller = tenant("green");
  EXPECT_EQ(reason(pool({"10.1.0.0/16"}, inside)), "IllegalSubnetPoolAssociationToAddressScope");
}

TEST_F(AddressPlan, OneNetworkHasSubnetsOfOnePoolOrOfOneScope) {
  const AddressScopeId id = scope().value();
  const SubnetPoolId a = pool({"10.0.0.0/16"}, {{"default_prefixlen", 24}, {"address_scope", id.text()}}).value();
  const SubnetPoolId b = pool({"10.1.0.0/16"}, {{"default_prefixlen", 24}, {"address_scope", id.text()}}).value();
  const SubnetPoolId outside = pool({"10.2.0.0/16"}, {{"default_prefixlen", 24}}).value();
  const NetworkId network = desk.network().value();
  EXPECT_EQ(subnet(network, {{"subnetpool", a.text()}}), "10.0.0.0/24");
  EXPECT_EQ(subnet(network, {{"subnetpool", b.text()}}), "10.1.0.0/24");
  EXPECT_EQ(subnet(network, {{"subnetpool", outside.text()}}), "NetworkAddressScopeAffinityError");
  EXPECT_EQ(subnet(network, {{"cidr", "192.168.0.0/24"}}), "NetworkAddressScopeAffinityError");
  const NetworkId plain = desk.network().value();
  EXPECT_EQ(subnet(plain, {{"cidr", "192.168.0.0/24"}}), "192.168.0.0/24");
  EXPECT_EQ(subnet(plain, {{"subnetpool", outside.text()}}), "NetworkSubnetPoolAffinityError");
}

TEST_F(AddressPlan, SubnetsThatAreThereComeIntoAPoolAllOrNone) {
  const SubnetPoolId id = pool({"10.0.0.0/16"}, {{"default_prefixlen", 24}}).value();
  EXPECT_EQ(subnet_of(id), "10.0.0.0/24");
  const NetworkId network = desk.network().value();
  const SubnetId first = desk.subnet(network, "192.168.0.0/24").value();
  const SubnetId six = desk.subnet(network, "2001:db8::/64").value();
  const Given onboard{{"onboard_network", network.text()}};
  EXPECT_EQ(change(Kind::subnetpool, id.uuid, onboard), "");
  EXPECT_EQ(desk.at(first).subnetpool, id);
  EXPECT_EQ(desk.at(six).subnetpool, std::nullopt);
  EXPECT_EQ(at(id).prefixes.size(), 2U);
  EXPECT_EQ(remove(Kind::subnetpool, id.uuid), "SubnetPoolDeleteError");
  const NetworkId other = desk.network().value();
  const SubnetId good = desk.subnet(other, "172.16.0.0/24").value();
  ASSERT_TRUE(desk.subnet(other, "10.0.0.128/25"));
  EXPECT_EQ(change(Kind::subnetpool, id.uuid, {{"onboard_network", other.text()}}), "IllegalSubnetPoolUpdate");
  EXPECT_EQ(desk.at(good).subnetpool, std::nullopt);
  EXPECT_EQ(at(id).prefixes.size(), 2U);
  desk.caller = tenant("green");
  const SubnetPoolId theirs = pool({"10.0.0.0/16"}).value();
  EXPECT_EQ(change(Kind::subnetpool, theirs.uuid, onboard), "NetworkNotFound");
}

TEST_F(AddressPlan, ASharedScopeStaysShared) {
  desk.caller = admin();
  const AddressScopeId id = scope({{"shared", true}}).value();
  EXPECT_EQ(change(Kind::address_scope, id.uuid, {{"shared", false}}), "AddressScopeUpdateError");
  desk.caller = tenant();
  const SubnetPoolId inside = pool({"10.0.0.0/16"}, {{"address_scope", id.text()}}).value();
  EXPECT_EQ(change(Kind::subnetpool, inside.uuid, {{"name", "x"}}), "IllegalSubnetPoolUpdate");
}

TEST_F(AddressPlan, AddressesOfAGroupAreAddedOnceAndTakenOutOnce) {
  const Uuid id = desk.create(Kind::address_group, {{"addresses", array{"10.0.0.1/32", "10.0.0.1/32"}}}).value();
  const auto addresses = [&] { return (**desk.cloud.find<AddressGroup>(id)).addresses.size(); };
  EXPECT_EQ(addresses(), 1U);
  EXPECT_EQ(change(Kind::address_group, id, {{"add_addresses", array{"10.0.0.0/24", "2001:db8::/64"}}}), "");
  EXPECT_EQ(addresses(), 3U);
  EXPECT_EQ(change(Kind::address_group, id, {{"add_addresses", array{"10.0.0.0/24", "10.9.0.0/24"}}}),
            "AddressesAlreadyExist");
  EXPECT_EQ(change(Kind::address_group, id, {{"remove_addresses", array{"10.9.0.0/24"}}}), "AddressesNotFound");
  EXPECT_EQ(addresses(), 3U);
  EXPECT_EQ(change(Kind::address_group, id, {{"remove_addresses", array{"10.0.0.0/24"}}}), "");
  EXPECT_EQ(addresses(), 2U);
}

}  // namespace
}  // namespace tarn::model
