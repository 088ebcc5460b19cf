// Security groups: claims about connections between whole ports, walked through the rendered flows and a model of
// connection tracking.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using model::Direction;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t tcp_number = 6;

// The ports of one node and the connections that its switch remembers.
struct Node {
  World world;
  sim::Conntrack connections;

  Node() {
    world.network(1);
    world.subnet(1, 1, "10.0.0.0/24");
  }
  // Port p at 10.0.0.p, in these groups; others may name it as their remote.
  void port(std::uint64_t p, const std::vector<std::uint64_t>& groups, std::uint64_t network = 1) {
    world.port(p, network, {address(p), address6(p)}, [&](model::Port& row) {
      row.security_groups.clear();
      for (const std::uint64_t g : groups) row.security_groups.push_back(group_id(g));
    });
    world.member(p, groups, {address(p) + "/32", address6(p) + "/128"});
  }
  void open_port(std::uint64_t p) {
    world.port(p, 1, {address(p)}, [](model::Port& row) { row.port_security_enabled = false; });
  }
  static std::string address(std::uint64_t p) { return "10.0.0." + std::to_string(p); }
  static std::string address6(std::uint64_t p) { return "2001:db8::" + std::to_string(p); }

  // Where the packet comes out; what it opens is remembered.
  std::vector<std::string> send(std::uint32_t in_port, const Packet& packet) {
    const sim::Walk walk = sim::Pipeline(world.tables().flows).walk(in_port, packet, connections);
    EXPECT_THAT(walk.faults, IsEmpty());
    walk.teach(connections);
    std::vector<std::string> ways;
    for (const auto& emission : walk.emissions) ways.push_back(way_of(emission));
    std::ranges::sort(ways);
    return ways;
  }
  bool passes(std::uint64_t from, std::uint64_t to, const Packet& packet) {
    return send(static_cast<std::uint32_t>(from), packet) == std::vector{std::to_string(to)};
  }
  // A first packet from here to there and its answer both arrive.
  bool talks(std::uint64_t from, std::uint64_t to, const Packet& first, const Packet& answer) {
    return passes(from, to, first) && passes(to, from, answer);
  }
};

struct Ends {
  std::uint64_t from, to;
  std::uint64_t source_port, destination_port;
};
Packet tcp(const Ends& ends) {
  return ethernet(mac(ends.from), mac(ends.to), 0x0800)
      .set(Field::ipv4_src, ip(Node::address(ends.from)))
      .set(Field::ipv4_dst, ip(Node::address(ends.to)))
      .set(Field::ip_proto, tcp_number)
      .set(Field::ip_ttl, 64)
      .set(Field::tcp_src, ends.source_port)
      .set(Field::tcp_dst, ends.destination_port);
}
Packet answer_to(const Ends& ends) {
  return tcp({ends.to, ends.from, ends.destination_port, ends.source_port});
}
Packet udp_to(std::uint64_t from, std::uint64_t to, std::uint64_t port) {
  return udp(mac(from), mac(to), Node::address(from), Node::address(to), 4000, port);
}
Packet echo(std::uint64_t from, std::uint64_t to, std::uint64_t type, std::uint64_t code = 0) {
  return ethernet(mac(from), mac(to), 0x0800)
      .set(Field::ipv4_src, ip(Node::address(from)))
      .set(Field::ipv4_dst, ip(Node::address(to)))
      .set(Field::ip_proto, 1)
      .set(Field::ip_ttl, 64)
      .set(Field::icmp_type, type)
      .set(Field::icmp_code, code);
}

const model::Permission everything_out = let(Direction::egress, 4);
const model::Permission ssh_in = let(Direction::ingress, 4, "tcp", 22, 22);
constexpr Ends ssh{1, 2, 40000, 22};

// Port 1 may send anything and get nothing; port 2 may be reached at TCP port 22.
Node client_and_server() {
  Node node;
  node.world.group(1);
  node.world.rule(11, 1, everything_out);
  node.world.group(2);
  node.world.rule(21, 2, ssh_in);
  node.port(1, {1});
  node.port(2, {2});
  return node;
}

TEST(Security, a_port_in_no_group_sends_and_gets_nothing) {
  Node node;
  node.port(1, {0});
  node.port(2, {});
  EXPECT_FALSE(node.passes(1, 2, tcp(ssh)));
  EXPECT_FALSE(node.passes(2, 1, tcp({2, 1, 40000, 22})));
}

TEST(Security, what_a_rule_names_passes_and_its_answers_pass_and_nothing_else) {
  Node node = client_and_server();
  EXPECT_TRUE(node.talks(1, 2, tcp(ssh), answer_to(ssh)));
  EXPECT_FALSE(node.passes(1, 2, tcp({1, 2, 40000, 23})));
  EXPECT_FALSE(node.passes(1, 2, udp_to(1, 2, 22)));
  EXPECT_FALSE(node.passes(2, 1, tcp({2, 1, 22, 40001})));  // looks like an answer, answers nothing
}

TEST(Security, an_answer_needs_a_connection) {
  Node node = client_and_server();
  EXPECT_FALSE(node.passes(2, 1, answer_to(ssh)));
}

TEST(Security, a_rule_that_goes_cuts_both_ways_of_what_it_allowed_and_nothing_else) {
  Node node = client_and_server();
  model::Permission http = ssh_in;
  http.first = http.last = 80;
  node.world.rule(22, 2, http);
  constexpr Ends web{1, 2, 40001, 80};
  ASSERT_TRUE(node.talks(1, 2, tcp(ssh), answer_to(ssh)));
  ASSERT_TRUE(node.talks(1, 2, tcp(web), answer_to(web)));
  node.world.remove(World::rule_name(21));
  EXPECT_FALSE(node.passes(1, 2, tcp(ssh)));
  EXPECT_FALSE(node.passes(2, 1, answer_to(ssh)));
  EXPECT_TRUE(node.talks(1, 2, tcp(web), answer_to(web)));
}

TEST(Security, the_side_that_opened_is_asked_for_what_it_sends_also_when_it_is_answered) {
  Node node = client_and_server();
  ASSERT_TRUE(node.talks(1, 2, tcp(ssh), answer_to(ssh)));
  node.world.remove(World::rule_name(11));
  EXPECT_FALSE(node.passes(1, 2, tcp(ssh)));
  EXPECT_FALSE(node.passes(2, 1, answer_to(ssh)));
}

TEST(Security, a_rule_that_stays_keeps_what_another_one_allowed_too) {
  Node node = client_and_server();
  node.world.rule(22, 2, let(Direction::ingress, 4));
  ASSERT_TRUE(node.talks(1, 2, tcp(ssh), answer_to(ssh)));
  node.world.remove(World::rule_name(21));
  EXPECT_TRUE(node.talks(1, 2, tcp(ssh), answer_to(ssh)));
}

TEST(Security, rules_of_all_groups_of_a_port_add_up) {
  Node node = client_and_server();
  node.world.group(3);
  model::Permission http = ssh_in;
  http.first = http.last = 80;
  node.world.rule(31, 3, http);
  node.port(2, {2, 3});
  EXPECT_TRUE(node.passes(1, 2, tcp(ssh)));
  EXPECT_TRUE(node.passes(1, 2, tcp({1, 2, 40001, 80})));
  EXPECT_FALSE(node.passes(1, 2, tcp({1, 2, 40002, 81})));
}

TEST(Security, a_remote_group_is_its_members_as_they_are_now) {
  Node node = client_and_server();
  model::Permission from_clients = ssh_in;
  from_clients.remote_group = group_id(1);
  node.world.rule(21, 2, from_clients);
  node.world.group(3);
  node.world.rule(31, 3, everything_out);
  node.port(3, {3});
  EXPECT_TRUE(node.talks(1, 2, tcp(ssh), answer_to(ssh)));
  EXPECT_FALSE(node.passes(3, 2, tcp({3, 2, 40000, 22})));
  EXPECT_FALSE(node.passes(1, 2, tcp({1, 2, 40000, 23})));
  node.world.remove(World::member_name(1));
  EXPECT_FALSE(node.passes(1, 2, tcp(ssh)));
  EXPECT_FALSE(node.passes(2, 1, answer_to(ssh)));
}

TEST(Security, two_groups_may_name_the_same_remote_for_different_ports) {
  Node node = client_and_server();
  model::Permission from_clients = ssh_in;
  from_clients.remote_group = group_id(1);
  node.world.rule(21, 2, from_clients);
  node.world.group(3);
  from_clients.first = from_clients.last = 80;
  node.world.rule(31, 3, from_clients);
  node.port(3, {3});
  EXPECT_TRUE(node.passes(1, 2, tcp(ssh)));
  EXPECT_TRUE(node.passes(1, 3, tcp({1, 3, 40000, 80})));
  EXPECT_FALSE(node.passes(1, 2, tcp({1, 2, 40001, 80})));
  EXPECT_FALSE(node.passes(1, 3, tcp({1, 3, 40001, 22})));
}

TEST(Security, an_address_that_is_in_two_remotes_counts_for_both) {
  Node node = client_and_server();
  node.world.group(3);
  node.world.group(4);
  model::Permission from = ssh_in;
  from.remote_group = group_id(1);
  node.world.rule(21, 2, from);
  from.first = from.last = 80;
  from.remote_group = group_id(3);
  node.world.rule(22, 2, from);
  from.remote_group = group_id(4);
  from.first = from.last = 81;
  node.world.rule(23, 2, from);
  node.port(1, {1, 3});
  EXPECT_TRUE(node.passes(1, 2, tcp(ssh)));
  EXPECT_TRUE(node.passes(1, 2, tcp({1, 2, 40001, 80})));
  EXPECT_FALSE(node.passes(1, 2, tcp({1, 2, 40001, 81})));
}

TEST(Security, an_address_group_is_its_prefixes_whatever_their_lengths) {
  Node node = client_and_server();
  model::Permission from = ssh_in;
  from.remote_address_group = address_group_id(1);
  node.world.rule(21, 2, from);
  node.world.address_group(1, {"10.0.0.0/31", "10.0.0.4/30"});
  node.world.group(3);
  node.world.rule(31, 3, everything_out);
  for (const std::uint64_t p : {1, 3, 4, 5, 8}) node.port(p, {3});
  for (const std::uint64_t p : {1, 4, 5}) EXPECT_TRUE(node.passes(p, 2, tcp({p, 2, 40000, 22}))) << p;
  for (const std::uint64_t p : {3, 8}) EXPECT_FALSE(node.passes(p, 2, tcp({p, 2, 40000, 22}))) << p;
  node.world.address_group(1, {"10.0.0.4/30"});
  EXPECT_FALSE(node.passes(1, 2, tcp({1, 2, 40000, 22})));
  EXPECT_TRUE(node.passes(5, 2, tcp({5, 2, 40000, 22})));
}

TEST(Security, a_remote_prefix_is_of_the_other_side) {
  Node node = client_and_server();
  model::Permission from = ssh_in;
  from.remote_prefix = Prefix::parse("10.0.0.1/32").value();
  node.world.rule(21, 2, from);
  node.port(3, {1});
  EXPECT_TRUE(node.talks(1, 2, tcp(ssh), answer_to(ssh)));
  EXPECT_FALSE(node.passes(3, 2, tcp({3, 2, 40000, 22})));
}

TEST(Security, icmp_is_asked_by_type_and_code_of_what_opened) {
  Node node = client_and_server();
  node.world.rule(22, 2, let(Direction::ingress, 4, "icmp", 8, 0));
  EXPECT_TRUE(node.talks(1, 2, echo(1, 2, 8), echo(2, 1, 0)));
  EXPECT_FALSE(node.passes(1, 2, echo(1, 2, 8, 1)));
  EXPECT_FALSE(node.passes(1, 2, echo(1, 2, 13)));
}

TEST(Security, a_rule_for_one_ip_version_is_for_no_other) {
  Node node = client_and_server();
  node.world.rule(12, 1, let(Direction::egress, 6));
  EXPECT_FALSE(node.passes(1, 2, udp(mac(1), mac(2), Node::address6(1), Node::address6(2), 4000, 22)));
  node.world.rule(22, 2, let(Direction::ingress, 6, "udp"));
  EXPECT_TRUE(node.passes(1, 2, udp(mac(1), mac(2), Node::address6(1), Node::address6(2), 4000, 22)));
  EXPECT_FALSE(node.passes(1, 2, udp_to(1, 2, 22)));
}

TEST(Security, stateless_groups_judge_each_packet_alone) {
  Node node;
  node.world.group(1, false);
  node.world.rule(11, 1, everything_out);
  node.world.group(2, false);
  node.world.rule(21, 2, ssh_in);
  node.port(1, {1});
  node.port(2, {2});
  EXPECT_TRUE(node.passes(1, 2, tcp(ssh)));
  EXPECT_FALSE(node.passes(2, 1, answer_to(ssh)));
  node.world.rule(22, 2, everything_out);
  node.world.rule(12, 1, let(Direction::ingress, 4, "tcp"));
  EXPECT_TRUE(node.passes(2, 1, answer_to(ssh)));
  EXPECT_TRUE(node.connections.connections().empty());
}

TEST(Security, a_stateful_port_talks_with_a_stateless_and_with_an_unsecured_one) {
  Node node = client_and_server();
  node.world.group(3, false);
  node.world.rule(31, 3, let(Direction::ingress, 4));
  node.world.rule(32, 3, everything_out);
  node.port(3, {3});
  node.open_port(4);
  for (const std::uint64_t p : {3, 4}) {
    const Ends ends{1, p, 40000, 80};
    EXPECT_TRUE(node.talks(1, p, tcp(ends), answer_to(ends))) << p;
    EXPECT_FALSE(node.passes(p, 1, tcp({p, 1, 50000, 80}))) << p;
    EXPECT_TRUE(node.talks(p, 2, tcp({p, 2, 40000, 22}), tcp({2, p, 22, 40000}))) << p;
  }
}

TEST(Security, a_broadcast_comes_to_those_who_may_get_it) {
  Node node = client_and_server();
  node.world.rule(22, 2, let(Direction::ingress, 4, "udp", 99, 99));
  node.port(3, {2});
  node.port(4, {1});
  node.open_port(5);
  const auto to_all = [](std::uint64_t port) {
    return udp(mac(1), broadcast, Node::address(1), "255.255.255.255", 4000, port);
  };
  EXPECT_THAT(node.send(1, to_all(99)), ElementsAre("2", "3", "5"));
  EXPECT_THAT(node.send(1, to_all(98)), ElementsAre("5"));
  EXPECT_THAT(node.send(5, udp(mac(5), broadcast, Node::address(5), "255.255.255.255", 4000, 99)),
              ElementsAre("2", "3"));
}

TEST(Security, connections_of_two_networks_with_the_same_addresses_are_two) {
  Node node = client_and_server();
  node.world.network(2);
  const auto same_as = [&](std::uint64_t twin, std::uint64_t p) {
    node.world.port(twin, 2, {Node::address(p)}, [&](model::Port& row) {
      row.mac = mac(p);
      row.security_groups = {group_id(p == 1 ? 2 : 1)};  // the roles changed
    });
  };
  same_as(3, 1);
  same_as(4, 2);
  ASSERT_TRUE(node.talks(1, 2, tcp(ssh), answer_to(ssh)));
  EXPECT_FALSE(node.passes(4, 3, answer_to(ssh)));
}

TEST(Security, one_rule_more_for_a_thousand_ports_is_one_flow) {
  Node node = client_and_server();
  for (std::uint64_t p = 100; p < 1100; ++p)
    node.world.port(p, 1, {"10.0." + std::to_string(p / 250) + "." + std::to_string(p % 250)},
                    [](model::Port& row) { row.security_groups = {group_id(2)}; });
  node.world.render();
  model::Permission http = ssh_in;
  http.first = http.last = 80;
  http.remote_group = group_id(2);
  node.world.rule(22, 2, http);
  // The rule itself, and the first time that the group is named as a remote: its one member that was told (port 2), and
  // that all clauses are true.
  EXPECT_EQ(node.world.render().flows.size(), 3U);
  http.first = http.last = 81;
  node.world.rule(23, 2, http);
  EXPECT_EQ(node.world.render().flows.size(), 1U);
}

TEST(Security, members_and_rules_cost_their_sum) {
  Node node = client_and_server();
  node.world.render();
  const std::size_t before = node.world.tables().flows.size();
  constexpr std::uint64_t members = 40;
  constexpr std::uint64_t rules = 30;
  for (std::uint64_t p = 100; p < 100 + members; ++p) node.world.member(p, {1}, {Node::address(p) + "/32"});
  model::Permission from = ssh_in;
  from.remote_group = group_id(1);
  for (std::uint64_t r = 0; r < rules; ++r) {
    from.first = from.last = static_cast<std::uint32_t>(1000 + 2 * r);
    node.world.rule(100 + r, 2, from);
  }
  // Port 1 is a member as well; one flow more says that all clauses are true.
  EXPECT_EQ(node.world.tables().flows.size(), before + members + 1 + rules + 1);
}

TEST(Security, what_makes_a_network_work_passes_without_a_rule) {
  Node node;
  node.port(1, {});
  node.port(2, {});
  EXPECT_TRUE(node.passes(1, 2, solicitation(mac(1), Node::address6(1), Node::address6(2), mac(1))));
  EXPECT_THAT(
      node.send(tunnel_ofport, udp(mac(9), mac(1), "10.0.0.9", "255.255.255.255", 67, 68).set(Field::tunnel_id, 101)),
      ElementsAre("1"));
  EXPECT_THAT(
      node.send(tunnel_ofport, udp(mac(9), mac(1), "10.0.0.9", Node::address(1), 67, 69).set(Field::tunnel_id, 101)),
      IsEmpty());
}

TEST(Security, a_port_that_changes_its_groups_is_at_once_what_the_new_ones_say) {
  Node node = client_and_server();
  ASSERT_TRUE(node.talks(1, 2, tcp(ssh), answer_to(ssh)));
  node.port(2, {1});
  EXPECT_FALSE(node.passes(2, 1, answer_to(ssh)));
  EXPECT_EQ(node.world.tables(), node.world.from_scratch());
}

}  // namespace
}  // namespace tarn::render::test
