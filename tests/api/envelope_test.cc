// Envelope and status (users.md section 3.1, behaviours 1 to 12), bad input included.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/client.h"
#include "api/dialect/attribute.h"

namespace tarn::api::test {
namespace {

using test::member;
using testing::HasSubstr;

TEST(Envelope, SuccessCodesAreThoseClientsExpect) {  // 1
  Client client;
  const Reply created = client.post("/v2.0/networks", {{"network", {{"name", "a"}}}});
  EXPECT_EQ(created.status, 201U);
  const std::string id(created.body.at("network").at("id").as_string());
  EXPECT_EQ(client.get("/v2.0/networks").status, 200U);
  EXPECT_EQ(client.get("/v2.0/networks/" + id).status, 200U);
  EXPECT_EQ(client.put("/v2.0/networks/" + id, {{"network", {{"name", "b"}}}}).status, 200U);
  const Reply removed = client.remove("/v2.0/networks/" + id);
  EXPECT_EQ(removed.status, 204U);
  EXPECT_EQ(removed.text, "");
  EXPECT_EQ(client.get("/v2.0/networks/" + id).status, 404U);
}

TEST(Envelope, CollectionsRefuseOtherMethodsAndSayWhichTheyAllow) {  // 3
  Client client;
  for (const char* method : {"PUT", "PATCH", "DELETE", "HEAD"}) {
    const Reply reply = client.ask(method, "/v2.0/networks");
    EXPECT_EQ(reply.status, 405U) << method;
    EXPECT_EQ(*find_header(reply.headers, "Allow"), "GET, POST");
  }
  EXPECT_EQ(client.ask("PATCH", "/v2.0/networks/" + client.network()).status, 405U);
  EXPECT_EQ(client.post("/v2.0/agents", {{"agent", json::object()}}).status, 405U);
}

TEST(Envelope, DeleteWithABodyIsRefused) {  // 3
  Client client;
  const std::string id = client.network();
  EXPECT_EQ(client.ask("DELETE", "/v2.0/networks/" + id, "{}").status, 400U);
  EXPECT_EQ(client.get("/v2.0/networks/" + id).status, 200U);
}

TEST(Envelope, BodiesWithoutTheRightRootAreRefused) {  // 4
  Client client;
  for (const char* body : {"", "{", "[]", "3", "null", "{}", R"({"net":{}})", R"({"network":[]})",
                           R"({"network":null})", R"({"networks":{}})", R"({"networks":[]})", R"({"networks":[3]})",
                           "\xff\xfe", R"({"network":{"name":"a"}} x)"}) {
    const Reply reply = client.ask("POST", "/v2.0/networks", body);
    EXPECT_EQ(reply.status, 400U) << body;
    EXPECT_EQ(reply.type(), "HTTPBadRequest") << body;
  }
  EXPECT_TRUE(client.cloud.snapshot()->networks().empty());
}

TEST(Envelope, ABodyNestedTooDeepIsRefusedNotFollowed) {
  Client client;
  const std::string deep(200'000, '[');
  EXPECT_EQ(client.ask("POST", "/v2.0/networks", R"({"network":{"name":)" + deep).status, 400U);
}

TEST(Envelope, BulkCreatesInTheOrderSentUnderThePluralRoot) {  // 4, 5
  Client client;
  const Reply reply =
      client.post("/v2.0/networks", {{"networks", {{{"name", "c"}}, {{"name", "a"}}, {{"name", "b"}}}}});
  ASSERT_EQ(reply.status, 201U) << reply.text;
  const auto& all = reply.body.at("networks").as_array();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].at("name"), "c");
  EXPECT_EQ(all[1].at("name"), "a");
  EXPECT_EQ(all[2].at("name"), "b");
}

TEST(Envelope, BulkIsAllOrNothing) {  // 5
  Client client;
  const std::string network = client.network();
  client.subnet(network, "10.0.0.0/24");
  const json::value good{{"network_id", network}};
  const json::value bad{{"network_id", network}, {"fixed_ips", {{{"ip_address", "192.0.2.1"}}}}};
  const Reply reply = client.post("/v2.0/ports", {{"ports", json::array{good, bad}}});
  EXPECT_EQ(reply.status, 400U);
  EXPECT_EQ(reply.type(), "InvalidIpForNetwork");
  EXPECT_TRUE(client.cloud.snapshot()->ports().empty());
}

TEST(Envelope, AnEntryMayStandUnderItsName) {
  Client client;
  const json::object plain{{"name", "a"}};
  const auto post = [&](json::array entries) { return client.post("/v2.0/networks", {{"networks", entries}}); };
  const Reply reply = post({json::object{{"network", {{"name", "b"}}}}, plain});
  ASSERT_EQ(reply.status, 201U) << reply.text;
  EXPECT_EQ(reply.body.at("networks").at(0).at("name"), "b");
  EXPECT_EQ(reply.body.at("networks").at(1).at("name"), "a");
  EXPECT_EQ(post({json::object{{"network", nullptr}}}).status, 400U);
  EXPECT_EQ(post({json::object{{"network", {{"nonsense", 1}}}}}).status, 400U);
  for (const dialect::Resource& each : dialect::table().resources)
    EXPECT_EQ(each.attribute(each.singular), nullptr) << each.singular << " would be taken for its attribute";
}

TEST(Envelope, BulkIsForPostOnly) {  // 5
  Client client;
  const std::string id = client.network();
  EXPECT_EQ(client.put("/v2.0/networks/" + id, {{"networks", json::array{json::object{{"name", "x"}}}}}).status, 400U);
}

TEST(Envelope, EveryErrorHasTypeMessageAndAnEmptyDetail) {  // 6
  Client client;
  for (const Reply& reply :
       {client.get("/v2.0/networks/no-such-id"), client.get("/nowhere"), client.get("/v2.0/unknown"),
        client.ask("PUT", "/v2.0/networks"), client.post("/v2.0/ports", {{"port", json::object()}})}) {
    const auto& error = reply.body.at("NeutronError").as_object();
    EXPECT_TRUE(error.at("type").is_string());
    EXPECT_FALSE(error.at("message").as_string().empty());
    EXPECT_EQ(error.at("detail"), "");
  }
}

TEST(Envelope, TypesAreTheNamesThatClientsHaveClassesFor) {  // 7
  Client client;
  const std::string nobody = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(client.get("/v2.0/networks/" + nobody).type(), "NetworkNotFound");
  EXPECT_EQ(client.get("/v2.0/subnets/" + nobody).type(), "SubnetNotFound");
  EXPECT_EQ(client.get("/v2.0/ports/" + nobody).type(), "PortNotFound");
  EXPECT_EQ(client.get("/v2.0/agents/" + nobody).type(), "AgentNotFound");
  const std::string network = client.network();
  const std::string subnet = client.subnet(network, "10.0.0.0/30");
  const std::string port = client.port(network, {{"mac_address", "fa:16:3e:00:00:01"}});
  EXPECT_EQ(client.remove("/v2.0/networks/" + network).type(), "NetworkInUse");
  EXPECT_EQ(client.remove("/v2.0/subnets/" + subnet).type(), "SubnetInUse");
  const auto refused = [&](json::object body) {
    body["network_id"] = network;
    return client.post("/v2.0/ports", {{"port", body}});
  };
  EXPECT_EQ(refused({{"mac_address", "fa:16:3e:00:00:01"}}).type(), "MacAddressInUse");
  EXPECT_EQ(refused({{"fixed_ips", {{{"ip_address", "10.0.0.2"}}}}}).type(), "IpAddressAlreadyAllocated");
  EXPECT_EQ(refused({{"fixed_ips", {{{"ip_address", "10.9.0.2"}}}}}).type(), "InvalidIpForNetwork");
  EXPECT_EQ(refused({{"fixed_ips", {{{"ip_address", "10.9.0.2"}, {"subnet_id", subnet}}}}}).type(),
            "InvalidIpForSubnet");
}

TEST(Envelope, FaultsMapToTheirStatus) {  // 8
  Client client;
  const auto status_of = [&](ErrorCode code) {
    client.cloud.fail_writes({code, {}, "why"});
    return client.post("/v2.0/networks", {{"network", json::object()}});
  };
  EXPECT_EQ(status_of(ErrorCode::invalid).status, 400U);
  EXPECT_EQ(status_of(ErrorCode::forbidden).status, 403U);
  EXPECT_EQ(status_of(ErrorCode::not_found).status, 404U);
  EXPECT_EQ(status_of(ErrorCode::conflict).status, 409U);
  EXPECT_EQ(status_of(ErrorCode::exhausted).status, 409U);
  EXPECT_EQ(status_of(ErrorCode::stale).status, 412U);
  EXPECT_EQ(status_of(ErrorCode::unavailable).status, 503U);
  const Reply broken = status_of(ErrorCode::internal);
  EXPECT_EQ(broken.status, 500U);
  EXPECT_THAT(broken.text, testing::Not(HasSubstr("why")));
  const Reply unknown = status_of(ErrorCode::unsupported);
  EXPECT_EQ(unknown.status, 501U);
  EXPECT_TRUE(unknown.body.as_object().contains("NotImplementedError"));
}

TEST(Envelope, WhatACallerMayNotSeeIsNotFoundAndWhatHeMayNotChangeIsForbidden) {  // 10
  Client client;
  const std::string hidden = client.network({{"project_id", "p2"}});
  const std::string shared = client.network({{"project_id", "p2"}, {"shared", true}});
  client.identity.who = member("p1");
  EXPECT_EQ(client.get("/v2.0/networks/" + hidden).status, 404U);
  EXPECT_EQ(client.remove("/v2.0/networks/" + hidden).status, 404U);
  EXPECT_EQ(client.get("/v2.0/networks/" + shared).status, 200U);
  EXPECT_EQ(client.put("/v2.0/networks/" + shared, {{"network", {{"name", "mine"}}}}).status, 403U);
  EXPECT_EQ(client.post("/v2.0/networks", {{"network", {{"shared", true}}}}).status, 403U);
  EXPECT_EQ(client.get("/v2.0/networks").body.at("networks").as_array().size(), 1U);
}

TEST(Envelope, AttributesThatACallerMayNotSeeAreLeftOut) {  // 10
  Client client;
  const std::string id = client.network({{"project_id", "p1"}});
  EXPECT_TRUE(client.shown("network", id).contains("provider:segmentation_id"));
  client.identity.who = member("p1");
  EXPECT_FALSE(client.shown("network", id).contains("provider:segmentation_id"));
}

TEST(Envelope, UnknownAttributesAreNamed) {  // 11
  Client client;
  const Reply reply = client.post("/v2.0/networks", {{"network", {{"colour", 1}, {"name", "a"}, {"taste", 2}}}});
  EXPECT_EQ(reply.status, 400U);
  EXPECT_EQ(reply.message(), "Unrecognized attribute(s) 'colour, taste'");
}

TEST(Envelope, ProjectAndTenantAreOneThing) {  // 11
  Client client;
  const auto made = client.shown("network", client.network({{"tenant_id", "p7"}}));
  EXPECT_EQ(made.at("project_id"), "p7");
  EXPECT_EQ(made.at("tenant_id"), "p7");
  EXPECT_EQ(client.shown("network", client.network()).at("project_id"), "p1");
  EXPECT_EQ(client.post("/v2.0/networks", {{"network", {{"tenant_id", "a"}, {"project_id", "b"}}}}).status, 400U);
}

TEST(Envelope, EveryAnswerCarriesARequestIdOfItsOwn) {  // 12
  Client client;
  std::set<std::string> ids;
  for (const char* target : {"/", "/v2.0", "/v2.0/networks", "/v2.0/networks/x", "/healthcheck", "/nowhere", "/%zz"}) {
    const Reply reply = client.get(target);
    const auto* id = find_header(reply.headers, "X-Openstack-Request-Id");
    ASSERT_NE(id, nullptr) << target;
    EXPECT_TRUE(id->starts_with("req-"));
    EXPECT_TRUE(ids.insert(*id).second);
  }
}

TEST(Envelope, AStrangerIsChallenged) {  // 12
  Client client;
  client.identity.refusal = Error{ErrorCode::forbidden, {}, "no"};
  const Reply reply = client.get("/v2.0/networks");
  EXPECT_EQ(reply.status, 401U);
  EXPECT_NE(find_header(reply.headers, "WWW-Authenticate"), nullptr);
  EXPECT_EQ(client.get("/").status, 200U);
  client.identity.refusal = Error{ErrorCode::unavailable, {}, "away"};
  EXPECT_EQ(client.get("/v2.0/networks").status, 503U);
}

TEST(Envelope, WrongTypesAreRefusedByName) {
  Client client;
  const std::string network = client.network();
  const auto refused = [&](const char* what, json::value value) {
    const Reply reply = client.post("/v2.0/ports", {{"port", {{"network_id", network}, {what, std::move(value)}}}});
    EXPECT_EQ(reply.status, 400U) << what << reply.text;
    EXPECT_THAT(reply.message(), HasSubstr("Invalid input for " + std::string(what) + ". Reason: ")) << what;
  };
  refused("name", 3);
  refused("name", nullptr);
  refused("name", json::string(256, 'x'));
  refused("admin_state_up", "maybe");
  refused("admin_state_up", json::array());
  refused("mac_address", "zz");
  refused("mac_address", "00:00:00:00:00:00");
  refused("fixed_ips", "10.0.0.1");
  refused("fixed_ips", {{{"ip_address", "10.0.0.300"}}});
  refused("fixed_ips", {{{"address", "10.0.0.3"}}});
  refused("fixed_ips", json::array{json::object()});
  refused("allowed_address_pairs", {{{"mac_address", "fa:16:3e:00:00:01"}}});
  refused("extra_dhcp_opts", {{{"opt_name", "mtu"}}});
  refused("binding:profile", "text");
  refused("binding:vnic_type", "direct");
  refused("security_groups", json::array{"default"});
  EXPECT_EQ(client.post("/v2.0/ports", {{"port", {{"network_id", "x"}}}}).status, 400U);
  EXPECT_TRUE(client.cloud.snapshot()->ports().empty());
}

TEST(Envelope, ReadOnlyAndRequiredAttributesAreKept) {
  Client client;
  EXPECT_EQ(client.post("/v2.0/networks", {{"network", {{"id", "x"}}}}).message(),
            "Attribute 'id' not allowed in POST");
  EXPECT_THAT(client.post("/v2.0/ports", {{"port", json::object()}}).message(),
              HasSubstr("Required attribute 'network_id' not specified"));
  const std::string id = client.network();
  EXPECT_EQ(client.put("/v2.0/networks/" + id, {{"network", {{"provider:segmentation_id", 5}}}}).message(),
            "Cannot update read-only attribute provider:segmentation_id");
}

}  // namespace
}  // namespace tarn::api::test
