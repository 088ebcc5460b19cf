// The way of an instance's questions to the metadata service of its node, and of the answers back.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t service_ofport = 77;
const std::string asked4 = "169.254.169.254";
const std::string asked6 = "fe80::a9fe:a9fe";

Packet tcp(const Mac& from, const Mac& to, const std::string& source, const std::string& destination,
           std::uint64_t source_port, std::uint64_t destination_port) {
  const bool v4 = ip(source).is_v4();
  return ethernet(from, to, v4 ? 0x0800 : 0x86dd)
      .set(v4 ? Field::ipv4_src : Field::ipv6_src, ip(source))
      .set(v4 ? Field::ipv4_dst : Field::ipv6_dst, ip(destination))
      .set(Field::ip_proto, 6)
      .set(Field::ip_ttl, 64)
      .set(Field::tcp_src, source_port)
      .set(Field::tcp_dst, destination_port);
}

// Ports 1 and 2 have one address, in networks of their own.
class Metadata : public testing::Test {
 protected:
  Metadata() {
    for (const std::uint64_t n : {1, 2}) {
      world.network(n);
      world.subnet(n, n, "10.0.0.0/24");
      world.port(n, n, {"10.0.0.5"}, [](model::Port& port) { port.device_id = "instance"; });
    }
    world.facts.config.service_interface = "to-service";
    world.facts.service_port = service_ofport;
    world.facts.instances = {{1, port_id(1)}, {2, port_id(2)}};
  }
  static Packet question(std::uint64_t port, std::uint64_t door = 80) {
    return tcp(mac(port), mac(0xabc), "10.0.0.5", asked4, 4000, door);
  }
  static Packet question6(std::uint64_t port) {
    return tcp(mac(port), mac(0xabc), Ip::link_local(mac(port)).text(), asked6, 4000, 80);
  }
  // What the service answers to a packet that came to it.
  static Packet answer_to(const Packet& packet) {
    const bool v4 = packet.number(Field::eth_type) == 0x0800;
    return tcp(packet.mac(Field::eth_dst), packet.mac(Field::eth_src),
               packet.ip(v4 ? Field::ipv4_dst : Field::ipv6_dst).text(),
               packet.ip(v4 ? Field::ipv4_src : Field::ipv6_src).text(), 80, 4000);
  }
  World world;
};

TEST_F(Metadata, a_question_comes_from_an_address_that_says_which_port_asks) {
  std::set<Ip> seen;
  for (const std::uint32_t port : {1U, 2U}) {
    const Fate fate = send(world.tables(), port, question(port));
    ASSERT_THAT(fate.ways, ElementsAre(std::to_string(service_ofport)));
    const Packet& packet = fate.walk.emissions[0].packet;
    EXPECT_EQ(domain::number_behind(packet.ip(Field::ipv4_src)), port);
    EXPECT_EQ(packet.mac(Field::eth_dst), domain::service_end_mac);
    seen.insert(packet.ip(Field::ipv4_src));
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST_F(Metadata, answers_come_back_to_the_one_that_asked) {
  sim::Pipeline pipeline(world.tables().flows);
  for (const std::uint32_t port : {1U, 2U}) {
    for (const Packet& asks : {question(port), question6(port)}) {
      const bool v4 = asks.number(Field::eth_type) == 0x0800;
      const sim::Walk there = pipeline.walk(port, asks);
      ASSERT_EQ(there.emissions.size(), 1U);
      ASSERT_EQ(there.emissions[0].port, service_ofport);
      const sim::Walk back = pipeline.walk(service_ofport, answer_to(there.emissions[0].packet));
      ASSERT_EQ(back.emissions.size(), 1U);
      EXPECT_EQ(back.emissions[0].port, port);
      const Packet& packet = back.emissions[0].packet;
      EXPECT_EQ(packet.mac(Field::eth_dst), mac(port));
      EXPECT_EQ(packet.ip(v4 ? Field::ipv4_src : Field::ipv6_src), ip(v4 ? asked4 : asked6));
      EXPECT_EQ(packet.ip(v4 ? Field::ipv4_dst : Field::ipv6_dst), v4 ? ip("10.0.0.5") : Ip::link_local(mac(port)));
    }
  }
}

TEST_F(Metadata, each_of_a_ports_addresses_asks_as_itself) {
  world.port(1, 1, {"10.0.0.5", "10.0.0.6"});
  sim::Pipeline pipeline(world.tables().flows);
  for (const std::string address : {"10.0.0.5", "10.0.0.6"}) {
    const sim::Walk there = pipeline.walk(1, tcp(mac(1), mac(0xabc), address, asked4, 4000, 80));
    ASSERT_EQ(there.emissions.size(), 1U);
    EXPECT_EQ(domain::number_behind(there.emissions[0].packet.ip(Field::ipv4_src)), 1U);
    const sim::Walk back = pipeline.walk(service_ofport, answer_to(there.emissions[0].packet));
    ASSERT_EQ(back.emissions.size(), 1U);
    EXPECT_EQ(back.emissions[0].packet.ip(Field::ipv4_dst), ip(address));
  }
}

TEST_F(Metadata, nobody_asks_before_the_service_knows_who_it_is) {
  world.facts.instances = {{1, port_id(2)}, {2, port_id(1)}};
  for (const std::uint32_t port : {1U, 2U}) {
    EXPECT_THAT(send(world.tables(), port, question(port)).ways, IsEmpty());
    EXPECT_THAT(send(world.tables(), port, question6(port)).ways, IsEmpty());
  }
  EXPECT_EQ(world.tables().instances.at(1).port, port_id(1));
  EXPECT_EQ(world.tables().instances.at(1).instance_id, "instance");
}

TEST_F(Metadata, the_service_reaches_only_those_who_may_ask) {
  const Ip stranger = domain::service_side4(3, 0);
  EXPECT_THAT(send(world.tables(), service_ofport,
                   tcp(domain::service_end_mac, domain::service_switch_mac, asked4, stranger.text(), 80, 4000))
                  .ways,
              IsEmpty());
  EXPECT_THAT(
      send(world.tables(), service_ofport, tcp(domain::service_end_mac, mac(1), asked4, "10.0.0.5", 80, 4000)).ways,
      IsEmpty());
}

TEST_F(Metadata, only_http_is_asked_there) {
  EXPECT_THAT(send(world.tables(), 1, question(1, 22)).ways, IsEmpty());
}

TEST_F(Metadata, without_an_interface_nothing_is_led_there) {
  world.facts.config.service_interface.clear();
  world.facts.service_port.reset();
  world.facts.instances.clear();
  EXPECT_THAT(send(world.tables(), 1, question(1)).ways, IsEmpty());
  EXPECT_THAT(world.tables().instances, IsEmpty());
  EXPECT_FALSE(world.tables().switch_ports.contains("to-service"));
}

TEST_F(Metadata, ipv6_finds_the_service_by_its_link_local_address) {
  const Fate fate = send(world.tables(), 1, solicitation(mac(1), Ip::link_local(mac(1)).text(), asked6, mac(1)));
  ASSERT_THAT(fate.ways, ElementsAre("1"));
  EXPECT_EQ(fate.walk.emissions[0].packet.mac(Field::nd_tll), answer::service_mac(network_id(1)));
}

}  // namespace
}  // namespace tarn::render::test
