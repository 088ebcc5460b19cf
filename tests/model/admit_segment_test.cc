// Segments of networks, the ranges their numbers come from, and subnets that are on one segment.
#include <set>

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

class Segments : public ::testing::Test {
 protected:
  Segments() { desk.caller = admin(); }

  Result<Uuid> segment(NetworkId network, Given given) {
    given["network"] = network.text();
    return desk.create(Kind::segment, std::move(given));
  }
  Result<Uuid> range(int minimum, int maximum, Given given = {}) {
    given["minimum"] = minimum;
    given["maximum"] = maximum;
    return desk.create(Kind::network_segment_range, std::move(given));
  }
  std::string change(Kind kind, const Uuid& id, Given given) {
    return reason(desk.run({{Verb::update, kind, id, std::move(given), std::nullopt}}));
  }
  std::string remove(Kind kind, const Uuid& id) {
    return reason(desk.run({{Verb::remove, kind, id, {}, std::nullopt}}));
  }
  std::vector<Uuid> of(NetworkId network) { return desk.cloud.referrers(network.uuid, Kind::segment); }
  const Segment& at(const Uuid& id) { return **desk.cloud.find<Segment>(id); }
  // The number that a new network of the project gets, or why it gets none.
  std::string number(std::string project) {
    desk.caller = tenant(std::move(project));
    const Result<NetworkId> id = desk.network();
    desk.caller = admin();
    return id ? std::to_string(desk.at(*id).segmentation_id) : id.error().reason;
  }

  Desk desk;
};

TEST_F(Segments, ANetworkIsMadeWithItsSegmentAndTakesItAlong) {
  const NetworkId id = desk.network({{"project_id", "blue"}}).value();
  ASSERT_EQ(of(id).size(), 1U);
  const Segment& first = at(of(id).front());
  EXPECT_EQ(first.standard.project_id, "blue");
  EXPECT_EQ(std::tuple(first.type, first.physical_network, first.segmentation_id),
            std::tuple(desk.at(id).type, desk.at(id).physical_network, desk.at(id).segmentation_id));
  EXPECT_EQ(remove(Kind::segment, of(id).front()), "SegmentInUse");
  ASSERT_TRUE(desk.remove(id).has_value());
  EXPECT_TRUE(desk.cloud.table<Segment>().empty());
  EXPECT_TRUE(desk.cloud.segments().empty());
}

TEST_F(Segments, MoreAreNumberedAsNetworksAre) {
  const NetworkId id = desk.network().value();
  const Uuid vlan = segment(id, {{"type", "vlan"}, {"physical_network", "physnet1"}}).value();
  const std::uint32_t number = at(vlan).segmentation_id;
  EXPECT_TRUE(number >= 100 && number <= 102) << number;
  const Given the_same{{"type", "vlan"}, {"physical_network", "physnet1"}, {"segmentation_id", number}};
  EXPECT_EQ(reason(segment(id, the_same)), "VlanIdInUse");
  EXPECT_EQ(reason(segment(id, {{"type", "vlan"}, {"physical_network", "physnet9"}})), "InvalidInput");
  EXPECT_EQ(reason(segment(id, {})), "InvalidInput");
  const NetworkId other = desk.network({{"type", "vlan"}, {"physical_network", "physnet1"}}).value();
  EXPECT_NE(desk.at(other).segmentation_id, number);
  EXPECT_EQ(desk.at(id).type, NetworkType::vxlan);
  EXPECT_EQ(remove(Kind::segment, vlan), "admitted");
  EXPECT_TRUE(desk.network(the_same).has_value());
}

TEST_F(Segments, ANetworkMayBeMadeOfSeveral) {
  const NetworkId id = desk.network({{"segments", array{Given{{"type", "vlan"}, {"physical_network", "physnet1"}},
                                                        Given{{"type", "vxlan"}}}}})
                           .value();
  EXPECT_EQ(of(id).size(), 2U);
  EXPECT_EQ(desk.at(id).type, NetworkType::vlan);
  EXPECT_EQ(desk.cloud.segments().size(), 2U);
  EXPECT_EQ(reason(desk.network({{"type", "vxlan"}, {"segments", array{Given{{"type", "vxlan"}}}}})),
            "SegmentsSetInConjunctionWithProviders");
  EXPECT_EQ(desk.cloud.networks().size(), 1U);
}

TEST_F(Segments, EverySubnetOfANetworkIsOnASegmentOrNone) {
  const NetworkId id = desk.network().value();
  const Uuid first = of(id).front();
  const Uuid second = segment(id, {{"type", "vlan"}, {"physical_network", "physnet1"}}).value();
  const Uuid foreign = of(desk.network().value()).front();
  EXPECT_EQ(reason(desk.subnet(id, "10.0.0.0/24", {{"segment", foreign.text()}})), "NetworkIdsDontMatch");
  EXPECT_EQ(reason(desk.subnet(id, "10.0.0.0/24", {{"segment", desk.next_id().text()}})), "SegmentNotFound");
  ASSERT_TRUE(desk.subnet(id, "10.0.0.0/24", {{"segment", first.text()}}).has_value());
  EXPECT_EQ(reason(desk.subnet(id, "10.0.1.0/24")), "SubnetsNotAllAssociatedWithSegments");
  ASSERT_TRUE(desk.subnet(id, "10.0.1.0/24", {{"segment", second.text()}}).has_value());
  EXPECT_EQ(remove(Kind::segment, second), "SegmentInUse");
}

TEST_F(Segments, OneSubnetAloneMayComeOntoTheOneSegment) {
  const NetworkId id = desk.network().value();
  const Given on_first{{"segment", of(id).front().text()}};
  const SubnetId subnet = desk.subnet(id, "10.0.0.0/24").value();
  const SubnetId other = desk.subnet(id, "10.0.1.0/24").value();
  EXPECT_EQ(reason(desk.update(subnet, on_first)), "SubnetsNotAllAssociatedWithSegments");
  ASSERT_TRUE(desk.remove(other).has_value());
  const Uuid more = segment(id, {{"type", "vlan"}, {"physical_network", "physnet1"}}).value();
  EXPECT_EQ(reason(desk.update(subnet, on_first)), "NoUpdateSubnetWhenMultipleSegmentsOnNetwork");
  ASSERT_EQ(remove(Kind::segment, more), "admitted");
  EXPECT_EQ(reason(desk.update(subnet, on_first)), "admitted");
  EXPECT_EQ(reason(desk.update(subnet, {{"segment", nullptr}})), "SubnetSegmentAssociationChangeNotAllowed");
  EXPECT_EQ(reason(desk.update(subnet, {{"name", "x"}})), "admitted");
}

TEST_F(Segments, AProjectsOwnRangeGoesBeforeTheOthers) {
  desk.limits.vni = {10, 11};
  ASSERT_TRUE(range(500, 501, {{"shared", false}, {"project_id", "blue"}}).has_value());
  std::set<std::string> common{number("green")};
  EXPECT_EQ((std::set{number("blue"), number("blue")}), (std::set<std::string>{"500", "501"}));
  common.insert(number("blue"));
  EXPECT_EQ(common, (std::set<std::string>{"10", "11"}));
  EXPECT_EQ(number("green"), "NoNetworkAvailable");
  ASSERT_TRUE(range(700, 700).has_value());
  EXPECT_EQ(number("green"), "700");
}

TEST_F(Segments, NumbersKeptForAProjectAreGivenToNobodyElse) {
  desk.limits.vni = {10, 14};
  ASSERT_TRUE(range(11, 13, {{"shared", false}, {"project_id", "blue"}}).has_value());
  EXPECT_EQ((std::set{number("green"), number("green")}), (std::set<std::string>{"10", "14"}));
  EXPECT_EQ(number("green"), "NoNetworkAvailable");
  EXPECT_EQ((std::set{number("blue"), number("blue"), number("blue")}), (std::set<std::string>{"11", "12", "13"}));
}

TEST_F(Segments, ARangeOfVlansMakesItsWireKnown) {
  ASSERT_TRUE(range(200, 201, {{"type", "vlan"}, {"physical_network", "physnet7"}}).has_value());
  const NetworkId id = desk.network({{"type", "vlan"}, {"physical_network", "physnet7"}}).value();
  const std::uint32_t number = desk.at(id).segmentation_id;
  EXPECT_TRUE(number == 200 || number == 201) << number;
}

TEST_F(Segments, RangesThatCannotBeAreRefused) {
  ASSERT_TRUE(range(100, 200).has_value());
  EXPECT_EQ(reason(range(200, 300)), "NetworkSegmentRangeOverlaps");
  EXPECT_TRUE(range(200, 300, {{"type", "vlan"}, {"physical_network", "physnet1"}}).has_value());
  EXPECT_TRUE(range(200, 300, {{"type", "vlan"}, {"physical_network", "physnet2"}}).has_value());
  EXPECT_EQ(reason(range(400, 300)), "NetworkTunnelRangeError");
  EXPECT_EQ(reason(range(1, 0x1000000)), "NetworkTunnelRangeError");
  EXPECT_EQ(reason(range(4000, 4095, {{"type", "vlan"}, {"physical_network", "physnet1"}})), "NetworkVlanRangeError");
  EXPECT_EQ(reason(range(400, 401, {{"type", "vlan"}})), "BadRequest");
  EXPECT_EQ(reason(range(400, 401, {{"type", "flat"}})), "NetworkSegmentRangeNetTypeNotSupported");
}

TEST_F(Segments, ARangeKeepsTheNumbersThatNetworksHave) {
  const Uuid id = range(1000, 1010).value();
  const NetworkId network = desk.network({{"type", "vxlan"}, {"segmentation_id", 1005}}).value();
  EXPECT_EQ(remove(Kind::network_segment_range, id), "NetworkSegmentRangeReferencedByProject");
  EXPECT_EQ(change(Kind::network_segment_range, id, {{"maximum", 1004}}), "NetworkSegmentRangeReferencedByProject");
  EXPECT_EQ(change(Kind::network_segment_range, id, {{"minimum", 1006}}), "NetworkSegmentRangeReferencedByProject");
  EXPECT_EQ(change(Kind::network_segment_range, id, {{"minimum", 1005}, {"maximum", 1005}}), "admitted");
  ASSERT_TRUE(desk.remove(network).has_value());
  EXPECT_EQ(remove(Kind::network_segment_range, id), "admitted");
}

}  // namespace
}  // namespace tarn::model
