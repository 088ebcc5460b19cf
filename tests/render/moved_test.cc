// Connections of instances that moved: where they were translated they still are, for the host that the instance is on
// now, and nobody but who knows a connection lets it out.
#include "outer.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t syn = 0x02;
constexpr std::uint64_t ack = 0x10;

Packet tcp(std::uint64_t port, std::uint64_t flags, std::uint64_t source_port = 1000) {
  return ethernet(mac(port), mac(inside), 0x0800)
      .set(Field::ipv4_src, ip("10.0.1." + std::to_string(port)))
      .set(Field::ipv4_dst, ip(far))
      .set(Field::ip_proto, 6)
      .set(Field::ip_ttl, 64)
      .set(Field::tcp_src, source_port)
      .set(Field::tcp_dst, 443)
      .set(Field::tcp_flags, flags);
}
Packet answer_to(const Mac& to, std::uint64_t port) {
  return Outer::tagged(ethernet(mac(upstream), to, 0x0800)
                           .set(Field::ipv4_src, ip(far))
                           .set(Field::ipv4_dst, ip(own))
                           .set(Field::ip_proto, 6)
                           .set(Field::ip_ttl, 60)
                           .set(Field::tcp_src, 443)
                           .set(Field::tcp_dst, port)
                           .set(Field::tcp_flags, ack));
}
Packet carried(const Fate& fate) {
  return left(fate).frame().set(Field::tunnel_id, 0);
}
// By the east.
Packet handed_back(const Fate& fate) {
  return carried(fate).set(Field::tunnel_src, ip("192.0.2.2"));
}

void put_moved(Outer& outer, std::uint64_t port, const std::string& host, const std::vector<std::string>& left_hosts) {
  outer.world.put("moved/" + port_id(port).text(), model::MovedPort{port_id(port),
                                                                    network_id(1),
                                                                    mac(port),
                                                                    {ip("10.0.1." + std::to_string(port))},
                                                                    host,
                                                                    left_hosts,
                                                                    {port_id(gateway)}});
  outer.settle();
}

// Where the instance was: "here" in its own eyes, as all are; the instance's host is the east for it. Port 1 opened a
// connection there, and went.
class Left : public Outer {
 public:
  explicit Left(bool answers = false) : Outer(answers) {
    hear_of("203.0.113.1", mac(upstream));
    opened = test::left(send(1, tcp(1, syn)));
    said = test::left(send(1, out(1)));
    world.remove("port/" + port_id(1).text());
    world.facts.plugged.erase(port_id(1));
    put_moved(*this, 1, "east", {"here"});
  }
  [[nodiscard]] std::uint64_t port() const { return opened.number(Field::tcp_src); }
  // Of what was said by UDP.
  Fate answered() {
    const auto port = said.number(Field::udp_src);
    return send(patch_ofport, from_outside(segment(), own, said.number(Field::udp_dst), port));
  }
  Packet opened;
  Packet said;
};

// Where it is now; what it left is the east.
class Now : public Outer {
 public:
  Now() : Outer(false) {
    hear_of("203.0.113.1", mac(upstream));
    put_moved(*this, 1, "here", {"east"});
  }
};

TEST(Moved, a_connection_keeps_the_address_and_port_that_it_had) {
  Left there;
  Now here;
  const Fate handed = here.send(1, tcp(1, ack));
  ASSERT_THAT(handed.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  const Fate seen = there.send(tunnel_ofport, carried(handed));
  ASSERT_THAT(seen.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(seen).ip(Field::ipv4_src).text(), own);
  EXPECT_EQ(left(seen).number(Field::tcp_src), there.port());
  EXPECT_EQ(left(seen).ip(Field::ipv4_dst).text(), far);
  EXPECT_EQ(left(seen).mac(Field::eth_dst), mac(upstream)) << "the next hop";
  EXPECT_EQ(left(seen).mac(Field::eth_src), there.segment());
  EXPECT_EQ(left(seen).number(Field::ip_ttl), 63U) << "one router, one hop";
}

TEST(Moved, its_answers_come_to_where_it_is_now) {
  Left there;
  Now here;
  const Fate landed = there.send(patch_ofport, answer_to(there.segment(), there.port()));
  ASSERT_THAT(landed.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  const Fate came = here.send(tunnel_ofport, carried(landed));
  ASSERT_THAT(came.ways, ElementsAre("1"));
  EXPECT_EQ(left(came).ip(Field::ipv4_dst).text(), "10.0.1.1");
  EXPECT_EQ(left(came).number(Field::tcp_dst), 1000U);
  EXPECT_EQ(left(came).mac(Field::eth_src), mac(inside));
  EXPECT_EQ(left(came).number(Field::ip_ttl), 59U);
}

// In by the tunnel, from the host that answers for the gateway, and out by it.
TEST(Moved, answers_that_land_elsewhere_come_too) {
  Outer answering;
  answering.block(1, "east", 2048);
  answering.block(2, "here", 4096);
  answering.settle();
  Left there;
  const Fate passed = answering.send(patch_ofport, answer_to(mac(gateway), there.port()));
  ASSERT_THAT(passed.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(there.send(tunnel_ofport, carried(passed)).ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
}

TEST(Moved, what_begins_now_begins_here) {
  Now here;
  const Fate begun = here.send(1, tcp(1, syn, 1001));
  ASSERT_THAT(begun.ways, ElementsAre("physical vlan 109"));
  const std::uint64_t port = left(begun).number(Field::tcp_src);
  const Fate on = here.send(1, tcp(1, ack, 1001));
  ASSERT_THAT(on.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(on).number(Field::tcp_src), port);
  EXPECT_THAT(here.send(1, out(1)).ways, ElementsAre("physical vlan 109")) << "of UDP, too";
}

TEST(Moved, a_session_goes_on_as_it_was_once_an_answer_came) {
  Left there;
  Now here;
  const Fate before = here.send(1, out(1));
  ASSERT_THAT(before.ways, ElementsAre("physical vlan 109")) << "nobody knows better";
  EXPECT_THAT(before.walk.commits, testing::SizeIs(2));
  const Fate landed = there.answered();
  ASSERT_THAT(landed.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(here.send(tunnel_ofport, handed_back(landed)).ways, ElementsAre("1"));
  const Fate handed = here.send(1, out(1));
  ASSERT_THAT(handed.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  const Fate seen = there.send(tunnel_ofport, carried(handed));
  ASSERT_THAT(seen.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(seen).number(Field::udp_src), there.said.number(Field::udp_src));
  EXPECT_EQ(left(seen).ip(Field::ipv4_src).text(), own);
  EXPECT_EQ(left(seen).mac(Field::eth_dst), mac(upstream)) << "the next hop";
  EXPECT_THAT(here.send(1, out(1, far, 1001)).ways, ElementsAre("physical vlan 109")) << "another session";
  EXPECT_THAT(here.send(1, out(1, "198.51.100.8")).ways, ElementsAre("physical vlan 109")) << "to somebody else";
}

TEST(Moved, a_later_fragment_of_an_answer_teaches_nothing) {
  Left there;
  Now here;
  const Packet answer = handed_back(there.answered());
  const sim::Walk later =
      sim::Pipeline(here.world.tables().flows).walk(tunnel_ofport, Packet(answer).set(Field::ip_frag, 3));
  EXPECT_THAT(later.learned, IsEmpty());
  const Fate came = here.send(tunnel_ofport, answer);
  ASSERT_THAT(came.walk.learned, testing::SizeIs(1));
  EXPECT_GT(came.walk.learned.front().hard_timeout, 0) << "whoever does not answer any more is not asked for ever";
}

// Replies come to every host that may know who asked, and both do once it has asked again.
TEST(Moved, an_echo_reply_is_not_handed_on) {
  const auto echo = [](std::uint64_t type, Packet packet) {
    packet.clear(Field::udp_src);
    packet.clear(Field::udp_dst);
    return packet.set(Field::ip_proto, 1).set(Field::icmp_type, type).set(Field::icmp_code, 0);
  };
  Outer outer(false);
  outer.hear_of("203.0.113.1", mac(upstream));
  ASSERT_THAT(outer.send(1, echo(8, out(1))).ways, ElementsAre("physical vlan 109"));
  const Packet reply = echo(0, from_outside(outer.segment(), own, 0, 0));
  ASSERT_THAT(outer.send(patch_ofport, reply).ways, ElementsAre("1"));
  outer.world.remove("port/" + port_id(1).text());
  outer.world.facts.plugged.erase(port_id(1));
  put_moved(outer, 1, "east", {"here"});
  EXPECT_THAT(outer.send(patch_ofport, reply).ways, IsEmpty());
}

TEST(Moved, what_is_not_known_where_it_was_is_let_out_by_nobody) {
  Left there;
  Now here;
  const Fate handed = here.send(1, tcp(1, ack, 1001));
  ASSERT_THAT(handed.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  const Fate seen = there.send(tunnel_ofport, carried(handed));
  EXPECT_THAT(seen.ways, IsEmpty());
  EXPECT_THAT(seen.walk.commits, IsEmpty());
}

TEST(Moved, each_host_that_it_left_is_asked) {
  Now here;
  here.world.node("west", "192.0.2.3");
  put_moved(here, 1, "here", {"west", "east"});
  EXPECT_THAT(here.send(1, tcp(1, ack)).ways, ElementsAre("tunnel 192.0.2.2 vni 0", "tunnel 192.0.2.3 vni 0"));
}

TEST(Moved, nobody_else_of_the_network_goes_that_way) {
  Now here;
  here.world.port(3, 1, {"10.0.1.3"});
  here.settle();
  EXPECT_THAT(here.send(3, tcp(3, ack)).ways, ElementsAre("physical vlan 109"));
  EXPECT_THAT(here.send(tunnel_ofport, carried(here.send(1, tcp(1, ack)))).ways, IsEmpty())
      << "what it did not leave itself";
}

// The group lets nothing in, so what comes is an answer or nobody's.
class Closed : public testing::Test {
 protected:
  // Of host "here", with an instance in a group that lets out what it may say, and a neighbour on the east.
  struct Node {
    World world;
    sim::Conntrack conntrack{sim::Tracker::userspace};
    Node() {
      world.network(1);
      world.subnet(1, 1, "10.0.1.0/24");
      world.group(1);
      world.rule(20, 1, let(model::Direction::egress, 4));
      world.node("east", "192.0.2.2");
      plug();
    }
    void plug() {
      world.port(1, 1, {"10.0.1.1"}, [](model::Port& port) { port.security_groups = {group_id(1)}; });
    }
    void unplug() {
      world.remove("port/" + port_id(1).text());
      world.facts.plugged.erase(port_id(1));
    }
    void move(const std::string& host, const std::string& left_host) {
      world.put("moved/" + port_id(1).text(),
                model::MovedPort{port_id(1), network_id(1), mac(1), {ip("10.0.1.1")}, host, {left_host}, {}});
    }
    Fate send(std::uint32_t in_port, const Packet& packet) {
      return test::send(sim::Pipeline(world.tables().flows), in_port, packet, conntrack);
    }
  };
  Closed() {
    there.world.peer(7, 1, {"10.0.1.7"}, "east");
    here.world.peer(7, 1, {"10.0.1.7"}, "east");
    EXPECT_THAT(there.send(1, udp(mac(1), mac(7), "10.0.1.1", "10.0.1.7", 1000, 2000)).ways,
                ElementsAre("tunnel 192.0.2.2 vni 101"));
    there.unplug();
    there.world.remove("network/" + network_id(1).text());
    there.move("east", "here");
    here.move("here", "east");
  }
  // From the neighbour, as it comes by the tunnel.
  static Packet answer(std::uint64_t source_port = 2000) {
    return udp(mac(7), mac(1), "10.0.1.7", "10.0.1.1", source_port, 1000).set(Field::tunnel_id, 101);
  }

  Node there;  // where the instance was; the east is where it is
  Node here;   // where it is; the east is where it was
};

TEST_F(Closed, an_answer_that_another_host_knows_is_let_in_and_opens_the_connection_here) {
  const Fate asked = here.send(tunnel_ofport, answer());
  ASSERT_THAT(asked.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(asked.walk.commits, IsEmpty());
  const Fate known = there.send(tunnel_ofport, carried(asked));
  ASSERT_THAT(known.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  const Fate came = here.send(tunnel_ofport, carried(known));
  ASSERT_THAT(came.ways, ElementsAre("1"));
  EXPECT_EQ(left(came).frame(), answer().frame()) << "as it was sent";
  ASSERT_EQ(came.walk.commits.size(), 1U);
  EXPECT_EQ(came.walk.commits.front().original.source.text(), "10.0.1.1") << "who opened it";
  EXPECT_EQ(came.walk.commits.front().original.destination_port, 2000U);
  EXPECT_THAT(here.send(tunnel_ofport, answer()).ways, ElementsAre("1")) << "and nobody is asked again";
}

// Its sequence numbers are the port's own to say.
TEST_F(Closed, a_segment_opens_nothing_until_the_port_says_something) {
  const auto segment = [](std::uint64_t from, std::uint64_t to, std::uint64_t flags) {
    return ethernet(mac(from), mac(to), 0x0800)
        .set(Field::ipv4_src, ip("10.0.1." + std::to_string(from)))
        .set(Field::ipv4_dst, ip("10.0.1." + std::to_string(to)))
        .set(Field::ip_proto, 6)
        .set(Field::tcp_src, from == 1 ? 1000 : 2000)
        .set(Field::tcp_dst, from == 1 ? 2000 : 1000)
        .set(Field::tcp_flags, flags);
  };
  Node began;
  began.world.peer(7, 1, {"10.0.1.7"}, "east");
  began.send(1, segment(1, 7, syn));
  began.unplug();
  began.move("east", "here");
  const Packet pushed = segment(7, 1, ack).set(Field::tunnel_id, 101);
  const auto pushes = [&] { return here.send(tunnel_ofport, pushed); };
  const Fate came = here.send(tunnel_ofport, carried(began.send(tunnel_ofport, carried(pushes()))));
  EXPECT_THAT(came.ways, ElementsAre("1"));
  EXPECT_EQ(left(came).frame(), pushed.frame());
  EXPECT_THAT(came.walk.commits, IsEmpty());
  EXPECT_THAT(pushes().ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  EXPECT_THAT(here.send(1, segment(1, 7, ack)).walk.commits, testing::SizeIs(1));
  EXPECT_THAT(pushes().ways, ElementsAre("1"));
}

TEST_F(Closed, what_nobody_knows_comes_nowhere) {
  const Fate asked = here.send(tunnel_ofport, answer(2001));
  ASSERT_THAT(asked.ways, ElementsAre("tunnel 192.0.2.2 vni 0"));
  const Fate known = there.send(tunnel_ofport, carried(asked));
  EXPECT_THAT(known.ways, IsEmpty());
  EXPECT_THAT(known.walk.commits, IsEmpty());
}

TEST_F(Closed, a_rule_that_went_lets_nothing_in_that_it_had_let_out) {
  const Fate known = there.send(tunnel_ofport, carried(here.send(tunnel_ofport, answer())));
  here.world.remove(World::rule_name(20));
  const Fate came = here.send(tunnel_ofport, carried(known));
  EXPECT_THAT(came.ways, IsEmpty());
  EXPECT_THAT(came.walk.commits, IsEmpty());
}

TEST_F(Closed, nobody_is_asked_about_what_opens_a_connection) {
  const Packet opening = ethernet(mac(7), mac(1), 0x0800)
                             .set(Field::ipv4_src, ip("10.0.1.7"))
                             .set(Field::ipv4_dst, ip("10.0.1.1"))
                             .set(Field::ip_proto, 6)
                             .set(Field::tcp_src, 2000)
                             .set(Field::tcp_dst, 22)
                             .set(Field::tunnel_id, 101);
  EXPECT_THAT(here.send(tunnel_ofport, Packet(opening).set(Field::tcp_flags, syn)).ways, IsEmpty());
  EXPECT_THAT(here.send(tunnel_ofport, Packet(opening).set(Field::tcp_flags, ack)).ways,
              ElementsAre("tunnel 192.0.2.2 vni 0"));
}

// It is translated address for address, by whatever host.
TEST(Moved, who_has_a_floating_ip_needs_nobody) {
  Now here;
  put_moved(here, 2, "here", {"east"});
  const Fate seen = here.send(2, tcp(2, ack));
  ASSERT_THAT(seen.ways, ElementsAre("physical vlan 109"));
  EXPECT_EQ(left(seen).ip(Field::ipv4_src).text(), floating_ip);
}

}  // namespace
}  // namespace tarn::render::test
