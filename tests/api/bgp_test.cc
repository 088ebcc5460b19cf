// BGP through the API: speakers and peers as clients write and read them, what is refused, and what is announced.
#include <gmock/gmock.h>

#include "api/client.h"

namespace tarn::api {
namespace {

using test::Client;
using test::Reply;
using test::said;
namespace json = boost::json;

const std::string speakers = "/v2.0/bgp-speakers";
const std::string peers = "/v2.0/bgp-peers";
const std::string nobody = "00000000-0000-4000-8000-000000000000";

class Bgp : public testing::Test {
 protected:
  Reply speaker(json::object body = {}) {
    body.emplace("local_as", 65'000);
    body.emplace("ip_version", 4);
    return client.post(speakers, {{"bgp_speaker", std::move(body)}});
  }
  Reply peer(json::object body = {}) {
    body.emplace("peer_ip", "192.0.2.1");
    body.emplace("remote_as", 65'001);
    body.emplace("auth_type", "none");
    return client.post(peers, {{"bgp_peer", std::move(body)}});
  }
  static std::string id_of(const Reply& made) {
    CHECK(made.status == 201);
    return std::string(made.body.as_object().begin()->value().at("id").as_string());
  }
  Reply act(const std::string& speaker, const std::string& action, json::object body) {
    return client.put(speakers + "/" + speaker + "/" + action, std::move(body));
  }
  // An agent on `host` that offers physnet1.
  void agent(const std::string& host, bool speaks) {
    model::Agent row;
    row.id = {Uuid::random(7, std::hash<std::string>{}(host))};
    row.host = host;
    row.bridge_mappings["physnet1"] = "br-ex";
    row.speaks_bgp = speaks;
    client.cloud.put(row);
  }

  Client client;
};

TEST_F(Bgp, ASpeakerShowsWhatItIsAndNothingElse) {
  const Reply made = speaker({{"name", "s"}, {"local_as", 4'200'000'000}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const json::value shown = made.body.at("bgp_speaker");
  EXPECT_EQ(shown, (json::value{{"id", shown.at("id")},
                                {"name", "s"},
                                {"tenant_id", "p1"},
                                {"project_id", "p1"},
                                {"local_as", 4'200'000'000},
                                {"ip_version", 4},
                                {"advertise_floating_ip_host_routes", true},
                                {"advertise_tenant_networks", true},
                                {"networks", json::array()},
                                {"peers", json::array()}}));
  const std::string path = speakers + "/" + id_of(made);
  EXPECT_EQ(client.get(path).body.at("bgp_speaker"), shown);
  const Reply changed = client.put(path, {{"bgp_speaker", {{"advertise_tenant_networks", "False"}}}});
  EXPECT_EQ(changed.body.at("bgp_speaker").at("advertise_tenant_networks"), json::value(false));
  for (const char* word : {"local_as", "ip_version", "networks", "peers"})
    EXPECT_EQ(client.put(path, {{"bgp_speaker", {{word, 1}}}}).status, 400U) << word;
  EXPECT_EQ(client.remove(path).status, 204U);
  EXPECT_EQ(client.get(path).type(), "BgpSpeakerNotFound");
}

TEST_F(Bgp, APasswordIsNeverShown) {
  const Reply made = peer({{"auth_type", "md5"}, {"password", "sesame"}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const json::value shown = made.body.at("bgp_peer");
  EXPECT_EQ(shown, (json::value{{"id", shown.at("id")},
                                {"name", ""},
                                {"tenant_id", "p1"},
                                {"project_id", "p1"},
                                {"peer_ip", "192.0.2.1"},
                                {"remote_as", 65'001},
                                {"auth_type", "md5"}}));
  const std::string path = peers + "/" + id_of(made);
  for (const std::string& answer :
       {client.get(path).text, client.get(peers).text, client.get(peers + "?fields=password").text,
        client.put(path, {{"bgp_peer", {{"password", "sesame2"}}}}).text})
    EXPECT_THAT(answer, testing::Not(testing::HasSubstr("sesame")));
  EXPECT_EQ(client.get(peers + "?password=sesame2").status, 400U) << "nor can it be guessed by a filter";
}

TEST_F(Bgp, PeersAndNetworksAreBoundByIdAndAnsweredWithIt) {
  const std::string one = id_of(speaker());
  const json::object known_peer{{"bgp_peer_id", id_of(peer())}};
  const json::object network{{"network_id", client.network()}};
  EXPECT_EQ(act(one, "add_bgp_peer", known_peer).body, json::value(known_peer));
  EXPECT_EQ(act(one, "add_gateway_network", network).body, json::value(network));
  const json::value shown = client.get(speakers + "/" + one).body.at("bgp_speaker");
  EXPECT_EQ(shown.at("peers"), json::value(json::array{known_peer.at("bgp_peer_id")}));
  EXPECT_EQ(shown.at("networks"), json::value(json::array{network.at("network_id")}));
  EXPECT_EQ(act(one, "remove_bgp_peer", known_peer).body, json::value(known_peer));
  EXPECT_EQ(act(one, "remove_gateway_network", network).body, json::value(network));
}

TEST_F(Bgp, WhatCannotBeBoundIsRefusedByName) {
  const std::string one = id_of(speaker());
  const std::string known = id_of(peer());
  ASSERT_EQ(act(one, "add_bgp_peer", {{"bgp_peer_id", known}}).status, 200U);
  const auto refusal = [&](const std::string& action, json::object body) {
    const Reply reply = act(one, action, std::move(body));
    return std::to_string(reply.status) + " " + reply.type();
  };
  const std::string twin = id_of(peer());
  EXPECT_EQ(refusal("add_bgp_peer", {{"bgp_peer_id", twin}}), "409 DuplicateBgpPeerIpException");
  EXPECT_EQ(refusal("add_bgp_peer", {{"bgp_peer_id", nobody}}), "404 BgpPeerNotFound");
  EXPECT_EQ(refusal("remove_bgp_peer", {{"bgp_peer_id", twin}}), "404 BgpSpeakerPeerNotAssociated");
  EXPECT_EQ(refusal("add_gateway_network", {{"network_id", nobody}}), "404 NetworkNotFound");
  EXPECT_EQ(refusal("remove_gateway_network", {{"network_id", nobody}}), "404 BgpSpeakerNetworkNotAssociated");
  EXPECT_EQ(act(one, "add_bgp_peer", {{"bgp_peer_id", "x"}}).status, 400U);
  EXPECT_EQ(act(one, "add_bgp_peer", {}).status, 400U);
  EXPECT_EQ(act(nobody, "add_bgp_peer", {{"bgp_peer_id", known}}).type(), "BgpSpeakerNotFound");
}

TEST_F(Bgp, EachNumberHasItsRange) {
  for (const json::value& wrong : {json::value(0), json::value(4'294'967'296), json::value(nullptr)}) {
    EXPECT_EQ(speaker({{"local_as", wrong}}).status, 400U) << wrong;
    EXPECT_EQ(peer({{"remote_as", wrong}}).status, 400U) << wrong;
  }
  EXPECT_EQ(speaker({{"ip_version", 5}}).status, 400U);
  EXPECT_EQ(peer({{"auth_type", "sha"}}).status, 400U);
  EXPECT_EQ(peer({{"peer_ip", "router.example"}}).status, 400U);
  EXPECT_EQ(peer({{"auth_type", "md5"}}).type(), "InvalidBgpPeerMd5Authentication");
}

TEST_F(Bgp, OnlyAdministratorsHearOfIt) {
  const std::string one = id_of(speaker());
  const std::string known = id_of(peer());
  client.identity.who = test::member();
  EXPECT_EQ(speaker().status, 403U);
  EXPECT_EQ(peer().status, 403U);
  EXPECT_EQ(client.get(speakers + "/" + one).status, 404U);
  EXPECT_EQ(client.get(peers).body.at("bgp_peers"), json::value(json::array()));
  EXPECT_GE(act(one, "add_bgp_peer", {{"bgp_peer_id", known}}).status, 403U);
  EXPECT_GE(client.get(speakers + "/" + one + "/get_advertised_routes").status, 403U);
}

TEST_F(Bgp, ShowsWhatIsAnnouncedAndByWhichAgents) {
  client.cloud.operator_limits().flat_networks = {"physnet1"};
  const std::string outside = client.network(
      {{"router:external", true}, {"provider:network_type", "flat"}, {"provider:physical_network", "physnet1"}});
  client.subnet(outside, "203.0.113.0/24");
  const std::string inside = client.network();
  const std::string subnet = client.subnet(inside, "10.0.0.0/24");
  const std::string port = client.port(inside);
  const Reply router =
      client.post("/v2.0/routers", {{"router", {{"external_gateway_info", {{"network_id", outside}}}}}});
  ASSERT_EQ(router.status, 201U) << router.text;
  ASSERT_EQ(client.put("/v2.0/routers/" + id_of(router) + "/add_router_interface", {{"subnet_id", subnet}}).status,
            200U);
  const Reply floating =
      client.post("/v2.0/floatingips", {{"floatingip", {{"floating_network_id", outside}, {"port_id", port}}}});
  ASSERT_EQ(floating.status, 201U) << floating.text;
  const std::string one = id_of(speaker());
  const std::string routes = speakers + "/" + one + "/get_advertised_routes";
  EXPECT_EQ(client.get(routes).body, (json::value{{"advertised_routes", json::array()}}));
  ASSERT_EQ(act(one, "add_gateway_network", {{"network_id", outside}}).status, 200U);
  const std::string address(floating.body.at("floatingip").at("floating_ip_address").as_string());
  const json::value& hop = router.body.at("router").at("external_gateway_info").at("external_fixed_ips").at(0);
  EXPECT_EQ(client.get(routes).body,
            (json::value{{"advertised_routes",
                          json::array{{{"destination", address + "/32"}, {"next_hop", hop.at("ip_address")}}}}}));
  agent("with", true);
  agent("silent", false);
  const json::value agents = client.get(speakers + "/" + one + "/bgp-dragents").body.at("agents");
  ASSERT_EQ(agents.as_array().size(), 1U);
  EXPECT_EQ(agents.at(0).at("host"), said("with"));
  EXPECT_EQ(agents.at(0).at("configurations").at("bgp"), json::value(true));
  const json::value found = client.get("/v2.0/agents?agent_type=BGP%20dynamic%20routing%20agent").body.at("agents");
  EXPECT_EQ(found, agents);
  const std::string agent_id(agents.at(0).at("id").as_string());
  const json::value there = client.get("/v2.0/agents/" + agent_id + "/bgp-drinstances").body.at("bgp_speakers");
  ASSERT_EQ(there.as_array().size(), 1U);
  EXPECT_EQ(there.at(0).at("id"), said(one));
}

// Types and statuses are those of neutron-dynamic-routing's exceptions.
TEST_F(Bgp, AHostIsTakenFromASpeakerAndGivenBack) {
  client.cloud.operator_limits().flat_networks = {"physnet1"};
  const std::string outside = client.network(
      {{"router:external", true}, {"provider:network_type", "flat"}, {"provider:physical_network", "physnet1"}});
  const std::string one = id_of(speaker());
  ASSERT_EQ(act(one, "add_gateway_network", {{"network_id", outside}}).status, 200U);
  for (const char* host : {"with", "too"}) agent(host, true);
  agent("silent", false);
  const auto path = [&](const std::string& host) {
    const json::value agents = client.get("/v2.0/agents?host=" + host).body.at("agents");
    return "/v2.0/agents/" + std::string(agents.at(0).at("id").as_string()) + "/bgp-drinstances";
  };
  const auto hosts = [&] {
    std::set<std::string> told;
    for (const json::value& each : client.get(speakers + "/" + one + "/bgp-dragents").body.at("agents").as_array())
      told.emplace(each.at("host").as_string());
    return told;
  };
  const auto give = [&](const std::string& host) { return client.post(path(host), {{"bgp_speaker_id", one}}); };
  const auto take = [&](const std::string& host) { return client.remove(path(host) + "/" + one); };
  EXPECT_EQ(give("with").status, 409U) << give("with").text;
  EXPECT_EQ(give("with").type(), "DrAgentAssociationError");
  EXPECT_EQ(take("with").status, 204U);
  EXPECT_EQ(hosts(), std::set<std::string>{"too"});
  EXPECT_EQ(take("with").status, 404U);
  EXPECT_EQ(take("with").type(), "DrAgentNotHostingBgpSpeaker");
  EXPECT_EQ(give("with").status, 201U);
  EXPECT_EQ(hosts(), (std::set<std::string>{"with", "too"}));
  EXPECT_EQ(give("silent").status, 404U);
  EXPECT_EQ(give("silent").type(), "DrAgentInvalid");
  EXPECT_EQ(client.post(path("with"), {{"bgp_speaker_id", outside}}).type(), "BgpSpeakerNotFound");
  const std::string with = path("with");
  client.identity.who = test::member();
  EXPECT_EQ(client.post(with, {{"bgp_speaker_id", one}}).status, 403U);
}

}  // namespace
}  // namespace tarn::api
