// What the switch answers itself, and what it hands to the agent.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using model::NetworkType;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

class Answers : public testing::Test {
 protected:
  Answers() {
    world.network(1);
    world.subnet(1, 1, "10.0.0.0/24", [](model::Subnet& subnet) { subnet.gateway = ip("10.0.0.254"); });
    world.subnet(2, 1, "2001:db8::/64", [](model::Subnet& subnet) {
      subnet.gateway = ip("2001:db8::fe");
      subnet.ra_mode = subnet.address_mode = model::Ipv6Mode::dhcpv6_stateful;
    });
    world.port(1, 1, {"10.0.0.1", "2001:db8::1"});
    world.port(2, 1, {"10.0.0.2", "2001:db8::2"},
               [](model::Port& port) { port.allowed_address_pairs = {{Prefix::parse("10.0.0.50/32").value(), {}}}; });
    world.peer(11, 1, {"10.0.0.11", "2001:db8::11", "2001:db8::fe"}, "east");
    world.node("east", "192.0.2.11");
  }
  std::vector<std::string> ways(std::uint32_t from, const Packet& packet) {
    return send(world.tables(), from, packet).ways;
  }
  World world;
};

TEST_F(Answers, arp_for_any_fixed_address_is_answered_at_once_with_the_right_mac) {
  const std::vector<std::pair<std::string, Mac>> known{
      {"10.0.0.2", mac(2)}, {"10.0.0.11", mac(11)}, {"169.254.169.254", answer::service_mac(network_id(1))}};
  for (const auto& [address, owner] : known) {
    const Fate fate = send(world.tables(), 1, arp(1, {mac(1), "10.0.0.1"}, {Mac{}, address}));
    ASSERT_THAT(fate.ways, ElementsAre("1"));
    const Packet& reply = fate.walk.emissions[0].packet;
    EXPECT_EQ(reply.number(Field::arp_op), 2U);
    EXPECT_EQ(reply.mac(Field::eth_src), owner);
    EXPECT_EQ(reply.mac(Field::eth_dst), mac(1));
    EXPECT_EQ(reply.mac(Field::arp_sha), owner);
    EXPECT_EQ(reply.ip(Field::arp_spa), ip(address));
    EXPECT_EQ(reply.mac(Field::arp_tha), mac(1));
    EXPECT_EQ(reply.ip(Field::arp_tpa), ip("10.0.0.1"));
  }
}

TEST_F(Answers, arp_for_an_unknown_or_shared_address_asks_the_network) {
  for (const std::string address : {"10.0.0.99", "10.0.0.50"})
    EXPECT_THAT(ways(1, arp(1, {mac(1), "10.0.0.1"}, {Mac{}, address})), ElementsAre("2", "tunnel 192.0.2.11 vni 101"));
}

TEST_F(Answers, who_announces_or_probes_its_own_address_hears_no_echo_and_all_others_hear_it) {
  EXPECT_THAT(ways(1, arp(1, {mac(1), "10.0.0.1"}, {Mac{}, "10.0.0.1"})),
              ElementsAre("2", "tunnel 192.0.2.11 vni 101"));
  EXPECT_THAT(ways(1, arp(1, {mac(1), "0.0.0.0"}, {Mac{}, "10.0.0.1"})), ElementsAre("2", "tunnel 192.0.2.11 vni 101"));
  EXPECT_THAT(ways(1, arp(2, {mac(1), "10.0.0.1"}, {mac(1), "10.0.0.1"})),
              ElementsAre("2", "tunnel 192.0.2.11 vni 101"));
  EXPECT_THAT(ways(1, solicitation(mac(1), "::", "2001:db8::1", Mac{})), ElementsAre("2", "tunnel 192.0.2.11 vni 101"));
  EXPECT_THAT(ways(1, solicitation(mac(1), "2001:db8::1", "2001:db8::1", mac(1))),
              ElementsAre("2", "tunnel 192.0.2.11 vni 101"));
}

TEST_F(Answers, who_probes_an_address_in_use_learns_of_its_owner) {
  world.port(1, 1, {"10.0.0.1"}, [](model::Port& port) { port.port_security_enabled = false; });
  const Fate fate = send(world.tables(), 1, arp(1, {mac(1), "0.0.0.0"}, {Mac{}, "10.0.0.2"}));
  ASSERT_THAT(fate.ways, ElementsAre("1"));
  EXPECT_EQ(fate.walk.emissions[0].packet.mac(Field::arp_sha), mac(2));
  // Of IPv6 the owner speaks itself, to all nodes.
  EXPECT_THAT(ways(1, solicitation(mac(1), "::", "2001:db8::2", Mac{})), ElementsAre("2", "tunnel 192.0.2.11 vni 101"));
}

TEST_F(Answers, a_neighbour_solicitation_goes_to_the_owner_alone) {
  const auto asked = [&](const std::string& target) {
    return send(world.tables(), 1, solicitation(mac(1), "2001:db8::1", target, mac(1)));
  };
  const Fate here = asked("2001:db8::2");
  ASSERT_THAT(here.ways, ElementsAre("2"));
  EXPECT_EQ(here.walk.emissions[0].packet.mac(Field::eth_dst), mac(2));
  EXPECT_EQ(here.walk.emissions[0].packet.ip(Field::ipv6_dst), ip("ff02::1:ff00:1"));
  // A gateway is a neighbour like others: its own answer says that it is a router.
  for (const std::string target : {"2001:db8::11", "2001:db8::fe"}) {
    const Fate elsewhere = asked(target);
    ASSERT_THAT(elsewhere.ways, ElementsAre("tunnel 192.0.2.11 vni 101"));
    EXPECT_EQ(elsewhere.walk.emissions[0].packet.mac(Field::eth_dst), mac(11));
  }
  EXPECT_THAT(asked("2001:db8::99").ways, ElementsAre("2", "tunnel 192.0.2.11 vni 101"));
}

TEST_F(Answers, no_flow_writes_what_the_kernel_cannot) {
  // ovs-vswitchd refuses such flows on the kernel's datapath (check_actions in ofproto-dpif.c: nd_ext).
  world.facts.config.datapath_type = "system";
  for (const auto& [key, spec] : world.tables().flows) {
    for (const wire::of::Action& action : spec.actions) {
      const auto* set = std::get_if<wire::of::SetField>(&action);
      const auto* move = std::get_if<wire::of::Move>(&action);
      if (set == nullptr && move == nullptr) continue;
      const Field written = set != nullptr ? set->value.field : move->to;
      EXPECT_NE(written, Field::nd_reserved);
      EXPECT_NE(written, Field::nd_options_type);
    }
  }
}

TEST_F(Answers, questions_from_elsewhere_go_to_the_instance) {
  EXPECT_THAT(ways(tunnel_ofport, arp(1, {mac(11), "10.0.0.11"}, {Mac{}, "10.0.0.2"}).set(Field::tunnel_id, 101)),
              ElementsAre("1", "2"));
}

const std::vector<std::pair<Packet, PuntReason>> questions{
    {udp(mac(1), broadcast, "0.0.0.0", "255.255.255.255", 68, 67), PuntReason::dhcp4},
    {udp(mac(1), answer::service_mac(network_id(1)), "10.0.0.1", "169.254.169.254", 68, 67), PuntReason::dhcp4},
    {udp(mac(1), multicast_of(ip("ff02::1:2")), Ip::link_local(mac(1)).text(), "ff02::1:2", 546, 547),
     PuntReason::dhcp6},
    {icmp6(mac(1), Ip::link_local(mac(1)).text(), "ff02::2", 133), PuntReason::router_solicitation},
    {icmp6(mac(1), "::", "ff02::2", 133), PuntReason::router_solicitation}};

TEST_F(Answers, questions_for_the_agent_carry_their_reason_and_port) {
  const Tables tables = world.tables();
  for (const auto& [packet, reason] : questions) {
    const Fate fate = send(tables, 1, packet);
    ASSERT_THAT(fate.ways, ElementsAre("agent"));
    EXPECT_THAT(decode_punt(fate.walk.emissions[0].userdata), Optional(Punt{reason, port_id(1)}));
  }
}

TEST_F(Answers, who_asks_the_agent_too_much_keeps_few_others_waiting) {
  const Tables tables = world.tables();
  std::map<Bytes, std::uint32_t> meters;  // by the mark
  for (const auto& [key, flow] : tables.flows)
    for (const auto& action : flow.actions)
      if (const auto* agent = std::get_if<wire::of::Controller>(&action)) meters[agent->userdata] = agent->meter;
  for (const auto& [packet, reason] : questions) {
    const std::uint32_t first = meters.at(encode({reason, port_id(1)})),
                        second = meters.at(encode({reason, port_id(2)}));
    EXPECT_NE(first, second);
    for (const std::uint32_t meter : {first, second})
      EXPECT_EQ(tables.meters.at(meter), (wire::of::MeterSpec{wire::of::MeterSpec::Unit::packets, 1000, 1000}));
  }
  // Numbers are for whole hosts: those of questions are nobody's limits.
  EXPECT_LT(*domain::Meter::of_number(domain::Meter::number_max) + domain::Meter::each - 1,
            domain::Meter::first_of_questions);
  EXPECT_EQ(domain::Meter::of_questions(domain::Meter::shares_of_questions - 1), domain::Meter::last);
}

TEST_F(Answers, questions_from_an_interface_without_a_port_are_kept_for_it) {
  const Tables tables = world.tables();
  constexpr std::uint32_t unwired = 77;
  for (const auto& [packet, reason] : questions) {
    const Fate fate = send(tables, unwired, packet);
    ASSERT_THAT(fate.ways, ElementsAre("agent"));
    EXPECT_THAT(decode_punt(fate.walk.emissions[0].userdata), Optional(Punt{reason, PortId{}}));
    const auto meters = meters_passed(tables, fate);
    ASSERT_EQ(meters.size(), 1U);
    EXPECT_EQ(meters[0].rate, 1000U);
    Packet tagged = packet;
    EXPECT_THAT(send(tables, unwired, tagged.set(Field::vlan_tci, 0x1000 | 5)).ways, IsEmpty());
  }
  EXPECT_THAT(ways(unwired, arp(1, {mac(1), "0.0.0.0"}, {Mac{}, "10.0.0.2"})), IsEmpty());
  EXPECT_THAT(ways(unwired, udp(mac(1), broadcast, "0.0.0.0", "255.255.255.255", 67, 68)), IsEmpty());
}

TEST_F(Answers, questions_that_no_instance_here_asked_are_nobodys) {
  constexpr std::uint32_t service_ofport = 905;
  world.facts.service_port = service_ofport;
  world.facts.config.service_interface = "services";
  for (const auto& [packet, reason] : questions) {
    for (const std::uint32_t other : {patch_ofport, service_ofport}) EXPECT_THAT(ways(other, packet), IsEmpty());
    Packet copy = packet;
    copy.set(Field::tunnel_id, 4711);
    EXPECT_THAT(ways(tunnel_ofport, Packet(copy).set(Field::tunnel_dst, ip("192.0.2.1"))), IsEmpty());
    EXPECT_THAT(ways(tunnel_ofport, Packet(copy).set(Field::tunnel_ipv6_dst, ip("2001:db8:1::1"))), IsEmpty());
  }
}

TEST_F(Answers, a_subnet_without_dhcp_leaves_the_question_to_the_network) {
  world.subnet(1, 1, "10.0.0.0/24", [](model::Subnet& subnet) { subnet.enable_dhcp = false; });
  EXPECT_THAT(ways(1, udp(mac(1), broadcast, "0.0.0.0", "255.255.255.255", 68, 67)),
              ElementsAre("2", "tunnel 192.0.2.11 vni 101"));
  EXPECT_EQ(world.tables().answers.at(port_id(1)).dhcp4, std::nullopt);
}

TEST_F(Answers, a_port_is_told_what_its_subnets_say) {
  world.subnet(1, 1, "10.0.0.0/24", [](model::Subnet& subnet) {
    subnet.gateway = ip("10.0.0.254");
    subnet.dns_servers = {ip("10.0.0.253")};
    subnet.host_routes = {{Prefix::parse("10.9.0.0/16").value(), ip("10.0.0.9")}};
  });
  world.port(1, 1, {"10.0.0.1", "2001:db8::1"}, [](model::Port& port) {
    port.dns_name = "one";
    port.extra_dhcp_opts = {{"ntp-server", "10.0.0.3", 4}, {"domain-search", "x.example", 6}};
  });
  const answer::PortAnswers answers = world.tables().answers.at(port_id(1));
  EXPECT_EQ(answers.mac, mac(1));
  ASSERT_TRUE(answers.dhcp4);
  EXPECT_EQ(answers.dhcp4->address, ip("10.0.0.1"));
  EXPECT_EQ(answers.dhcp4->prefix_length, 24);
  EXPECT_EQ(answers.dhcp4->router, ip("10.0.0.254"));
  EXPECT_THAT(answers.dhcp4->dns_servers, ElementsAre(ip("10.0.0.253")));
  EXPECT_EQ(answers.dhcp4->mtu, 1450U);
  EXPECT_EQ(answers.dhcp4->host_name, "one");
  EXPECT_THAT(answers.dhcp4->routes,
              ElementsAre(answer::Route{Prefix::parse("169.254.169.254/32").value(), ip("0.0.0.0")},
                          answer::Route{Prefix::parse("10.9.0.0/16").value(), ip("10.0.0.9")}));
  EXPECT_THAT(answers.dhcp4->extra, ElementsAre(answer::ExtraOption{"ntp-server", "10.0.0.3"}));
  ASSERT_TRUE(answers.dhcp6);
  EXPECT_THAT(answers.dhcp6->addresses, ElementsAre(ip("2001:db8::1")));
  EXPECT_THAT(answers.dhcp6->extra, ElementsAre(answer::ExtraOption{"domain-search", "x.example"}));
  ASSERT_TRUE(answers.advertisement);
  EXPECT_TRUE(answers.advertisement->managed);
  EXPECT_THAT(answers.advertisement->prefixes,
              ElementsAre(answer::PrefixItem{Prefix::parse("2001:db8::/64").value(), false, true}));
}

TEST(PuntMark, any_other_userdata_is_not_a_mark) {
  const Punt punt{PuntReason::dhcp6, port_id(7)};
  EXPECT_THAT(decode_punt(encode(punt)), Optional(punt));
  Bytes bytes = encode(punt);
  bytes[0] = 15;
  EXPECT_EQ(decode_punt(bytes), std::nullopt);
  EXPECT_EQ(decode_punt(ByteView(bytes).first(5)), std::nullopt);
}

}  // namespace
}  // namespace tarn::render::test
