// Segments and their ranges through the API, and what networks and subnets show of them.
#include <gmock/gmock.h>

#include "api/client.h"

namespace tarn::api {
namespace {

using test::Client;
using test::member;
using test::Reply;
using test::said;
namespace json = boost::json;

const std::string segments = "/v2.0/segments";
const std::string ranges = "/v2.0/network_segment_ranges";

Reply new_segment(Client& client, json::object body) {
  return client.post(segments, {{"segment", std::move(body)}});
}
std::string id_in(const Reply& reply, const std::string& root) {
  CHECK(reply.status == 201);
  return std::string(reply.body.at(root).at("id").as_string());
}

TEST(Segments, OfANewNetworkSayWhatItSays) {
  Client client;
  const std::string network = client.network();
  const Reply all = client.get(segments + "?network_id=" + network);
  ASSERT_EQ(all.body.at("segments").as_array().size(), 1U) << all.text;
  const json::value& segment = all.body.at("segments").at(0);
  const json::object shown = client.shown("network", network);
  EXPECT_EQ(segment.at("network_type"), shown.at("provider:network_type"));
  EXPECT_EQ(segment.at("segmentation_id"), shown.at("provider:segmentation_id"));
  EXPECT_EQ(segment.at("physical_network"), nullptr);
  EXPECT_EQ(segment.at("name"), nullptr);
  EXPECT_EQ(segment.at("revision_number"), 1);
  EXPECT_FALSE(shown.contains("segments"));
  EXPECT_EQ(client.remove("/v2.0/networks/" + network).status, 204U);
  EXPECT_TRUE(client.get(segments).body.at("segments").as_array().empty());
}

TEST(Segments, ComeAndGoAndAreNamed) {
  Client client;
  const std::string network = client.network();
  const Reply made =
      new_segment(client, {{"network_id", network}, {"network_type", "vxlan"}, {"segmentation_id", 4711}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const std::string path = segments + "/" + id_in(made, "segment");
  EXPECT_EQ(made.body.at("segment").at("segmentation_id"), 4711);
  EXPECT_EQ(client.put(path, {{"segment", {{"name", "s"}}}}).body.at("segment").at("name"), said("s"));
  EXPECT_EQ(client.put(path, {{"segment", {{"segmentation_id", 1}}}}).status, 400U);
  EXPECT_EQ(new_segment(client, {{"network_id", network}, {"network_type", "vxlan"}, {"segmentation_id", 4711}}).type(),
            "TunnelIdInUse");
  EXPECT_EQ(new_segment(client, {{"network_id", network}}).status, 400U);
  EXPECT_EQ(new_segment(client, {{"network_id", network}, {"network_type", "gre"}}).status, 400U);
  const json::object shown = client.shown("network", network);
  ASSERT_EQ(shown.at("segments").as_array().size(), 2U);
  EXPECT_EQ(shown.at("segments").at(1), (json::value{{"provider:network_type", "vxlan"},
                                                     {"provider:physical_network", nullptr},
                                                     {"provider:segmentation_id", 4711}}));
  EXPECT_FALSE(shown.contains("provider:network_type"));
  EXPECT_EQ(client.remove(path).status, 204U);
  EXPECT_TRUE(client.shown("network", network).contains("provider:network_type"));
}

TEST(Segments, OfASubnetKeepItApart) {
  Client client;
  const std::string network = client.network();
  const json::value first = client.get(segments + "?network_id=" + network).body.at("segments").at(0).at("id");
  EXPECT_EQ(client.shown("network", network).at("l2_adjacency"), true);
  const std::string subnet = client.subnet(network, "10.0.0.0/24", {{"segment_id", first}});
  EXPECT_EQ(client.shown("subnet", subnet).at("segment_id"), first);
  EXPECT_EQ(client.shown("network", network).at("l2_adjacency"), false);
  EXPECT_EQ(
      client.get("/v2.0/subnets?segment_id=" + std::string(first.as_string())).body.at("subnets").as_array().size(),
      1U);
}

TEST(Segments, AreForAdministrators) {
  Client client;
  const std::string network = client.network();
  client.identity.who = member();
  EXPECT_TRUE(client.get(segments).body.at("segments").as_array().empty());
  EXPECT_EQ(new_segment(client, {{"network_id", network}, {"network_type", "vxlan"}}).status, 403U);
  EXPECT_EQ(
      client.post(ranges, {{"network_segment_range", {{"network_type", "vxlan"}, {"minimum", 1}, {"maximum", 2}}}})
          .status,
      403U);
}

TEST(SegmentRanges, ShowWhatIsUsedAndWhatIsLeft) {
  Client client;
  const Reply made = client.post(ranges, {{"network_segment_range",
                                           {{"name", "r"},
                                            {"network_type", "vxlan"},
                                            {"minimum", 5000},
                                            {"maximum", "5003"},
                                            {"shared", false},
                                            {"project_id", "p2"}}}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const std::string path = ranges + "/" + id_in(made, "network_segment_range");
  client.network({{"provider:network_type", "vxlan"}, {"provider:segmentation_id", 5001}, {"project_id", "p3"}});
  const json::value range = client.get(path).body.at("network_segment_range");
  EXPECT_EQ(range.at("default"), false);
  EXPECT_EQ(range.at("shared"), false);
  EXPECT_EQ(range.at("project_id"), said("p2"));
  EXPECT_EQ(range.at("physical_network"), nullptr);
  EXPECT_EQ(range.at("used"), (json::value{{"5001", "p3"}}));
  EXPECT_EQ(range.at("available"), (json::value(json::array{5000, 5002, 5003})));
  client.identity.who = member("p2");
  const std::string own = client.network();
  client.identity.who = test::administrator();
  const std::string number = std::to_string(client.shown("network", own).at("provider:segmentation_id").as_int64());
  EXPECT_TRUE(number == "5000" || number == "5002" || number == "5003") << number;
  EXPECT_EQ(client.get(path).body.at("network_segment_range").at("used"),
            (json::value{{"5001", "p3"}, {number, "p2"}}));
  EXPECT_EQ(client.put(path, {{"network_segment_range", {{"maximum", 5000}}}}).type(),
            "NetworkSegmentRangeReferencedByProject");
  EXPECT_EQ(client.put(path, {{"network_segment_range", {{"name", "q"}}}}).status, 200U);
  EXPECT_EQ(client.remove(path).status, 409U);
  EXPECT_EQ(client.put(path + "/tags/a", json::object{}).status, 201U);
}

TEST(SegmentRanges, OfMillionsAreListedInPart) {
  Client client;
  const Reply made = client.post(
      ranges, {{"network_segment_range", {{"network_type", "vxlan"}, {"minimum", 1}, {"maximum", 16'777'215}}}});
  ASSERT_EQ(made.status, 201U) << made.text;
  EXPECT_EQ(made.body.at("network_segment_range").at("available").as_array().size(), 4096U);
}

}  // namespace
}  // namespace tarn::api
