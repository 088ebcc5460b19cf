// The query language (users.md section 3.1, behaviours 13 to 24).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/client.h"
#include "api/query.h"

namespace tarn::api::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(Fields, ShowAndListGiveOnlyWhatIsAskedAndIgnoreTheUnknown) {  // 13
  Client client;
  const std::string network = client.network({{"name", "a"}});
  const std::string port = client.port(network);
  const auto item =
      client.get("/v2.0/ports/" + port + "?fields=id&fields=binding:profile&fields=colour").body.at("port").as_object();
  EXPECT_EQ(item.size(), 2U);
  EXPECT_EQ(item.at("id"), said(port));
  EXPECT_EQ(item.at("binding:profile"), json::object());
  const auto list = client.get("/v2.0/ports?fields=id").body.at("ports").as_array();
  EXPECT_EQ(list, json::array{(json::object{{"id", said(port)}})});
}

TEST(Filters, ARepeatedWordIsOrAndDifferentWordsAreAnd) {  // 14
  Client client;
  client.network({{"name", "a"}});
  client.network({{"name", "b"}, {"admin_state_up", false}});
  client.network({{"name", "c"}});
  EXPECT_THAT(client.names("/v2.0/networks?name=a&name=b"), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(client.names("/v2.0/networks?name=a&name=b&admin_state_up=False"), ElementsAre("b"));
  EXPECT_THAT(client.names("/v2.0/networks?name=a&admin_state_up=False"), IsEmpty());
}

TEST(Filters, BooleansAreReadInEveryUsualSpelling) {  // 14
  Client client;
  client.network({{"name", "up"}});
  client.network({{"name", "down"}, {"admin_state_up", "0"}});
  for (const char* yes : {"True", "true", "1", "TRUE", "yes"})
    EXPECT_THAT(client.names(std::string("/v2.0/networks?admin_state_up=") + yes), ElementsAre("up")) << yes;
  for (const char* no : {"False", "false", "0", "no"})
    EXPECT_THAT(client.names(std::string("/v2.0/networks?admin_state_up=") + no), ElementsAre("down")) << no;
  EXPECT_EQ(client.get("/v2.0/networks?admin_state_up=maybe").status, 400U);
}

TEST(Filters, UnknownOnesAreRefusedAllTogether) {  // 15
  Client client;
  const Reply reply = client.get("/v2.0/networks?colour=1&name=a&taste=2");
  EXPECT_EQ(reply.status, 400U);
  EXPECT_EQ(reply.message(), "['colour', 'taste'] is invalid attribute for filtering");
}

TEST(Filters, AnEmptyValueMatchesTheEmptyString) {  // 16
  Client client;
  client.network({{"name", ""}});
  client.network({{"name", "a"}});
  EXPECT_THAT(client.names("/v2.0/networks?name="), ElementsAre(""));
}

TEST(Filters, ThatNothingCanEqualGiveAnEmptyList) {
  Client client;
  const std::string network = client.network({{"name", "a"}});
  client.port(network);
  EXPECT_THAT(client.names("/v2.0/networks?id=nonsense"), IsEmpty());
  EXPECT_THAT(client.names("/v2.0/ports?network_id=nonsense"), IsEmpty());
  EXPECT_THAT(client.names("/v2.0/ports?mac_address=nonsense"), IsEmpty());
}

TEST(Filters, AnIndexFindsWhatAWalkFinds) {
  Client client;
  const std::string one = client.network({{"name", "one"}});
  const std::string two = client.network({{"name", "two"}});
  for (int i = 0; i < 20; ++i) {
    json::object body{{"name", "p" + std::to_string(i)}, {"device_id", i % 3 == 0 ? "d" : "e"}};
    if (i % 4 == 0) body["binding:host_id"] = "h1";
    client.port(i % 2 == 0 ? one : two, body);
  }
  EXPECT_EQ(client.names("/v2.0/ports?network_id=" + one).size(), 10U);
  EXPECT_EQ(client.names("/v2.0/ports?network_id=" + one + "&network_id=" + two).size(), 20U);
  EXPECT_THAT(client.names("/v2.0/ports?network_id=" + one + "&device_id=d"),
              UnorderedElementsAre("p0", "p6", "p12", "p18"));
  EXPECT_THAT(client.names("/v2.0/ports?binding:host_id=h1&device_id=d"), UnorderedElementsAre("p0", "p12"));
  EXPECT_EQ(client.names("/v2.0/ports?binding:host_id=").size(), 15U);
  EXPECT_THAT(client.names("/v2.0/networks?id=" + one + "&id=" + two), UnorderedElementsAre("one", "two"));
}

TEST(Sorting, CountsKeysAndDirectionsAreChecked) {  // 17
  Client client;
  EXPECT_EQ(client.get("/v2.0/networks?sort_key=name&sort_key=id&sort_dir=asc").status, 400U);
  EXPECT_EQ(client.get("/v2.0/networks?sort_key=colour").status, 400U);
  EXPECT_EQ(client.get("/v2.0/networks?sort_key=subnets").status, 400U);
  EXPECT_EQ(client.get("/v2.0/networks?sort_key=name&sort_dir=up").status, 400U);
  EXPECT_EQ(client.get("/v2.0/networks?sort_key=name&sort_dir=desc").status, 200U);
  // Every attribute that neutron-lib 3 marks as a sort key, of those that hold one value.
  for (const char* key : {"subnets?sort_key=ipv6_ra_mode", "subnets?sort_key=ipv6_address_mode",
                          "ports?sort_key=ip_allocation", "agents?sort_key=topic", "agents?sort_key=alive",
                          "agents?sort_key=description", "agents?sort_key=heartbeat_timestamp"})
    EXPECT_EQ(client.get(std::string("/v2.0/") + key).status, 200U) << key;
}

TEST(Sorting, FollowsKeysInOrderAndBreaksTiesById) {  // 17
  Client client;
  client.network({{"name", "b"}, {"mtu", 1400}});
  client.network({{"name", "a"}, {"mtu", 1400}});
  client.network({{"name", "c"}, {"mtu", 1300}});
  EXPECT_THAT(client.names("/v2.0/networks?sort_key=name"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(client.names("/v2.0/networks?sort_key=mtu&sort_key=name&sort_dir=desc&sort_dir=asc"),
              ElementsAre("a", "b", "c"));
  EXPECT_THAT(client.names("/v2.0/networks?sort_key=mtu&sort_dir=asc&sort_key=name&sort_dir=desc"),
              ElementsAre("c", "b", "a"));
  const auto ties = client.get("/v2.0/networks?sort_key=status").body.at("networks").as_array();
  EXPECT_LT(ties[0].at("id").as_string(), ties[1].at("id").as_string());
  EXPECT_LT(ties[1].at("id").as_string(), ties[2].at("id").as_string());
}

TEST(Paging, LimitIsANumberFromZeroUp) {  // 18
  Client client;
  client.network();
  EXPECT_EQ(client.get("/v2.0/networks?limit=-1").status, 400U);
  EXPECT_EQ(client.get("/v2.0/networks?limit=x").status, 400U);
  const Reply all = client.get("/v2.0/networks?limit=0");
  EXPECT_EQ(all.status, 200U);
  EXPECT_FALSE(all.body.as_object().contains("networks_links"));
  EXPECT_FALSE(client.get("/v2.0/networks").body.as_object().contains("networks_links"));  // 20
}

std::string link(const Reply& reply, std::string_view rel) {
  const auto* links = reply.body.as_object().if_contains("networks_links");
  if (links)
    for (const auto& each : links->as_array())
      if (each.at("rel").as_string() == rel) return std::string(each.at("href").as_string());
  return "";
}

std::string target_of(const std::string& href) {
  EXPECT_TRUE(href.starts_with("http://cloud.test:9696/")) << href;
  return href.substr(std::string("http://cloud.test:9696").size());
}

std::vector<std::string> names_of(const Reply& reply) {
  std::vector<std::string> names;
  for (const auto& each : reply.body.at("networks").as_array()) names.emplace_back(each.at("name").as_string());
  return names;
}

struct PagedCloud : testing::Test {
  PagedCloud() {
    for (const char* name : {"e", "a", "d", "b", "c"}) client.network({{"name", name}});
  }
  Client client;
};

TEST_F(PagedCloud, NextLinksWalkForwardAndPreviousLinksWalkBack) {  // 19, 20
  for (const std::string order : {"", "&sort_key=name&sort_dir=asc", "&sort_key=name&sort_dir=desc",
                                  "&sort_key=admin_state_up", "&sort_key=id&sort_dir=asc", "&sort_key=id&sort_dir=desc",
                                  "&sort_key=mtu&sort_key=id&sort_dir=asc&sort_dir=desc"}) {
    const auto all = names_of(client.get("/v2.0/networks?" + order.substr(order.empty() ? 0 : 1)));
    Reply page = client.get("/v2.0/networks?limit=2" + order);
    EXPECT_NE(link(page, "previous"), "") << "the very first full page has one";
    std::vector<std::vector<std::string>> forward{names_of(page)};
    while (!link(page, "next").empty()) forward.push_back(names_of(page = client.get(target_of(link(page, "next")))));
    ASSERT_EQ(forward.size(), 3U) << order;
    EXPECT_EQ(forward[0], (std::vector{all[0], all[1]}));
    EXPECT_EQ(forward[1], (std::vector{all[2], all[3]}));
    EXPECT_EQ(forward[2], (std::vector{all[4]}));
    page = client.get(target_of(link(page, "previous")));
    EXPECT_EQ(names_of(page), forward[1]) << order;
    page = client.get(target_of(link(page, "previous")));
    EXPECT_EQ(names_of(page), forward[0]) << order;
    page = client.get(target_of(link(page, "previous")));
    EXPECT_THAT(names_of(page), IsEmpty());
    EXPECT_EQ(link(page, "previous"), "") << "a short reverse page is the first";
  }
}

TEST_F(PagedCloud, ReversedWithoutAMarkerGivesTheLastPage) {  // 19
  EXPECT_THAT(client.names("/v2.0/networks?limit=2&sort_key=name&page_reverse=True"), ElementsAre("d", "e"));
}

TEST_F(PagedCloud, AfterTheLastPageComesAnEmptyOne) {  // 22
  const auto all = client.get("/v2.0/networks?limit=5").body.at("networks").as_array();
  const Reply last = client.get("/v2.0/networks?limit=5&marker=" + std::string(all.back().at("id").as_string()));
  EXPECT_EQ(last.status, 200U);
  EXPECT_THAT(names_of(last), IsEmpty());
}

TEST_F(PagedCloud, AWalkByIdGoesOnWhenItsMarkerIsDeleted) {
  const auto all = client.get("/v2.0/networks").body.at("networks").as_array();
  const std::string marker(all[1].at("id").as_string());
  ASSERT_EQ(client.remove("/v2.0/networks/" + marker).status, 204U);
  EXPECT_EQ(client.get("/v2.0/networks?limit=9&marker=" + marker).body.at("networks").as_array().size(), 3U);
  EXPECT_EQ(client.get("/v2.0/networks?limit=9&sort_key=name&marker=" + marker).status, 404U);
  EXPECT_EQ(client.get("/v2.0/networks?limit=9&sort_key=id&marker=" + marker).status, 200U) << "that is by id, too";
  EXPECT_EQ(client.get("/v2.0/networks?limit=9&sort_key=id&sort_dir=desc&marker=" + marker).status, 404U);
  EXPECT_EQ(client.get("/v2.0/networks?limit=9&marker=x").status, 404U);
}

TEST_F(PagedCloud, LinksKeepTheRestOfTheQuery) {  // 20
  const Reply page = client.get("/v2.0/networks?limit=1&fields=name&name=a&name=b%26c&sort_key=name");
  const auto target = parse_target(target_of(link(page, "next"))).value();
  EXPECT_THAT(target.params, testing::Contains(testing::Pair("name", "b&c")));
  EXPECT_THAT(target.params, testing::Contains(testing::Pair("fields", "name")));
  EXPECT_THAT(target.params, testing::Contains(testing::Pair("limit", "1")));
}

TEST_F(PagedCloud, LinksCarryTheSchemeAndHostThatTheClientUsed) {  // 21
  const Reply page = client.ask("GET", "/v2.0/networks?limit=1", "", {{"X-Forwarded-Proto", "https"}});
  EXPECT_TRUE(link(page, "next").starts_with("https://cloud.test:9696/v2.0/networks?")) << link(page, "next");
  const Reply strange = client.ask("GET", "/v2.0/networks?limit=1", "", {{"X-Forwarded-Proto", "javascript"}});
  EXPECT_TRUE(link(strange, "next").starts_with("http://")) << link(strange, "next");
}

TEST(Paging, TheServersCapAppliesSilently) {  // 18
  MemoryCloud cloud;
  OpenIdentity identity;
  Networking api(cloud, identity, {.page_max = 2});
  for (std::uint64_t i = 1; i <= 3; ++i) {
    model::Network network;
    network.id = {Uuid::random(i, i)};
    cloud.put(network);
  }
  const auto size_of = [&](const std::string& target) {
    json::value body;
    api.handle({"GET", target, {}, "", false}, [&](Response response) { body = json::parse(response.body); });
    return body.at("networks").as_array().size();
  };
  EXPECT_EQ(size_of("/v2.0/networks"), 2U);
  EXPECT_EQ(size_of("/v2.0/networks?limit=0"), 2U);
  EXPECT_EQ(size_of("/v2.0/networks?limit=100"), 2U);
  EXPECT_EQ(size_of("/v2.0/networks?limit=1"), 1U);
}

TEST(SpecialFilters, FixedIpsByAddressSubnetAndPart) {  // 24
  Client client;
  const std::string network = client.network();
  const std::string one = client.subnet(network, "10.0.0.0/24");
  const std::string two = client.subnet(network, "10.0.1.0/24");
  client.port(network, {{"name", "a"}, {"fixed_ips", {{{"subnet_id", one}, {"ip_address", "10.0.0.10"}}}}});
  client.port(network, {{"name", "b"}, {"fixed_ips", {{{"subnet_id", two}, {"ip_address", "10.0.1.10"}}}}});
  EXPECT_THAT(client.names("/v2.0/ports?fixed_ips=ip_address=10.0.0.10"), ElementsAre("a"));
  EXPECT_THAT(client.names("/v2.0/ports?fixed_ips=ip_address%3D10.0.0.10"), ElementsAre("a"));
  EXPECT_THAT(client.names("/v2.0/ports?fixed_ips=ip_address=10.0.0.10&fixed_ips=ip_address=10.0.1.10"),
              UnorderedElementsAre("a", "b"));
  EXPECT_THAT(client.names("/v2.0/ports?fixed_ips=subnet_id=" + two), ElementsAre("b"));
  EXPECT_THAT(client.names("/v2.0/ports?fixed_ips=subnet_id=" + two + "&fixed_ips=ip_address=10.0.0.10"), IsEmpty());
  EXPECT_THAT(client.names("/v2.0/ports?ip_address_substr=0.1.1"), ElementsAre("b"));
  EXPECT_THAT(client.names("/v2.0/ports?fixed_ips=ip_address_substr=10.0"), UnorderedElementsAre("a", "b"));
  EXPECT_EQ(client.get("/v2.0/ports?fixed_ips=colour=red").status, 400U);
}

TEST(SpecialFilters, TagsAllAnyAndNot) {  // 24
  Client client;
  const auto tagged = [&](const char* name, json::array tags) {
    const std::string id = client.network({{"name", name}});
    EXPECT_EQ(client.put("/v2.0/networks/" + id + "/tags", {{"tags", tags}}).status, 200U);
  };
  tagged("rb", {"red", "blue"});
  tagged("r", {"red"});
  tagged("none", {});
  EXPECT_THAT(client.names("/v2.0/networks?tags=red,blue"), ElementsAre("rb"));
  EXPECT_THAT(client.names("/v2.0/networks?tags=red"), UnorderedElementsAre("rb", "r"));
  EXPECT_THAT(client.names("/v2.0/networks?tags-any=blue,green"), ElementsAre("rb"));
  EXPECT_THAT(client.names("/v2.0/networks?not-tags=red,blue"), UnorderedElementsAre("r", "none"));
  EXPECT_THAT(client.names("/v2.0/networks?not-tags-any=red,blue"), ElementsAre("none"));
}

TEST(SpecialFilters, ChangedSinceSharedAndExternal) {  // 24
  Client client;
  client.network({{"name", "old"}, {"shared", true}});
  client.cloud.pass(60'000);
  client.network({{"name", "new"}, {"router:external", "true"}});
  EXPECT_THAT(client.names("/v2.0/networks?changed_since=2026-01-01T00:00:30Z"), ElementsAre("new"));
  EXPECT_THAT(client.names("/v2.0/networks?changed_since=2026-01-01T00:00:00"), UnorderedElementsAre("old", "new"));
  EXPECT_EQ(client.get("/v2.0/networks?changed_since=yesterday").status, 400U);
  EXPECT_THAT(client.names("/v2.0/networks?shared=True"), ElementsAre("old"));
  EXPECT_THAT(client.names("/v2.0/networks?router:external=True"), ElementsAre("new"));
}

TEST(Target, IsDecodedOncePerSegmentAndParameter) {
  const auto target = parse_target("/v2.0/networks/a%2Fb/?name=x+y%2Bz&name=&flag").value();
  EXPECT_THAT(target.segments, ElementsAre("v2.0", "networks", "a/b"));
  EXPECT_THAT(target.params,
              ElementsAre(testing::Pair("name", "x y+z"), testing::Pair("name", ""), testing::Pair("flag", "")));
  EXPECT_FALSE(parse_target("/v2.0/%zz").has_value());
  EXPECT_FALSE(parse_target("").has_value());
}

}  // namespace
}  // namespace tarn::api::test
