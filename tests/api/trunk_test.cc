// Trunks through the API: subports in a POST and by actions, what their parent ports show.
#include <gmock/gmock.h>

#include "api/client.h"

namespace tarn::api {
namespace {

using test::Client;
using test::member;
using test::Reply;
using test::said;
namespace json = boost::json;

json::object sub(const std::string& port, int vlan) {
  return {{"port_id", port}, {"segmentation_type", "vlan"}, {"segmentation_id", vlan}};
}

Reply new_trunk(Client& client, json::object body) {
  return client.post("/v2.0/trunks", {{"trunk", std::move(body)}});
}
std::string path_of(const Reply& made) {
  CHECK(made.status == 201);
  return "/v2.0/trunks/" + std::string(made.body.at("trunk").at("id").as_string());
}

TEST(Trunks, AreMadeWithTheirSubPorts) {
  Client client;
  const std::string network = client.network();
  const std::string parent = client.port(network);
  const std::string first = client.port(network);
  const Reply made = new_trunk(client, {{"port_id", parent}, {"name", "t"}, {"sub_ports", {sub(first, 100)}}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const json::value& trunk = made.body.at("trunk");
  EXPECT_EQ(trunk.at("port_id"), said(parent));
  EXPECT_EQ(trunk.at("status"), said("DOWN"));
  EXPECT_EQ(trunk.at("admin_state_up"), true);
  EXPECT_EQ(trunk.at("sub_ports"), (json::value(json::array{sub(first, 100)})));
  const std::string path = path_of(made);
  EXPECT_EQ(client.put(path, {{"trunk", {{"name", "u"}}}}).body.at("trunk").at("name"), said("u"));
  EXPECT_EQ(client.put(path, {{"trunk", {{"port_id", first}}}}).status, 400U);
  EXPECT_EQ(client.names("/v2.0/trunks?port_id=" + parent), std::vector<std::string>{"u"});
  EXPECT_EQ(client.remove("/v2.0/ports/" + first).type(), "PortInUseAsSubPort");
  EXPECT_EQ(client.remove("/v2.0/ports/" + parent).type(), "PortInUseAsTrunkParent");
  EXPECT_EQ(client.remove(path).status, 204U);
  EXPECT_EQ(client.get(path).type(), "TrunkNotFound");
  EXPECT_EQ(client.remove("/v2.0/ports/" + first).status, 204U);
}

TEST(Trunks, TakeAndGiveBackSubPortsByActions) {
  Client client;
  const std::string network = client.network();
  const std::string path = path_of(new_trunk(client, {{"port_id", client.port(network)}}));
  const std::string port = client.port(network);
  const Reply added = client.put(path + "/add_subports", {{"sub_ports", {sub(port, 7)}}});
  EXPECT_EQ(added.status, 200U) << added.text;
  EXPECT_EQ(added.body.at("sub_ports"), (json::value(json::array{sub(port, 7)})));  // no root
  EXPECT_EQ(added.body.at("revision_number"), 2);
  EXPECT_EQ(client.get(path + "/get_subports").body, (json::value{{"sub_ports", json::array{sub(port, 7)}}}));
  EXPECT_EQ(client.put(path + "/add_subports", {{"sub_ports", {sub(client.port(network), 7)}}}).type(),
            "DuplicateSubPort");
  EXPECT_EQ(client.put(path + "/remove_subports", {{"sub_ports", {{{"port_id", port}}}}}).body.at("sub_ports"),
            json::value(json::array()));
  EXPECT_EQ(client.put(path + "/remove_subports", {{"sub_ports", {{{"port_id", port}}}}}).type(), "SubPortNotFound");
}

TEST(Trunks, RefuseListsThatContradictThemselves) {
  Client client;
  const std::string network = client.network();
  const std::string parent = client.port(network);
  const std::string a = client.port(network);
  const std::string b = client.port(network);
  const auto type = [&](json::array subs) {
    return new_trunk(client, {{"port_id", parent}, {"sub_ports", std::move(subs)}}).type();
  };
  EXPECT_EQ(type({sub(a, 1), sub(a, 2)}), "HTTPBadRequest");
  EXPECT_EQ(type({sub(a, 1), sub(b, 1)}), "HTTPBadRequest");
  EXPECT_EQ(type({{{"port_id", a}, {"segmentation_type", "gre"}, {"segmentation_id", 1}}}), "HTTPBadRequest");
  EXPECT_EQ(type({{{"segmentation_type", "vlan"}, {"segmentation_id", 1}}}), "HTTPBadRequest");
}

TEST(Trunks, AreSeenAtTheirParentPortsAlone) {
  Client client;
  const std::string network = client.network();
  const std::string parent = client.port(network);
  const std::string below = client.port(network);
  const Reply made = new_trunk(client, {{"port_id", parent}, {"sub_ports", {sub(below, 100)}}});
  json::object entry = sub(below, 100);
  entry["mac_address"] = client.shown("port", below).at("mac_address");
  EXPECT_EQ(client.shown("port", parent).at("trunk_details"),
            (json::value{{"trunk_id", made.body.at("trunk").at("id")}, {"sub_ports", json::array{entry}}}));
  EXPECT_FALSE(client.shown("port", below).contains("trunk_details"));
}

TEST(Trunks, AreTheirProjectsOwn) {
  Client client;
  client.identity.who = member();
  const std::string network = client.network();
  const std::string parent = client.port(network);
  const std::string path = path_of(new_trunk(client, {{"port_id", parent}}));
  const std::string port = client.port(network);
  client.identity.who = member("p2");
  EXPECT_EQ(client.get(path).status, 404U);
  EXPECT_EQ(client.put(path + "/add_subports", {{"sub_ports", {sub(port, 7)}}}).status, 404U);
  EXPECT_EQ(new_trunk(client, {{"port_id", port}}).type(), "PortNotFound");
  client.identity.who = member();
  EXPECT_EQ(client.put(path + "/add_subports", {{"sub_ports", {sub(port, 7)}}}).status, 200U);
}

TEST(Trunks, HaveAQuota) {
  Client client;
  ASSERT_EQ(client.put("/v2.0/quotas/p1", {{"quota", {{"trunk", 0}}}}).status, 200U);
  EXPECT_EQ(new_trunk(client, {{"port_id", client.port(client.network())}}).type(), "OverQuota");
}

}  // namespace
}  // namespace tarn::api
