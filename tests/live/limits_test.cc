// QoS of ports on real Open vSwitch: a limited port gets through what its limits say and no more, and changing a limit
// drops nothing.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "live/flood.h"
#include "live/nic.h"
#include "live/steps.h"
#include "wire/packet/transport.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
namespace packet = wire::packet;

class Limits : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    network = cloud->make_network("limited", "10.7.0.0/24");
    for (const auto& [name, host] : {std::pair("a", 1), std::pair("b", 1), std::pair("c", 2)})
      instances[name] = boot(*cloud, name, network, host);
    policy = text_at(cloud->ask("POST", "/v2.0/qos/policies", {{"policy", {{"name", "limits"}}}}).at("policy"), "id");
    ASSERT_TRUE(cloud->await_all_active(60s));
    // The first packets to another host teach the tunnel that host's link address.
    ASSERT_TRUE(reaches(*cloud, "a", instances["c"].addresses.front()));
    limit("a", json::value(policy));
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
    instances.clear();
  }
  static void limit(const std::string& name, const json::value& by) {
    cloud->ask("PUT", "/v2.0/ports/" + instances.at(name).port_id, {{"port", {{"qos_policy_id", by}}}});
    settle();
  }
  static std::string rule(const std::string& type, const json::object& words) {
    const json::value made =
        cloud->ask("POST", "/v2.0/qos/policies/" + policy + "/" + type + "_rules", {{type + "_rule", words}});
    settle();
    return "/v2.0/qos/policies/" + policy + "/" + type + "_rules/" + text_at(made.at(type + "_rule"), "id");
  }
  static void remove(const std::string& path) {
    cloud->ask("DELETE", path);
    settle();
  }
  static void settle() {
    for (const int host : {1, 2}) ASSERT_TRUE(in_sync(*cloud, host));
  }
  static Nic nic(const std::string& name) { return {cloud->sandbox().layout().instance_namespace(name), "eth0"}; }
  static Bytes frame(const std::string& from, const std::string& to, const std::string& words) {
    const sandbox::Instance& source = instances.at(from);
    const sandbox::Instance& target = instances.at(to);
    return packet::build_udp({*Mac::parse(target.mac), *Mac::parse(source.mac), *Ip::parse(source.addresses.front()),
                              *Ip::parse(target.addresses.front())},
                             {4000, 4001}, {reinterpret_cast<const Byte*>(words.data()), words.size()});
  }

  static Passed flood(const std::string& from, const std::string& to, std::size_t count = flood_frames,
                      std::size_t per_ms = 1) {
    const Nic sender = nic(from);
    Nic receiver = nic(to);
    return testing::flood([&](const std::string& words) { sender.send(frame(from, to, words)); }, receiver, count,
                          per_ms);
  }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string network, policy;
  static inline std::map<std::string, sandbox::Instance> instances;
};

constexpr int rate_kbit = 1000;
constexpr int burst_kbit = 400;

TEST_F(Limits, NothingIsLostWithoutALimit) {
  EXPECT_EQ(flood("a", "b").frames, flood_frames);
  EXPECT_EQ(flood("b", "a").frames, flood_frames);
}

TEST_F(Limits, WhatAPortSendsIsLimitedWhereverItGoes) {
  const std::string limit_rule = rule("bandwidth_limit", {{"max_kbps", rate_kbit}, {"max_burst_kbps", burst_kbit}});
  for (const char* to : {"b", "c"}) {
    expect_limited(flood("a", to), rate_kbit, burst_kbit, flood_frame_kbit);
    let_pass(500ms);  // the bucket fills again
  }
  EXPECT_EQ(flood("b", "a").frames, flood_frames);
  remove(limit_rule);
  EXPECT_EQ(flood("a", "b").frames, flood_frames);
}

TEST_F(Limits, WhatAPortGetsIsLimitedWhereverItComesFrom) {
  const std::string limit_rule =
      rule("bandwidth_limit", {{"max_kbps", rate_kbit}, {"max_burst_kbps", burst_kbit}, {"direction", "ingress"}});
  for (const char* from : {"b", "c"}) {
    expect_limited(flood(from, "a"), rate_kbit, burst_kbit, flood_frame_kbit);
    let_pass(500ms);
  }
  EXPECT_EQ(flood("a", "b").frames, flood_frames);
  remove(limit_rule);
}

TEST_F(Limits, PacketsAreCountedWhateverTheirSize) {
  const std::string limit_rule =
      rule("packet_rate_limit", {{"max_kpps", 1}, {"max_burst_kpps", 0}, {"direction", "egress"}});
  const Passed passed = flood("a", "b", 4 * flood_frames, 4);
  EXPECT_LE(static_cast<double>(passed.frames), 1.1 * (800 + 1000 * passed.elapsed_s));
  EXPECT_GE(passed.frames, 640U);
  remove(limit_rule);
}

TEST_F(Limits, ChangingALimitDropsNothing) {
  const std::string limit_rule = rule("bandwidth_limit", {{"max_kbps", 50'000}, {"max_burst_kbps", 40'000}});
  const Nic sender = nic("a");
  Nic receiver = nic("c");
  std::size_t sent = 0;
  for (int change = 0; change < 20; ++change) {
    cloud->ask("PUT", limit_rule, {{"bandwidth_limit_rule", {{"max_kbps", 50'000 + 100 * change}}}});
    for (int i = 0; i < 20; ++i, ++sent) {
      sender.send(frame("a", "c", "steady"));
      receiver.hears("never said", 2ms);
    }
  }
  sender.send(frame("a", "c", "the end"));
  EXPECT_TRUE(receiver.hears("the end"));
  EXPECT_EQ(receiver.count("steady"), sent);
  remove(limit_rule);
}

TEST_F(Limits, WhatAPortSendsIsMarked) {
  constexpr Byte af31 = 26 << 2;  // RFC 2597, in the first six bits of the octet
  const std::string mark_rule = rule("dscp_marking", {{"dscp_mark", 26}});
  const Nic sender = nic("a");
  Nic receiver = nic("b");
  sender.send(frame("a", "b", "marked"));
  EXPECT_TRUE(receiver.hears(std::string{0x45, static_cast<char>(af31)}));
  EXPECT_EQ(receiver.count("marked"), 1U);
  remove(mark_rule);
}

}  // namespace
}  // namespace tarn::testing
