// QoS through the API: policies, the five collections of their rules, rules known by their ids, who has a policy.
#include <gmock/gmock.h>

#include "api/client.h"

namespace tarn::api {
namespace {

using test::Client;
using test::member;
using test::Reply;
using test::said;
namespace json = boost::json;

const std::string policies = "/v2.0/qos/policies";

std::string made(Client& client, const std::string& path, const std::string& root, json::object body) {
  const Reply reply = client.post(path, {{root, std::move(body)}});
  if (reply.status != 201) throw std::runtime_error(reply.text);
  return std::string(reply.body.at(root).at("id").as_string());
}
std::string new_policy(Client& client, json::object body = {}) {
  return made(client, policies, "policy", std::move(body));
}

TEST(QosPolicies, ShowTheirRulesWithTheirTypes) {
  Client client;
  const std::string id = new_policy(client, {{"name", "bw"}, {"description", "d"}});
  const std::string limit =
      made(client, policies + "/" + id + "/bandwidth_limit_rules", "bandwidth_limit_rule", {{"max_kbps", "1000"}});
  const Reply shown = client.get(policies + "/" + id);
  const json::value& policy = shown.body.at("policy");
  EXPECT_EQ(policy.at("name"), said("bw"));
  EXPECT_EQ(policy.at("shared"), false);
  EXPECT_EQ(policy.at("is_default"), false);
  EXPECT_EQ(policy.at("rules"), (json::value{{{"id", limit},
                                              {"max_kbps", 1000},
                                              {"max_burst_kbps", 0},
                                              {"direction", "egress"},
                                              {"qos_policy_id", id},
                                              {"type", "bandwidth_limit"}}}));
  EXPECT_EQ(client.put(policies + "/" + id, {{"policy", {{"is_default", true}, {"name", "n"}}}}).status, 200U);
  EXPECT_EQ(client.get(policies + "?is_default=true").body.at("policies").as_array().size(), 1U);
  EXPECT_EQ(client.put(policies + "/" + id + "/tags/gold", json::object{}).status, 201U);
  EXPECT_EQ(client.remove(policies + "/" + id).status, 204U);
  EXPECT_EQ(client.get(policies + "/" + id).type(), "QosPolicyNotFound");
}

struct RuleCase {
  std::string type;
  json::object body;   // of a POST
  json::object shown;  // beside the id
  json::object change;
};

TEST(QosRules, OfEachTypeAreMadeShownChangedAndRemoved) {
  const RuleCase cases[] = {
      {"bandwidth_limit",
       {{"max_kbps", 10}, {"max_burst_kbps", 1}, {"direction", "ingress"}},
       {{"max_kbps", 10}, {"max_burst_kbps", 1}, {"direction", "ingress"}},
       {{"max_kbps", 20}}},
      {"dscp_marking", {{"dscp_mark", 26}}, {{"dscp_mark", 26}}, {{"dscp_mark", 10}}},
      {"minimum_bandwidth", {{"min_kbps", 5}}, {{"min_kbps", 5}, {"direction", "egress"}}, {{"direction", "ingress"}}},
      {"packet_rate_limit",
       {{"max_kpps", 7}},
       {{"max_kpps", 7}, {"max_burst_kpps", 0}, {"direction", "egress"}},
       {{"max_burst_kpps", 9}}},
      {"minimum_packet_rate",
       {{"min_kpps", 3}, {"direction", "any"}},
       {{"min_kpps", 3}, {"direction", "any"}},
       {{"min_kpps", 4}}},
  };
  Client client;
  const std::string policy = new_policy(client);
  for (const RuleCase& each : cases) {
    const std::string root = each.type + "_rule";
    const std::string path = policies + "/" + policy + "/" + root + "s";
    const std::string id = made(client, path, root, each.body);
    json::object wanted = each.shown;
    wanted["id"] = id;
    EXPECT_EQ(client.get(path + "/" + id).body.at(root), json::value(wanted)) << each.type;
    EXPECT_EQ(client.get(path).body.at(root + "s"), json::value(json::array{wanted})) << each.type;
    const Reply changed = client.put(path + "/" + id, {{root, each.change}});
    for (const auto& [key, value] : each.change) wanted[key] = value;
    EXPECT_EQ(changed.body.at(root), json::value(wanted)) << changed.text;
    EXPECT_EQ(client.post(path, {{root, each.body}}).status, each.type == "minimum_bandwidth" ? 201U : 409U);
    EXPECT_EQ(client.remove(path + "/" + id).status, 204U);
    EXPECT_EQ(client.get(path + "/" + id).type(), "QosRuleNotFound");
  }
}

TEST(QosRules, TakeNothingThatNeutronDoesNot) {
  Client client;
  const std::string path = policies + "/" + new_policy(client) + "/";
  const auto refused = [&](const std::string& type, json::object body) {
    return client.post(path + type + "_rules", {{type + "_rule", std::move(body)}}).status;
  };
  EXPECT_EQ(refused("bandwidth_limit", {{"max_burst_kbps", 1}}), 400U);
  EXPECT_EQ(refused("bandwidth_limit", {{"max_kbps", -1}}), 400U);
  EXPECT_EQ(refused("bandwidth_limit", {{"max_kbps", 2'147'483'648}}), 400U);
  EXPECT_EQ(refused("bandwidth_limit", {{"max_kbps", 1}, {"direction", "any"}}), 400U);
  EXPECT_EQ(refused("dscp_marking", {{"dscp_mark", 9}}), 400U);
  EXPECT_EQ(refused("dscp_marking", {{"dscp_mark", 10}, {"direction", "egress"}}), 400U);
  EXPECT_EQ(refused("bandwidth_limit", {{"max_kbps", 1}, {"tenant_id", "p1"}}), 201U);
  EXPECT_EQ(client.get("/v2.0/qos/policies/" + client.network() + "/dscp_marking_rules").status, 404U);
}

TEST(QosRules, AreNotThereInAnotherPolicyNorAmongAnotherType) {
  Client client;
  const std::string policy = new_policy(client);
  const std::string path = policies + "/" + policy + "/dscp_marking_rules";
  const std::string id = made(client, path, "dscp_marking_rule", {{"dscp_mark", 10}});
  const std::string other = policies + "/" + new_policy(client) + "/dscp_marking_rules/" + id;
  EXPECT_EQ(client.get(other).status, 404U);
  EXPECT_EQ(client.put(other, {{"dscp_marking_rule", {{"dscp_mark", 12}}}}).status, 404U);
  EXPECT_EQ(client.remove(other).type(), "QosRuleNotFound");
  EXPECT_EQ(client.get(policies + "/" + policy + "/bandwidth_limit_rules/" + id).status, 404U);
  EXPECT_EQ(client.get(path + "/" + id).status, 200U);
}

TEST(QosRules, AreKnownByTheirIdsAlone) {
  Client client;
  const std::string path = policies + "/" + new_policy(client) + "/bandwidth_limit_rules";
  const std::string id = made(client, path, "bandwidth_limit_rule", {{"max_kbps", 10}});
  const std::string alias = "/v2.0/qos/alias_bandwidth_limit_rules/" + id;
  EXPECT_EQ(client.get(alias).body,
            (json::value{{"alias_bandwidth_limit_rule",
                          {{"id", id}, {"max_kbps", 10}, {"max_burst_kbps", 0}, {"direction", "egress"}}}}));
  EXPECT_EQ(client.put(alias, {{"alias_bandwidth_limit_rule", {{"max_kbps", 11}}}}).status, 200U);
  EXPECT_EQ(client.get(path + "/" + id).body.at("bandwidth_limit_rule").at("max_kbps"), 11);
  EXPECT_EQ(client.get("/v2.0/qos/alias_dscp_marking_rules/" + id).status, 404U);
  EXPECT_EQ(client.get("/v2.0/qos/alias_bandwidth_limit_rules").status, 404U);
  EXPECT_EQ(client.remove(alias).status, 204U);
  EXPECT_EQ(client.get(path + "/" + id).status, 404U);
}

TEST(QosRuleTypes, SayWhatTheSwitchCanDo) {
  Client client;
  const auto types = [&](const std::string& query) {
    const Reply listed = client.get("/v2.0/qos/rule-types" + query);
    std::vector<std::string> words;
    for (const auto& each : listed.body.at("rule_types").as_array()) words.emplace_back(each.at("type").as_string());
    return words;
  };
  for (const char* query : {"", "?all_supported=true", "?all_rules=false"})
    EXPECT_THAT(types(query), ::testing::UnorderedElementsAre("bandwidth_limit", "dscp_marking", "packet_rate_limit"));
  EXPECT_THAT(types("?all_rules=true"),
              ::testing::UnorderedElementsAre("bandwidth_limit", "dscp_marking", "minimum_bandwidth",
                                              "packet_rate_limit", "minimum_packet_rate"));
  EXPECT_EQ(client.get("/v2.0/qos/rule-types?all_rules=perhaps").status, 400U);
  const auto unenforced = client.get("/v2.0/qos/rule-types/minimum_bandwidth").body.at("rule_type");
  EXPECT_TRUE(unenforced.at("drivers").as_array().empty());
  const auto type = client.get("/v2.0/qos/rule-types/bandwidth_limit").body.at("rule_type");
  EXPECT_EQ(type.at("type"), said("bandwidth_limit"));
  EXPECT_EQ(type.at("drivers").at(0).at("supported_parameters").at(0),
            (json::value{{"parameter_name", "max_kbps"},
                         {"parameter_type", "range"},
                         {"parameter_values", {{"start", 0}, {"end", 2'147'483'647}}}}));
  EXPECT_EQ(client.get("/v2.0/qos/rule-types/none").status, 404U);
}

TEST(QosRuleTypes, AreListedByNameAndDescribedToAdministratorsAlone) {
  Client client;
  for (const policy::Credentials& who : {test::administrator(), member()}) {
    client.identity.who = who;
    const Reply listed = client.get("/v2.0/qos/rule-types");
    ASSERT_EQ(listed.status, 200U) << listed.text;
    for (const json::value& each : listed.body.at("rule_types").as_array()) {
      EXPECT_EQ(each.as_object().size(), 1U) << listed.text;
      EXPECT_TRUE(each.as_object().contains("type"));
    }
  }
  for (const char* type : {"bandwidth_limit", "none"}) {
    const Reply refused = client.get(std::string("/v2.0/qos/rule-types/") + type);
    EXPECT_EQ(refused.status, 403U) << type;
    EXPECT_EQ(refused.type(), "NotAuthorized");
  }
}

TEST(QosRules, AreNotForMembersToMakeEvenWhereThereIsNoPolicy) {
  Client client;
  const std::string rules = policies + "/policy/bandwidth_limit_rules";
  const json::value body{{"bandwidth_limit_rule", {{"max_kbps", 1}}}};
  EXPECT_EQ(client.post(rules, body).type(), "QosPolicyNotFound");
  client.identity.who = member();
  EXPECT_EQ(client.post(rules, body).type(), "PolicyNotAuthorized");
  EXPECT_EQ(client.post(rules, {{"bandwidth_limit_rule", {{"max_kbps", -1}}}}).status, 400U);
  const std::string rule = rules + "/none";
  EXPECT_EQ(client.get(rules).status, 404U);
  EXPECT_EQ(client.put(rule, body).status, 404U);
  EXPECT_EQ(client.remove(rule).status, 404U);
  const std::string nothing = "00000000-0000-4000-8000-000000000000";
  const json::value forwarding{{"port_forwarding",
                                {{"protocol", "tcp"},
                                 {"external_port", 80},
                                 {"internal_port", 80},
                                 {"internal_ip_address", "10.0.0.5"},
                                 {"internal_port_id", nothing}}}};
  EXPECT_EQ(client.post("/v2.0/floatingips/" + nothing + "/port_forwardings", forwarding).status, 404U)
      << "he might make one below a floating IP of his own";
}

TEST(QosPolicies, AreOfPortsAndNetworks) {
  Client client;
  const std::string first = new_policy(client);
  const std::string second = new_policy(client);
  const std::string network = client.network({{"qos_policy_id", first}});
  const std::string port = client.port(network, {{"qos_policy_id", second}});
  EXPECT_EQ(client.shown("network", network).at("qos_policy_id"), said(first));
  EXPECT_EQ(client.shown("port", port).at("qos_policy_id"), said(second));
  EXPECT_EQ(client.shown("port", port).at("qos_network_policy_id"), said(first));
  EXPECT_EQ(client.remove(policies + "/" + second).type(), "QosPolicyInUse");
  EXPECT_EQ(client.put("/v2.0/ports/" + port, {{"port", {{"qos_policy_id", nullptr}}}}).status, 200U);
  EXPECT_EQ(client.shown("port", port).at("qos_policy_id"), nullptr);
  EXPECT_EQ(client.put("/v2.0/ports/" + port, {{"port", {{"qos_policy_id", network}}}}).type(), "QosPolicyNotFound");
}

TEST(QosPolicies, AreMadeByAdministratorsAndSeenByThoseWhoMayUseThem) {
  Client client;
  const std::string own = new_policy(client);
  const std::string shared = new_policy(client, {{"shared", true}});
  const std::string rules = policies + "/" + shared + "/dscp_marking_rules";
  const std::string rule = made(client, rules, "dscp_marking_rule", {{"dscp_mark", 10}});
  client.identity.who = member("p2");
  EXPECT_EQ(client.get(policies + "/" + own).status, 404U);
  EXPECT_EQ(client.get(policies).body.at("policies").as_array().size(), 1U);
  EXPECT_EQ(client.get(rules + "/" + rule).status, 200U);
  EXPECT_EQ(client.post(policies, {{"policy", {{"name", "x"}}}}).status, 403U);
  EXPECT_EQ(client.put(policies + "/" + shared, {{"policy", {{"name", "x"}}}}).status, 403U);
  EXPECT_EQ(client.post(rules, {{"dscp_marking_rule", {{"dscp_mark", 12}}}}).status, 403U);
  EXPECT_EQ(client.remove(rules + "/" + rule).status, 403U);
  EXPECT_EQ(client.remove("/v2.0/qos/alias_dscp_marking_rules/" + rule).status, 403U);
}

TEST(QosPolicies, HaveTheirTagsWhereClientsLookForThem) {
  Client client;
  const json::value made = client.post("/v2.0/qos/policies", {{"policy", {{"name", "tagged"}}}}).body;
  const std::string id(made.at("policy").at("id").as_string());
  EXPECT_EQ(client.put("/v2.0/policies/" + id + "/tags", {{"tags", {"blue"}}}).status, 200U);
  for (const char* path : {"/v2.0/policies/", "/v2.0/qos/policies/"})
    EXPECT_EQ(client.get(path + id + "/tags").body, (json::value{{"tags", {"blue"}}})) << path;
  EXPECT_EQ(client.get("/v2.0/policies/" + id).status, 404U);
  EXPECT_EQ(client.get("/v2.0/policies").status, 404U);
}

TEST(QosPolicies, AreToldOfAsFarAsTheSwitchObeysThem) {
  Client client;
  EXPECT_EQ(client.get("/v2.0/extensions/qos").status, 200U);
  EXPECT_EQ(client.get("/v2.0/extensions/qos-pps").status, 200U);
  EXPECT_EQ(client.get("/v2.0/extensions/qos-fip").status, 200U);
  EXPECT_EQ(client.get("/v2.0/extensions/qos-gateway-ip").status, 200U);
  EXPECT_EQ(client.get("/v2.0/extensions/qos-pps-minimum").status, 404U);
}

}  // namespace
}  // namespace tarn::api
