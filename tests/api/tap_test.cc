// Copies of traffic through the API: tap services, tap flows and tap mirrors as clients write and read them.
#include <gmock/gmock.h>

#include "api/client.h"

namespace tarn::api {
namespace {

using test::Client;
using test::member;
using test::Reply;
using test::said;
namespace json = boost::json;

const std::string services = "/v2.0/taas/tap_services";
const std::string flows = "/v2.0/taas/tap_flows";
const std::string mirrors = "/v2.0/taas/tap_mirrors";

class Taps : public testing::Test {
 protected:
  Reply service(const std::string& to, json::object body = {}) {
    body["port_id"] = to;
    return client.post(services, {{"tap_service", std::move(body)}});
  }
  Reply flow(const std::string& to, const std::string& source, json::object body = {}) {
    body["tap_service_id"] = to;
    body["source_port"] = source;
    body.emplace("direction", "BOTH");
    return client.post(flows, {{"tap_flow", std::move(body)}});
  }
  Reply mirror(json::object directions, json::object body = {}) {
    body.emplace("port_id", port);
    body.emplace("remote_ip", "192.0.2.9");
    body.emplace("mirror_type", "gre");
    body["directions"] = std::move(directions);
    return client.post(mirrors, {{"tap_mirror", std::move(body)}});
  }
  static std::string id_of(const Reply& made) {
    CHECK(made.status == 201);
    return std::string(made.body.as_object().begin()->value().at("id").as_string());
  }
  void report(const std::string& id, model::PortStatus status) {
    model::Port row = **client.cloud.snapshot()->find(PortId{Uuid::parse(id).value()});
    row.status = status;
    client.cloud.put(row);
  }

  Client client;
  std::string network = client.network();
  std::string port = client.port(network);
  std::string sink = client.port(network);
};

TEST_F(Taps, AServiceShowsWhatItIsAndNothingElse) {
  const Reply made = service(sink, {{"name", "t"}, {"description", "d"}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const json::value shown = made.body.at("tap_service");
  EXPECT_EQ(shown, (json::value{{"id", shown.at("id")},
                                {"name", "t"},
                                {"tenant_id", "p1"},
                                {"project_id", "p1"},
                                {"description", "d"},
                                {"port_id", sink},
                                {"status", "DOWN"}}));
  const std::string path = services + "/" + id_of(made);
  EXPECT_EQ(client.get(path).body.at("tap_service"), shown);
  EXPECT_EQ(client.get(services).body.at("tap_services"), json::value(json::array{shown}));
  EXPECT_EQ(client.put(path, {{"tap_service", {{"name", "u"}}}}).body.at("tap_service").at("name"), said("u"));
  EXPECT_EQ(client.put(path, {{"tap_service", {{"port_id", port}}}}).status, 400U);
  EXPECT_EQ(client.put(path, {{"tap_service", {{"status", "ACTIVE"}}}}).status, 400U);
  EXPECT_EQ(client.remove(path).status, 204U);
  EXPECT_EQ(client.get(path).type(), "TapServiceNotFound");
}

TEST_F(Taps, AFlowShowsWhatItIsAndNothingElse) {
  const std::string to = id_of(service(sink));
  const Reply made = flow(to, port, {{"direction", "IN"}, {"vlan_filter", "9,18,27-36"}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const json::value shown = made.body.at("tap_flow");
  EXPECT_EQ(shown, (json::value{{"id", shown.at("id")},
                                {"name", ""},
                                {"tenant_id", "p1"},
                                {"project_id", "p1"},
                                {"description", ""},
                                {"tap_service_id", to},
                                {"source_port", port},
                                {"direction", "IN"},
                                {"status", "DOWN"},
                                {"vlan_filter", "9,18,27-36"}}));
  EXPECT_EQ(flow(to, port, {{"vlan_filter", nullptr}}).body.at("tap_flow").at("vlan_filter"), nullptr);
  EXPECT_EQ(flow(to, port).body.at("tap_flow").at("direction"), said("BOTH"));
  EXPECT_EQ(flow(to, port, {{"direction", "OUT"}}).body.at("tap_flow").at("direction"), said("OUT"));
  EXPECT_EQ(client.get(flows + "?direction=OUT").body.at("tap_flows").as_array().size(), 1U);
  EXPECT_EQ(client.get(flows + "?tap_service_id=" + to).body.at("tap_flows").as_array().size(), 4U);
  EXPECT_EQ(client.get(flows + "?source_port=" + sink).body.at("tap_flows").as_array().size(), 0U);
  EXPECT_EQ(client.remove(flows + "/" + id_of(made)).status, 204U);
  EXPECT_EQ(client.get(flows + "/" + id_of(made)).type(), "TapFlowNotFound");
}

TEST_F(Taps, AMirrorShowsTheDirectionsThatItHas) {
  const Reply made = mirror({{"IN", 0}, {"BOTH", 4'294'967'295}}, {{"mirror_type", "gre"}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const json::value shown = made.body.at("tap_mirror");
  EXPECT_EQ(shown, (json::value{{"id", shown.at("id")},
                                {"name", ""},
                                {"tenant_id", "p1"},
                                {"project_id", "p1"},
                                {"description", ""},
                                {"port_id", port},
                                {"directions", {{"IN", 0}, {"BOTH", 4'294'967'295}}},
                                {"remote_ip", "192.0.2.9"},
                                {"mirror_type", "gre"}}));
  const Reply other = mirror({{"OUT", 5}}, {{"mirror_type", "erspanv1"}, {"remote_ip", "2001:db8::9"}});
  EXPECT_EQ(other.body.at("tap_mirror").at("directions"), (json::value{{"OUT", 5}}));
  EXPECT_EQ(client.get(mirrors + "?mirror_type=erspanv1&remote_ip=2001:db8::9").body.at("tap_mirrors").at(0),
            other.body.at("tap_mirror"));
  const std::string path = mirrors + "/" + id_of(made);
  EXPECT_EQ(client.put(path, {{"tap_mirror", {{"description", "d"}}}}).body.at("tap_mirror").at("directions"),
            shown.at("directions"));
  EXPECT_EQ(client.put(path, {{"tap_mirror", {{"directions", {{"IN", 7}}}}}}).status, 400U);
  EXPECT_EQ(client.remove(path).status, 204U);
  EXPECT_EQ(client.get(path).type(), "TapMirrorNotFound");
}

TEST_F(Taps, WhatCannotBeCopiedIsRefused) {
  const std::string to = id_of(service(sink));
  const std::string nobody = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(service(nobody).type(), "PortNotFound");
  EXPECT_EQ(flow(to, nobody).type(), "PortNotFound");
  EXPECT_EQ(flow(nobody, port).type(), "TapServiceNotFound");
  EXPECT_EQ(mirror({{"IN", 1}}, {{"port_id", nobody}}).type(), "PortNotFound");
  for (const char* bad : {"", "9,", "1-2-3", "4096", "vlan"})
    EXPECT_EQ(flow(to, port, {{"vlan_filter", bad}}).status, 400U) << bad;
  EXPECT_EQ(flow(to, port, {{"direction", "in"}}).type(), "HTTPBadRequest");
  EXPECT_EQ(mirror({}).type(), "HTTPBadRequest");
  EXPECT_EQ(mirror({{"UP", 1}}).type(), "HTTPBadRequest");
  EXPECT_EQ(mirror({{"IN", nullptr}}).status, 400U);
  EXPECT_EQ(mirror({{"IN", -1}}).status, 400U);
  EXPECT_EQ(mirror({{"IN", 4'294'967'296}}).status, 400U);
  EXPECT_EQ(mirror({{"IN", 1024}}, {{"mirror_type", "erspanv1"}}).status, 400U);
  EXPECT_EQ(mirror({{"IN", 1}}, {{"mirror_type", "erspanv2"}}).type(), "HTTPBadRequest");
  EXPECT_EQ(mirror({{"IN", 1}}, {{"remote_ip", "far away"}}).type(), "HTTPBadRequest");
  EXPECT_EQ(mirror({{"IN", 1}}).status, 201U);
  const Reply conflict = mirror({{"OUT", 1}});
  EXPECT_EQ(conflict.status, 409U);
  EXPECT_EQ(conflict.type(), "TapMirrorTunnelConflict");
}

TEST_F(Taps, AreActiveWhileTheirPortsAre) {
  const std::string to = services + "/" + id_of(service(sink));
  const std::string from = flows + "/" + id_of(flow(to.substr(services.size() + 1), port));
  const auto status = [&] {
    return std::pair(client.get(to).body.at("tap_service").at("status"),
                     client.get(from).body.at("tap_flow").at("status"));
  };
  EXPECT_EQ(status(), std::pair(said("DOWN"), said("DOWN")));
  report(sink, model::PortStatus::active);
  EXPECT_EQ(status(), std::pair(said("ACTIVE"), said("DOWN")));
  report(port, model::PortStatus::active);
  EXPECT_EQ(status(), std::pair(said("ACTIVE"), said("ACTIVE")));
  report(sink, model::PortStatus::build);
  EXPECT_EQ(status(), std::pair(said("DOWN"), said("DOWN")));
  EXPECT_EQ(client.get(services + "?status=DOWN").body.at("tap_services").as_array().size(), 1U);
}

TEST_F(Taps, GoWithTheirPortsAndFlowsWithTheirServices) {
  const std::string to = services + "/" + id_of(service(sink));
  const std::string first = flows + "/" + id_of(flow(to.substr(services.size() + 1), port));
  const std::string outside = mirrors + "/" + id_of(mirror({{"IN", 1}}));
  EXPECT_EQ(client.remove("/v2.0/ports/" + port).status, 204U);
  EXPECT_EQ(client.get(first).status, 404U);
  EXPECT_EQ(client.get(outside).status, 404U);
  EXPECT_EQ(client.get(to).status, 200U);
  const std::string second = flows + "/" + id_of(flow(to.substr(services.size() + 1), client.port(network)));
  EXPECT_EQ(client.remove(to).status, 204U);
  EXPECT_EQ(client.get(second).status, 404U);
}

TEST_F(Taps, AreTheirProjectsOwn) {
  client.identity.who = member();
  const std::string to = id_of(service(sink));
  const std::string from = id_of(flow(to, port));
  EXPECT_EQ(mirror({{"IN", 1}}).status, 201U);
  client.identity.who = member("p2");
  EXPECT_EQ(client.get(services + "/" + to).status, 404U);
  EXPECT_EQ(client.remove(flows + "/" + from).status, 404U);
  EXPECT_EQ(client.get(mirrors).body.at("tap_mirrors"), json::value(json::array()));
  EXPECT_EQ(service(sink).type(), "PortNotFound");
  EXPECT_EQ(flow(to, port).type(), "TapServiceNotFound");
  EXPECT_EQ(mirror({{"IN", 2}}).type(), "PortNotFound");
  client.identity.who = test::administrator("p9");
  EXPECT_EQ(service(sink).status, 403U);
  EXPECT_EQ(service(sink).type(), "PortDoesNotBelongToTenant");
  EXPECT_EQ(flow(to, port).type(), "TapServiceNotBelongToTenant");
  EXPECT_EQ(mirror({{"IN", 2}}).type(), "PortDoesNotBelongToTenant");
  EXPECT_EQ(flow(to, port, {{"project_id", "p1"}}).status, 201U);
}

TEST_F(Taps, AReaderSeesMirrorsAndMakesNone) {
  EXPECT_EQ(mirror({{"IN", 1}}).status, 201U);
  client.identity.who = test::somebody("p1", {"reader"});
  EXPECT_EQ(client.get(mirrors).body.at("tap_mirrors").as_array().size(), 1U);
  EXPECT_EQ(mirror({{"IN", 2}}).status, 403U);
}

TEST_F(Taps, AreToldOf) {
  for (const char* alias : {"taas", "taas-vlan-filter", "tap-mirror", "tap-mirror-both-direction"})
    EXPECT_EQ(client.get(std::string("/v2.0/extensions/") + alias).status, 200U) << alias;
}

// The numbers by which copies travel are of the ranges that networks have theirs from, and count as used.
TEST_F(Taps, TheNumberOfAServiceIsUsedInItsRange) {
  const Reply made = client.post("/v2.0/network_segment_ranges", {{"network_segment_range",
                                                                   {{"network_type", "vxlan"},
                                                                    {"minimum", 70'000},
                                                                    {"maximum", 70'001},
                                                                    {"shared", false},
                                                                    {"project_id", "p1"}}}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const std::string range = "/v2.0/network_segment_ranges/" + id_of(made);
  const std::string to = services + "/" + id_of(service(sink));
  const json::value used = client.get(range).body.at("network_segment_range").at("used");
  ASSERT_EQ(used.as_object().size(), 1U);
  EXPECT_EQ(used.as_object().begin()->value(), said("p1"));
  EXPECT_EQ(client.remove(range).type(), "NetworkSegmentRangeReferencedByProject");
  EXPECT_EQ(client.remove(to).status, 204U);
  EXPECT_EQ(client.remove(range).status, 204U);
}

}  // namespace
}  // namespace tarn::api
