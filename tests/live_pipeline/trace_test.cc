// The rendered flows in a real Open vSwitch: it accepts every one of them, and for each packet its own ofproto/trace
// takes the same way through the tables and sends to the same ports as our packet walker.
#include <gmock/gmock.h>

#include <regex>
#include <sstream>

#include "render/world.h"
#include "support/private_switch.h"
#include "wire/openflow/fields.h"

namespace tarn::render::test {
namespace {

namespace of = wire::of;
using model::NetworkType;

struct Verdict {
  std::vector<std::string> tables;  // as visited
  std::vector<std::string> sends;   // "2", "IN_PORT", "CONTROLLER", in order
  bool operator==(const Verdict&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
  out << "tables";
  for (const auto& table : verdict.tables) out << ' ' << table;
  out << " sends";
  for (const auto& send : verdict.sends) out << ' ' << send;
  return out;
}

// Reads the text of ofproto/trace: a line "NN. match…" for each table, below it the actions of the flow.
Verdict verdict_of(const std::string& trace) {
  static const std::regex table_line(R"(^ *(\d+)\. .*)");
  static const std::regex output_line(R"(^ *output:(\d+)$)");
  Verdict verdict;
  std::istringstream lines(trace);
  bool ours = false;
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    // A packet that leaves by a patch port is followed into the provider bridge: no business of ours. One that went
    // through connection tracking goes on in a part of its own, after the summary of the one before.
    if (line.starts_with("Final flow")) ours = false;
    if (line.starts_with("bridge(")) ours = line.starts_with("bridge(\"br-int\")");
    if (!ours) continue;
    if (std::regex_match(line, found, table_line)) verdict.tables.push_back(found[1]);
    if (std::regex_match(line, found, output_line)) verdict.sends.push_back(found[1]);
    if (line.find("skipping output to input port") != std::string::npos) verdict.sends.pop_back();
    if (line.ends_with("    IN_PORT")) verdict.sends.emplace_back("IN_PORT");
    if (line.find("    controller(") != std::string::npos) verdict.sends.emplace_back("CONTROLLER");
  }
  return verdict;
}

// A packet that comes from nowhere is sent back by the number of its port.
Verdict verdict_of(const sim::Walk& walk) {
  Verdict verdict;
  for (const auto& key : walk.path) verdict.tables.push_back(std::to_string(key.table));
  for (const auto& emission : walk.emissions)
    verdict.sends.push_back(emission.port == of::port_controller                      ? "CONTROLLER"
                            : emission.port == emission.packet.number(Field::in_port) ? "IN_PORT"
                                                                                      : std::to_string(emission.port));
  return verdict;
}

class LivePipeline : public testing::Test {
 protected:
  void SetUp() override {
    switch_.add_bridge("br-int");
    switch_.add_bridge("br-ex");
    std::vector<std::string> command;
    const auto add_port = [&](const std::string& name, std::uint32_t ofport, std::vector<std::string> settings) {
      command.insert(command.end(), {"--", "add-port", "br-int", name, "--", "set", "interface", name,
                                     "ofport_request=" + std::to_string(ofport)});
      command.insert(command.end(), settings.begin(), settings.end());
    };
    for (const std::uint32_t p : {1U, 2U, 3U, 4U, 5U, 6U, 7U})
      add_port("tap-" + std::to_string(p), p, {"type=internal"});
    add_port(tunnel_port_name, tunnel_ofport,
             {"type=vxlan", "options:remote_ip=flow", "options:key=flow", "options:local_ip=192.0.2.1"});
    add_port("ti-physnet1", patch_ofport, {"type=patch", "options:peer=tp-physnet1"});
    command.insert(command.end(), {"--", "add-port", "br-ex", "tp-physnet1", "--", "set", "interface", "tp-physnet1",
                                   "type=patch", "options:peer=ti-physnet1"});
    command.erase(command.begin());
    switch_.vsctl(command);
    fill();
    tables_ = world_.tables();
    std::string flows;
    for (const auto& [key, spec] : tables_.flows) flows += of::text(key, spec) + "\n";
    switch_.ofctl({"--bundle", "add-flows", switch_.management_socket("br-int"), "-"}, flows);
  }

  // Ports 1 and 2 on a VXLAN network with two peers, 3 and 4 on a VLAN network, 5 and 6 on a flat one; 4 is unsecured.
  // Router 1 connects the first two and a network of port 7 and a peer in the east.
  void fill() {
    world_.network(1, NetworkType::vxlan);
    world_.network(2, NetworkType::vlan);
    world_.network(3, NetworkType::flat);
    world_.subnet(1, 1, "10.0.0.0/24");
    world_.subnet(2, 1, "2001:db8::/64", [](model::Subnet& subnet) {
      subnet.gateway = ip("2001:db8::fe");
      subnet.ra_mode = subnet.address_mode = model::Ipv6Mode::dhcpv6_stateful;
    });
    const auto open = [](model::Port& port) { port.port_security_enabled = false; };
    world_.port(1, 1, {"10.0.0.1", "2001:db8::1"},
                [](model::Port& port) { port.allowed_address_pairs = {{Prefix::parse("10.0.0.64/28").value(), {}}}; });
    world_.port(2, 1, {"10.0.0.2", "2001:db8::2"});
    world_.port(3, 2, {"10.0.0.3"});
    world_.port(4, 2, {"10.0.0.4"}, open);
    world_.port(5, 3, {"10.0.0.5"});
    world_.port(6, 3, {"10.0.0.6"}, open);
    world_.peer(11, 1, {"10.0.0.11", "2001:db8::11", "2001:db8::fe"}, "east");
    world_.peer(12, 1, {"10.0.0.12"}, "west");
    world_.node("east", "192.0.2.11");
    world_.node("west", "192.0.2.12");
    world_.network(4, NetworkType::vxlan);
    world_.subnet(4, 4, "10.4.0.0/24");
    world_.subnet(5, 4, "2001:db8:4::/64");
    world_.subnet(6, 2, "10.2.0.0/24");
    world_.port(7, 4, {"10.4.0.7", "2001:db8:4::7"});
    world_.peer(13, 4, {"10.4.0.13"}, "east");
    world_.peer(14, 2, {"10.2.0.14"}, "east");
    world_.router(
        1, [](model::Router& router) { router.routes = {{Prefix::parse("172.16.0.0/12").value(), ip("10.4.0.13")}}; });
    world_.interface(51, 1, 1, {{1, "10.0.0.254"}, {2, "2001:db8::ff"}});
    world_.interface(52, 1, 2, {{6, "10.2.0.254"}});
    world_.interface(54, 1, 4, {{4, "10.4.0.254"}, {5, "2001:db8:4::ff"}});
  }

  std::string trace(std::uint32_t in_port, Packet packet) {
    packet.set(Field::in_port, in_port);
    const std::string flow = of::text(packet.description());
    return switch_.in_netns({"ovs-appctl", "-t", switch_.control_socket(), "ofproto/trace", "br-int", flow}).output;
  }

  // The switch and the walker agree; answers the trace.
  std::string agree(std::uint32_t in_port, const Packet& packet) {
    const std::string text = trace(in_port, packet);
    const sim::Walk walk = send(tables_, in_port, packet).walk;
    EXPECT_EQ(verdict_of(text), verdict_of(walk)) << text;
    return text;
  }

  // The fields of the packet that the walker sent last stand in the switch's final flow.
  void agree_on_content(std::uint32_t in_port, const Packet& packet, const std::vector<Field>& fields) {
    const std::string text = agree(in_port, packet);
    const std::size_t final_flow = text.rfind("Final flow: ");
    ASSERT_NE(final_flow, std::string::npos);
    const std::string line = "," + text.substr(final_flow, text.find('\n', final_flow) - final_flow) + ",";
    const sim::Walk walk = send(tables_, in_port, packet).walk;
    ASSERT_FALSE(walk.emissions.empty());
    for (const Field field : fields) {
      const of::Match match = walk.emissions.back().packet.description();
      const auto* value = match.find(field);
      ASSERT_NE(value, nullptr) << of::name_of(field);
      const std::string name = field == Field::eth_src   ? "dl_src"
                               : field == Field::eth_dst ? "dl_dst"
                                                         : std::string(of::name_of(field));
      EXPECT_THAT(line, testing::HasSubstr("," + name + "=" + of::value_text(*value) + ","));
    }
  }

  tarn::test::PrivateSwitch switch_{"render"};
  World world_;
  Tables tables_;
};

TEST_F(LivePipeline, every_flow_is_in_the_switch) {
  const std::string dump = switch_.ofctl({"dump-aggregate", switch_.management_socket("br-int")});
  EXPECT_THAT(dump, testing::HasSubstr("flow_count=" + std::to_string(tables_.flows.size())));
}

TEST_F(LivePipeline, delivery_agrees) {
  for (const auto& [port, other] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{{1, 2}, {3, 4}, {5, 6}}) {
    const std::string own = "10.0.0." + std::to_string(port);
    const std::string its = "10.0.0." + std::to_string(other);
    agree(port, udp(mac(port), mac(other), own, its));
    agree(port, udp(mac(port), mac(99), own, "10.0.0.99"));
    agree(port, udp(mac(port), broadcast, own, "255.255.255.255"));
    agree(port, udp(mac(port), mac(port), own, own));
    agree(other, udp(mac(77), mac(port), "10.9.9.9", own));
    agree(port, udp(mac(port), mac(other), own, its).set(Field::vlan_tci, 0x1005));
  }
  agree(1, udp(mac(1), mac(11), "10.0.0.1", "10.0.0.11"));
  agree(1, udp(mac(1), mac(11), "2001:db8::1", "2001:db8::11"));
  agree(2, udp(mac(2), multicast_of(ip("ff02::1")), "2001:db8::2", "ff02::1"));
}

// What a datapath flow does not match it serves: whoever goes by a next hop, each of the many that lie behind it.
TEST_F(LivePipeline, a_way_by_a_next_hop_does_not_read_the_whole_destination) {
  const std::string routed = trace(1, udp(mac(1), mac(51), "10.0.0.1", "172.16.5.9"));
  EXPECT_THAT(routed, testing::ContainsRegex("Megaflow: .*nw_dst=172\\.16\\.0\\.0/1[0-9],")) << routed;
  EXPECT_THAT(routed, testing::Not(testing::ContainsRegex("Megaflow: [^\n]*nw_dst=172.16.5.9")));
  const std::string delivered = trace(1, udp(mac(1), mac(51), "10.0.0.1", "10.4.0.7"));
  EXPECT_THAT(delivered, testing::ContainsRegex("Megaflow: .*nw_dst=10.4.0.7")) << "here it must";
}

TEST_F(LivePipeline, arrivals_agree) {
  for (const Mac& to : {mac(1), mac(11), mac(99), broadcast}) {
    agree(tunnel_ofport, udp(mac(12), to, "10.0.0.12", "10.0.0.1").set(Field::tunnel_id, 101));
    agree(tunnel_ofport, udp(mac(12), to, "10.0.0.12", "10.0.0.1").set(Field::tunnel_id, 999));
  }
  for (const Mac& to : {mac(3), mac(5), mac(99), broadcast}) {
    agree(patch_ofport, udp(mac(30), to, "10.0.0.30", "10.0.0.3"));
    agree(patch_ofport, udp(mac(30), to, "10.0.0.30", "10.0.0.3").set(Field::vlan_tci, 0x1000 | 102));
    agree(patch_ofport, udp(mac(30), to, "10.0.0.30", "10.0.0.3").set(Field::vlan_tci, 0x1000 | 999));
  }
}

TEST_F(LivePipeline, anti_spoof_agrees) {
  const std::string link_local = Ip::link_local(mac(1)).text();
  agree(1, udp(mac(7), mac(2), "10.0.0.1", "10.0.0.2"));
  agree(1, udp(mac(1), mac(2), "10.0.0.7", "10.0.0.2"));
  agree(1, udp(mac(1), mac(2), "10.0.0.70", "10.0.0.2"));
  agree(1, udp(mac(1), mac(2), "2001:db8::7", "2001:db8::2"));
  agree(1, udp(mac(1), mac(2), link_local, "2001:db8::2"));
  agree(1, udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2", 67, 68));
  agree(1, icmp6(mac(1), link_local, "ff02::1", 134));
  agree(1, icmp6(mac(1), "::", "ff02::16", 143));
  agree(1, ethernet(mac(1), mac(2), 0x8035));
  const ArpSide neighbour{mac(2), "10.0.0.2"};
  agree(1, arp(2, {mac(1), "10.0.0.1"}, neighbour, mac(2)));
  agree(1, arp(2, {mac(1), "10.0.0.7"}, neighbour, mac(2)));
  agree(1, arp(2, {mac(1), "10.0.0.1"}, neighbour, mac(2)).set(Field::arp_sha, mac(7)));
  agree(1, arp(1, {mac(1), "0.0.0.0"}, {Mac{}, "10.0.0.99"}));
  for (const std::string& source : {std::string("2001:db8::1"), link_local, std::string("::"), std::string("fe80::7")})
    for (const std::string& target : {std::string("2001:db8::1"), link_local, std::string("2001:db8::99")})
      for (const Mac& option : {mac(1), mac(7), Mac{}}) {
        agree(1, solicitation(mac(1), source, target, option));
        agree(1, advertisement(mac(1), source, target, option));
      }
}

TEST_F(LivePipeline, arp_answers_agree_to_the_field) {
  const std::vector<Field> fields{Field::eth_src, Field::eth_dst, Field::arp_op, Field::arp_spa,
                                  Field::arp_tpa, Field::arp_sha, Field::arp_tha};
  for (const std::string target : {"10.0.0.2", "10.0.0.11", "169.254.169.254"})
    agree_on_content(1, arp(1, {mac(1), "10.0.0.1"}, {Mac{}, target}), fields);
  agree(1, arp(1, {mac(1), "10.0.0.1"}, {Mac{}, "10.0.0.1"}));
  agree(1, arp(1, {mac(1), "10.0.0.1"}, {Mac{}, "10.0.0.99"}));
  agree(4, arp(1, {mac(4), "0.0.0.0"}, {Mac{}, "10.0.0.3"}));
}

TEST_F(LivePipeline, neighbour_questions_agree_to_the_field) {
  const std::vector<Field> fields{Field::eth_src,  Field::eth_dst,   Field::ipv6_src,
                                  Field::ipv6_dst, Field::nd_target, Field::nd_sll};
  for (const std::string target : {"2001:db8::2", "2001:db8::11", "2001:db8::fe"})
    agree_on_content(1, solicitation(mac(1), "2001:db8::1", target, mac(1)), fields);
  agree(1, solicitation(mac(1), "::", "2001:db8::1", Mac{}));
}

TEST_F(LivePipeline, routers_agree) {
  for (const std::string to :
       {"10.4.0.7", "10.4.0.13", "10.4.0.99", "10.2.0.14", "172.16.1.1", "192.168.0.1", "10.0.0.2"})
    for (const std::uint64_t ttl : {1U, 2U, 64U})
      agree(1, udp(mac(1), mac(51), "10.0.0.1", to).set(Field::ip_ttl, ttl));
  for (const std::string to : {"2001:db8:4::7", "2001:db8:4::99", "fe80::1", "2001:db8:9::1"})
    agree(1, udp(mac(1), mac(51), "2001:db8::1", to));
  agree_on_content(1, udp(mac(1), mac(51), "10.0.0.1", "10.4.0.7"),
                   {Field::eth_src, Field::eth_dst, Field::ipv4_src, Field::ipv4_dst});
}

TEST_F(LivePipeline, routers_answers_agree_to_the_field) {
  const auto echo = [](Packet packet, std::uint64_t protocol, Field type, std::uint64_t request) {
    return packet.set(Field::ip_proto, protocol).set(Field::udp_src, 0).set(Field::udp_dst, 0).set(type, request);
  };
  for (const std::string to : {"10.0.0.254", "10.4.0.254"})
    agree_on_content(1, echo(udp(mac(1), mac(51), "10.0.0.1", to), 1, Field::icmp_type, 8),
                     {Field::eth_src, Field::eth_dst, Field::ipv4_src, Field::ipv4_dst});
  for (const std::string to : {"2001:db8::ff", "2001:db8:4::ff"})
    agree_on_content(1, echo(udp(mac(1), mac(51), "2001:db8::1", to), 58, Field::icmpv6_type, 128),
                     {Field::eth_src, Field::eth_dst, Field::ipv6_src, Field::ipv6_dst});
  agree_on_content(1, arp(1, {mac(1), "10.0.0.1"}, {Mac{}, "10.0.0.254"}),
                   {Field::eth_src, Field::eth_dst, Field::arp_spa, Field::arp_sha});
  for (const std::string& target : {std::string("2001:db8::ff"), Ip::link_local(mac(51)).text()})
    agree_on_content(1, solicitation(mac(1), "2001:db8::1", target, mac(1)),
                     {Field::eth_src, Field::eth_dst, Field::ipv6_src, Field::ipv6_dst, Field::nd_target});
}

TEST_F(LivePipeline, questions_for_the_agent_agree) {
  agree(1, udp(mac(1), broadcast, "0.0.0.0", "255.255.255.255", 68, 67));
  agree(1, udp(mac(1), multicast_of(ip("ff02::1:2")), Ip::link_local(mac(1)).text(), "ff02::1:2", 546, 547));
  agree(1, icmp6(mac(1), "::", "ff02::2", 133));
}

}  // namespace
}  // namespace tarn::render::test
