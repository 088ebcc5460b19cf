// The way to the outside and back on real Open vSwitch: by the router's address, by floating IPs, from any host; and
// what has no way.
#include <cerrno>
#include <regex>

#include "live/gateway_cloud.h"
#include "live/guest.h"
#include "wire/packet/checksum.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
namespace packet = wire::packet;

// How long nothing is waited for, where something would come at once.
constexpr std::chrono::milliseconds short_patience = 300ms;

TEST_F(Gateway, InstancesOfTwoHostsGoOutByTheRoutersAddressAtOnce) {
  const Endpoint there{outside->internet(), 8080};
  Listener listener(outside->netns(), there);
  std::vector<Conversation> conversations;
  for (const std::string name : {"plain1", "plain2"}) {
    EXPECT_TRUE(reaches(*cloud, name, outside->internet().text())) << name;
    EXPECT_THAT(inside(name, {"ping", "-c", "1", "-w", "5", outside->internet().text()}).output, HasSubstr("ttl=63 "));
    // Both from the same port, which outside cannot be the same.
    std::optional<Conversation> held = converse(netns(name), there, listener, 40'001);
    ASSERT_TRUE(held.has_value()) << name;
    EXPECT_EQ(held->called.far_end().ip, external_address(router)) << name;
    conversations.push_back(std::move(*held));
  }
  EXPECT_NE(conversations[0].called.far_end(), conversations[1].called.far_end());
  for (const std::string word : {"once more", "and again"})
    for (Conversation& each : conversations) EXPECT_TRUE(speak(each, word));
}

// Or the next that gets it is taken for the one that ended, and not answered: Linux knows a connection for 60 s after
// its end (TCP_TIMEWAIT_LEN).
TEST_F(Gateway, ATranslatedPortIsNobodyElsesWhileAServerMayKnowIt) {
  constexpr int known_s = 60;
  const Endpoint there{outside->internet(), 8090};
  Listener listener(outside->netns(), there);
  std::uint16_t port = 0;
  {
    const std::optional<Conversation> held = converse(netns("plain1"), there, listener);
    ASSERT_TRUE(held.has_value());
    port = held->called.far_end().port;
  }
  const std::regex ended("dport=" + std::to_string(port) +
                         R"(\),zone=[0-9]+,timeout=([0-9]+),protoinfo=\(state=TIME_WAIT)");
  std::smatch found;
  std::string told;
  ASSERT_TRUE(await([&] {
    told = cloud->ask_switch(1, {"dpctl/dump-conntrack", "-s"});
    return std::regex_search(told, found, ended);
  })) << told;
  EXPECT_GT(std::stoi(found[1]), known_s);
}

TEST_F(Gateway, DatagramsFromEqualPortsFindTheirWayBack) {
  const Endpoint there{outside->internet(), 8081};
  Letters answering(outside->netns(), there);
  Letters first(netns("plain1"), {fixed("plain1"), 40'002}), second(netns("plain2"), {fixed("plain2"), 40'002});
  ASSERT_TRUE(reaches(*cloud, "plain1", outside->internet().text()));
  ASSERT_TRUE(reaches(*cloud, "plain2", outside->internet().text()));
  first.send(there, "from plain1");
  second.send(there, "from plain2");
  const std::optional<Endpoint> door1 = answering.hears("from plain1"), door2 = answering.hears("from plain2");
  ASSERT_TRUE(door1 && door2);
  EXPECT_EQ(door1->ip, external_address(router));
  EXPECT_EQ(door2->ip, external_address(router));
  answering.send(*door1, "for plain1");
  answering.send(*door2, "for plain2");
  EXPECT_TRUE(get_through(answering, *door1, first, "more for plain1"));
  EXPECT_TRUE(get_through(answering, *door2, second, "more for plain2"));
  EXPECT_EQ(first.count("for plain2") + second.count("for plain1"), 0U);
}

TEST_F(Gateway, AFloatingIpIsItsInstanceBothWays) {
  Listener listener(outside->netns(), {outside->internet(), 8082});
  for (const std::string name : {"named1", "named2"}) {
    const Ip& own = floating.at(name).address;
    EXPECT_TRUE(reaches(outside->netns(), own.text())) << name;
    EXPECT_THAT(outside->run({"ping", "-c", "1", "-w", "5", own.text()}).output, HasSubstr("ttl=63 ")) << name;
    Listener within(netns(name), {fixed(name), 8083});
    if (const auto in = converse(outside->netns(), {own, 8083}, within)) {
      EXPECT_EQ(in->called.far_end().ip, outside->address()) << name;
    }
    // Address for address: the port stays.
    if (const auto out = converse(netns(name), {outside->internet(), 8082}, listener, 40'003)) {
      EXPECT_EQ(out->called.far_end(), (Endpoint{own, 40'003})) << name;
    }
  }
}

TEST_F(Gateway, FloatingIpsAreReachedFromWithinToo) {
  for (const auto& [caller, called] :
       {std::pair("named1", "beside1"), std::pair("named1", "named2"), std::pair("named2", "beside1"),
        std::pair("plain1", "named1"), std::pair("plain1", "named2"), std::pair("plain2", "named1")}) {
    SCOPED_TRACE(std::string(caller) + " to the floating IP of " + called);
    const Ip& there = floating.at(called).address;
    EXPECT_TRUE(reaches(*cloud, caller, there.text()));
    Listener listener(netns(called), {fixed(called), 8084});
    const auto held = converse(netns(caller), {there, 8084}, listener);
    if (held) {
      EXPECT_EQ(held->called.far_end().ip, seen_as(caller)) << held->called.far_end().text();
    }
  }
}

TEST_F(Gateway, OneMacAnswersForEachAddressOutside) {
  std::map<Ip, Mac> holders{{external_address(router), port_mac("network:router_gateway", router)}};
  for (const auto& [name, each] : floating) holders.emplace(each.address, each.mac);
  ASSERT_EQ(holders.size(), 4U);
  Nic nic = outside->nic();
  const Mac& mac = outside->mac();
  for (const auto& [address, holder] : holders) {
    // Each question is asked in another name, from beyond the pool, so that each answer is told from the others.
    std::vector<Ip> askers;
    for (std::uint64_t i = 210; i < 215; ++i) askers.push_back(Ip::parse("203.0.113.0")->plus(i));
    for (const Ip& asker : askers) {
      nic.send(arp_question(mac, asker, address));
      EXPECT_TRUE(nic.hears(any_arp_answer(mac, asker, address))) << address.text();
    }
    EXPECT_TRUE(reaches(outside->netns(), address.text()));
    EXPECT_EQ(outside->neighbour(address), holder) << address.text();
    nic.count_all();
    for (const Ip& asker : askers) {
      EXPECT_EQ(nic.count(any_arp_answer(mac, asker, address)), 1U) << address.text();
      EXPECT_EQ(nic.count(arp_answer(holder, mac, asker, address)), 1U) << address.text();
    }
  }
}

TEST_F(Gateway, ARouterAnswersAtItsExternalAddress) {
  const std::string address = external_address(router).text();
  EXPECT_TRUE(reaches(outside->netns(), address));
  EXPECT_THAT(outside->run({"ping", "-c", "1", "-w", "5", address}).output, HasSubstr("ttl=64 "));
  EXPECT_TRUE(reaches(*cloud, "plain1", address));
}

TEST_F(Gateway, NobodyOutsideCallsTheRoutersAddress) {
  const Endpoint there{outside->internet(), 8085};
  Letters asked(outside->netns(), there), beside(outside->netns(), {outside->internet(), 8086});
  Letters stranger(outside->netns(), {outside->address(), 8085});
  Listener listener(outside->netns(), there);
  for (const std::string name : {"plain1", "plain2"}) {
    ASSERT_TRUE(reaches(*cloud, name, outside->internet().text())) << name;
    Letters within(netns(name), {fixed(name), 40'004});
    Listener unasked(netns(name), {fixed(name), 1024});
    within.send(there, "a question of " + name);
    const std::optional<Endpoint> door = asked.hears("a question of " + name);
    ASSERT_TRUE(door.has_value()) << name;
    const auto held = converse(netns(name), there, listener, 40'005);
    ASSERT_TRUE(held.has_value()) << name;
    // By ports that are in use, by other people's; and by ports that are not.
    for (const Letters* caller : {&stranger, &beside}) caller->send(*door, "from a stranger");
    for (const std::uint16_t port :
         {held->called.far_end().port, door->port, std::uint16_t{22}, std::uint16_t{1024}, std::uint16_t{40'005}})
      EXPECT_FALSE(Call::dial(outside->netns(), {door->ip, port}, 0, short_patience).has_value()) << port;
    EXPECT_TRUE(get_through(asked, *door, within, "an answer for " + name));
    EXPECT_EQ(within.count("from a stranger"), 0U) << name;
    EXPECT_FALSE(unasked.next(0ms).has_value()) << name;
  }
}

TEST_F(Gateway, NoRouteOfOthersLeadsIn) {
  outside->add_route("10.5.0.0/24", external_address(router));
  const Endpoint there{outside->internet(), 8087};
  Letters asked(outside->netns(), there), beside(outside->netns(), {outside->address(), 8087});
  for (const std::string name : {"plain1", "plain2", "named1"}) {
    ASSERT_TRUE(reaches(*cloud, name, outside->internet().text())) << name;
    const Endpoint back_door{fixed(name), 40'006};
    Letters within(netns(name), back_door);
    Listener listener(netns(name), back_door);
    within.send(there, "a question of " + name);
    const std::optional<Endpoint> door = asked.hears("a question of " + name);
    ASSERT_TRUE(door.has_value()) << name;
    EXPECT_EQ(door->ip, seen_as(name));
    for (const Letters* caller : {&asked, &beside}) caller->send(back_door, "by the back door");
    EXPECT_FALSE(Call::dial(outside->netns(), back_door, 0, short_patience).has_value()) << name;
    EXPECT_NE(outside->run({"ping", "-c", "1", "-W", "1", fixed(name).text()}).exit_code, 0) << name;
    EXPECT_TRUE(get_through(asked, *door, within, "an answer for " + name));
    EXPECT_EQ(within.count("by the back door"), 0U) << name;
    EXPECT_FALSE(listener.next(0ms).has_value()) << name;
  }
}

TEST_F(Gateway, ASecurityGroupStandsBehindAFloatingIp) {
  const Endpoint door{floating.at("named1").address, 8088};
  Listener within(netns("named1"), {fixed("named1"), 8088});
  Listener listener(outside->netns(), {outside->internet(), 8089});
  ASSERT_TRUE(converse(outside->netns(), door, within).has_value());
  set_group("named1", closed_group);
  settle();
  EXPECT_FALSE(Call::dial(outside->netns(), door, 0, short_patience).has_value());
  EXPECT_NE(outside->run({"ping", "-c", "1", "-W", "1", door.ip.text()}).exit_code, 0);
  const auto out = converse(netns("named1"), {outside->internet(), 8089}, listener);
  if (out) {
    EXPECT_EQ(out->called.far_end().ip, door.ip);
  }
  EXPECT_FALSE(within.next(0ms).has_value());
  set_group("named1", open_group);
  settle();
  EXPECT_TRUE(converse(outside->netns(), door, within).has_value());
}

// Twenty bytes of RFC 9293 section 3.1: an acknowledgement within a connection that nobody opened.
Bytes lone_ack(const Ip& from, const Ip& to, bool checksum_is_right) {
  constexpr std::uint8_t protocol_tcp = 6;
  ByteWriter writer;
  writer.u16(40'007).u16(8090).u32(1).u32(1).u16(0x5010).u16(1024).u16(0).u16(0);
  packet::InternetSum sum;
  sum.add_pseudo_header(from, to, protocol_tcp, writer.size()).add(writer.view());
  writer.patch_u16(16, static_cast<std::uint16_t>(sum.value() + (checksum_is_right ? 0 : 1)));
  return std::move(writer).finish();
}

// What translation has no idea of, or not yet: nothing of it goes out under its own name. The witness sees to that.
TEST_F(Gateway, WhatCannotBeTranslatedStaysInside) {
  const Mac door = port_mac("network:router_interface_distributed", router);
  const Endpoint there{outside->internet(), 8090};
  Letters asked(outside->netns(), there);
  for (const std::string name : {"plain1", "plain2", "named1"}) {
    ASSERT_TRUE(reaches(*cloud, name, outside->internet().text())) << name;
    const Guest guest = guest_of(*cloud, instances.at(name));
    const packet::Envelope envelope{door, guest.mac, guest.ip, outside->internet()};
    for (const bool right : {true, false})
      guest.nic.send(packet::build_ip(envelope, 6, lone_ack(guest.ip, envelope.to, right)));
    for (const Byte type : Bytes{3, 11, 0})  // unreachable, time exceeded, a reply that nobody asked for
      guest.nic.send(packet::build_icmp4(envelope, type, 0, Bytes(36, 0)));
    for (const Byte protocol : Bytes{47, 50, 132, 253})  // GRE, ESP, SCTP, an experiment (RFC 3692)
      guest.nic.send(packet::build_ip(envelope, protocol, Bytes(32, 0)));
    Letters within(netns(name), {fixed(name), 40'008});
    EXPECT_TRUE(get_through(within, there, asked, "the last words of " + name));
    EXPECT_EQ(newly_witnessed(), 0U) << name;
  }
}

// One floating IP for instances of two hosts, by its ports.
TEST_F(Gateway, PortsOfAFloatingIpLeadToInstancesOfTwoHosts) {
  const std::map<std::string, std::uint16_t> doors{{"plain1", 2201}, {"plain2", 2202}};
  const boost::json::object given{{"floating_network_id", external}};
  const boost::json::value made =
      cloud->ask("POST", "/v2.0/floatingips", boost::json::object{{"floatingip", given}}).at("floatingip");
  const std::string id = text_at(made, "id");
  const Ip address = *Ip::parse(text_at(made, "floating_ip_address"));
  const std::string path = "/v2.0/floatingips/" + id + "/port_forwardings";
  std::vector<std::string> forwardings;
  for (const auto& [name, port] : doors) {
    const boost::json::object wish{{"protocol", "tcp"},
                                   {"external_port", port},
                                   {"internal_port", 8091},
                                   {"internal_ip_address", fixed(name).text()},
                                   {"internal_port_id", instances.at(name).port_id}};
    forwardings.push_back(
        text_at(cloud->ask("POST", path, boost::json::object{{"port_forwarding", wish}}).at("port_forwarding"), "id"));
  }
  settle();
  for (const auto& [name, port] : doors) {
    Listener within(netns(name), {fixed(name), 8091});
    const auto in = converse(outside->netns(), {address, port}, within);
    ASSERT_TRUE(in.has_value()) << name;
    EXPECT_EQ(in->called.far_end().ip, outside->address()) << name;
    EXPECT_FALSE(Call::dial(outside->netns(), {address, std::uint16_t{8091}}, 0, short_patience).has_value());
  }
  for (const std::string& forwarding : forwardings) cloud->ask("DELETE", path + "/" + forwarding);
  cloud->ask("DELETE", "/v2.0/floatingips/" + id);
  settle();
  EXPECT_FALSE(Call::dial(outside->netns(), {address, doors.at("plain1")}, 0, short_patience).has_value());
}

// In the words of the kernel that asked. An echo has no ports; whose it was is told by what the error quotes.
TEST_F(Gateway, WhoStopsAPacketOutsideIsHeardInside) {
  for (const std::string name : {"plain1", "plain2", "named1", "named2"}) {
    ASSERT_TRUE(reaches(*cloud, name, outside->internet().text())) << name;
    for (const auto& [hops, who] : {std::pair("1", "10.5.0.1"), std::pair("2", "203.0.113.1")}) {
      const sandbox::Finished told =
          inside(name, {"ping", "-c", "1", "-W", "2", "-t", hops, outside->further().text()});
      EXPECT_THAT(told.output, HasSubstr("From " + std::string(who) + " icmp_seq=1 Time to live exceeded")) << name;
    }
  }
}

TEST_F(Gateway, AClosedPortOutsideIsToldInside) {
  for (const std::string name : {"plain1", "plain2", "named1", "named2"}) {
    ASSERT_TRUE(reaches(*cloud, name, outside->internet().text())) << name;
    EXPECT_EQ(complaint_of(netns(name), {outside->internet(), 9}), ECONNREFUSED) << name;
  }
  for (const std::string name : {"named1", "named2"})
    EXPECT_EQ(complaint_of(outside->netns(), {floating.at(name).address, 9}), ECONNREFUSED) << name;
}

}  // namespace
}  // namespace tarn::testing
