// Who hears whom, and whom nobody believes: networks on the same hosts with the same addresses, instances that lie
// about who they are, ports that are down or gone. Silence is proven by order: after what must not arrive, something
// that must is sent the same way, and when that is heard, the first is not coming any more.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "live/guest.h"

namespace tarn::testing {
namespace {

namespace json = boost::json;
namespace packet = wire::packet;

// RFC 826, an announcement or a reply to all; `words` in the padding.
Bytes arp(const Mac& source, const Mac& sender, const Ip& sender_ip, const Ip& target_ip, const std::string& words) {
  ByteWriter writer;
  writer.put(packet::broadcast_mac.bytes).put(source.bytes).u16(0x0806);
  writer.u16(1).u16(0x0800).u8(6).u8(4).u16(2);
  writer.put(sender.bytes).put(packet::address_bytes(sender_ip));
  writer.put(packet::broadcast_mac.bytes).put(packet::address_bytes(target_ip)).put(words);
  return std::move(writer).finish();
}

// RFC 4861 section 4.4: "target is at link_address", to all nodes. `words` in a nonce option (RFC 3971 section 5.3.2).
Bytes advertisement(const Mac& source, const Ip& from, const Ip& target, const Mac& link_address,
                    const std::string& words) {
  const Ip all_nodes = *Ip::parse("ff02::1");
  ByteWriter body;
  body.u32(0x20000000).put(packet::address_bytes(target)).u8(2).u8(1).put(link_address.bytes);
  body.u8(14).u8(static_cast<std::uint8_t>((words.size() + 2 + 7) / 8)).put(words).pad_to(8);
  return packet::build_icmp6({packet::multicast_mac(all_nodes), source, from, all_nodes, 255}, 136, 0, body.view());
}

Bytes router_advertisement(const Mac& source, const Ip& from, const std::string& words) {
  const Ip all_nodes = *Ip::parse("ff02::1");
  ByteWriter body;
  body.u8(64).u8(0).u16(1800).u32(0).u32(0);
  body.u8(14).u8(static_cast<std::uint8_t>((words.size() + 2 + 7) / 8)).put(words);
  while (body.size() % 8 != 4) body.u8(0);
  return packet::build_icmp6({packet::multicast_mac(all_nodes), source, from, all_nodes, 255}, 134, 0, body.view());
}

class Isolation : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    red = cloud->make_network("red", "10.5.0.0/24");
    blue = cloud->make_network("blue", "10.5.0.0/24");
    lone = cloud->make_network("lone", "10.5.0.0/24");
    ASSERT_TRUE(hosts_meet(*cloud));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
  }
  // Names and addresses are of one test: nobody remembers a neighbour who had the same address.
  static Guest guest(const std::string& name, const std::string& network, int host) {
    return testing::guest(*cloud, name, network, host);
  }
  static json::value port(const sandbox::Instance& instance) {
    return cloud->ask("GET", "/v2.0/ports/" + instance.port_id).at("port");
  }
  // The agent wants it so, and the switch has what the agent wants.
  static void change(const Guest& guest, const std::string& key, const json::value& value) {
    cloud->ask("PUT", "/v2.0/ports/" + guest.instance.port_id, json::object{{"port", json::object{{key, value}}}});
    EXPECT_TRUE(await([&] {
      const json::object told = explain(*cloud, guest.instance.host, guest.instance.port_id);
      return told.contains("wish") && told.at("wish").at(key) == value;
    }));
    EXPECT_TRUE(in_sync(*cloud, guest.instance.host));
  }
  static inline LiveCloud* cloud = nullptr;
  static inline std::string red;
  static inline std::string blue;
  static inline std::string lone;
};

TEST_F(Isolation, NetworksWithEqualAddressesDoNotHearEachOther) {
  Guest red1 = guest("red1", red, 1);
  Guest red2 = guest("red2", red, 2);
  Guest blue1 = guest("blue1", blue, 1);
  Guest blue2 = guest("blue2", blue, 2);
  ASSERT_EQ(red1.ip, blue1.ip);
  ASSERT_EQ(red2.ip, blue2.ip);

  // Each asks for the same address and is told its own neighbour's.
  EXPECT_TRUE(reaches(*cloud, "red1", red2.ip.text()));
  EXPECT_TRUE(reaches(*cloud, "blue1", blue2.ip.text()));
  const auto neighbour = [](const std::string& name, const Ip& ip) {
    return run_inside(*cloud, name, {"ip", "neigh", "show", ip.text()}).output;
  };
  EXPECT_NE(neighbour("red1", red2.ip).find(red2.mac.text()), std::string::npos);
  EXPECT_NE(neighbour("blue1", blue2.ip).find(blue2.mac.text()), std::string::npos);

  red1.nic.send(to_all(red1, "said in red to all"));
  red1.nic.send(udp(red1.mac, red1.ip, blue1.mac, blue1.ip, "said in red to blue1"));
  red1.nic.send(udp(red1.mac, red1.ip, blue2.mac, blue2.ip, "said in red to blue2"));
  red1.nic.send(udp(red1.mac, red1.ip, red2.mac, red2.ip, "said in red to red2"));
  EXPECT_TRUE(red2.nic.hears("said in red to red2"));
  EXPECT_TRUE(red2.nic.hears("said in red to all"));
  all_hear(red1, {&red2}, "red1 ends");
  all_hear(blue2, {&blue1}, "in blue");
  all_hear(blue1, {&blue2}, "in blue too");
  EXPECT_EQ(blue1.nic.count("said in red"), 0U);
  EXPECT_EQ(blue2.nic.count("said in red"), 0U);
  all_hear(red2, {&red1}, "red2 ends");
  EXPECT_EQ(red1.nic.count("in blue"), 0U);
}

TEST_F(Isolation, ABroadcastGoesExactlyWhereTheNetworkIs) {
  Guest red1 = guest("red3", red, 1);
  Guest red2 = guest("red4", red, 2);
  Guest lone1 = guest("lone1", lone, 1);
  Guest lone2 = guest("lone2", lone, 1);
  Nic wire(cloud->sandbox().layout().fabric_namespace(), "u1");  // what host 1 sends to the underlay
  lone1.nic.send(to_all(lone1, "for lone"));
  EXPECT_TRUE(lone2.nic.hears("for lone"));
  red1.nic.send(to_all(red1, "for red"));
  EXPECT_TRUE(red2.nic.hears("for red"));
  all_hear(red1, {&red2}, "red ends");
  EXPECT_TRUE(wire.hears("red ends, again"));
  EXPECT_EQ(wire.count("for red"), 1U);   // one copy for the one other host
  EXPECT_EQ(wire.count("for lone"), 0U);  // the network is nowhere else
  EXPECT_EQ(red1.nic.count("for red"), 0U);
  EXPECT_EQ(red2.nic.count("for red"), 1U);
}

TEST_F(Isolation, NobodyBelievesALiar) {
  Guest liar = guest("liar", red, 1);
  Guest near = guest("near", red, 1);
  Guest far = guest("far", red, 2);
  const Mac other_mac = near.mac;
  const Ip other_ip = near.ip;
  const Ip own_link = Ip::link_local(liar.mac);
  const Ip other_link = Ip::link_local(near.mac);
  const Mac all = packet::broadcast_mac;
  const Ip all_ip = *Ip::parse("255.255.255.255");
  struct Lie {
    std::string what;
    std::string words;
    Bytes frame;
  };
  const std::vector<Lie> lies{
      {"another's MAC", "lie 00", udp(other_mac, liar.ip, far.mac, far.ip, "lie 00")},
      {"another's IPv4 address", "lie 01", udp(liar.mac, other_ip, far.mac, far.ip, "lie 01")},
      {"no address of the network", "lie 02", udp(liar.mac, *Ip::parse("192.0.2.1"), far.mac, far.ip, "lie 02")},
      {"ARP for another's address", "lie 03", arp(liar.mac, liar.mac, other_ip, far.ip, "lie 03")},
      {"ARP with another's MAC inside", "lie 04", arp(liar.mac, other_mac, liar.ip, far.ip, "lie 04")},
      {"ARP from another's MAC", "lie 05", arp(other_mac, other_mac, other_ip, far.ip, "lie 05")},
      {"another's IPv6 address", "lie 06", udp(liar.mac, other_link, far.mac, Ip::link_local(far.mac), "lie 06")},
      {"ND for another's address", "lie 07", advertisement(liar.mac, own_link, other_link, liar.mac, "lie 07")},
      {"ND with another's MAC", "lie 08", advertisement(liar.mac, own_link, own_link, other_mac, "lie 08")},
      {"a DHCP server", "lie 09", udp(liar.mac, liar.ip, all, all_ip, "lie 09", {67, 68})},
      {"a router", "lie 10", router_advertisement(liar.mac, own_link, "lie 10")},
  };
  const auto tell = [&](const std::string& end) {
    for (const Lie& lie : lies) liar.nic.send(lie.frame);
    liar.nic.send(tagged(udp(liar.mac, liar.ip, far.mac, far.ip, "tagged"), 5));
    liar.nic.send(arp(liar.mac, liar.mac, liar.ip, far.ip, end + " in ARP"));
    liar.nic.send(advertisement(liar.mac, own_link, own_link, liar.mac, end + " in ND"));
    all_hear(liar, {&near, &far}, end);
    for (Guest* listener : {&near, &far}) {
      EXPECT_TRUE(listener->nic.hears(end + " in ARP"));
      EXPECT_TRUE(listener->nic.hears(end + " in ND"));
    }
  };
  tell("truth");
  for (const Lie& lie : lies) EXPECT_EQ(near.nic.count(lie.words) + far.nic.count(lie.words), 0U) << lie.what;
  EXPECT_EQ(near.nic.count("tagged") + far.nic.count("tagged"), 0U);

  // The same frames pass where nobody checks: they were dropped for what they say, not for how they were made.
  change(liar, "security_groups", json::array());  // a port with groups cannot do without its security
  change(liar, "port_security_enabled", false);
  // Who is in no group is nobody's remote: the listeners let everybody in.
  const json::value group = port(near.instance).at("security_groups").at(0);
  for (const char* ethertype : {"IPv4", "IPv6"}) {
    cloud->ask(
        "POST", "/v2.0/security-group-rules",
        json::object{{"security_group_rule",
                      json::object{{"security_group_id", group}, {"direction", "ingress"}, {"ethertype", ethertype}}}});
  }
  for (const int host : {1, 2}) EXPECT_TRUE(in_sync(*cloud, host));
  tell("open truth");
  for (const Lie& lie : lies) EXPECT_GE(far.nic.count(lie.words), 1U) << lie.what;
  EXPECT_EQ(near.nic.count("tagged") + far.nic.count("tagged"), 0U);
}

TEST_F(Isolation, APortThatIsDownPassesNothingAndPassesAgainWhenUp) {
  Guest here = guest("here", red, 1);
  Guest down = guest("down", red, 1);
  Guest far = guest("far2", red, 2);
  EXPECT_TRUE(reaches(*cloud, "far2", down.ip.text()));
  change(down, "admin_state_up", false);
  EXPECT_TRUE(await([&] { return text_at(port(down.instance), "status") == "DOWN"; }));
  down.nic.send(udp(down.mac, down.ip, far.mac, far.ip, "from below"));
  down.nic.send(to_all(down, "from below to all"));
  far.nic.send(udp(far.mac, far.ip, down.mac, down.ip, "to below"));
  far.nic.send(to_all(far, "to all while down"));
  EXPECT_TRUE(here.nic.hears("to all while down"));
  all_hear(far, {&here}, "far ends");
  all_hear(here, {&far}, "here ends");
  EXPECT_EQ(far.nic.count("from below") + here.nic.count("from below"), 0U);
  // Once it hears again it has heard all that it ever will of before.
  change(down, "admin_state_up", true);
  all_hear(far, {&down}, "welcome back");
  EXPECT_EQ(down.nic.count("to below") + down.nic.count("to all while down"), 0U);
  EXPECT_TRUE(reaches(*cloud, "down", far.ip.text()));
  EXPECT_EQ(text_at(port(down.instance), "status"), "ACTIVE");
}

TEST_F(Isolation, ATapWhosePortIsGoneReachesNothing) {
  Guest here = guest("here2", red, 1);
  Guest gone = guest("gone", red, 1);
  Guest loose = guest("loose", red, 1);
  Guest far = guest("far3", red, 2);
  gone.nic.send(to_all(gone, "gone lives"));
  loose.nic.send(to_all(loose, "loose lives"));
  EXPECT_TRUE(far.nic.hears("gone lives"));
  EXPECT_TRUE(far.nic.hears("loose lives"));
  // One loses its port in the cloud, the other the mark that says which port it is.
  cloud->ask("DELETE", "/v2.0/ports/" + gone.instance.port_id);
  EXPECT_EQ(
      run(cloud->host(1).vsctl({"remove", "Interface", loose.instance.tap(), "external_ids", "iface-id"})).exit_code,
      0);
  EXPECT_TRUE(await([&] { return explain(*cloud, 1, gone.instance.port_id).contains("error"); }));
  EXPECT_TRUE(await([&] { return text_at(port(loose.instance), "status") == "DOWN"; }));
  EXPECT_TRUE(in_sync(*cloud, 1));
  for (const Guest* silent : {&gone, &loose}) {
    silent->nic.send(to_all(*silent, "from nobody to all"));
    silent->nic.send(udp(silent->mac, silent->ip, far.mac, far.ip, "from nobody"));
    far.nic.send(udp(far.mac, far.ip, silent->mac, silent->ip, "to nobody"));
  }
  far.nic.send(to_all(far, "to those who are"));
  EXPECT_TRUE(here.nic.hears("to those who are"));
  all_hear(far, {&here}, "far ends");
  all_hear(here, {&far}, "here ends");
  EXPECT_EQ(here.nic.count("from nobody") + far.nic.count("from nobody"), 0U);
  for (Guest* silent : {&gone, &loose}) {
    EXPECT_FALSE(silent->nic.hears("to those who are", std::chrono::milliseconds(50)));
    EXPECT_EQ(silent->nic.count("to nobody"), 0U);
  }
}

}  // namespace
}  // namespace tarn::testing
