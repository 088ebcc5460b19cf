// Floating IPs and tenants' IPv6 prefixes announced to a router outside, by two real bgpd: one beside the agent, one
// upstream that asks for a password. What upstream hears is what the cloud has; nothing of it flaps when the agent
// dies, and all of it comes back when the daemon does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "live/steps.h"
#include "sandbox/fabric.h"
#include "support/private_bgp.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr const char* node_address = "10.9.0.1";
constexpr const char* upstream_address = "10.9.0.2";
constexpr const char* node_address6 = "fd00:9::1";
constexpr const char* upstream_address6 = "fd00:9::2";
constexpr const char* password = "open-sesame";

std::string upstream_configuration() {
  std::string text = "router bgp 65001\n bgp router-id 10.9.0.2\n no bgp ebgp-requires-policy\n";
  for (const std::string address : {node_address, node_address6}) {
    const std::string node = " neighbor " + address;
    text += node + " remote-as 65000\n" + node + " password " + password + "\n" + node + " timers connect 1\n";
  }
  return text + " address-family ipv6 unicast\n  neighbor " + node_address6 + " activate\n exit-address-family\nexit\n";
}

class Bgp : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(1);
    wire();
    beside = new test::PrivateBgp(cloud->host(1).netns(), "");
    upstream = new test::PrivateBgp(upstream_netns(), upstream_configuration());
    cloud->host(1).stop(sandbox::agent_name, SIGTERM);
    start_agent();
    make_networks();
    speaker = speak(4, upstream_address);
    begin();
  }
  static void TearDownTestSuite() {
    delete upstream;
    delete beside;
    ASSERT_TRUE(sandbox::remove_namespace(upstream_netns()).has_value());
    delete cloud;
  }

  static std::string upstream_netns() { return cloud->host(1).netns() + "-up"; }
  static void ip(const std::string& netns, std::vector<std::string> words) {
    ASSERT_EQ(run(sandbox::ip_in(netns, std::move(words))).exit_code, 0);
  }
  // A link of its own between the host and the router upstream.
  static void wire() {
    const std::string up = upstream_netns();
    const std::string host = cloud->host(1).netns();
    ASSERT_EQ(run({"ip", "netns", "add", up}).exit_code, 0);
    ip(host, {"link", "add", "to-up", "type", "veth", "peer", "name", "to-node", "netns", up});
    ip(host, {"addr", "add", std::string(node_address) + "/24", "dev", "to-up"});
    ip(up, {"addr", "add", std::string(upstream_address) + "/24", "dev", "to-node"});
    ip(host, {"addr", "add", std::string(node_address6) + "/64", "dev", "to-up", "nodad"});
    ip(up, {"addr", "add", std::string(upstream_address6) + "/64", "dev", "to-node", "nodad"});
    ip(host, {"link", "set", "to-up", "up"});
    ip(up, {"link", "set", "to-node", "up"});
  }
  static void start_agent() {
    const sandbox::Host host = cloud->host(1);
    const Status started = host.start_agent(host.agent_program(), {"--bgp-vty", beside->folder()});
    ASSERT_TRUE(started.has_value()) << started.error().message;
    ASSERT_TRUE(in_sync(*cloud, 1));
  }

  static std::string make(const std::string& collection, const std::string& kind, json::object given) {
    const json::value made = cloud->ask("POST", "/v2.0/" + collection, {{kind, std::move(given)}});
    return text_at(made.at(kind), "id");
  }
  static void make_networks() {
    external = make("networks", "network",
                    {{"router:external", true},
                     {"provider:network_type", "flat"},
                     {"provider:physical_network", sandbox::physical_network}});
    make("subnets", "subnet", {{"network_id", external}, {"ip_version", 4}, {"cidr", "203.0.113.0/24"}});
    const std::string inside = cloud->make_network("inside", "10.5.0.0/24");
    const std::string router = make("routers", "router", {{"external_gateway_info", {{"network_id", external}}}});
    const json::value subnets = cloud->ask("GET", "/v2.0/subnets?network_id=" + inside).at("subnets");
    cloud->ask("PUT", "/v2.0/routers/" + router + "/add_router_interface", {{"subnet_id", subnets.at(0).at("id")}});
    const json::value shown = cloud->ask("GET", "/v2.0/routers/" + router).at("router");
    next_hop = text_at(shown.at("external_gateway_info").at("external_fixed_ips").at(0), "ip_address");
    port = make("ports", "port", {{"network_id", inside}});
  }
  static std::string speak(int ip_version, const std::string& to) {
    std::string id = make("bgp-speakers", "bgp_speaker", {{"local_as", 65'000}, {"ip_version", ip_version}});
    const std::string peer =
        make("bgp-peers", "bgp_peer",
             {{"peer_ip", to}, {"remote_as", 65'001}, {"auth_type", "md5"}, {"password", password}});
    cloud->ask("PUT", "/v2.0/bgp-speakers/" + id + "/add_gateway_network", {{"network_id", external}});
    cloud->ask("PUT", "/v2.0/bgp-speakers/" + id + "/add_bgp_peer", {{"bgp_peer_id", peer}});
    return id;
  }
  static std::string make_subnet(const std::string& network, json::object more) {
    more["network_id"] = network;
    more["ip_version"] = 6;
    return make("subnets", "subnet", std::move(more));
  }

  // The session is up, and past all that one begins with.
  static void begin() {
    const Floating first = make_floating();
    ASSERT_TRUE(await([&] { return heard(first.route) == next_hop; }));
    remove(first);
    ASSERT_TRUE(await([&] { return heard(first.route).empty(); }));
  }

  struct Floating {
    std::string id;
    std::string route;
  };
  static Floating make_floating() {
    const json::value made = cloud->ask("POST", "/v2.0/floatingips",
                                        {{"floatingip", {{"floating_network_id", external}, {"port_id", port}}}});
    return {text_at(made.at("floatingip"), "id"), text_at(made.at("floatingip"), "floating_ip_address") + "/32"};
  }
  static void remove(const Floating& floating) { cloud->ask("DELETE", "/v2.0/floatingips/" + floating.id); }

  // Where upstream would send packets for the prefix; empty: it has not heard of it.
  static std::string heard(const std::string& prefix, const std::string& family = "ipv4") {
    const json::value table = upstream->ask_json("show bgp " + family + " unicast json");
    const json::object* routes = table.at("routes").if_object();
    const json::value* paths = routes ? routes->if_contains(prefix) : nullptr;
    if (!paths || !paths->at(0).as_object().contains("valid")) return {};
    return text_at(paths->at(0).at("nexthops").at(0), "ip");
  }
  static json::value neighbour() { return upstream->ask_json("show bgp neighbors json").at(node_address); }
  static std::uint64_t sessions_so_far() { return neighbour().at("connectionsEstablished").to_number<std::uint64_t>(); }
  // UPDATE messages (RFC 4271) that the node sent: routes that came, and routes that went.
  static std::uint64_t updates_heard() {
    return neighbour().at("messageStats").at("updatesRecv").to_number<std::uint64_t>();
  }
  static json::value bgp_stats() {
    const json::value stats = cloud->ask_agent(1, "stats");
    for (const json::value& each : stats.at("domains").as_array())
      if (text_at(each, "domain") == "bgp") return each;
    return nullptr;
  }

  static inline LiveCloud* cloud = nullptr;
  static inline test::PrivateBgp* beside = nullptr;
  static inline test::PrivateBgp* upstream = nullptr;
  static inline std::string external, port, next_hop, speaker;
};

TEST_F(Bgp, AFloatingIpIsHeardUpstreamWhileItIsThere) {
  const Floating floating = make_floating();
  EXPECT_TRUE(await([&] { return heard(floating.route) == next_hop; })) << heard(floating.route);
  const json::value told = cloud->ask("GET", "/v2.0/bgp-speakers/" + speaker + "/get_advertised_routes");
  EXPECT_EQ(
      told,
      (json::value{{"advertised_routes", json::array{{{"destination", floating.route}, {"next_hop", next_hop}}}}}));
  remove(floating);
  EXPECT_TRUE(await([&] { return heard(floating.route).empty(); }));
}

TEST_F(Bgp, AnAgentThatIsKilledAndComesBackSaysNothingAndNothingFlaps) {
  const Floating floating = make_floating();
  ASSERT_TRUE(await([&] { return heard(floating.route) == next_hop; }));
  const std::uint64_t updates = updates_heard();
  const std::uint64_t sessions = sessions_so_far();
  cloud->host(1).stop(sandbox::agent_name, SIGKILL);
  EXPECT_EQ(heard(floating.route), next_hop);
  start_agent();
  EXPECT_TRUE(bgp_stats().at("whole").as_bool());
  EXPECT_EQ(bgp_stats().at("writes_attempted"), 0);
  EXPECT_EQ(heard(floating.route), next_hop);
  EXPECT_EQ(updates_heard(), updates);
  EXPECT_EQ(sessions_so_far(), sessions);
  // What was asked while it was away is told alone.
  cloud->host(1).stop(sandbox::agent_name, SIGKILL);
  remove(floating);
  start_agent();
  EXPECT_TRUE(await([&] { return heard(floating.route).empty(); }));
  EXPECT_EQ(sessions_so_far(), sessions);
}

TEST_F(Bgp, ADaemonThatBeginsAnewIsToldEverything) {
  const Floating floating = make_floating();
  ASSERT_TRUE(await([&] { return heard(floating.route) == next_hop; }));
  beside->kill();
  EXPECT_TRUE(await([&] { return !text_at(bgp_stats(), "problem").empty(); }));
  EXPECT_TRUE(await([&] { return heard(floating.route).empty(); }));
  beside->start();
  EXPECT_TRUE(await([&] { return heard(floating.route) == next_hop; }));
  remove(floating);
}

// Both are of pools of one address scope, or nobody outside could use what is announced.
TEST_F(Bgp, ATenantsIpv6PrefixIsHeardWhileItsRouterLeadsThere) {
  const std::string scope = make("address-scopes", "address_scope", {{"name", "six"}, {"ip_version", 6}});
  const auto pool = [&](const std::string& prefix) {
    return make("subnetpools", "subnetpool",
                {{"name", prefix}, {"prefixes", json::array{prefix}}, {"address_scope_id", scope}});
  };
  make_subnet(external, {{"subnetpool_id", pool("2001:db8:9::/64")}, {"cidr", "2001:db8:9::/64"}});
  const std::string inside = make("networks", "network", {{"name", "six"}});
  const std::string subnet =
      make_subnet(inside, {{"subnetpool_id", pool("2001:db8:60::/48")}, {"cidr", "2001:db8:60::/64"}});
  const std::string router = make("routers", "router", {{"external_gateway_info", {{"network_id", external}}}});
  cloud->ask("PUT", "/v2.0/routers/" + router + "/add_router_interface", {{"subnet_id", subnet}});
  const std::string six = speak(6, upstream_address6);
  const json::value routes = cloud->ask("GET", "/v2.0/bgp-speakers/" + six + "/get_advertised_routes");
  ASSERT_EQ(routes.at("advertised_routes").as_array().size(), 1U) << json::serialize(routes);
  const std::string way = text_at(routes.at("advertised_routes").at(0), "next_hop");
  std::set<std::string> own;
  const json::value shown = cloud->ask("GET", "/v2.0/routers/" + router).at("router");
  for (const json::value& each : shown.at("external_gateway_info").at("external_fixed_ips").as_array())
    own.insert(text_at(each, "ip_address"));
  EXPECT_TRUE(own.contains(way)) << way;
  EXPECT_TRUE(await([&] { return heard("2001:db8:60::/64", "ipv6") == way; })) << heard("2001:db8:60::/64", "ipv6");
  cloud->host(1).stop(sandbox::agent_name, SIGKILL);
  EXPECT_EQ(heard("2001:db8:60::/64", "ipv6"), way);
  start_agent();
  EXPECT_EQ(heard("2001:db8:60::/64", "ipv6"), way);
  cloud->ask("PUT", "/v2.0/routers/" + router + "/remove_router_interface", {{"subnet_id", subnet}});
  EXPECT_TRUE(await([&] { return heard("2001:db8:60::/64", "ipv6").empty(); }));
}

TEST_F(Bgp, APasswordIsInNoLog) {
  std::set<std::string> read;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(cloud->folder())) {
    if (entry.path().extension() != ".log") continue;
    read.insert(entry.path().filename());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr(password))) << entry.path();
  }
  EXPECT_THAT(read, ::testing::IsSupersetOf({"tarn-agent.log", "tarn-server.log"}));
}

}  // namespace
}  // namespace tarn::testing
