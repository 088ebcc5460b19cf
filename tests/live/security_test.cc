// Security groups on real Open vSwitch: a rule that goes cuts what it allowed and nothing else, a rule that comes
// disturbs nobody, and nobody needs a flush for it.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "live/steps.h"
#include "live/traffic.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class SecurityGroups : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    network = cloud->make_network("guarded", "10.6.0.0/24");
    group = make_group("guarded");
    for (const auto& [name, host] : {std::pair("a", 1), std::pair("b", 1), std::pair("c", 2)}) {
      instances[name] = boot(*cloud, name, network, host);
      cloud->ask("PUT", "/v2.0/ports/" + instances[name].port_id,
                 json::object{{"port", json::object{{"security_groups", json::array{group}}}}});
    }
    icmp = make_rule({{"protocol", "icmp"}});
    udp = make_rule({{"protocol", "udp"}, {"remote_group_id", group}});
    tcp = make_rule({{"protocol", "tcp"}, {"port_range_min", 1}, {"port_range_max", 65000}});
    ASSERT_TRUE(cloud->await_all_active(60s));
    settle();
    ASSERT_TRUE(reaches(*cloud, "a", instances["c"].addresses.front()));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
    instances.clear();
  }

  static std::string make_group(const std::string& name) {
    const json::value made =
        cloud->ask("POST", "/v2.0/security-groups", json::object{{"security_group", json::object{{"name", name}}}});
    return text_at(made.at("security_group"), "id");
  }
  static std::string make_rule(json::object more) {
    more["security_group_id"] = group;
    more["direction"] = "ingress";
    more["ethertype"] = "IPv4";
    const json::value made =
        cloud->ask("POST", "/v2.0/security-group-rules", json::object{{"security_group_rule", std::move(more)}});
    return text_at(made.at("security_group_rule"), "id");
  }
  static void remove_rule(const std::string& id) { cloud->ask("DELETE", "/v2.0/security-group-rules/" + id); }
  // What was asked of the API is in both switches and in what they remember of packets.
  static void settle() {
    for (const int host : {1, 2}) ASSERT_TRUE(in_sync(*cloud, host));
  }
  static TrafficPair pair(const std::string& from, const std::string& to) {
    const auto& layout = cloud->sandbox().layout();
    return {from + " and " + to, layout.instance_namespace(from), layout.instance_namespace(to),
            *Ip::parse(instances.at(from).addresses.front()), *Ip::parse(instances.at(to).addresses.front())};
  }
  static std::vector<TrafficPair> pairs() { return {pair("a", "b"), pair("a", "c")}; }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string network, group, icmp, udp, tcp;
  static inline std::map<std::string, sandbox::Instance> instances;
};

TEST_F(SecurityGroups, ARevokedRuleCutsItsConnectionsAndTheOthersDoNotNotice) {
  Result<std::unique_ptr<Traffic>> traffic = Traffic::start(*cloud, pairs());
  ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
  let_pass(500ms);
  remove_rule(tcp);
  settle();
  let_pass(1000ms);
  for (const TrafficLoss& loss : (*traffic)->finish()) {
    EXPECT_EQ(loss.probes_lost, 0U) << loss.name;
    EXPECT_EQ(loss.flows_lost, 0U) << loss.name;
    EXPECT_GT(loss.tcp_bytes, 0U) << loss.name;
    EXPECT_FALSE(loss.tcp_whole) << loss.name;  // what was sent since then has not come
  }
  tcp = make_rule({{"protocol", "tcp"}, {"port_range_min", 1}, {"port_range_max", 65535}});
  settle();
}

TEST_F(SecurityGroups, AConnectionGoesOnWhenItsRuleComesBack) {
  Result<std::unique_ptr<Traffic>> traffic = Traffic::start(*cloud, pairs());
  ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
  let_pass(500ms);
  remove_rule(tcp);
  settle();
  tcp = make_rule({{"protocol", "tcp"}});
  settle();
  let_pass(3000ms);  // TCP tries again later and later
  for (const TrafficLoss& loss : (*traffic)->finish()) {
    EXPECT_EQ(loss.probes_lost, 0U) << loss.name;
    EXPECT_TRUE(loss.tcp_whole) << loss.name;
  }
}

TEST_F(SecurityGroups, RulesThatComeAndGoDisturbNobody) {
  Result<std::unique_ptr<Traffic>> traffic = Traffic::start(*cloud, pairs());
  ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
  for (int i = 0; i < 15; ++i) {
    const std::string rule =
        make_rule({{"protocol", "tcp"}, {"port_range_min", 1 + i}, {"port_range_max", 2000 + 7 * i}});
    const std::string other =
        make_rule({{"protocol", "udp"}, {"remote_ip_prefix", "10.6.0.0/" + std::to_string(9 + i % 20)}});
    if (i % 3 == 0) remove_rule(udp);  // the other one lets it through as well, and came before
    if (i % 3 == 0) settle();
    if (i % 3 == 0) udp = make_rule({{"protocol", "udp"}, {"remote_group_id", group}});
    settle();
    remove_rule(rule);
    remove_rule(other);
  }
  settle();
  for (const TrafficLoss& loss : (*traffic)->finish()) {
    EXPECT_GT(loss.probes_sent, 0U) << loss.name;
    EXPECT_EQ(loss.probes_lost, 0U) << loss.name;
    EXPECT_EQ(loss.flows_lost, 0U) << loss.name;
    EXPECT_TRUE(loss.tcp_whole) << loss.name;
  }
}

TEST_F(SecurityGroups, APortThatLeavesItsGroupIsNoRemoteAnyMore) {
  const std::string other = make_group("elsewhere");
  remove_rule(icmp);
  icmp = make_rule({{"protocol", "icmp"}, {"remote_group_id", group}});
  settle();
  EXPECT_TRUE(reaches(*cloud, "a", instances["b"].addresses.front()));
  EXPECT_TRUE(reaches(*cloud, "a", instances["c"].addresses.front()));
  const std::string port = "/v2.0/ports/" + instances["a"].port_id;
  cloud->ask("PUT", port, json::object{{"port", json::object{{"security_groups", json::array{other}}}}});
  settle();
  for (const char* to : {"b", "c"}) {
    const auto answer =
        run_inside(*cloud, "a", {"ping", "-c", "3", "-i", "0.2", "-W", "1", instances[to].addresses.front()});
    EXPECT_NE(answer.exit_code, 0) << to;
  }
  cloud->ask("PUT", port, json::object{{"port", json::object{{"security_groups", json::array{group}}}}});
  settle();
  EXPECT_TRUE(reaches(*cloud, "a", instances["b"].addresses.front()));
}

}  // namespace
}  // namespace tarn::testing
