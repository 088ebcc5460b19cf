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

}  // namespace
}  // namespace tarn::model
