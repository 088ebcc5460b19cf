// Trunks on real Open vSwitch: what is below one is in a network of its own by its VLAN on the parent's interface, and
// comes and goes while the parent and its neighbours below the trunk talk. Frames are sent as they are: the kernel of a
// test machine may have no VLAN interfaces.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "answer/fixtures/frames.h"
#include "answer/identity.h"
#include "answer/sample.h"
#include "live/flood.h"
#include "live/guest.h"
#include "live/traffic.h"
#include "wire/packet/transport.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
namespace packet = wire::packet;

struct Speaker {
  Mac mac;
  Ip ip;
};

Bytes udp(const Speaker& from, const Speaker& to, const std::string& words) {
  return testing::udp(from.mac, from.ip, to.mac, to.ip, words);
}

std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Trunks : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    outer = cloud->make_network("outer", "10.7.0.0/24");
    inner = cloud->make_network("inner", "10.8.0.0/24");
    for (const auto& [name, network, host] : {std::tuple("parent", outer, 1), std::tuple("outer2", outer, 2),
                                              std::tuple("inner1", inner, 1), std::tuple("inner2", inner, 2)})
      instances[name] = boot(*cloud, name, network, host);
    ASSERT_TRUE(cloud->await_all_active(60s));
    // A userspace tunnel loses the first packets to another host, until it knows that host's link address.
    ASSERT_TRUE(reaches(*cloud, "parent", instances["outer2"].addresses.front()));
    ASSERT_TRUE(reaches(*cloud, "inner1", instances["inner2"].addresses.front()));
    // A port that is bound is no trunk's parent.
    const std::string parent = instances["parent"].port_id;
    const json::value host = port(parent).at("binding:host_id");
    change_port(parent, {{"binding:host_id", ""}});
    const json::object given{{"port_id", parent}, {"name", "trunk"}};
    trunk = text_at(cloud->ask("POST", "/v2.0/trunks", json::object{{"trunk", given}}).at("trunk"), "id");
    change_port(parent, {{"binding:host_id", host}});
    ASSERT_TRUE(await([] { return status() == "ACTIVE"; }));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
    instances.clear();
  }

  static json::value port(const std::string& id) { return cloud->ask("GET", "/v2.0/ports/" + id).at("port"); }
  static void change_port(const std::string& id, json::object given) {
    cloud->ask("PUT", "/v2.0/ports/" + id, json::object{{"port", std::move(given)}});
  }
  static std::string status() { return text_at(cloud->ask("GET", "/v2.0/trunks/" + trunk).at("trunk"), "status"); }
  static Speaker speaker(const std::string& name) {
    return {*Mac::parse(instances.at(name).mac), *Ip::parse(instances.at(name).addresses.front())};
  }
  static Nic nic(const std::string& name) { return {cloud->sandbox().layout().instance_namespace(name), "eth0"}; }
  static TrafficPair pair(const std::string& from, const std::string& to) {
    const auto& layout = cloud->sandbox().layout();
    return {from + " and " + to, layout.instance_namespace(from), layout.instance_namespace(to), speaker(from).ip,
            speaker(to).ip};
  }

  struct SubPort {
    std::string id;
    Speaker speaker;
  };
  static SubPort make_port() {
    const json::object given{{"network_id", inner}};
    const json::value made = cloud->ask("POST", "/v2.0/ports", json::object{{"port", given}}).at("port");
    return {text_at(made, "id"),
            {*Mac::parse(text_at(made, "mac_address")), *Ip::parse(text_at(made.at("fixed_ips").at(0), "ip_address"))}};
  }
  static void add(const SubPort& sub, int vlan) {
    const json::object entry{{"port_id", sub.id}, {"segmentation_type", "vlan"}, {"segmentation_id", vlan}};
    cloud->ask("PUT", "/v2.0/trunks/" + trunk + "/add_subports", json::object{{"sub_ports", json::array{entry}}});
  }
  static void drop(const SubPort& sub) {
    const json::object entry{{"port_id", sub.id}};
    cloud->ask("PUT", "/v2.0/trunks/" + trunk + "/remove_subports", json::object{{"sub_ports", json::array{entry}}});
  }
  static bool settled() { return in_sync(*cloud, 1) && in_sync(*cloud, 2); }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string outer, inner, trunk;
  static inline std::map<std::string, sandbox::Instance> instances;
};

TEST_F(Trunks, WhatIsBelowIsInItsOwnNetworkByItsVlan) {
  const SubPort sub = make_port();
  add(sub, 105);
  ASSERT_TRUE(await([] { return status() == "ACTIVE"; }));
  const json::value shown = port(sub.id);
  EXPECT_EQ(text_at(shown, "status"), "ACTIVE");
  EXPECT_EQ(text_at(shown, "device_owner"), "trunk:subport");
  EXPECT_EQ(shown.at("binding:host_id"), port(instances["parent"].port_id).at("binding:host_id"));
  ASSERT_TRUE(settled());

  Nic parent = nic("parent");
  for (const std::string name : {"inner1", "inner2"}) {
    Nic other = nic(name);
    // What must not pass goes first: when the rest is heard, it is not coming any more.
    const Speaker to = speaker(name);
    parent.send(udp(sub.speaker, to, "without a tag"));
    parent.send(tagged(udp(sub.speaker, to, "of another VLAN"), 106));
    parent.send(tagged(udp({sub.speaker.mac, speaker("parent").ip}, to, "with a forged address"), 105));
    parent.send(tagged(udp({speaker("parent").mac, sub.speaker.ip}, to, "with a forged MAC"), 105));
    for (const std::string word : {"said below", "said again"}) {
      parent.send(tagged(udp(sub.speaker, to, word), 105));
      EXPECT_TRUE(other.hears(word)) << name;
    }
    for (const char* word : {"without a tag", "another VLAN", "forged"}) EXPECT_EQ(other.count(word), 0U) << word;
    const Bytes answer = udp(to, sub.speaker, "an answer to " + name);
    other.send(answer);
    EXPECT_TRUE(parent.hears(text_of(tagged(answer, 105)))) << name;
  }
  drop(sub);
}

// The switch answers for addresses, the agent for leases: to the VLAN that asked.
TEST_F(Trunks, ItsQuestionsAreAnswered) {
  const SubPort sub = make_port();
  add(sub, 107);
  ASSERT_TRUE(await([] { return status() == "ACTIVE"; }));
  ASSERT_TRUE(settled());
  Nic parent = nic("parent");
  const Speaker other = speaker("inner2");
  ByteWriter arp;
  arp.put(packet::broadcast_mac.bytes).put(sub.speaker.mac.bytes).u16(0x0806);
  arp.u16(1).u16(0x0800).u8(6).u8(4).u16(1).put(sub.speaker.mac.bytes).put(packet::address_bytes(sub.speaker.ip));
  arp.put(Mac{}.bytes).put(packet::address_bytes(other.ip));
  parent.send(tagged(std::move(arp).finish(), 107));
  ByteWriter reply;
  reply.put(sub.speaker.mac.bytes).put(other.mac.bytes).u16(0x8100).u16(107).u16(0x0806);
  reply.u16(1).u16(0x0800).u8(6).u8(4).u16(2).put(other.mac.bytes).put(packet::address_bytes(other.ip));
  EXPECT_TRUE(parent.hears(text_of(std::move(reply).finish())));

  // A DISCOVER that Scapy built, from the port's own MAC.
  Bytes discover = answer::from_hex(answer::frames::discover);
  const Bytes asked_from(discover.begin() + 6, discover.begin() + 12);
  for (auto at = discover.begin(); at != discover.end();) {
    at = std::search(at, discover.end(), asked_from.begin(), asked_from.end());
    if (at != discover.end()) at = std::copy(sub.speaker.mac.bytes.begin(), sub.speaker.mac.bytes.end(), at);
  }
  discover[40] = discover[41] = 0;  // its UDP checksum is not the one of this MAC (RFC 768: zero is none)
  parent.send(tagged(discover, 107));
  const Mac server = answer::service_mac(NetworkId{*Uuid::parse(inner)});
  ByteWriter offer;
  offer.put(sub.speaker.mac.bytes).put(server.bytes).u16(0x8100).u16(107).u16(0x0800);
  EXPECT_TRUE(parent.hears(text_of(std::move(offer).finish())));
  drop(sub);
}

TEST_F(Trunks, WhatIsBelowIsLimitedByItself) {
  constexpr int rate_kbit = 1000, burst_kbit = 400;
  const SubPort sub = make_port();
  add(sub, 108);
  const json::object named{{"name", "below"}};
  const std::string policy =
      text_at(cloud->ask("POST", "/v2.0/qos/policies", json::object{{"policy", named}}).at("policy"), "id");
  for (const char* direction : {"egress", "ingress"}) {
    const json::object rule{{"max_kbps", rate_kbit}, {"max_burst_kbps", burst_kbit}, {"direction", direction}};
    cloud->ask("POST", "/v2.0/qos/policies/" + policy + "/bandwidth_limit_rules",
               json::object{{"bandwidth_limit_rule", rule}});
  }
  change_port(sub.id, {{"qos_policy_id", policy}});
  ASSERT_TRUE(await([] { return status() == "ACTIVE"; }));
  ASSERT_TRUE(settled());
  Nic parent = nic("parent");
  Nic other = nic("inner1");
  Nic beyond = nic("outer2");
  const Speaker to = speaker("inner1");
  const auto below_says = [&](const std::string& words) { parent.send(tagged(udp(sub.speaker, to, words), 108)); };
  const auto other_says = [&](const std::string& words) { other.send(udp(to, sub.speaker, words)); };
  const auto parent_says = [&](const std::string& words) {
    parent.send(udp(speaker("parent"), speaker("outer2"), words));
  };
  expect_limited(flood(below_says, other), rate_kbit, burst_kbit, flood_frame_kbit);
  expect_limited(flood(other_says, parent), rate_kbit, burst_kbit, flood_frame_kbit);
  EXPECT_EQ(flood(parent_says, beyond).frames, flood_frames);
  drop(sub);
  cloud->ask("DELETE", "/v2.0/ports/" + sub.id);
  cloud->ask("DELETE", "/v2.0/qos/policies/" + policy);
}

TEST_F(Trunks, TheParentDoesNotNoticeWhoComesAndGoesBelow) {
  Result<std::unique_ptr<Traffic>> traffic =
      Traffic::start(*cloud, {pair("parent", "outer2"), pair("inner1", "inner2")});
  ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
  const SubPort guest = make_port();
  for (int i = 0; i < 20; ++i) {
    i % 2 == 0 ? add(guest, 200 + i) : drop(guest);
    EXPECT_TRUE(settled());
  }
  for (const TrafficLoss& loss : (*traffic)->finish()) {
    EXPECT_GT(loss.probes_sent, 500U) << loss.name;
    EXPECT_EQ(loss.probes_lost, 0U) << loss.name;
    EXPECT_EQ(loss.flows_lost, 0U) << loss.name;
    EXPECT_TRUE(loss.tcp_whole) << loss.name;
  }
}

TEST_F(Trunks, ThoseBelowDoNotNoticeEachOther) {
  const SubPort sub = make_port();
  add(sub, 105);
  ASSERT_TRUE(await([] { return status() == "ACTIVE"; }));
  ASSERT_TRUE(settled());
  Nic parent = nic("parent");
  Nic other = nic("inner2");
  const Speaker to = speaker("inner2");
  const SubPort guest = make_port();
  for (int i = 0; i < 20; ++i) {
    i % 2 == 0 ? add(guest, 200 + i) : drop(guest);
    for (int at = 0; at < 50; ++at) {
      const std::string word = "<" + std::to_string(i) + "." + std::to_string(at) + ">";
      parent.send(tagged(udp(sub.speaker, to, word), 105));
      other.send(udp(to, sub.speaker, word));
      ASSERT_TRUE(other.hears(word)) << word;
      ASSERT_TRUE(parent.hears(word)) << word;
    }
    EXPECT_TRUE(settled());
  }
  drop(sub);
}

TEST_F(Trunks, WhatHasLeftIsHeardNoMore) {
  const SubPort sub = make_port();
  add(sub, 105);
  ASSERT_TRUE(await([] { return status() == "ACTIVE"; }));
  drop(sub);
  EXPECT_TRUE(await([&] { return text_at(port(sub.id), "status") == "DOWN"; }));
  EXPECT_EQ(text_at(port(sub.id), "binding:host_id"), "");
  EXPECT_EQ(text_at(port(sub.id), "device_owner"), "");
  ASSERT_TRUE(settled());
  const SubPort next = make_port();
  add(next, 106);
  ASSERT_TRUE(await([] { return status() == "ACTIVE"; }));
  ASSERT_TRUE(settled());
  Nic parent = nic("parent");
  Nic other = nic("inner2");
  parent.send(tagged(udp(sub.speaker, speaker("inner2"), "who has left"), 105));
  for (const std::string word : {"who is there", "and again"}) {
    parent.send(tagged(udp(next.speaker, speaker("inner2"), word), 106));
    EXPECT_TRUE(other.hears(word));
  }
  EXPECT_EQ(other.count("who has left"), 0U);
  drop(next);
}

}  // namespace
}  // namespace tarn::testing
