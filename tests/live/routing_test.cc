// Routers on real Open vSwitch: instances of several networks talk by them, on one host and across hosts, while what is
// none of their business comes and goes and agents and servers die.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <csignal>

#include "live/guest.h"
#include "live/traffic.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
namespace json = boost::json;

class Routing : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    ASSERT_TRUE(hosts_meet(*cloud));
    for (const std::string name : {"red", "blue", "green"}) {
      // Red and green have the same addresses.
      networks[name] = cloud->make_network(name, name == "blue" ? "10.32.0.0/24" : "10.31.0.0/24");
      add_subnet6(name, name == "blue" ? "fd32::/64" : "fd31::/64");
    }
    router = make_router("main");
    attach(router, "red");
    attach(router, "blue");
    for (const auto& [name, network, host] :
         {std::tuple("red1", "red", 1), std::tuple("red2", "red", 2), std::tuple("blue1", "blue", 1),
          std::tuple("blue2", "blue", 2), std::tuple("green1", "green", 1), std::tuple("green2", "green", 2)}) {
      instances[name] = boot(*cloud, name, networks[network], host);
      const bool blue = std::string(network) == "blue";
      EXPECT_EQ(inside(name, {"ip", "route", "add", "default", "via", blue ? "10.32.0.1" : "10.31.0.1"}).exit_code, 0);
    }
    ASSERT_TRUE(cloud->await_all_active(60s));
    ASSERT_TRUE(settled());
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
    instances.clear();
    networks.clear();
  }

  static void add_subnet6(const std::string& network, const std::string& cidr) {
    cloud->ask("POST", "/v2.0/subnets",
               json::object{{"subnet",
                             {{"network_id", networks[network]},
                              {"ip_version", 6},
                              {"cidr", cidr},
                              {"ipv6_ra_mode", "slaac"},
                              {"ipv6_address_mode", "slaac"}}}});
  }
  static std::string make_router(const std::string& name) {
    const json::object given{{"name", name}};
    return text_at(cloud->ask("POST", "/v2.0/routers", json::object{{"router", given}}).at("router"), "id");
  }
  static void each_subnet(const std::string& of_router, const std::string& network, const std::string& verb) {
    const json::value listed = cloud->ask("GET", "/v2.0/subnets?network_id=" + networks[network]);
    for (const json::value& subnet : listed.at("subnets").as_array())
      cloud->ask("PUT", "/v2.0/routers/" + of_router + "/" + verb, json::object{{"subnet_id", subnet.at("id")}});
  }
  static void attach(const std::string& to, const std::string& network) {
    each_subnet(to, network, "add_router_interface");
  }
  static void detach(const std::string& from, const std::string& network) {
    each_subnet(from, network, "remove_router_interface");
  }
  static sandbox::Finished inside(const std::string& name, std::vector<std::string> argv) {
    return run_inside(*cloud, name, std::move(argv));
  }
  static bool learns_ipv6_route(const std::string& name) {
    return await(
        [&] { return inside(name, {"ip", "-6", "route", "show", "default"}).output.find("default via fe80::") == 0; });
  }
  static std::string address(const std::string& name, bool v4 = true) {
    for (const std::string& each : instances.at(name).addresses)
      if (Ip::parse(each)->is_v4() == v4) return each;
    return {};
  }
  static TrafficPair pair(const std::string& from, const std::string& to) {
    const auto& layout = cloud->sandbox().layout();
    return {from + " and " + to, layout.instance_namespace(from), layout.instance_namespace(to),
            *Ip::parse(address(from)), *Ip::parse(address(to))};
  }
  // Of the router on the network.
  static Mac interface_mac(const std::string& network) {
    const json::value ports = cloud->ask("GET", "/v2.0/ports?device_id=" + router + "&network_id=" + networks[network]);
    return *Mac::parse(text_at(ports.at("ports").at(0), "mac_address"));
  }
  static bool settled() { return in_sync(*cloud, 1) && in_sync(*cloud, 2); }

  // By a router on one host and across hosts, and inside a network.
  static std::vector<TrafficPair> pairs() {
    return {pair("red1", "blue1"), pair("red1", "blue2"), pair("red1", "red2")};
  }
  static void nothing_is_lost(const std::function<void()>& happens) {
    for (const auto& [from, to] : {std::pair("red1", "blue1"), std::pair("red1", "blue2")})
      ASSERT_TRUE(reaches(*cloud, from, address(to))) << from << " " << to;
    testing::nothing_is_lost(*cloud, pairs(), happens);
  }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string router;
  static inline std::map<std::string, std::string> networks;
  static inline std::map<std::string, sandbox::Instance> instances;
};

TEST_F(Routing, InstancesOfSeveralNetworksReachEachOtherAndTheRouter) {
  for (const std::string from : {"red1", "red2", "blue2"}) {
    for (const std::string to : {"red1", "red2", "blue1", "blue2"}) {
      if (from == to) continue;
      const sandbox::Finished told = inside(from, {"ping", "-c", "1", "-i", "0.5", "-w", "10", address(to)});
      const bool routed = from.front() != to.front();
      EXPECT_THAT(told.output, HasSubstr(routed ? "ttl=63 " : "ttl=64 ")) << from << " " << to;
    }
    for (const std::string own : {"10.31.0.1", "10.32.0.1"})
      EXPECT_THAT(inside(from, {"ping", "-c", "1", "-w", "5", own}).output, HasSubstr("ttl=64 ")) << from << own;
  }
}

// In the words of the kernel that asked.
TEST_F(Routing, ARouterSaysWhyAPacketGoesNoFurther) {
  const auto told = [](const std::string& from, std::vector<std::string> argv, const std::string& words) {
    argv.insert(argv.begin(), {"ping", "-c", "1", "-W", "2"});
    EXPECT_THAT(inside(from, std::move(argv)).output, HasSubstr(words));
  };
  for (const std::string to : {"blue1", "blue2"})
    told("red1", {"-t", "1", address(to)}, "From 10.31.0.1 icmp_seq=1 Time to live exceeded");
  told("blue2", {"-t", "1", address("red1")}, "From 10.32.0.1 icmp_seq=1 Time to live exceeded");
  told("red1", {"192.0.2.99"}, "From 10.31.0.1 icmp_seq=1 Destination Net Unreachable");
  told("red1", {"10.32.0.99"}, "From 10.31.0.1 icmp_seq=1 Destination Host Unreachable");
  ASSERT_TRUE(await(
      [] { return inside("red1", {"ip", "-6", "route", "show", "default"}).output.find("default via fe80::") == 0; }));
  told("red1", {"-6", "-t", "1", address("blue2", false)}, "From fd31:: icmp_seq=1 Time exceeded: Hop limit");
  told("red1", {"-6", "fd32::99"}, "From fd31:: icmp_seq=1 Destination unreachable: Address unreachable");
  told("red1", {"-6", "fd99::99"}, "From fd31:: icmp_seq=1 Destination unreachable: No route");
}

// By two next hops, one on the sender's network and one on another host: each connection by one of them.
TEST_F(Routing, RoutesOfEqualCostShareConnections) {
  const auto set_routes = [](const std::vector<std::string>& next_hops) {
    json::array routes;
    for (const std::string& name : next_hops)
      routes.push_back(json::object{{"destination", "172.16.0.0/12"}, {"nexthop", address(name)}});
    const json::object given{{"routes", routes}};
    cloud->ask("PUT", "/v2.0/routers/" + router, json::object{{"router", given}});
    ASSERT_TRUE(settled());
  };
  // Port security: they get what is for addresses that are not theirs, and need not send any of it.
  set_routes({"red2", "blue1"});
  Guest red = guest_of(*cloud, instances["red1"]);
  Guest first = guest_of(*cloud, instances["red2"]);
  Guest second = guest_of(*cloud, instances["blue1"]);
  const Mac door = interface_mac("red");
  const Ip beyond = *Ip::parse("172.16.0.1");
  constexpr std::uint16_t connections = 64;
  for (std::uint16_t i = 0; i < connections; ++i)
    red.nic.send(udp(red.mac, red.ip, door, beyond, "spread", {static_cast<std::uint16_t>(5000 + i), 53}));
  for (const std::string word : {"enough", "enough, again"}) {
    red.nic.send(udp(red.mac, red.ip, first.mac, first.ip, word));
    red.nic.send(udp(red.mac, red.ip, door, second.ip, word));
    EXPECT_TRUE(first.nic.hears(word));
    EXPECT_TRUE(second.nic.hears(word));
  }
  EXPECT_EQ(first.nic.count("spread") + second.nic.count("spread"), connections);
  EXPECT_GT(first.nic.count("spread"), 8U);
  EXPECT_GT(second.nic.count("spread"), 8U);
  set_routes({});
}

// The sender's kernel learns the MTU of the way from the router, and what is sent then fits.
TEST_F(Routing, ASmallerNetworkIsToldOfBeforeIt) {
  const json::object smaller{{"mtu", 1300}};
  const std::string path = "/v2.0/networks/" + networks["blue"];
  cloud->ask("PUT", path, json::object{{"network", smaller}});
  ASSERT_TRUE(settled());
  for (const std::string to : {"blue1", "blue2"}) {
    const sandbox::Finished asked =
        inside("red1", {"ping", "-c", "1", "-W", "2", "-M", "do", "-s", "1380", address(to)});
    EXPECT_THAT(asked.output, HasSubstr("From 10.31.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1300)")) << to;
    EXPECT_THAT(inside("red1", {"ip", "route", "get", address(to)}).output, HasSubstr("mtu 1300"));
    EXPECT_THAT(inside("red1", {"ping", "-c", "1", "-w", "5", "-M", "do", "-s", "1272", address(to)}).output,
                HasSubstr("1280 bytes from " + address(to)));
  }
  const json::object usual{{"mtu", 1450}};
  cloud->ask("PUT", path, json::object{{"network", usual}});
  ASSERT_TRUE(settled());
}

// The kernel learns prefix and router from the advertisement, and the router's MAC address from what answers for it.
TEST_F(Routing, Ipv6IsRoutedByWhatTheKernelLearns) {
  for (const std::string name : {"red1", "blue2"}) ASSERT_TRUE(learns_ipv6_route(name)) << name;
  EXPECT_TRUE(await([] {
    return inside("red1", {"ping", "-6", "-c", "1", "-w", "2", address("blue2", false)}).output.find("ttl=63 ") !=
           std::string::npos;
  })) << inside("red1", {"ip", "-6", "neigh"}).output;
  // The subnets' gateways, the router's addresses: the first of an IPv6 prefix, as Neutron has it.
  EXPECT_TRUE(reaches(*cloud, "red1", "fd31::")) << inside("red1", {"ip", "-6", "neigh"}).output;
  EXPECT_TRUE(reaches(*cloud, "red1", "fd32::"));
  EXPECT_EQ(inside("red1", {"ndisc6", "-1", "-q", "fd31::", "eth0"}).exit_code, 0);
}

// Green has red's addresses, and no router: nothing of it leaves, and nothing comes to it that is red's.
TEST_F(Routing, WhatNoRouterConnectsStaysApart) {
  EXPECT_NE(inside("green1", {"ping", "-c", "1", "-w", "1", address("blue1")}).exit_code, 0);
  Guest green = guest_of(*cloud, instances["green1"]);
  Guest neighbour = guest_of(*cloud, instances["green2"]);
  Guest blue = guest_of(*cloud, instances["blue2"]);
  const Mac door = interface_mac("red");
  green.nic.send(udp(green.mac, green.ip, door, blue.ip, "by the router of others"));
  all_hear(green, {&neighbour}, "green is heard");
  EXPECT_TRUE(reaches(*cloud, "red1", address("blue2")));
  EXPECT_EQ(blue.nic.count("by the router of others"), 0U);
}

TEST_F(Routing, OtherRoutersAndNetworksComeAndGo) {
  nothing_is_lost([] {
    for (int round = 0; round < 5; ++round) {
      const std::string other = make_router("other");
      attach(other, "green");
      ASSERT_TRUE(settled());
      const std::string late = networks["late"] = cloud->make_network("late", "10.33.0.0/24");
      attach(router, "late");
      ASSERT_TRUE(settled());
      detach(router, "late");
      detach(other, "green");
      cloud->ask("DELETE", "/v2.0/networks/" + late);
      cloud->ask("DELETE", "/v2.0/routers/" + other);
    }
    ASSERT_TRUE(settled());
  });
}

TEST_F(Routing, AgentsAndTheServerDie) {
  nothing_is_lost([] {
    for (const int host : {1, 2}) {
      cloud->host(host).stop(sandbox::agent_name, SIGKILL);
      let_pass(300ms);
      ASSERT_TRUE(cloud->host(host).start_agent().has_value());
      ASSERT_TRUE(in_sync(*cloud, host));
      EXPECT_EQ(cloud->ask_agent(host, "stats").at("writes_attempted").to_number<int>(), 0);
    }
    cloud->sandbox().stop_server(SIGKILL);
    ASSERT_TRUE(cloud->sandbox().start_server().has_value());
    ASSERT_TRUE(settled());
  });
}

// Whoever has forgotten where the router is, by either protocol, is told by the switch.
TEST_F(Routing, WhereTheRouterIsIsToldWhileTheAgentIsAway) {
  for (const std::string name : {"red1", "blue2"}) ASSERT_TRUE(learns_ipv6_route(name)) << name;
  cloud->host(1).stop(sandbox::agent_name, SIGKILL);
  for (const bool v4 : {true, false}) {
    for (int time = 0; time < 3; ++time) {
      ASSERT_EQ(inside("red1", {"ip", "neigh", "flush", "dev", "eth0"}).exit_code, 0);
      EXPECT_TRUE(reaches(*cloud, "red1", address("blue2", v4))) << inside("red1", {"ip", "neigh"}).output;
    }
  }
  // Nor is anything lost while the instance makes sure again and again that the router is still there.
  for (const std::string term : {"base_reachable_time_ms=500", "delay_first_probe_time=1", "retrans_time_ms=200"})
    ASSERT_EQ(inside("red1", {"sysctl", "-w", "net.ipv6.neigh.eth0." + term}).exit_code, 0);
  EXPECT_THAT(inside("red1", {"ping", "-6", "-q", "-i", "0.02", "-c", "250", address("blue2", false)}).output,
              HasSubstr(" 250 received"));
  ASSERT_TRUE(cloud->host(1).start_agent().has_value());
  ASSERT_TRUE(in_sync(*cloud, 1));
}

TEST_F(Routing, ARouterThatGoesTakesItsWayWithIt) {
  Guest red = guest_of(*cloud, instances["red1"]);
  Guest blue = guest_of(*cloud, instances["blue2"]);
  ASSERT_TRUE(reaches(*cloud, "red1", address("blue2")));
  const Mac door = interface_mac("red");
  const auto change = [](bool up) {
    const json::object given{{"admin_state_up", up}};
    cloud->ask("PUT", "/v2.0/routers/" + router, json::object{{"router", given}});
    ASSERT_TRUE(settled());
  };
  change(false);
  red.nic.send(udp(red.mac, red.ip, door, blue.ip, "by a router that is down"));
  change(true);
  for (const std::string word : {"by one that is up", "by one that is up, again"}) {
    red.nic.send(udp(red.mac, red.ip, door, blue.ip, word));
    EXPECT_TRUE(blue.nic.hears(word));
  }
  EXPECT_EQ(blue.nic.count("by a router that is down"), 0U);
}

}  // namespace
}  // namespace tarn::testing
