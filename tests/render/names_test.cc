// Names on a node: who is told to ask its names service, how questions get there, and what the service may know.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using domain::NameFile;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;

constexpr std::uint32_t service_ofport = 77;
const std::string asked4 = "169.254.169.254";
const std::string asked6 = "fe80::a9fe:a9fe";

// Ports 1 and 2 have one name and one address, in networks of their own.
class Names : public testing::Test {
 protected:
  Names() {
    for (const std::uint64_t n : {1, 2}) {
      world.network(n);
      world.subnet(n, n, "10.0.0.0/24");
      world.port(n, n, {"10.0.0.5"}, [](model::Port& port) { port.dns_name = "web"; });
    }
    world.facts.config.service_interface = "to-services";
    world.facts.config.names = true;
    world.facts.service_port = service_ofport;
    world.facts.instances = {{1, port_id(1)}, {2, port_id(2)}};
  }
  static Packet question(std::uint64_t port, bool v4 = true, std::uint64_t door = 53) {
    return udp(mac(port), mac(0xabc), v4 ? "10.0.0.5" : Ip::link_local(mac(port)).text(), v4 ? asked4 : asked6, 4000,
               door);
  }
  static Packet by_tcp(std::uint64_t port, std::uint64_t door = 53) {
    return ethernet(mac(port), mac(0xabc), 0x0800)
        .set(Field::ipv4_src, ip("10.0.0.5"))
        .set(Field::ipv4_dst, ip(asked4))
        .set(Field::ip_proto, 6)
        .set(Field::ip_ttl, 64)
        .set(Field::tcp_src, 4000)
        .set(Field::tcp_dst, door);
  }
  static Packet answer_to(const Packet& packet) {
    const bool v4 = packet.number(Field::eth_type) == 0x0800;
    return udp(packet.mac(Field::eth_dst), packet.mac(Field::eth_src),
               packet.ip(v4 ? Field::ipv4_dst : Field::ipv6_dst).text(),
               packet.ip(v4 ? Field::ipv4_src : Field::ipv6_src).text(), 53, 4000);
  }
  std::vector<std::string> ways(std::uint32_t port, const Packet& packet) {
    return send(world.tables(), port, packet).ways;
  }
  NameFile::Spec names(std::uint64_t network) { return world.tables().names.at(network_id(network)); }
  answer::PortAnswers told(std::uint64_t port) { return world.tables().answers.at(port_id(port)); }

  const std::vector<std::string> service{std::to_string(service_ofport)};
  World world;
};

TEST_F(Names, questions_by_udp_and_tcp_say_which_port_asks_and_answers_come_back_to_it) {
  sim::Pipeline pipeline(world.tables().flows);
  for (const std::uint32_t port : {1U, 2U}) {
    EXPECT_EQ(ways(port, by_tcp(port)), service);
    for (const bool v4 : {true, false}) {
      const sim::Walk there = pipeline.walk(port, question(port, v4));
      ASSERT_EQ(there.emissions.size(), 1U);
      ASSERT_EQ(there.emissions[0].port, service_ofport);
      const Packet& asked = there.emissions[0].packet;
      EXPECT_EQ(domain::number_behind(asked.ip(v4 ? Field::ipv4_src : Field::ipv6_src)), port);
      const sim::Walk back = pipeline.walk(service_ofport, answer_to(asked));
      ASSERT_EQ(back.emissions.size(), 1U);
      EXPECT_EQ(back.emissions[0].port, port);
      EXPECT_EQ(back.emissions[0].packet.ip(v4 ? Field::ipv4_src : Field::ipv6_src), ip(v4 ? asked4 : asked6));
    }
  }
}

TEST_F(Names, nothing_but_questions_for_names_and_metadata_is_led_there) {
  EXPECT_EQ(ways(1, by_tcp(1, 80)), service);
  EXPECT_THAT(ways(1, by_tcp(1, 22)), IsEmpty());
  EXPECT_THAT(ways(1, question(1, true, 80)), IsEmpty());
  EXPECT_THAT(ways(1, question(1, true, 5353)), IsEmpty());
}

TEST_F(Names, nobody_asks_before_the_service_knows_who_it_is) {
  world.facts.instances = {{1, port_id(2)}, {2, port_id(1)}};
  for (const std::uint32_t port : {1U, 2U}) {
    EXPECT_THAT(ways(port, question(port)), IsEmpty());
    EXPECT_THAT(ways(port, question(port, false)), IsEmpty());
    EXPECT_THAT(ways(port, by_tcp(port)), IsEmpty());
  }
}

TEST_F(Names, a_security_group_may_forbid_it) {
  world.group(1);  // lets nothing through
  world.group(2);
  world.rule(20, 2, let(model::Direction::egress, 4, "udp", 53, 53));
  const auto in_group = [&](std::uint64_t g) {
    world.port(1, 1, {"10.0.0.5"}, [&](model::Port& port) { port.security_groups = {group_id(g)}; });
  };
  in_group(1);
  EXPECT_THAT(ways(1, question(1)), IsEmpty());
  EXPECT_THAT(ways(1, question(1, false)), IsEmpty());
  in_group(2);
  EXPECT_EQ(ways(1, question(1)), service);
  EXPECT_THAT(ways(1, by_tcp(1)), IsEmpty());
}

TEST_F(Names, without_a_names_service_nothing_is_led_there_written_or_told) {
  world.facts.config.names = false;
  for (const Packet& packet : {question(1), question(1, false), by_tcp(1)}) EXPECT_THAT(ways(1, packet), IsEmpty());
  EXPECT_EQ(ways(1, by_tcp(1, 80)), service);
  EXPECT_THAT(world.tables().names, IsEmpty());
  EXPECT_THAT(told(1).dhcp4->dns_servers, IsEmpty());
  EXPECT_EQ(told(1).dhcp4->domain_name, "");
}

TEST_F(Names, the_file_of_a_network_has_all_its_ports_here_elsewhere_and_of_routers) {
  world.network(1, model::NetworkType::vxlan, [](model::Network& network) { network.dns_domain = "red.example."; });
  world.port(3, 1, {"10.0.0.6", "2001:db8::6"});
  world.peer(11, 1, {"10.0.0.11"}, "east");
  world.put("peer/" + port_id(12).text(),
            model::Peer{port_id(12), network_id(1), mac(12), {ip("10.0.0.12")}, "east", "db"});
  world.router(1);
  world.interface(21, 1, 1, {{1, "10.0.0.1"}});
  const NameFile::Spec file = names(1);
  EXPECT_EQ(file.domain, "red.example.");
  EXPECT_THAT(file.names, ElementsAre(NameFile::Name{"db.red.example.", ip("10.0.0.12")},
                                      NameFile::Name{"host-10-0-0-1.red.example.", ip("10.0.0.1")},
                                      NameFile::Name{"host-10-0-0-11.red.example.", ip("10.0.0.11")},
                                      NameFile::Name{"host-10-0-0-6.red.example.", ip("10.0.0.6")},
                                      NameFile::Name{"host-2001-db8--6.red.example.", ip("2001:db8::6")},
                                      NameFile::Name{"web.red.example.", ip("10.0.0.5")}));
  EXPECT_EQ(names(2).names, (std::vector{NameFile::Name{"web.openstacklocal.", ip("10.0.0.5")}}));
}

TEST_F(Names, the_file_follows_names_that_change_and_ports_that_go) {
  world.peer(11, 1, {"10.0.0.11"}, "east");
  ASSERT_EQ(names(1).names.size(), 2U);
  world.port(1, 1, {"10.0.0.5"}, [](model::Port& port) { port.dns_name = "shop"; });
  world.remove("peer/" + port_id(11).text());
  EXPECT_EQ(names(1).names, (std::vector{NameFile::Name{"shop.openstacklocal.", ip("10.0.0.5")}}));
  const std::string nowhere = "named/" + port_id(12).text();
  world.put(nowhere, model::NamedPort{port_id(12), network_id(1), {ip("10.0.0.9")}, "service"});
  EXPECT_THAT(names(1).names, ElementsAre(NameFile::Name{"service.openstacklocal.", ip("10.0.0.9")},
                                          NameFile::Name{"shop.openstacklocal.", ip("10.0.0.5")}));
  world.remove(nowhere);
  EXPECT_EQ(names(1).names.size(), 1U);
  EXPECT_EQ(world.tables(), world.from_scratch());
  world.network(1, model::NetworkType::vxlan, [](model::Network& network) { network.dns_domain = "red.example."; });
  EXPECT_EQ(names(1).domain, "red.example.");
  world.remove("port/" + port_id(1).text());
  EXPECT_THAT(world.tables().names, ElementsAre(Key(network_id(2))));
}

// A router may bring a network within reach that has no port here.
TEST_F(Names, a_network_without_ports_here_has_no_file) {
  world.network(3);
  world.peer(11, 3, {"10.0.3.11"}, "east");
  EXPECT_FALSE(world.tables().names.contains(network_id(3)));
}

TEST_F(Names, who_is_told_of_no_server_is_told_of_the_nodes_own) {
  world.subnet(2, 1, "2001:db8::/64",
               [](model::Subnet& subnet) { subnet.ra_mode = subnet.address_mode = model::Ipv6Mode::dhcpv6_stateful; });
  world.port(1, 1, {"10.0.0.5", "2001:db8::5"});
  const answer::PortAnswers answers = told(1);
  EXPECT_THAT(answers.dhcp4->dns_servers, ElementsAre(ip(asked4)));
  EXPECT_EQ(answers.dhcp4->domain_name, "openstacklocal.");
  EXPECT_THAT(answers.dhcp6->dns_servers, ElementsAre(ip(asked6)));
  EXPECT_EQ(answers.dhcp6->domain_name, "openstacklocal.");
  EXPECT_THAT(answers.advertisement->dns_servers, ElementsAre(ip(asked6)));
  EXPECT_THAT(answers.advertisement->dns_search, ElementsAre("openstacklocal."));
}

TEST_F(Names, a_subnets_own_servers_are_told_instead_and_the_unspecified_address_means_none) {
  const auto with = [&](const std::vector<Ip>& servers) {
    world.subnet(1, 1, "10.0.0.0/24", [&](model::Subnet& subnet) { subnet.dns_servers = servers; });
  };
  with({ip("192.0.2.53"), ip("192.0.2.54")});
  EXPECT_THAT(told(1).dhcp4->dns_servers, ElementsAre(ip("192.0.2.53"), ip("192.0.2.54")));
  with({ip("0.0.0.0")});
  EXPECT_THAT(told(1).dhcp4->dns_servers, IsEmpty());
}

// Two subnets on one link: the server is named once.
TEST_F(Names, the_nodes_own_is_told_once) {
  for (const std::uint64_t n : {2, 3})
    world.subnet(n, 1, n == 2 ? "2001:db8::/64" : "2001:db8:1::/64", [](model::Subnet& subnet) {
      subnet.ra_mode = subnet.address_mode = model::Ipv6Mode::dhcpv6_stateful;
    });
  world.port(1, 1, {"2001:db8::5"},
             [](model::Port& port) { port.fixed_ips.push_back({subnet_id(3), ip("2001:db8:1::5")}); });
  EXPECT_THAT(told(1).advertisement->dns_servers, ElementsAre(ip(asked6)));
  EXPECT_THAT(told(1).dhcp6->dns_servers, ElementsAre(ip(asked6)));
}

}  // namespace
}  // namespace tarn::render::test
