// docs/pipeline.md says what the code says: the map of tables, the registers, and what each class of packet costs,
// walked through the rendered flows. TARN_UPDATE=1 in the environment rewrites the page instead of failing.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "world.h"

namespace tarn::render::test {
namespace {

std::string table_map() {
  std::string text = "| table | name | purpose | a packet that matches nothing |\n| --- | --- | --- | --- |\n";
  for (const StageRow& row : stages()) {
    const std::string missed = row.missed       ? fmt::format("on to {}", name_of(*row.missed))
                               : row.subroutine ? "back to the flow that called"
                                                : "dropped";
    text += fmt::format("| {} | {} | {}{} | {} |\n", static_cast<int>(row.stage), row.name,
                        row.subroutine ? "subroutine: " : "", row.purpose, missed);
  }
  return text;
}

std::string register_map() {
  std::string text = "| register | holds |\n| --- | --- |\n";
  for (const RegisterRow& row : registers())
    text += fmt::format("| {} | {} |\n", wire::of::name_of(row.field), row.holds);
  return text;
}

// Two ports here in a group that lets its members through, a third without port security, a peer elsewhere. Behind a
// router another network, with a port of that group here and one elsewhere.
struct Sample {
  World world;
  sim::Conntrack connections;

  Sample() {
    world.network(1);
    world.subnet(1, 1, "10.0.0.0/24");
    world.subnet(2, 1, "2001:db8::/64");
    world.group(1);
    std::uint64_t rule = 100;
    for (const int version : {4, 6}) {
      world.rule(rule++, 1, let(model::Direction::egress, version));
      model::Permission from_members = let(model::Direction::ingress, version);
      from_members.remote_group = group_id(1);
      world.rule(rule++, 1, from_members);
    }
    for (const std::uint64_t p : {1, 2, 4}) {
      const std::string address = "10.0.0." + std::to_string(p);
      if (p != 4)
        world.port(p, 1, {address, "2001:db8::" + std::to_string(p)},
                   [](model::Port& port) { port.security_groups = {group_id(1)}; });
      world.member(p, {1}, {address + "/32", "2001:db8::" + std::to_string(p) + "/128"});
    }
    world.port(3, 1, {"10.0.0.3"}, [](model::Port& port) { port.port_security_enabled = false; });
    world.peer(4, 1, {"10.0.0.4", "2001:db8::4"}, "east");
    world.node("east", "192.0.2.11");
    world.network(2);
    world.subnet(3, 2, "10.0.2.0/24");
    world.port(5, 2, {"10.0.2.5"}, [](model::Port& port) { port.security_groups = {group_id(1)}; });
    world.peer(6, 2, {"10.0.2.6"}, "east");
    for (const std::uint64_t p : {5, 6}) world.member(p, {1}, {"10.0.2." + std::to_string(p) + "/32"});
    world.router(1);
    world.interface(51, 1, 1, {{1, "10.0.0.254"}});
    world.interface(52, 1, 2, {{3, "10.0.2.254"}});
  }

  std::string row(const std::string& what, std::uint32_t in_port, const Packet& packet, bool again = true) {
    const sim::Pipeline pipeline(world.tables().flows);
    sim::Walk walk = pipeline.walk(in_port, packet, connections);
    walk.teach(connections);
    if (again) walk = pipeline.walk(in_port, packet, connections);
    EXPECT_THAT(walk.faults, testing::IsEmpty());
    EXPECT_THAT(walk.emissions, testing::Not(testing::IsEmpty())) << what;
    return fmt::format("| {} | {} | {} | {} |\n", what, walk.path.size(),
                       std::ranges::count(walk.passages, false, &sim::Passage::commit), walk.commits.size());
  }
};

std::string costs() {
  Sample sample;
  const auto tunnelled = [](Packet packet) { return packet.set(Field::tunnel_id, 101); };
  std::string text =
      "| packet | flows it matches | recirculations | connections it opens |\n| --- | --- | --- | --- |\n";
  const Packet inside = udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2");
  text += sample.row("the first of a connection inside a node", 1, inside, false);
  text += sample.row("a later one", 1, inside);
  text += sample.row("an answer", 2, udp(mac(2), mac(1), "10.0.0.2", "10.0.0.1", 2000, 1000));
  text += sample.row("to another node, at the sender", 1, udp(mac(1), mac(4), "10.0.0.1", "10.0.0.4"));
  text += sample.row("from another node, at the receiver", tunnel_ofport,
                     tunnelled(udp(mac(4), mac(1), "10.0.0.4", "10.0.0.1")));
  text += sample.row("to a port here without port security", 1, udp(mac(1), mac(3), "10.0.0.1", "10.0.0.3"));
  const Packet routed = udp(mac(1), mac(51), "10.0.0.1", "10.0.2.5");
  text += sample.row("the first of a connection by a router inside a node", 1, routed, false);
  text += sample.row("a later one", 1, routed);
  text += sample.row("by a router to another node, at the sender", 1, udp(mac(1), mac(51), "10.0.0.1", "10.0.2.6"));
  text +=
      sample.row("an echo request to a router, answered", 1,
                 udp(mac(1), mac(51), "10.0.0.1", "10.0.2.254", 0, 0).set(Field::ip_proto, 1).set(Field::icmp_type, 8));
  text += sample.row("an ARP request, answered", 1, arp(1, {mac(1), "10.0.0.1"}, {Mac{}, "10.0.0.4"}));
  text += sample.row("a neighbour solicitation, to its owner", 1,
                     solicitation(mac(1), "2001:db8::1", "2001:db8::2", mac(1)));
  text += sample.row("a broadcast, to the ports here and one other node", 1,
                     udp(mac(1), broadcast, "10.0.0.1", "255.255.255.255"), false);
  return text;
}

// Between "<!-- NAME -->" and "<!-- end of NAME -->".
std::string replaced(const std::string& page, const std::string& name, const std::string& part) {
  const std::string begin = "<!-- " + name + " -->\n";
  const std::string end = "<!-- end of " + name + " -->";
  const std::size_t from = page.find(begin);
  const std::size_t to = page.find(end);
  EXPECT_TRUE(from != std::string::npos && to != std::string::npos) << name;
  if (from == std::string::npos || to == std::string::npos) return page;
  return page.substr(0, from + begin.size()) + part + page.substr(to);
}

TEST(PipelinePage, says_what_the_code_says) {
  std::ifstream in(TARN_PIPELINE_PAGE);
  std::stringstream whole;
  whole << in.rdbuf();
  const std::string text = whole.str();
  std::string wanted = replaced(text, "tables", table_map());
  wanted = replaced(wanted, "registers", register_map());
  wanted = replaced(wanted, "costs", costs());
  if (std::getenv("TARN_UPDATE") != nullptr)
    std::ofstream(TARN_PIPELINE_PAGE) << wanted;
  else
    EXPECT_EQ(text, wanted) << "run with TARN_UPDATE=1 to rewrite docs/pipeline.md";
}

}  // namespace
}  // namespace tarn::render::test
