// Anti-spoof: an instance speaks only for the addresses it owns, from its first packet.
#include <gmock/gmock.h>

#include "world.h"

namespace tarn::render::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Port 1 is the suspect, port 2 its neighbour on the same node: what passes arrives at "2".
class Source : public testing::Test {
 protected:
  Source() {
    world.network(1);
    world.subnet(1, 1, "10.0.0.0/24");
    world.subnet(2, 1, "2001:db8::/64");
    suspect([](model::Port&) {});
    world.port(2, 1, {"10.0.0.2", "2001:db8::2"});
  }
  template <class Edit>
  void suspect(Edit edit) {
    world.port(1, 1, {"10.0.0.1", "2001:db8::1"}, edit);
  }
  bool passes(const Packet& packet) {
    const auto ways = send(world.tables(), 1, packet).ways;
    EXPECT_TRUE(ways.empty() || ways == std::vector<std::string>{"2"});
    return !ways.empty();
  }
  World world;
  const std::string own_link_local = Ip::link_local(mac(1)).text();
};

TEST_F(Source, its_own_addresses_pass) {
  EXPECT_TRUE(passes(udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2")));
  EXPECT_TRUE(passes(udp(mac(1), mac(2), "2001:db8::1", "2001:db8::2")));
  EXPECT_TRUE(passes(udp(mac(1), mac(2), own_link_local, "2001:db8::2")));
}

TEST_F(Source, a_foreign_mac_or_address_is_dropped) {
  EXPECT_FALSE(passes(udp(mac(7), mac(2), "10.0.0.1", "10.0.0.2")));
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "10.0.0.7", "10.0.0.2")));
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "0.0.0.0", "10.0.0.2")));
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "2001:db8::7", "2001:db8::2")));
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "fe80::7", "2001:db8::2")));
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "::", "2001:db8::2")));
}

TEST_F(Source, an_address_of_one_family_is_no_claim_of_the_other) {
  // 10.0.0.1 has the bits of the first word of a00:1::.
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "a00:1::", "2001:db8::2")));
}

TEST_F(Source, arp_speaks_only_for_own_addresses) {
  const ArpSide neighbour{mac(2), "10.0.0.2"};
  EXPECT_TRUE(passes(arp(2, {mac(1), "10.0.0.1"}, neighbour)));
  EXPECT_FALSE(passes(arp(2, {mac(1), "10.0.0.7"}, neighbour)));
  EXPECT_FALSE(passes(arp(2, {mac(1), "10.0.0.1"}, neighbour).set(Field::arp_sha, mac(7))));
  EXPECT_FALSE(passes(arp(2, {mac(1), "10.0.0.1"}, neighbour).set(Field::eth_src, mac(7))));
  EXPECT_FALSE(passes(arp(2, {mac(1), "0.0.0.0"}, neighbour)));
}

TEST_F(Source, an_arp_probe_passes_with_its_own_mac_only) {
  const ArpSide nobody{Mac{}, "10.0.0.99"};
  EXPECT_TRUE(passes(arp(1, {mac(1), "0.0.0.0"}, nobody)));
  EXPECT_FALSE(passes(arp(1, {mac(1), "0.0.0.0"}, nobody).set(Field::arp_sha, mac(7))));
}

TEST_F(Source, neighbour_solicitations_tell_the_truth) {
  EXPECT_TRUE(passes(solicitation(mac(1), "2001:db8::1", "2001:db8::99", mac(1))));
  EXPECT_TRUE(passes(solicitation(mac(1), own_link_local, "2001:db8::99", Mac{})));
  EXPECT_FALSE(passes(solicitation(mac(1), "2001:db8::1", "2001:db8::99", mac(7))));
  EXPECT_FALSE(passes(solicitation(mac(1), "2001:db8::7", "2001:db8::99", mac(1))));
  EXPECT_FALSE(passes(solicitation(mac(1), "2001:db8::1", "2001:db8::99", mac(1)).set(Field::icmpv6_code, 1)));
}

TEST_F(Source, duplicate_address_detection_is_for_own_addresses) {
  EXPECT_TRUE(passes(solicitation(mac(1), "::", "2001:db8::1", Mac{})));
  EXPECT_TRUE(passes(solicitation(mac(1), "::", own_link_local, Mac{})));
  EXPECT_FALSE(passes(solicitation(mac(1), "::", "2001:db8::99", Mac{})));
  EXPECT_FALSE(passes(solicitation(mac(1), "::", "2001:db8::1", mac(1))));
}

TEST_F(Source, neighbour_advertisements_tell_the_truth) {
  EXPECT_TRUE(passes(advertisement(mac(1), "2001:db8::1", "2001:db8::1", mac(1))));
  EXPECT_TRUE(passes(advertisement(mac(1), own_link_local, "2001:db8::1", Mac{})));
  EXPECT_FALSE(passes(advertisement(mac(1), "2001:db8::1", "2001:db8::7", mac(1))));
  EXPECT_FALSE(passes(advertisement(mac(1), "2001:db8::7", "2001:db8::1", mac(1))));
  EXPECT_FALSE(passes(advertisement(mac(1), "2001:db8::1", "2001:db8::1", mac(7))));
  EXPECT_FALSE(passes(advertisement(mac(1), "2001:db8::1", "2001:db8::1", mac(1)).set(Field::icmpv6_code, 1)));
}

TEST_F(Source, an_instance_is_neither_a_dhcp_server_nor_a_router) {
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2", 67, 68)));
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "2001:db8::1", "2001:db8::2", 547, 546)));
  EXPECT_FALSE(passes(icmp6(mac(1), own_link_local, "ff02::1", 134)));
  EXPECT_FALSE(passes(icmp6(mac(1), own_link_local, "ff02::1", 137)));
}

TEST_F(Source, multicast_listeners_may_report_before_they_have_an_address) {
  EXPECT_TRUE(passes(icmp6(mac(1), "::", "ff02::16", 143)));
  EXPECT_TRUE(passes(icmp6(mac(1), own_link_local, "ff02::16", 143)));
  EXPECT_FALSE(passes(icmp6(mac(1), "::", "ff02::1", 128)));
}

TEST_F(Source, other_ethertypes_are_dropped) {
  EXPECT_FALSE(passes(ethernet(mac(1), mac(2), 0x8035)));
  EXPECT_FALSE(passes(ethernet(mac(1), mac(2), 0x88cc)));
}

TEST_F(Source, allowed_address_pairs_are_own_addresses) {
  suspect([](model::Port& port) {
    port.allowed_address_pairs = {{Prefix::parse("10.0.0.0/28").value(), std::nullopt},
                                  {Prefix::parse("10.0.0.100/32").value(), mac(100)}};
  });
  EXPECT_TRUE(passes(udp(mac(1), mac(2), "10.0.0.7", "10.0.0.2")));
  EXPECT_TRUE(passes(udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2")));
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "10.0.0.17", "10.0.0.2")));
  EXPECT_TRUE(passes(udp(mac(100), mac(2), "10.0.0.100", "10.0.0.2")));
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "10.0.0.100", "10.0.0.2")));
  EXPECT_FALSE(passes(udp(mac(100), mac(2), "10.0.0.1", "10.0.0.2")));
  EXPECT_TRUE(passes(udp(mac(100), mac(2), Ip::link_local(mac(100)).text(), "2001:db8::2")));
  EXPECT_TRUE(passes(arp(1, {mac(100), "10.0.0.100"}, {Mac{}, "10.0.0.100"})));
}

TEST_F(Source, a_pair_for_everything_means_everything_of_its_family) {
  suspect([](model::Port& port) { port.allowed_address_pairs = {{Prefix::parse("0.0.0.0/0").value(), std::nullopt}}; });
  EXPECT_TRUE(passes(udp(mac(1), mac(2), "172.16.5.5", "10.0.0.2")));
  EXPECT_FALSE(passes(udp(mac(1), mac(2), "2001:db8::7", "2001:db8::2")));
}

TEST_F(Source, with_port_security_off_nothing_is_checked) {
  suspect([](model::Port& port) { port.port_security_enabled = false; });
  EXPECT_TRUE(passes(udp(mac(7), mac(2), "10.0.0.7", "10.0.0.2")));
  EXPECT_TRUE(passes(udp(mac(1), mac(2), "10.0.0.1", "10.0.0.2", 67, 68)));
  EXPECT_TRUE(passes(icmp6(mac(7), "fe80::7", "ff02::1", 134)));
  // A secured port gets IP and ARP alone, whoever sends.
  EXPECT_FALSE(passes(ethernet(mac(1), mac(2), 0x8035)));
  world.port(2, 1, {"10.0.0.2"}, [](model::Port& port) { port.port_security_enabled = false; });
  EXPECT_TRUE(passes(ethernet(mac(1), mac(2), 0x8035)));
}

}  // namespace
}  // namespace tarn::render::test
