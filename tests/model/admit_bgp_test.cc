// BGP speakers and their peers: what may be bound to what, which passwords there can be, and who goes with whom.
#include "routed_desk.h"

namespace tarn::model {
namespace {

using boost::json::array;
using test::Given;

class AdmitBgp : public test::RoutedDesk {
 protected:
  AdmitBgp() { desk.caller = test::admin(); }

  std::string speaker(Given more = {}) {
    more.emplace("local_as", 65'000);
    return make(Kind::bgp_speaker, std::move(more));
  }
  std::string peer(std::string_view address, Given more = {}) {
    more["address"] = address;
    more.emplace("remote_as", 65'001);
    return make(Kind::bgp_peer, std::move(more));
  }
  std::string bind(const std::string& speaker, std::string_view word, const std::string& id) {
    return change(Kind::bgp_speaker, speaker, {{word, id}});
  }
  [[nodiscard]] std::vector<std::string> peers_of(const std::string& speaker) const {
    std::vector<std::string> ids;
    for (const BgpPeerId& id : at<BgpSpeaker>(speaker).peers) ids.push_back(id.text());
    return ids;
  }
};

TEST_F(AdmitBgp, ASpeakerHasEachPeerOnceAndNoTwoAtOneAddress) {
  const std::string one = speaker();
  const std::string first = peer("192.0.2.1");
  const std::string second = peer("192.0.2.2");
  EXPECT_EQ(bind(one, "add_peer", first), "admitted");
  EXPECT_EQ(bind(one, "add_peer", first), "DuplicateBgpPeerIpException");
  EXPECT_EQ(bind(one, "add_peer", peer("192.0.2.1")), "DuplicateBgpPeerIpException");
  EXPECT_EQ(bind(one, "add_peer", second), "admitted");
  EXPECT_EQ(peers_of(one), (std::vector{first, second}));
  EXPECT_EQ(bind(speaker(), "add_peer", first), "admitted") << "of another speaker";
  EXPECT_EQ(bind(one, "remove_peer", first), "admitted");
  EXPECT_EQ(bind(one, "remove_peer", first), "BgpSpeakerPeerNotAssociated");
  EXPECT_EQ(bind(one, "add_peer", outside), "BgpPeerNotFound");
}

TEST_F(AdmitBgp, ASpeakerHasEachNetworkOnce) {
  const std::string one = speaker();
  EXPECT_EQ(bind(one, "add_network", outside), "admitted");
  EXPECT_EQ(bind(one, "add_network", outside), "BgpSpeakerNetworkBindingError");
  EXPECT_EQ(bind(one, "add_network", inside), "admitted");
  EXPECT_EQ(bind(one, "remove_network", inside), "admitted");
  EXPECT_EQ(bind(one, "remove_network", inside), "BgpSpeakerNetworkNotAssociated");
  EXPECT_EQ(bind(one, "add_network", one), "NetworkNotFound");
}

TEST_F(AdmitBgp, WhoGoesLeavesItsSpeakers) {
  const std::string one = speaker();
  const std::string peer_id = peer("192.0.2.1");
  const std::string network = desk.network().value().text();
  ASSERT_EQ(bind(one, "add_peer", peer_id), "admitted");
  ASSERT_EQ(bind(one, "add_network", network), "admitted");
  EXPECT_EQ(drop(Kind::bgp_peer, peer_id), "admitted");
  EXPECT_EQ(drop(Kind::network, network), "admitted");
  EXPECT_TRUE(at<BgpSpeaker>(one).peers.empty());
  EXPECT_TRUE(at<BgpSpeaker>(one).networks.empty());
  EXPECT_EQ(drop(Kind::bgp_speaker, one), "admitted");
}

TEST_F(AdmitBgp, APasswordIsThereWhereItIsAskedForAndCanBeSaid) {
  EXPECT_EQ(peer("192.0.2.1", {{"auth", "md5"}}), "InvalidBgpPeerMd5Authentication");
  EXPECT_EQ(peer("192.0.2.1", {{"auth", "md5"}, {"password", ""}}), "InvalidBgpPeerMd5Authentication");
  for (const std::string& wrong : {std::string("two words"), std::string("a\nneighbor 192.0.2.9 remote-as 1"),
                                   std::string("\xc3\xa9"), std::string(81, 'x')})
    EXPECT_EQ(peer("192.0.2.1", {{"auth", "md5"}, {"password", wrong}}), "InvalidInput") << wrong;
  const std::string known = peer("192.0.2.1", {{"auth", "md5"}, {"password", std::string(80, 'x')}});
  EXPECT_EQ(change(Kind::bgp_peer, known, {{"password", "other"}}), "admitted");
  EXPECT_EQ(at<BgpPeer>(known).password, "other");
  EXPECT_EQ(change(Kind::bgp_peer, known, {{"password", nullptr}}), "InvalidBgpPeerMd5Authentication");
  const std::string open = peer("192.0.2.2", {{"auth", "none"}});
  EXPECT_EQ(change(Kind::bgp_peer, open, {{"password", "x"}}), "BgpPeerNotAuthenticated");
  EXPECT_EQ(change(Kind::bgp_peer, open, {{"name", "p"}}), "admitted");
}

TEST_F(AdmitBgp, WhatItIsStays) {
  const std::string one = speaker();
  for (const Given& given : {Given{{"local_as", 1}}, Given{{"ip_version", 6}}, Given{{"peers", array()}}})
    EXPECT_EQ(change(Kind::bgp_speaker, one, given), "InvalidInput");
  const std::string peer_id = peer("192.0.2.1");
  for (const Given& given : {Given{{"address", "192.0.2.2"}}, Given{{"remote_as", 1}}, Given{{"auth", "md5"}}})
    EXPECT_EQ(change(Kind::bgp_peer, peer_id, given), "InvalidInput");
}

}  // namespace
}  // namespace tarn::model
