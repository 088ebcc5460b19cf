// Metering, flavors and logs through the API.
#include <gmock/gmock.h>

#include "api/client.h"

namespace tarn::api {
namespace {

using test::Client;
using test::member;
using test::Reply;
using test::said;
namespace json = boost::json;

std::string made(Client& client, const std::string& path, const std::string& root, json::object body) {
  const Reply reply = client.post(path, {{root, std::move(body)}});
  if (reply.status != 201) throw std::runtime_error(reply.text);
  return std::string(reply.body.at(root).at("id").as_string());
}

TEST(Metering, LabelsHaveRules) {
  Client client;
  const std::string labels = "/v2.0/metering/metering-labels";
  const std::string rules = "/v2.0/metering/metering-label-rules";
  const std::string label = made(client, labels, "metering_label", {{"name", "l"}, {"description", "d"}});
  const json::value shown = client.get(labels + "/" + label).body.at("metering_label");
  EXPECT_EQ(shown, (json::value{{"id", label},
                                {"name", "l"},
                                {"tenant_id", "p1"},
                                {"project_id", "p1"},
                                {"description", "d"},
                                {"shared", false}}));
  const json::object body{{"metering_label_id", label}, {"direction", "ingress"}, {"remote_ip_prefix", "10.0.0.0/24"}};
  const std::string rule = made(client, rules, "metering_label_rule", body);
  EXPECT_EQ(client.get(rules + "/" + rule).body.at("metering_label_rule"),
            (json::value{{"id", rule},
                         {"metering_label_id", label},
                         {"direction", "ingress"},
                         {"excluded", false},
                         {"remote_ip_prefix", "10.0.0.0/24"},
                         {"source_ip_prefix", nullptr},
                         {"destination_ip_prefix", nullptr}}));
  EXPECT_EQ(client.post(rules, {{"metering_label_rule", body}}).type(), "MeteringLabelRuleOverlaps");
  EXPECT_EQ(
      client.post(rules, {{"metering_label_rule", {{"metering_label_id", label}, {"direction", "ingress"}}}}).status,
      400U);
  EXPECT_EQ(client.put(rules + "/" + rule, {{"metering_label_rule", json::object{}}}).status, 405U);
  EXPECT_EQ(client.get(rules + "?metering_label_id=" + label).body.at("metering_label_rules").as_array().size(), 1U);
  client.identity.who = member("p2");
  EXPECT_EQ(client.get(labels + "/" + label).status, 404U);
  EXPECT_EQ(client.post(labels, {{"metering_label", {{"name", "x"}}}}).status, 403U);
  client.identity.who = test::administrator();
  EXPECT_EQ(client.remove(labels + "/" + label).status, 204U);
  EXPECT_EQ(client.get(rules + "/" + rule).type(), "MeteringLabelRuleNotFound");
}

TEST(Flavors, HaveServiceProfiles) {
  Client client;
  const std::string flavors = "/v2.0/flavors";
  const std::string profile =
      made(client, "/v2.0/service_profiles", "service_profile",
           {{"driver", "neutron.services.l3_router.service_providers.ha.HaDriver"}, {"metainfo", "{}"}});
  const std::string flavor =
      made(client, flavors, "flavor", {{"name", "gold"}, {"service_type", "L3_ROUTER_NAT"}, {"description", "best"}});
  const std::string below = flavors + "/" + flavor + "/service_profiles";
  EXPECT_EQ(client.get(flavors + "/" + flavor).body.at("flavor"), (json::value{{"id", flavor},
                                                                               {"name", "gold"},
                                                                               {"description", "best"},
                                                                               {"service_type", "L3_ROUTER_NAT"},
                                                                               {"enabled", true},
                                                                               {"service_profiles", json::array()}}));
  const Reply put_in = client.post(below, {{"service_profile", {{"id", profile}}}});
  EXPECT_EQ(put_in.status, 201U) << put_in.text;
  EXPECT_EQ(put_in.body.at("service_profile").at("id"), said(profile));
  EXPECT_EQ(client.post(below, {{"service_profile", {{"id", profile}}}}).type(), "FlavorServiceProfileBindingExists");
  EXPECT_EQ(client.post(below, {{"service_profile", {{"id", flavor}}}}).type(), "ServiceProfileNotFound");
  EXPECT_EQ(client.get(flavors + "/" + flavor).body.at("flavor").at("service_profiles"),
            (json::value(json::array{profile})));
  EXPECT_EQ(
      client.get(flavors + "/" + flavor + "/next_providers").body,
      (json::value{{"next_providers",
                    {{{"driver", "neutron.services.l3_router.service_providers.ha.HaDriver"}, {"provider", "ha"}}}}}));
  EXPECT_EQ(client.remove("/v2.0/service_profiles/" + profile).type(), "ServiceProfileInUse");
  EXPECT_EQ(client.remove(below + "/" + profile).status, 204U);
  EXPECT_EQ(client.remove(below + "/" + profile).type(), "FlavorServiceProfileBindingNotFound");
  EXPECT_EQ(client.remove("/v2.0/service_profiles/" + profile).status, 204U);
  client.identity.who = member("p2");
  EXPECT_EQ(client.get(flavors + "/" + flavor).status, 200U);
  EXPECT_EQ(client.remove(flavors + "/" + flavor).status, 403U);
  EXPECT_EQ(client.get("/v2.0/service-providers").body.at("service_providers").at(0).at("name"), said("dvrha"));
}

TEST(Logs, AreOfSecurityGroups) {
  Client client;
  const std::string logs = "/v2.0/log/logs";
  EXPECT_EQ(client.get("/v2.0/log/loggable-resources").body,
            (json::value{{"loggable_resources", {{{"type", "security_group"}}}}}));
  const std::string port = client.port(client.network());
  const std::string log =
      made(client, logs, "log", {{"resource_type", "security_group"}, {"target_id", port}, {"event", "DROP"}});
  const json::value shown = client.get(logs + "/" + log).body.at("log");
  EXPECT_EQ(shown.at("event"), said("DROP"));
  EXPECT_EQ(shown.at("target_id"), said(port));
  EXPECT_EQ(shown.at("resource_id"), nullptr);
  EXPECT_EQ(shown.at("enabled"), true);
  EXPECT_EQ(client.put(logs + "/" + log, {{"log", {{"enabled", false}}}}).body.at("log").at("enabled"), false);
  EXPECT_EQ(client.put(logs + "/" + log, {{"log", {{"event", "ALL"}}}}).status, 400U);
  EXPECT_EQ(client.post(logs, {{"log", {{"resource_type", "x"}}}}).type(), "InvalidLogResourceType");
  EXPECT_EQ(client.remove("/v2.0/ports/" + port).status, 204U);
  EXPECT_EQ(client.get(logs + "/" + log).type(), "LogResourceNotFound");
  client.identity.who = member();
  EXPECT_EQ(client.post(logs, {{"log", {{"resource_type", "security_group"}}}}).status, 403U);
}

}  // namespace
}  // namespace tarn::api
