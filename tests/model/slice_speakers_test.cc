// What a node is told of BGP: what it announces, to whom, and no other node. The laws of all slices are in
// slice_test.cc.
#include "model/bgp_routes.h"
#include "model/slice.h"
#include "routed_desk.h"

namespace tarn::model {
namespace {

class SliceSpeakers : public test::RoutedDesk {
 protected:
  SliceSpeakers() {
    for (const char* host : {"speaks", "silent"}) desk.agent(host);
    Agent agent = **desk.cloud.agent_on("speaks");
    agent.speaks_bgp = true;
    desk.commit({{{Kind::agent, agent.id.uuid, agent}}});
    desk.caller = test::admin();
    street = desk.network({{"external", true}, {"type", "flat"}, {"physical_network", "physnet1"}}).value().text();
    subnet(street, "198.51.100.0/24");
    router = this->RoutedDesk::router({{"gateway", {{"network", street}}}});
    EXPECT_EQ(attach(router, inside_subnet), "admitted");
    speaker = make(Kind::bgp_speaker, {{"local_as", 65'000}});
    const std::string peer = make(
        Kind::bgp_peer, {{"address", "192.0.2.1"}, {"remote_as", 65'001}, {"auth", "md5"}, {"password", "sesame"}});
    EXPECT_EQ(change(Kind::bgp_speaker, speaker, {{"add_network", street}}), "admitted");
    EXPECT_EQ(change(Kind::bgp_speaker, speaker, {{"add_peer", peer}}), "admitted");
    floating = make(Kind::floatingip, {{"network", street}, {"port", port(inside)}});
  }

  template <class R>
  [[nodiscard]] std::vector<R> told(const std::string& host) const {
    std::vector<R> rows;
    for (const auto& [name, item] : slice(desk.cloud, host))
      if (const auto* row = std::get_if<R>(item.row.get())) rows.push_back(*row);
    return rows;
  }

  std::string street, router, speaker, floating;
};

TEST_F(SliceSpeakers, WhoAnnouncesIsToldWhatTheApiShows) {
  BgpTable table;
  for (const SpeakerRoute& route : told<SpeakerRoute>("speaks")) add_route(table, {route.destination, route.next_hop});
  EXPECT_EQ(table, advertised_routes(desk.cloud, at<BgpSpeaker>(speaker)));
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(told<Speaker>("speaks"), (std::vector{Speaker{{uuid(speaker)}, 4, 65'000}}));
}

TEST_F(SliceSpeakers, NobodyElseHearsOfItAPasswordLeastOfAll) {
  ASSERT_EQ(told<SpeakerPeer>("speaks").size(), 1U);
  EXPECT_EQ(told<SpeakerPeer>("speaks").front().password, "sesame");
  EXPECT_TRUE(told<Speaker>("silent").empty());
  EXPECT_TRUE(told<SpeakerPeer>("silent").empty());
  EXPECT_TRUE(told<SpeakerRoute>("silent").empty());
}

TEST_F(SliceSpeakers, AFloatingIpThatComesOrGoesConcernsWhoAnnouncesIt) {
  const Snapshot before = desk.cloud;
  EXPECT_EQ(change(Kind::floatingip, floating, {{"port", nullptr}}), "admitted");
  EXPECT_TRUE(concerned(before, desk.cloud).contains("speaks"));
  const Slice now = advance(slice(before, "speaks"), before, desk.cloud, "speaks");
  EXPECT_TRUE(difference(now, slice(desk.cloud, "speaks")).empty());
  EXPECT_TRUE(told<SpeakerRoute>("speaks").empty());
}

// The prefix of a tenant is announced by what is said of pools alone: of the one outside, and of the tenant's own.
TEST_F(SliceSpeakers, APoolOfAnotherScopeConcernsWhoAnnouncesByIt) {
  desk.caller = test::admin();
  const std::string scope = make(Kind::address_scope, {{"ip_version", 4}});
  const auto pool = [&](const char* prefix) {
    return make(Kind::subnetpool, {{"prefixes", {prefix}}, {"address_scope", scope}, {"default_prefixlen", 24}});
  };
  const auto subnet_of = [&](const std::string& network, const std::string& pool) {
    return make(Kind::subnet, {{"network", network}, {"subnetpool", pool}, {"ip_version", 4}});
  };
  const std::string of_street = pool("198.18.0.0/24");
  const std::string of_tenants = pool("10.8.0.0/16");
  const std::string pooled =
      desk.network({{"external", true}, {"type", "vlan"}, {"physical_network", "physnet1"}}).value().text();
  subnet_of(pooled, of_street);
  const std::string led = this->RoutedDesk::router({{"gateway", {{"network", pooled}}}});
  EXPECT_EQ(attach(led, subnet_of(desk.network().value().text(), of_tenants)), "admitted");
  EXPECT_EQ(change(Kind::bgp_speaker, speaker, {{"add_network", pooled}}), "admitted");
  const std::size_t routes = told<SpeakerRoute>("speaks").size();
  for (const std::string& each : {of_street, of_tenants}) {
    const Snapshot before = desk.cloud;
    SubnetPool alone = at<SubnetPool>(each);
    alone.address_scope.reset();
    desk.commit({{{Kind::subnetpool, alone.id.uuid, alone}}});
    EXPECT_TRUE(concerned(before, desk.cloud).contains("speaks")) << each;
    const Slice now = advance(slice(before, "speaks"), before, desk.cloud, "speaks");
    EXPECT_TRUE(difference(now, slice(desk.cloud, "speaks")).empty()) << each;
    EXPECT_EQ(told<SpeakerRoute>("speaks").size(), routes - 1) << each;
    desk.cloud = before;
  }
}

}  // namespace
}  // namespace tarn::model
