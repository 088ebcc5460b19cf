// Security groups through the API: paths, what is shown, who sees and does what, and what is there before anybody made
// it.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "api/client.h"

namespace tarn::api {
namespace {

using test::administrator;
using test::Client;
using test::member;
using test::Reply;
using test::said;
using test::somebody;
using testing::HasSubstr;
namespace json = boost::json;

const std::string groups_path = "/v2.0/security-groups";
const std::string rules_path = "/v2.0/security-group-rules";
const std::string start_path = "/v2.0/default-security-group-rules";
const std::string statefulness_path = "/v2.0/security-groups-default-statefulness";

std::string id_in(const Reply& reply, const std::string& root) {
  CHECK(reply.status == 201);
  return std::string(reply.body.at(root).at("id").as_string());
}
std::string new_group(Client& client, json::object more = {}) {
  return id_in(client.post(groups_path, {{"security_group", std::move(more)}}), "security_group");
}
Reply try_rule(Client& client, const std::string& group, json::object more = {}) {
  more["security_group_id"] = group;
  if (!more.contains("direction")) more["direction"] = "ingress";
  return client.post(rules_path, {{"security_group_rule", std::move(more)}});
}
json::object rule_in(const Reply& reply) {
  CHECK(reply.status == 201);
  return reply.body.at("security_group_rule").as_object();
}
json::array listed(Client& client, const std::string& path, const std::string& root) {
  const Reply reply = client.get(path);
  CHECK(reply.status == 200);
  return reply.body.at(root).as_array();
}
json::array groups(Client& client, const std::string& query = "") {
  return listed(client, groups_path + query, "security_groups");
}

TEST(SecurityGroups, WhoListsThemFindsTheDefaultOne) {
  Client client;
  client.identity.who = member();
  const json::array found = groups(client);
  ASSERT_EQ(found.size(), 1U);
  const json::object& group = found[0].as_object();
  EXPECT_EQ(group.at("name"), said("default"));
  EXPECT_EQ(group.at("description"), said("Default security group"));
  EXPECT_EQ(group.at("project_id"), said("p1"));
  EXPECT_EQ(group.at("tenant_id"), said("p1"));
  EXPECT_EQ(group.at("stateful"), json::value(true));
  EXPECT_EQ(group.at("shared"), json::value(false));
  std::multiset<std::string> rules;
  for (const json::value& rule : group.at("security_group_rules").as_array()) {
    EXPECT_EQ(rule.at("security_group_id"), group.at("id"));
    EXPECT_EQ(rule.at("belongs_to_default_sg"), json::value(true));
    EXPECT_EQ(rule.at("protocol"), nullptr);
    const bool self = rule.at("remote_group_id") == group.at("id");
    rules.insert(std::string(rule.at("direction").as_string()) + " " + std::string(rule.at("ethertype").as_string()) +
                 (self ? " self" : ""));
  }
  EXPECT_EQ(rules,
            (std::multiset<std::string>{"egress IPv4", "egress IPv6", "ingress IPv4 self", "ingress IPv6 self"}));
  const auto before = client.cloud.snapshot();
  EXPECT_EQ(groups(client), found);
  EXPECT_EQ(client.cloud.snapshot(), before) << "looking again writes nothing";
}

TEST(SecurityGroups, WhoListsRulesFindsThoseOfTheDefaultOne) {
  Client client;
  client.identity.who = member();
  EXPECT_EQ(listed(client, rules_path, "security_group_rules").size(), 4U);
}

TEST(SecurityGroups, AnAdministratorFindsTheDefaultOneOfTheProjectHeAsksFor) {
  Client client;
  const json::array found = groups(client, "?tenant_id=p7&name=default");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("project_id"), said("p7"));
  client.identity.who = member("p2");
  EXPECT_TRUE(groups(client, "?tenant_id=p8").empty()) << "nobody makes one for others";
  client.identity.who = administrator("");
  std::set<std::string> projects;  // who has no project has no group
  for (const json::value& each : groups(client)) projects.emplace(each.at("project_id").as_string());
  EXPECT_EQ(projects, (std::set<std::string>{"p2", "p7"}));
}

TEST(SecurityGroups, ListsAreAnsweredWhileNothingCanBeWritten) {
  Client client;
  client.cloud.fail_writes({ErrorCode::unavailable, "", "the store is away"});
  EXPECT_TRUE(groups(client).empty());
  client.cloud.fail_writes({});
  EXPECT_EQ(groups(client).size(), 1U);
}

TEST(SecurityGroups, ManyWhoLookFirstAtTheSameTimeFindOne) {
  Client client;
  client.identity.who = member();
  std::vector<std::thread> clients;
  std::atomic<int> good = 0;
  for (int i = 0; i < 64; ++i) clients.emplace_back([&] { good += groups(client).size() == 1; });
  for (std::thread& each : clients) each.join();
  EXPECT_EQ(good, 64);
  EXPECT_EQ(client.cloud.snapshot()->table<model::SecurityGroup>().size(), 1U);
  EXPECT_EQ(client.cloud.snapshot()->table<model::SecurityGroupRule>().size(), 4U);
}

TEST(SecurityGroups, AreMadeShownChangedAndRemoved) {
  Client client;
  client.identity.who = member();
  const Reply made = client.post(groups_path, {{"security_group", {{"name", "web"}, {"description", "d"}}}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const json::object group = made.body.at("security_group").as_object();
  EXPECT_EQ(group.at("security_group_rules").as_array().size(), 2U);
  const std::string path = groups_path + "/" + std::string(group.at("id").as_string());
  EXPECT_EQ(client.get(path).body.at("security_group"), json::value(group));
  const Reply changed = client.put(path, {{"security_group", {{"name", "www"}, {"stateful", false}}}});
  EXPECT_EQ(changed.status, 200U) << changed.text;
  EXPECT_EQ(changed.body.at("security_group").at("name"), said("www"));
  EXPECT_EQ(changed.body.at("security_group").at("stateful"), json::value(false));
  EXPECT_EQ(changed.body.at("security_group").at("description"), said("d"));
  EXPECT_EQ(client.put(path + "/tags/red", nullptr).status, 201U);
  EXPECT_EQ(groups(client, "?tags=red").size(), 1U);
  EXPECT_EQ(groups(client, "?name=www").size(), 1U);
  EXPECT_EQ(client.put(path, {{"security_group", {{"shared", true}}}}).status, 400U);
  EXPECT_EQ(client.remove(path).status, 204U);
  const Reply gone = client.get(path);
  EXPECT_EQ(gone.status, 404U);
  EXPECT_EQ(gone.type(), "SecurityGroupNotFound");
}

TEST(SecurityGroups, RefusalsAreThoseThatClientsKnow) {
  Client client;
  client.identity.who = member();
  const Reply second = client.post(groups_path, {{"security_group", {{"name", "default"}}}});
  EXPECT_EQ(second.status, 409U);
  EXPECT_EQ(second.type(), "SecurityGroupDefaultAlreadyExists");
  const std::string first = groups_path + "/" + std::string(groups(client)[0].at("id").as_string());
  const Reply renamed = client.put(first, {{"security_group", {{"name", "x"}}}});
  EXPECT_EQ(renamed.status, 409U);
  EXPECT_EQ(renamed.type(), "SecurityGroupCannotUpdateDefault");
  const Reply removed = client.remove(first);
  EXPECT_EQ(removed.status, 409U);
  EXPECT_EQ(removed.type(), "SecurityGroupCannotRemoveDefault");
  const std::string used = new_group(client);
  client.port(client.network(), {{"security_groups", {used}}});
  const Reply in_use = client.remove(groups_path + "/" + used);
  EXPECT_EQ(in_use.status, 409U);
  EXPECT_EQ(in_use.type(), "SecurityGroupInUse");
}

TEST(SecurityGroups, BelongToTheirProject) {
  Client client;
  client.identity.who = member("p1");
  const std::string id = new_group(client);
  const std::string rule(rule_in(try_rule(client, id)).at("id").as_string());
  client.identity.who = member("p2");
  EXPECT_EQ(client.get(groups_path + "/" + id).status, 404U);
  EXPECT_EQ(client.get(rules_path + "/" + rule).status, 404U);
  EXPECT_EQ(client.remove(rules_path + "/" + rule).status, 404U);
  const Reply foreign = try_rule(client, id, {{"protocol", "tcp"}});
  EXPECT_EQ(foreign.status, 404U);
  EXPECT_EQ(foreign.type(), "SecurityGroupNotFound");
  EXPECT_EQ(groups(client).size(), 1U) << "his own";
  client.identity.who = administrator("p3");
  EXPECT_EQ(client.get(groups_path + "/" + id).status, 200U);
  EXPECT_EQ(client.remove(rules_path + "/" + rule).status, 204U);
}

TEST(SecurityGroups, AreSharedByPolicies) {
  Client client;
  client.identity.who = member("p1");
  const std::string id = new_group(client, {{"name", "web"}});
  const json::object policy{
      {"object_type", "security_group"}, {"object_id", id}, {"action", "access_as_shared"}, {"target_tenant", "p2"}};
  ASSERT_EQ(client.post("/v2.0/rbac-policies", {{"rbac_policy", policy}}).status, 201U);
  client.identity.who = member("p2");
  const json::array shared = groups(client, "?shared=True");
  ASSERT_EQ(shared.size(), 1U);
  EXPECT_EQ(shared[0].at("id"), said(id));
  EXPECT_EQ(groups(client, "?shared=False").size(), 1U);
  EXPECT_EQ(client.put(groups_path + "/" + id, {{"security_group", {{"name", "mine"}}}}).status, 403U);
  EXPECT_EQ(client.remove(groups_path + "/" + id).status, 403U);
  EXPECT_EQ(try_rule(client, id, {{"protocol", "tcp"}}).status, 404U);
  client.port(client.network(), {{"security_groups", {id}}});
}

TEST(SecurityGroupRules, AreShownAsClientsExpect) {
  Client client;
  const std::string group = new_group(client);
  const json::object rule = rule_in(try_rule(client, group,
                                             {{"protocol", "TCP"},
                                              {"ethertype", "ipv4"},
                                              {"port_range_min", "80"},
                                              {"port_range_max", 443},
                                              {"remote_ip_prefix", "10.1.2.3/8"},
                                              {"description", "web"}}));
  EXPECT_EQ(rule.at("protocol"), said("tcp"));
  EXPECT_EQ(rule.at("ethertype"), said("IPv4"));
  EXPECT_EQ(rule.at("port_range_min"), 80);
  EXPECT_EQ(rule.at("port_range_max"), 443);
  EXPECT_EQ(rule.at("remote_ip_prefix"), said("10.0.0.0/8"));
  EXPECT_EQ(rule.at("normalized_cidr"), said("10.0.0.0/8"));
  EXPECT_EQ(rule.at("remote_group_id"), nullptr);
  EXPECT_EQ(rule.at("remote_address_group_id"), nullptr);
  EXPECT_EQ(rule.at("description"), said("web"));
  EXPECT_EQ(rule.at("belongs_to_default_sg"), json::value(false));
  EXPECT_EQ(rule.at("revision_number"), 1);
  EXPECT_FALSE(rule.contains("name"));
  EXPECT_EQ(rule_in(try_rule(client, group, {{"protocol", 17}})).at("protocol"), said("17"));
  EXPECT_EQ(rule_in(try_rule(client, group, {{"remote_ip_prefix", "192.0.2.1"}})).at("remote_ip_prefix"),
            said("192.0.2.1/32"));
  EXPECT_EQ(rule_in(try_rule(client, group, {{"ethertype", "IPv6"}, {"protocol", "icmpv6"}})).at("protocol"),
            said("ipv6-icmp"));
}

TEST(SecurityGroupRules, AreFoundByWhatTheySay) {
  Client client;
  const std::string group = new_group(client);
  const std::string other = new_group(client);
  rule_in(try_rule(client, group, {{"protocol", "tcp"}, {"port_range_min", 22}, {"port_range_max", 22}}));
  rule_in(try_rule(client, group, {{"remote_group_id", other}}));
  const auto count = [&](const std::string& query) {
    return listed(client, rules_path + query, "security_group_rules").size();
  };
  EXPECT_EQ(count("?security_group_id=" + group), 4U);
  EXPECT_EQ(count("?security_group_id=" + other), 2U);
  EXPECT_EQ(count("?remote_group_id=" + other), 1U);
  EXPECT_EQ(count("?protocol=tcp&port_range_min=22"), 1U);
  EXPECT_EQ(count("?direction=ingress&security_group_id=" + group), 2U);
  EXPECT_EQ(count("?ethertype=IPv6&security_group_id=" + group), 1U);
}

TEST(SecurityGroupRules, AreShownInTheirOwnGroupAlone) {
  Client client;
  const std::string named = new_group(client);
  const std::string group = new_group(client);
  const json::object rule = rule_in(try_rule(client, group, {{"remote_group_id", named}}));
  const auto shown = [&](const std::string& id) {
    return client.get(groups_path + "/" + id).body.at("security_group").at("security_group_rules").as_array();
  };
  EXPECT_EQ(shown(named).size(), 2U);
  EXPECT_EQ(shown(group).size(), 3U);
  EXPECT_EQ(std::ranges::count(shown(group), json::value(rule)), 1) << "as it is shown alone";
}

TEST(SecurityGroupRules, CannotBeChanged) {
  Client client;
  const std::string group = new_group(client);
  const std::string path = rules_path + "/" + std::string(rule_in(try_rule(client, group)).at("id").as_string());
  const auto revision = [&] {
    return client.get(groups_path + "/" + group).body.at("security_group").at("revision_number").as_int64();
  };
  const auto before = revision();
  EXPECT_EQ(client.put(path, {{"security_group_rule", {{"description", "x"}}}}).status, 405U);
  EXPECT_EQ(client.remove(path).status, 204U);
  EXPECT_EQ(revision(), before + 1);
  const Reply gone = client.remove(path);
  EXPECT_EQ(gone.status, 404U);
  EXPECT_EQ(gone.type(), "SecurityGroupRuleNotFound");
}

TEST(SecurityGroupRules, ThatCannotBeAreRefusedByNeutronsNames) {
  Client client;
  const std::string group = new_group(client);
  const auto refused = [&](const json::object& body) {
    const Reply reply = try_rule(client, group, body);
    return std::to_string(reply.status) + " " + (reply.status == 201 ? "" : reply.type());
  };
  EXPECT_EQ(refused({{"direction", "both"}}), "400 HTTPBadRequest");
  EXPECT_EQ(refused({{"ethertype", "ARP"}}), "400 SecurityGroupRuleInvalidEtherType");
  EXPECT_EQ(refused({{"protocol", "none"}}), "400 SecurityGroupRuleInvalidProtocol");
  EXPECT_EQ(refused({{"protocol", 300}}), "400 SecurityGroupRuleInvalidProtocol");
  EXPECT_EQ(refused({{"protocol", "tcp"}, {"port_range_min", 70000}}), "400 SecurityGroupInvalidPortValue");
  EXPECT_EQ(refused({{"protocol", "tcp"}, {"port_range_min", "x"}}), "400 SecurityGroupInvalidPortValue");
  EXPECT_EQ(refused({{"protocol", "tcp"}, {"port_range_min", 2}, {"port_range_max", 1}}),
            "400 SecurityGroupInvalidPortRange");
  EXPECT_EQ(refused({{"protocol", "icmp"}, {"port_range_min", 256}}), "400 SecurityGroupInvalidIcmpValue");
  EXPECT_EQ(refused({{"remote_ip_prefix", "10.0.0.0/33"}}), "400 InvalidCIDR");
  EXPECT_EQ(refused({{"remote_ip_prefix", "::/0"}}), "400 SecurityGroupRuleParameterConflict");
  EXPECT_EQ(refused({{"protocol", "tcp"}}), "201 ");
  EXPECT_EQ(refused({{"protocol", "tcp"}}), "409 SecurityGroupRuleExists");
  const Reply nothing = client.post(rules_path, {{"security_group_rule", {{"security_group_id", group}}}});
  EXPECT_EQ(nothing.status, 400U) << "a direction is needed";
}

TEST(SecurityGroupRules, AreMadeManyAtOnceAllOrNone) {
  Client client;
  const std::string group = new_group(client);
  const auto rule = [&](const char* protocol) {
    return json::object{{"security_group_id", group}, {"direction", "ingress"}, {"protocol", protocol}};
  };
  const Reply made = client.post(rules_path, {{"security_group_rules", {rule("tcp"), rule("udp")}}});
  EXPECT_EQ(made.status, 201U);
  EXPECT_EQ(made.body.at("security_group_rules").as_array().size(), 2U);
  const Reply refused = client.post(rules_path, {{"security_group_rules", {rule("gre"), rule("47")}}});
  EXPECT_EQ(refused.status, 409U);
  EXPECT_EQ(refused.type(), "DuplicateSecurityGroupRuleInPost");
  EXPECT_EQ(listed(client, rules_path + "?security_group_id=" + group, "security_group_rules").size(), 4U);
}

TEST(SecurityGroupRules, MayNameAnAddressGroup) {
  Client client;
  const std::string group = new_group(client);
  const std::string addresses =
      id_in(client.post("/v2.0/address-groups", {{"address_group", {{"addresses", {"10.0.0.0/8"}}}}}), "address_group");
  EXPECT_EQ(rule_in(try_rule(client, group, {{"remote_address_group_id", addresses}})).at("remote_address_group_id"),
            said(addresses));
  const Reply refused = client.remove("/v2.0/address-groups/" + addresses);
  EXPECT_EQ(refused.status, 409U);
  EXPECT_EQ(refused.type(), "AddressGroupInUse");
}

TEST(PortGroups, AreGivenShownAndFound) {
  Client client;
  client.identity.who = member();
  const std::string network = client.network();
  const std::string usual = client.port(network);
  const json::value first = groups(client)[0].at("id");
  EXPECT_EQ(client.shown("port", usual).at("security_groups"), json::array{first});
  const std::string web = new_group(client);
  const std::string port = client.port(network, {{"security_groups", {web}}});
  const auto found = [&](const std::string& group) {
    return listed(client, "/v2.0/ports?fields=id&security_groups=" + group, "ports");
  };
  EXPECT_EQ(found(web), (json::array{{{"id", port}}}));
  EXPECT_EQ(found(std::string(first.as_string())), (json::array{{{"id", usual}}}));
  EXPECT_TRUE(found("no").empty());
  const auto change = [&](json::value groups) {
    return client.put("/v2.0/ports/" + port, {{"port", {{"security_groups", std::move(groups)}}}});
  };
  EXPECT_EQ(change(json::array{first, said(web)}).body.at("port").at("security_groups").as_array().size(), 2U);
  EXPECT_EQ(change(nullptr).body.at("port").at("security_groups"), json::array());
  EXPECT_TRUE(found(web).empty());
  EXPECT_EQ(change({"default"}).status, 400U);
  EXPECT_EQ(change({web, web}).status, 400U);
  const Reply unknown = change({network});
  EXPECT_EQ(unknown.status, 404U);
  EXPECT_EQ(unknown.type(), "SecurityGroupNotFound");
  const Reply both = client.put("/v2.0/ports/" + usual, {{"port", {{"device_id", "i"}}}});
  EXPECT_EQ(both.body.at("port").at("security_groups"), json::array{first}) << "absent leaves them";
}

TEST(DefaultSecurityGroupRules, ShowTheUsualOnesToWhoLooks) {
  Client client;
  const json::array rules = listed(client, start_path, "default_security_group_rules");
  std::multiset<std::string> texts;
  for (const json::value& rule : rules) {
    EXPECT_FALSE(rule.as_object().contains("project_id"));
    texts.insert(std::string(rule.at("direction").as_string()) + " " + std::string(rule.at("ethertype").as_string()) +
                 (rule.at("remote_group_id") == said("PARENT") ? " PARENT" : "") +
                 (rule.at("used_in_default_sg").as_bool() ? " default" : "") +
                 (rule.at("used_in_non_default_sg").as_bool() ? " other" : ""));
  }
  EXPECT_EQ(texts, (std::multiset<std::string>{"egress IPv4 default other", "egress IPv6 default other",
                                               "ingress IPv4 PARENT default", "ingress IPv6 PARENT default"}));
  EXPECT_EQ(listed(client, start_path + "?used_in_non_default_sg=true", "default_security_group_rules").size(), 2U);
  const std::string one = start_path + "/" + std::string(rules[0].at("id").as_string());
  EXPECT_EQ(client.get(one).status, 200U);
  EXPECT_EQ(client.remove(one).status, 204U);
  EXPECT_EQ(client.get(one).type(), "DefaultSecurityGroupRuleNotFound");
  EXPECT_EQ(client.remove(one).status, 404U);
  EXPECT_EQ(listed(client, start_path, "default_security_group_rules").size(), 3U) << "it does not come back";
}

TEST(DefaultSecurityGroupRules, AreForAdministratorsToMakeAndForAllToSee) {
  Client client;
  const json::object body{{"direction", "ingress"}, {"protocol", "tcp"},           {"port_range_min", 22},
                          {"port_range_max", 22},   {"remote_group_id", "PARENT"}, {"used_in_default_sg", true}};
  const Reply made = client.post(start_path, {{"default_security_group_rule", body}});
  ASSERT_EQ(made.status, 201U) << made.text;
  const json::object rule = made.body.at("default_security_group_rule").as_object();
  EXPECT_EQ(rule.at("remote_group_id"), said("PARENT"));
  EXPECT_EQ(rule.at("used_in_non_default_sg"), json::value(true)) << "unless it is said otherwise";
  const Reply again = client.post(start_path, {{"default_security_group_rule", body}});
  EXPECT_EQ(again.status, 409U);
  EXPECT_EQ(again.type(), "DefaultSecurityGroupRuleExists");
  const std::string path = start_path + "/" + std::string(rule.at("id").as_string());
  client.identity.who = member("p5");
  EXPECT_EQ(client.get(path).status, 200U);
  EXPECT_EQ(client.remove(path).status, 403U);
  EXPECT_EQ(client.post(start_path, {{"default_security_group_rule", {{"direction", "egress"}}}}).status, 403U);
  const std::string group = new_group(client);
  const json::array rules =
      listed(client, rules_path + "?protocol=tcp&security_group_id=" + group, "security_group_rules");
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].at("remote_group_id"), said(group)) << "PARENT is the group itself";
}

TEST(DefaultStatefulness, IsSaidForAProjectOrForAll) {
  Client client;
  const std::string root = "security_groups_default_statefulness";
  const Reply all = client.post(statefulness_path, {{root, {{"project_id", nullptr}, {"stateful", false}}}});
  ASSERT_EQ(all.status, 201U) << all.text;
  EXPECT_EQ(all.body.at(root).at("project_id"), nullptr);
  const Reply own = client.post(statefulness_path, {{root, {{"project_id", "p2"}, {"stateful", true}}}});
  ASSERT_EQ(own.status, 201U) << own.text;
  const Reply again = client.post(statefulness_path, {{root, {{"project_id", "p2"}}}});
  EXPECT_EQ(again.status, 409U);
  EXPECT_EQ(again.type(), "SecurityGroupDefaultStatefulnessAlreadyExists");
  client.identity.who = member("p2");
  EXPECT_EQ(groups(client)[0].at("stateful"), json::value(true));
  EXPECT_EQ(listed(client, statefulness_path, root).size(), 1U);
  const std::string path = statefulness_path + "/" + id_in(own, root);
  EXPECT_EQ(client.put(path, {{root, {{"stateful", false}}}}).status, 403U);
  EXPECT_EQ(client.get(statefulness_path + "/" + id_in(all, root)).status, 404U);
  client.identity.who = somebody("p2", {"manager", "member", "reader"});
  EXPECT_EQ(client.put(path, {{root, {{"stateful", false}}}}).body.at(root).at("stateful"), json::value(false));
  EXPECT_EQ(client.remove(path).status, 204U);
  client.identity.who = member("p3");
  EXPECT_EQ(groups(client)[0].at("stateful"), json::value(false));
}

TEST(SecurityGroups, AreToldOfAndSoAreTheirLogs) {
  Client client;
  EXPECT_EQ(client.get("/v2.0/extensions/security-group").status, 200U);
  EXPECT_EQ(client.get("/v2.0/extensions/stateful-security-group").status, 200U);
  EXPECT_EQ(client.get("/v2.0/extensions/logging").status, 200U);
}

TEST(SecurityGroups, CountInQuotas) {
  Client client;
  const std::string id = new_group(client);
  const auto quota = client.get("/v2.0/quotas/p1/details").body.at("quota");
  EXPECT_EQ(quota.at("security_group").at("used"), 2);
  EXPECT_EQ(quota.at("security_group_rule").at("used"), 6);
  ASSERT_EQ(client.put("/v2.0/quotas/p1", {{"quota", {{"security_group_rule", 6}}}}).status, 200U);
  const Reply refused = try_rule(client, id, {{"protocol", "tcp"}});
  EXPECT_EQ(refused.status, 409U);
  EXPECT_EQ(refused.type(), "OverQuota");
}

}  // namespace
}  // namespace tarn::api
