// A gateway dies, or its wires are cut: another host answers for its address, and who speaks through it goes on.
#include <boost/json.hpp>
#include <csignal>

#include "live/gateway_cloud.h"
#include "sandbox/fabric.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

// docs/performance.md tells how long it takes. This only tells a gateway that was replaced from one that was not,
// however busy the machine is.
constexpr std::int64_t outage_max_ms = 3000;
// Where nothing has to follow but switches, and the agent of the host that takes over.
constexpr std::int64_t followed_max_ms = 500;
// Where another host goes on meanwhile: what is on its way just then, and no more.
constexpr std::uint64_t handed_over_max = 50;
// Where the address moves to another host, beside that: the provider bridge there may send back what arrives, for a
// tenth of a second, when the host before had announced it just then (docs/pipeline.md, "Neighbours outside").
constexpr std::uint64_t moved_max = 250;
constexpr int gateway_host = 3;  // without instances

class Failover : public Gateway {
 protected:
  // Instances on hosts 1 and 2 behind a router for whose address host 3 answers.
  static void SetUpTestSuite() {
    Gateway::SetUpTestSuite();
    network = make_network("behind", "10.8.0.0/24");
    add_ipv6_outside();
    add_ipv6(network, prefix6);
    for (int i = 0; i < routers_max && active_host() != gateway_host; ++i) {
      if (!behind.empty()) remove_router();
      behind = make_router("behind", network);
      settle();
    }
    ASSERT_EQ(active_host(), gateway_host);
    for (const auto& [name, host] : {std::pair("late1", 1), std::pair("late2", 2)})
      boot_behind(name, network, host, "10.8.0.1");
    lead_ipv6(prefix6, behind);
    ASSERT_TRUE(cloud->await_all_active(60s));
    settle();
  }

  static void remove_router() {
    for (const json::value& each : cloud->ask("GET", "/v2.0/subnets?network_id=" + network).at("subnets").as_array())
      cloud->ask("PUT", "/v2.0/routers/" + behind + "/remove_router_interface",
                 json::object{{"subnet_id", each.at("id")}});
    cloud->ask("DELETE", "/v2.0/routers/" + behind);
  }

  // The host that answers questions for the router's address outside; 0: none, or several.
  static int active_host() {
    if (behind.empty()) return 0;
    const std::string question = "arp_tpa=" + external_address(behind).text() + ",";
    int found = 0;
    int count = 0;
    for (int host = 1; host <= 3; ++host) {
      if (cloud->host(host).running(sandbox::switch_name) == std::nullopt) continue;
      for (const std::string& flow : cloud->flows(host)) {
        if (flow.find(question) == std::string::npos) continue;
        found = host;
        ++count;
        break;
      }
    }
    return count == 1 ? found : 0;
  }

  // The host that the API takes for it: as the agent that is active, and as where the gateway's port is.
  static std::string told_host() {
    std::string told;
    for (const json::value& agent : cloud->ask("GET", "/v2.0/routers/" + behind + "/l3-agents").at("agents").as_array())
      if (text_at(agent, "ha_state") == "active") told += text_at(agent, "host");
    const std::string gateways = "/v2.0/ports?device_owner=network:router_gateway&device_id=" + behind;
    const json::value port = cloud->ask("GET", gateways).at("ports").at(0);
    EXPECT_EQ(text_at(port, "binding:host_id"), told);
    EXPECT_EQ(text_at(port, "status"), "ACTIVE");
    return told;
  }

  static void set_link(const std::string& wire, const std::string& state) {
    const std::string fabric = cloud->sandbox().layout().fabric_namespace();
    ASSERT_TRUE(sandbox::must_run(sandbox::ip_in(fabric, {"link", "set", wire, state})).has_value());
  }

  // Whatever `happens`, who speaks through the gateway loses no more of a probe each millisecond than `lost_max`.
  static void outage_is_short(const std::string& what, std::uint64_t lost_max, const std::function<void()>& happens,
                              std::int64_t gap_max_ms = outage_max_ms) {
    std::vector<TrafficPair> pairs;
    for (const std::string name : {"late1", "late2", "late3"}) {
      if (!instances.contains(name)) continue;
      ASSERT_TRUE(learns_ipv6_route(name)) << name;
      for (const Ip& far : {outside->internet(), internet6()})
        ASSERT_TRUE(reaches(*cloud, name, far.text())) << name << " to " << far.text();
      pairs.push_back({name + " and the outside", netns(name), outside->netns(), fixed(name), outside->internet()});
      const auto found = floating.find(name);
      pairs.back().answered = found == floating.end();
      if (found != floating.end()) pairs.back().from_called = found->second.address;
      pairs.push_back(by_ipv6(name));
    }
    Result<std::unique_ptr<Traffic>> traffic = Traffic::start(*cloud, pairs);
    ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
    let_pass(500ms);
    happens();
    let_pass(1500ms);
    for (const TrafficLoss& loss : (*traffic)->finish()) {
      EXPECT_LE(loss.probes_lost, lost_max) << loss.name << " " << what;
      EXPECT_LE(loss.longest_gap_ms, gap_max_ms) << loss.name << " " << what;
      EXPECT_TRUE(loss.tcp_whole) << loss.name << " " << what << ": " << loss.tcp_bytes << " of " << loss.tcp_sent
                                  << " bytes, " << loss.tcp_state;
      std::printf("%s, %s: %ju of %ju probes lost, longest gap %jd ms\n", what.c_str(), loss.name.c_str(),
                  static_cast<std::uintmax_t>(loss.probes_lost), static_cast<std::uintmax_t>(loss.probes_sent),
                  static_cast<std::intmax_t>(loss.longest_gap_ms));
    }
  }

  // The gateway's host is killed while a host that hands over to it has no agent, which then begins anew.
  static void is_killed_unheard(const std::string& what, int host, bool offers) {
    cloud->host(host).stop(sandbox::agent_name, SIGKILL);
    outage_is_short(
        what + ", killed while an agent is away", followed_max_ms, [] { cloud->host(gateway_host).cut_power(); },
        followed_max_ms);
    ASSERT_TRUE(cloud->host(host).start_agent(cloud->host(host).agent_program(), {}, offers).has_value());
    ASSERT_TRUE(in_sync(*cloud, host));
    is_back(what);
  }
  static void is_back(const std::string& what) {
    outage_is_short(what + ", back", moved_max, [] {
      ASSERT_TRUE(cloud->host(gateway_host).up().has_value());
      ASSERT_TRUE(in_sync(*cloud, gateway_host));
      ASSERT_TRUE(await([] { return active_host() == gateway_host; }, 20s));
    });
  }

  // The agent of host 2 begins anew, and takes the host to have a wire outside or not to have one.
  static void restart_second(bool offers) {
    const sandbox::Host host = cloud->host(2);
    host.stop(sandbox::agent_name, SIGTERM);
    ASSERT_TRUE(host.start_agent(host.agent_program(), {}, offers).has_value());
    settle();
  }

  static constexpr int routers_max = 30;
  static constexpr const char* prefix6 = "2001:db8:8::/64";
  static inline std::string behind, network;
};

TEST_F(Failover, AGatewayThatDiesIsReplacedAndComesBackUnnoticed) {
  outage_is_short("killed", outage_max_ms, [] { cloud->host(gateway_host).cut_power(); });
  const int replacement = active_host();
  EXPECT_TRUE(replacement == 1 || replacement == 2) << replacement;
  is_back("killed");
}

TEST_F(Failover, AGatewayWhoseWireToTheOutsideIsCutIsReplaced) {
  outage_is_short("cut from the outside", outage_max_ms, [] { set_link("p3", "down"); });
  EXPECT_NE(active_host(), gateway_host);
  outage_is_short("joined again", moved_max, [] {
    set_link("p3", "up");
    ASSERT_TRUE(await([] { return active_host() == gateway_host; }, 20s));
  });
}

TEST_F(Failover, AGatewayThatTheOthersDoNotSeeIsReplacedAndKnowsIt) {
  outage_is_short("cut from the others", outage_max_ms, [] { set_link("u3", "down"); });
  EXPECT_TRUE(await([] { return active_host() == 1 || active_host() == 2; }, 5s)) << active_host();
  outage_is_short("seen again", moved_max, [] {
    set_link("u3", "up");
    ASSERT_TRUE(await([] { return active_host() == gateway_host; }, 20s));
  });
}

TEST_F(Failover, RoutersAnswerEachOthersInstances) {
  for (const std::string name : {"late1", "late2"})
    EXPECT_TRUE(reaches(*cloud, name, external_address(router).text())) << name;
  for (const std::string name : {"plain1", "plain2", "named1"})
    EXPECT_TRUE(reaches(*cloud, name, external_address(behind).text())) << name;
}

TEST_F(Failover, TheApiTellsWhoAnswersAndTakesAHostOut) {
  const std::string here = sandbox::Layout::host_name(gateway_host);
  EXPECT_EQ(told_host(), here);
  const json::value agents = cloud->ask("GET", "/v2.0/agents?host=" + here);
  const std::string agent = "/v2.0/agents/" + text_at(agents.at("agents").at(0), "id");
  const auto set_up = [&](bool up) { cloud->ask("PUT", agent, {{"agent", {{"admin_state_up", up}}}}); };
  outage_is_short("taken out", moved_max, [&] {
    set_up(false);
    ASSERT_TRUE(await([] { return active_host() == 1 || active_host() == 2; }, 20s));
  });
  EXPECT_EQ(told_host(), sandbox::Layout::host_name(active_host()));
  outage_is_short("taken in", moved_max, [&] {
    set_up(true);
    ASSERT_TRUE(await([] { return active_host() == gateway_host; }, 20s));
  });
  EXPECT_EQ(told_host(), here);
}

// Another host is to answer first, then the first one not at all, then it is taken back as it was.
TEST_F(Failover, AGatewayMovesToTheHostThatIsChosen) {
  const auto agent_on = [](int host) {
    const json::value agents = cloud->ask("GET", "/v2.0/agents?host=" + sandbox::Layout::host_name(host));
    return "/v2.0/agents/" + text_at(agents.at("agents").at(0), "id") + "/l3-routers";
  };
  const auto choose = [&](int host) { cloud->ask("POST", agent_on(host), {{"router_id", behind}}); };
  const auto take_back = [&](int host) { cloud->ask("DELETE", agent_on(host) + "/" + behind); };
  const auto answers = [](int host) { return await([host] { return active_host() == host; }, 20s); };
  for (const int host : {1, 2}) {
    outage_is_short("moved to host " + std::to_string(host), moved_max, [&] {
      choose(host);
      ASSERT_TRUE(answers(host));
    });
    EXPECT_EQ(told_host(), sandbox::Layout::host_name(host));
  }
  outage_is_short("taken from host 2", moved_max, [&] {
    take_back(2);
    ASSERT_TRUE(answers(1));
  });
  outage_is_short("taken from hosts 1 and 2", moved_max, [&] {
    take_back(1);
    ASSERT_TRUE(answers(gateway_host));
  });
  EXPECT_EQ(told_host(), sandbox::Layout::host_name(gateway_host));
  for (const int host : {1, 2, gateway_host}) choose(host);
  ASSERT_TRUE(answers(gateway_host));
}

TEST_F(Failover, ACentralRouterIsLeftByOneHostForAll) {
  set_distributed(behind, false);
  for (const char* wire : {"p1", "p2"}) set_link(wire, "down");
  for (const std::string name : {"late1", "late2"})
    for (const Ip& far : {outside->internet(), internet6()})
      EXPECT_TRUE(reaches(*cloud, name, far.text())) << name << " to " << far.text();
  for (const char* wire : {"p1", "p2"}) set_link(wire, "up");
  outage_is_short("central, killed", outage_max_ms, [] { cloud->host(gateway_host).cut_power(); });
  const int replacement = active_host();
  is_back("central");
  is_killed_unheard("central", replacement == 1 ? 2 : 1, true);  // not that of the host that takes over
  set_distributed(behind, true);
}

TEST_F(Failover, AHostWithoutAWireLeavesByTheGateway) {
  boot_behind("late3", network, 2, "10.8.0.1");
  restart_second(false);
  set_link("p2", "down");
  floating["late3"] = make_floating("late3");
  settle();
  EXPECT_TRUE(reaches(outside->netns(), seen_as("late3").text()));
  outage_is_short("wireless, agents away", handed_over_max, [] {
    for (const int host : {1, 2, 3}) cloud->host(host).stop(sandbox::agent_name, SIGKILL);
    cloud->sandbox().stop_server(SIGKILL);
    let_pass(500ms);
    for (const int host : {1, 3}) ASSERT_TRUE(cloud->host(host).start_agent().has_value());
    ASSERT_TRUE(cloud->host(2).start_agent(cloud->host(2).agent_program(), {}, false).has_value());
    ASSERT_TRUE(cloud->sandbox().start_server().has_value());
    settle();
  });
  outage_is_short("wireless, killed", outage_max_ms, [] { cloud->host(gateway_host).cut_power(); });
  is_back("wireless");
  is_killed_unheard("wireless", 2, false);
  set_link("p2", "up");
  restart_second(true);
  EXPECT_TRUE(reaches(outside->netns(), seen_as("late3").text()));
}

TEST_F(Failover, AgentsAndTheServerMayBeAwayAndNothingMoves) {
  outage_is_short("agents away", handed_over_max, [] {
    for (const int host : {1, 2, 3}) cloud->host(host).stop(sandbox::agent_name, SIGKILL);
    cloud->sandbox().stop_server(SIGKILL);
    let_pass(1s);
    for (const int host : {1, 2, 3}) ASSERT_TRUE(cloud->host(host).start_agent().has_value());
    ASSERT_TRUE(cloud->sandbox().start_server().has_value());
    settle();
  });
  EXPECT_TRUE(await([] { return active_host() == gateway_host; }, 20s));
}

}  // namespace
}  // namespace tarn::testing
