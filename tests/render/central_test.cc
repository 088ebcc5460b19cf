// Routers that are central, and hosts without a wire outside: what leaves is translated where the instance is and
// handed over to a host that answers for the gateway, which knows nothing of it and sends back what comes.
#include "model/gateways.h"
#include "outer.h"
#include "render/names.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

model::FloatingAddress floating_of(const std::string& host, bool central) {
  model::FloatingAddress row = Outer::floating();
  row.host = host;
  row.central = central;
  return row;
}

// Host "here" has instances and no wire; "east" answers.
class Wireless : public Outer {
 public:
  Wireless() : Outer(false) {
    world.facts.config.bridge_mappings.clear();
    world.facts.patch_ports.clear();
    put(floating_of("here", true));
    settle();
  }
};

// The host that answers, as "here" in its own eyes; the instances' host is the east for it.
class Answering : public Outer {
 public:
  Answering() {
    block(1, "east", 2048);
    block(2, "here", 4096);
    put(floating_of("east", true));
    settle();
    hear_of("203.0.113.1", mac(upstream));
  }
};

Packet carried(const Fate& fate) {
  return left(fate).frame().set(Field::tunnel_id, 0);
}

TEST(Central, what_leaves_is_translated_here_and_handed_over) {
  Wireless here;
  for (const std::uint32_t port : {1U, 2U}) {
    const Fate fate = here.send(port, out(port));
    ASSERT_THAT(fate.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
    Answering there;
    const Fate seen = there.send(tunnel_ofport, carried(fate));
    ASSERT_THAT(seen.ways, ElementsAre("physical vlan 109"));
    EXPECT_EQ(left(seen).ip(Field::ipv4_src).text(), port == 1 ? own : floating_ip);
    EXPECT_EQ(left(seen).ip(Field::ipv4_dst).text(), far);
    EXPECT_EQ(left(seen).mac(Field::eth_dst), mac(upstream)) << "the next hop, not the destination";
    EXPECT_EQ(left(seen).mac(Field::eth_src), there.segment());
    EXPECT_EQ(left(seen).number(Field::ip_ttl), 63U) << "one router, one hop";
    EXPECT_THAT(seen.walk.commits, IsEmpty()) << "whoever answers keeps nothing";
    if (port == 1) EXPECT_EQ(left(seen).number(Field::udp_src) / 2048, 1U) << "a port of the instance's host";
  }
}

TEST(Central, a_neighbour_outside_is_its_own_next_hop) {
  Wireless here;
  Answering there;
  there.hear_of("203.0.113.77", mac(stranger));
  const Fate seen = there.send(tunnel_ofport, carried(here.send(1, out(1, "203.0.113.77"))));
  ASSERT_THAT(seen.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(seen).mac(Field::eth_dst), mac(stranger));
}

TEST(Central, answers_and_calls_are_sent_back_to_the_host_of_the_instance) {
  Wireless here;
  Answering there;
  const std::uint64_t port = left(there.send(tunnel_ofport, carried(here.send(1, out(1))))).number(Field::udp_src);
  const Fate answer = there.send(patch_ofport, from_outside(mac(gateway), own, 53, port));
  ASSERT_THAT(answer.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(here.send(tunnel_ofport, carried(answer)).ways, ElementsAre("1"));
  const Fate call = there.send(patch_ofport, from_outside(mac(named), floating_ip, 4000, 2222));
  ASSERT_THAT(call.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  const Fate came = here.send(tunnel_ofport, carried(call));
  EXPECT_THAT(came.ways, ElementsAre("2"));
  EXPECT_EQ(left(came).ip(Field::ipv4_dst).text(), "10.0.1.2");
  const Fate back = here.send(2, udp(mac(2), mac(inside), "10.0.1.2", far, 2222, 4000));
  const Fate seen = there.send(tunnel_ofport, carried(back));
  ASSERT_THAT(seen.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(seen).ip(Field::ipv4_src).text(), floating_ip);
  EXPECT_EQ(left(seen).number(Field::udp_src), 2222U);
}

// A route outside leads to the gateway for the address, as BGP may have said: also for one that is answered for at
// home.
TEST(Central, a_call_may_come_by_the_gateway_itself) {
  for (const bool central : {true, false}) {
    Outer home(false);
    Answering there;
    for (const auto& [outer, host] : {std::pair<Outer*, const char*>(&home, "here"), {&there, "east"}}) {
      outer->put(floating_of(host, central));
      outer->settle();
    }
    const Fate call = there.send(patch_ofport, from_outside(mac(gateway), floating_ip, 4000, 2222));
    ASSERT_THAT(call.ways, ElementsAre("tunnel 192.0.2.2 vni 0")) << central;
    EXPECT_THAT(home.send(tunnel_ofport, carried(call)).ways, ElementsAre("2")) << central;
    EXPECT_EQ(there.world.tables().announcements.contains(uuid(8, 1)), central);
  }
}

// Nobody sends on by the tunnel what came by it to land, or two hosts that each take the other for the home of an
// address would send it to and fro.
TEST(Central, what_was_sent_to_land_here_goes_no_further) {
  Answering there;
  const Fate call = there.send(patch_ofport, from_outside(mac(named), floating_ip, 4000, 2222));
  ASSERT_THAT(call.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(there.send(tunnel_ofport, carried(call)).ways, IsEmpty());
}

// By one instance's floating IP to another's, both on hosts without a wire: in by the tunnel and out by it.
TEST(Central, what_is_handed_over_for_an_address_that_lands_here_goes_back) {
  Wireless here;
  Answering there;
  const Fate call = there.send(tunnel_ofport, carried(here.send(1, out(1, floating_ip))));
  ASSERT_THAT(call.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(here.send(tunnel_ofport, carried(call)).ways, ElementsAre("2"));
}

TEST(Central, who_answers_for_the_gateway_answers_for_its_floating_ips_and_nobody_else_does) {
  Wireless here;
  EXPECT_FALSE(here.world.tables().announcements.contains(uuid(8, 1)));
  Answering there;
  const auto announced = there.world.tables().announcements;
  ASSERT_TRUE(announced.contains(uuid(8, 1)));
  EXPECT_EQ(announced.at(uuid(8, 1)).addresses.front().text(), floating_ip);
  EXPECT_EQ(announced.at(uuid(8, 1)).mac, mac(named));
  const Packet question = Outer::tagged(arp(1, {mac(upstream), "203.0.113.1"}, {Mac{}, floating_ip}));
  EXPECT_THAT(there.send(patch_ofport, question).ways, ElementsAre("physical vlan 109"));
}

TEST(Central, a_host_with_a_wire_of_its_own_leaves_by_it_unless_the_router_is_central) {
  for (const bool distributed : {true, false}) {
    Outer away(false);
    model::RouterGateway row = Outer::way_out();
    row.distributed = distributed;
    away.put(row);
    away.settle();
    away.hear_of("203.0.113.1", mac(upstream));
    EXPECT_THAT(away.send(1, out(1)).ways, ElementsAre(distributed ? "physical vlan 109" : "tunnel 192.0.2.2 vni 0"));
  }
}

// Of the hosts that may answer it takes the first that is there; when nobody seems to be there, the first of all.
TEST(Central, what_leaves_goes_to_the_first_host_that_is_there) {
  Wireless here;
  here.world.put("gateway_host/" + port_id(gateway).text() + "/west", model::GatewayHost{port_id(gateway), "west"});
  here.world.node("west", "192.0.2.3");
  const std::map<std::string, std::string> at{{"east", "tunnel 192.0.2.2 vni 0"}, {"west", "tunnel 192.0.2.3 vni 0"}};
  const bool east_first =
      model::gateway_rank(port_id(gateway), {}, "east") > model::gateway_rank(port_id(gateway), {}, "west");
  const std::string first = east_first ? "east" : "west";
  const std::string second = east_first ? "west" : "east";
  const auto goes = [&](bool first_there, bool second_there) {
    here.world.see(first, first_there);
    here.world.see(second, second_there);
    here.settle();
    return here.send(1, out(1)).ways;
  };
  EXPECT_THAT(goes(true, true), ElementsAre(at.at(first)));
  EXPECT_THAT(goes(false, true), ElementsAre(at.at(second)));
  EXPECT_THAT(goes(false, false), ElementsAre(at.at(first)));
  here.world.facts.watched = {{watch_port_name(second), true}};
  here.settle();
  EXPECT_THAT(here.send(1, out(1)).ways, ElementsAre(at.at(second))) << "nobody has seen the first yet";
  here.world.facts.watched.clear();
  here.settle();
  EXPECT_THAT(here.send(1, out(1)).ways, ElementsAre(at.at(first)));
}

// Its own switch finds out who is there: no agent has a part in it.
TEST(Central, what_leaves_follows_the_switch_while_no_agent_is_there) {
  Wireless here;
  here.world.put("gateway_host/" + port_id(gateway).text() + "/west", model::GatewayHost{port_id(gateway), "west"});
  here.world.node("west", "192.0.2.3");
  for (const std::string host : {"east", "west"}) here.world.see(host, true);
  here.settle();
  const std::map<std::string, std::string> at{{"east", "tunnel 192.0.2.2 vni 0"}, {"west", "tunnel 192.0.2.3 vni 0"}};
  const bool east_first =
      model::gateway_rank(port_id(gateway), {}, "east") > model::gateway_rank(port_id(gateway), {}, "west");
  const std::string first = east_first ? "east" : "west";
  const std::string second = east_first ? "west" : "east";
  const auto goes = [&](bool first_there, bool second_there) {
    here.world.see(first, first_there);
    here.world.see(second, second_there);
    std::vector<std::string> ways;
    for (const std::uint32_t port : {1U, 2U})
      for (const std::string& way : here.send(port, out(port)).ways) ways.push_back(way);
    return ways;
  };
  EXPECT_THAT(goes(true, true), ElementsAre(at.at(first), at.at(first)));
  EXPECT_THAT(goes(false, true), ElementsAre(at.at(second), at.at(second)));
  EXPECT_THAT(goes(false, false), ElementsAre(at.at(first), at.at(first)));
  EXPECT_THAT(goes(true, false), ElementsAre(at.at(first), at.at(first)));
  const Tables before = here.world.renderer.tables();
  goes(false, true);
  here.settle();
  EXPECT_EQ(here.world.renderer.tables().flows, before.flows) << "and no agent has anything to write";
}

// This host may answer as well, and leaves by its own wire while no host before it is there.
TEST(Central, a_host_that_may_answer_lets_out_its_own_while_none_before_it_is_there) {
  Outer here;
  model::RouterGateway row = Outer::way_out();
  row.distributed = false;
  row.chosen_hosts = {"east", "here", "west"};
  here.put(row);
  here.put(floating_of("here", true));
  for (const std::string host : {"east", "west"}) {
    here.world.put("gateway_host/" + port_id(gateway).text() + "/" + host, model::GatewayHost{port_id(gateway), host});
    here.world.see(host, true);
  }
  here.world.node("west", "192.0.2.3");
  here.settle();
  here.hear_of("203.0.113.1", mac(upstream));
  for (const std::uint32_t port : {1U, 2U}) {
    here.world.see("east", true);
    EXPECT_THAT(here.send(port, out(port)).ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
    here.world.see("east", false);
    const Fate fate = here.send(port, out(port));
    ASSERT_THAT(fate.ways, ElementsAre("physical vlan 109"));
    EXPECT_EQ(left(fate).mac(Field::eth_dst), mac(upstream));
    EXPECT_EQ(left(fate).mac(Field::eth_src), here.segment());
    EXPECT_EQ(left(fate).ip(Field::ipv4_src).text(), port == 1 ? own : floating_ip);
  }
  here.world.facts.severed = {"physnet1"};
  here.settle();
  EXPECT_THAT(here.send(1, out(1)).ways, ElementsAre("tunnel 192.0.2.3 vni 0")) << "its own wire is cut";
}

TEST(Central, the_number_of_the_port_that_it_watches_by_stays) {
  Wireless here;
  const std::string port = watch_port_name("east");
  EXPECT_FALSE(here.world.tables().ofport_pins.contains(port));
  here.world.see("east", true);
  EXPECT_EQ(here.world.tables().ofport_pins.at(port).ofport, watch_ofport);
}

TEST(Central, those_who_hand_over_and_those_who_answer_watch_each_other) {
  using Session = std::map<std::string, std::string>;
  const auto watched = [](Outer& outer, const std::string& host) -> std::optional<Session> {
    const Tables tables = outer.world.tables();
    const auto found = tables.switch_ports.find(watch_port_name(host));
    return found == tables.switch_ports.end() ? std::nullopt : std::optional(found->second.bfd);
  };
  Wireless here;
  ASSERT_TRUE(watched(here, "east"));
  EXPECT_EQ(watched(here, "east")->at("min_rx"), "50");
  EXPECT_EQ(watched(here, "east")->at("min_tx"), "1000") << "nobody waits for it";
  Answering there;  // the east offers no physical network, as far as is known here
  ASSERT_TRUE(watched(there, "east"));
  EXPECT_EQ(watched(there, "east")->at("min_tx"), "50");
  there.world.put("node/east", model::Node{"east", "192.0.2.2", {"physnet1"}});
  EXPECT_FALSE(watched(there, "east"));
}

}  // namespace
}  // namespace tarn::render::test
