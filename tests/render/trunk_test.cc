// Ports below a trunk: their packets have a VLAN on the parent's interface, and are else like all others.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::uint64_t parent = 1;
constexpr std::uint64_t below = 21;   // of network 2, VLAN 7 on the parent's interface
constexpr std::uint64_t beside = 22;  // of the parent's own network, VLAN 8

void below_trunk(World& world, std::uint64_t p, std::uint64_t network, const std::string& address, std::uint32_t vlan) {
  world.port(p, network, {address}, [vlan](model::Port& port) {
    port.carrier = port_id(parent);
    port.carrier_vlan_id = vlan;
  });
  world.facts.plugged.erase(port_id(p));
}

World without_trunk() {
  World world;
  world.network(1);
  world.network(2);
  world.subnet(1, 1, "10.0.0.0/24");
  world.port(parent, 1, {"10.0.0.1"});
  world.port(2, 1, {"10.0.0.2"});
  world.port(3, 2, {"10.0.0.3"});
  return world;
}

World trunked() {
  World world = without_trunk();
  below_trunk(world, below, 2, "10.0.0.21", 7);
  below_trunk(world, beside, 1, "10.0.0.22", 8);
  return world;
}

Packet on_vlan(std::uint32_t vlan, Packet packet) {
  return packet.set(Field::vlan_tci, 0x1000 | vlan);
}

TEST(Trunk, what_is_below_talks_in_its_own_network_by_its_vlan) {
  World world = trunked();
  const Tables tables = world.tables();
  EXPECT_EQ(tables.wired.at(port_id(below)), Wired::yes);
  EXPECT_THAT(send(tables, parent, on_vlan(7, udp(mac(below), mac(3), "10.0.0.21", "10.0.0.3"))).ways,
              ElementsAre("3"));
  EXPECT_THAT(send(tables, 3, udp(mac(3), mac(below), "10.0.0.3", "10.0.0.21")).ways, ElementsAre("1 vlan 7"));
  EXPECT_THAT(send(tables, parent, udp(mac(parent), mac(2), "10.0.0.1", "10.0.0.2")).ways, ElementsAre("2"));
  EXPECT_THAT(send(tables, 2, udp(mac(2), mac(parent), "10.0.0.2", "10.0.0.1")).ways, ElementsAre("1"));
}

TEST(Trunk, another_vlan_or_none_is_not_the_ports) {
  World world = trunked();
  const Tables tables = world.tables();
  const Packet packet = udp(mac(below), mac(3), "10.0.0.21", "10.0.0.3");
  EXPECT_THAT(send(tables, parent, packet).ways, IsEmpty());
  EXPECT_THAT(send(tables, parent, on_vlan(8, packet)).ways, IsEmpty());
  EXPECT_THAT(send(tables, parent, on_vlan(9, packet)).ways, IsEmpty());
  EXPECT_THAT(send(tables, 2, on_vlan(7, packet)).ways, IsEmpty());
}

TEST(Trunk, what_is_below_cannot_claim_what_is_its_parents) {
  World world = trunked();
  const Tables tables = world.tables();
  EXPECT_THAT(send(tables, parent, on_vlan(8, udp(mac(beside), mac(2), "10.0.0.1", "10.0.0.2"))).ways, IsEmpty());
  EXPECT_THAT(send(tables, parent, on_vlan(8, udp(mac(parent), mac(2), "10.0.0.1", "10.0.0.2"))).ways, IsEmpty());
  EXPECT_THAT(send(tables, parent, udp(mac(beside), mac(2), "10.0.0.22", "10.0.0.2")).ways, IsEmpty());
}

TEST(Trunk, ports_of_one_interface_hear_each_other_and_not_themselves) {
  World world = trunked();
  const Tables tables = world.tables();
  EXPECT_THAT(send(tables, parent, udp(mac(parent), mac(beside), "10.0.0.1", "10.0.0.22")).ways,
              ElementsAre("1 vlan 8"));
  EXPECT_THAT(send(tables, parent, on_vlan(8, udp(mac(beside), mac(parent), "10.0.0.22", "10.0.0.1"))).ways,
              ElementsAre("1"));
  const std::string everybody = "10.0.0.255";
  EXPECT_THAT(send(tables, parent, udp(mac(parent), broadcast, "10.0.0.1", everybody)).ways,
              UnorderedElementsAre("1 vlan 8", "2"));
  EXPECT_THAT(send(tables, parent, on_vlan(8, udp(mac(beside), broadcast, "10.0.0.22", everybody))).ways,
              UnorderedElementsAre("1", "2"));
  EXPECT_THAT(send(tables, 2, udp(mac(2), broadcast, "10.0.0.2", everybody)).ways,
              UnorderedElementsAre("1", "1 vlan 8"));
}

TEST(Trunk, its_questions_are_answered_with_its_vlan) {
  World world = trunked();
  world.subnet(1, 2, "10.0.0.0/24", [](model::Subnet& subnet) { subnet.enable_dhcp = true; });
  const Tables tables = world.tables();
  const Packet request = arp(1, {mac(below), "10.0.0.21"}, {{}, "10.0.0.3"});
  const Fate fate = send(tables, parent, on_vlan(7, request));
  EXPECT_THAT(fate.ways, ElementsAre("1 vlan 7"));
  EXPECT_EQ(fate.walk.emissions.at(0).packet.number(Field::arp_op), 2U);
  // What the agent says goes the last step like all that the port gets.
  const auto way_of_answer = [&](std::uint64_t p) {
    const sim::Walk walk =
        sim::Pipeline(tables.flows).send(delivery_to(tables.answers.at(port_id(p)).target), Packet());
    return walk.emissions.size() == 1 ? way_of(walk.emissions.front()) : std::string();
  };
  EXPECT_EQ(way_of_answer(below), "1 vlan 7");
  EXPECT_EQ(way_of_answer(parent), "1");
}

TEST(Trunk, what_is_below_goes_and_comes_with_the_parents_interface) {
  World world = trunked();
  world.render();
  world.facts.plugged.erase(port_id(parent));
  EXPECT_EQ(world.tables().wired.at(port_id(below)), Wired::unplugged);
  EXPECT_THAT(send(world.tables(), 3, udp(mac(3), mac(below), "10.0.0.3", "10.0.0.21")).ways, IsEmpty());
  world.facts.plugged[port_id(parent)] = {"tap-1", 31, {}};
  EXPECT_EQ(world.tables().wired.at(port_id(below)), Wired::yes);
  EXPECT_THAT(send(world.tables(), 3, udp(mac(3), mac(below), "10.0.0.3", "10.0.0.21")).ways, ElementsAre("31 vlan 7"));
  EXPECT_EQ(world.tables(), world.from_scratch());
}

TEST(Trunk, the_parent_is_alone_again_when_all_below_are_gone) {
  World world = trunked();
  world.render();
  world.remove("port/" + port_id(below).text());
  world.remove("port/" + port_id(beside).text());
  const Tables tables = world.tables();
  EXPECT_EQ(tables, world.from_scratch());
  EXPECT_EQ(tables.flows, without_trunk().tables().flows);
}

// As the agent does: what has a number wished for has it once it is recorded.
void record_numbers(World& world) {
  for (const auto& [id, spec] : world.tables().numbers) world.facts.numbers[id] = spec.number;
}

TEST(Trunk, what_is_below_is_limited_by_itself) {
  using wire::of::MeterSpec;
  const QosPolicyId own{uuid(11, 1)}, of_network{uuid(11, 2)};
  const MeterSpec sends{MeterSpec::Unit::kilobits, 1000, 400}, gets{MeterSpec::Unit::kilobits, 5000, 600};
  World world = trunked();
  const std::size_t unlimited = world.tables().numbers.size();
  world.limit(1, own, model::QosRuleType::bandwidth_limit, model::Direction::egress, sends.rate, sends.burst);
  world.limit(2, of_network, model::QosRuleType::bandwidth_limit, model::Direction::ingress, gets.rate, gets.burst);
  world.port(beside, 1, {"10.0.0.22"}, [&](model::Port& port) {
    port.carrier = port_id(parent);
    port.carrier_vlan_id = 8;
    port.qos_policy = own;
  });
  world.facts.plugged.erase(port_id(beside));
  EXPECT_EQ(world.tables().numbers.size(), unlimited + 1);
  world.network(2, model::NetworkType::vxlan, [&](model::Network& network) { network.qos_policy = of_network; });
  EXPECT_EQ(world.tables().numbers.size(), unlimited + 2) << "by its network's";
  EXPECT_THAT(meters_beside_questions(world.tables()), testing::SizeIs(1)) << "of port 3, which has an ofport";
  record_numbers(world);
  const Tables tables = world.tables();
  EXPECT_THAT(meters_beside_questions(tables), testing::SizeIs(3));
  const auto passes = [&](std::uint32_t in_port, const Packet& packet) {
    const Fate fate = send(tables, in_port, packet);
    EXPECT_THAT(fate.ways, testing::SizeIs(1));
    return meters_passed(tables, fate);
  };
  EXPECT_THAT(passes(parent, on_vlan(8, udp(mac(beside), mac(2), "10.0.0.22", "10.0.0.2"))), ElementsAre(sends));
  EXPECT_THAT(passes(2, udp(mac(2), mac(beside), "10.0.0.2", "10.0.0.22")), IsEmpty());
  EXPECT_THAT(passes(3, udp(mac(3), mac(below), "10.0.0.3", "10.0.0.21")), ElementsAre(gets));
  EXPECT_THAT(passes(parent, udp(mac(parent), mac(2), "10.0.0.1", "10.0.0.2")), IsEmpty()) << "what is above";
}

}  // namespace
}  // namespace tarn::render::test
