// Which datapath carries a cloud's packets: the one that was asked for, and not ovs-vswitchd packet by packet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "live/steps.h"

namespace tarn::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t pings = 100;

class DatapathOfACloud : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    network = cloud->make_network("net", "10.8.0.0/24");
    for (const auto& [name, host] : {std::pair("near", 1), {"beside", 1}, {"far", 2}}) boot_with_dhcp(name, host);
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
  }
  static void boot_with_dhcp(const std::string& name, int host) {
    const Result<sandbox::Instance> booted = cloud->sandbox().boot({name, host, network, true});
    ASSERT_TRUE(booted.has_value()) << booted.error().message;
  }

  static std::string kind() { return LiveCloud::datapath() == sandbox::Datapath::kernel ? "system" : "netdev"; }
  static const sandbox::Instance& instance(const std::string& name) {
    return cloud->sandbox().state().instances.at(name);
  }
  // Packets of host 1 that `what` happened to since the start: "hit", "missed" or "lost".
  static std::uint64_t lookups(const std::string& what) {
    std::smatch found;
    const std::string told = cloud->ask_switch(1, {"dpctl/show"});
    EXPECT_TRUE(std::regex_search(told, found, std::regex("lookups:.* ?" + what + ":([0-9]+)"))) << told;
    return found.empty() ? 0 : std::stoull(found[1]);
  }
  static void ping(const std::string& to) {
    EXPECT_THAT(run_inside(*cloud, "near", {"ping", "-q", "-i", "0.01", "-c", std::to_string(pings), to}).output,
                HasSubstr(" 0% packet loss"));
  }

  static inline LiveCloud* cloud = nullptr;
  static inline std::string network;
};

TEST_F(DatapathOfACloud, IsTheOneThatWasAskedFor) {
  for (const int host : {1, 2}) {
    EXPECT_THAT(cloud->ask_switch(host, {"dpif/show"}), ::testing::StartsWith(kind() + "@"));
    const std::string types = run(cloud->host(host).vsctl({"get", "Bridge", "br-int", "datapath_type"})).output;
    EXPECT_EQ(types, kind() + "\n");
  }
}

TEST_F(DatapathOfACloud, ForwardsWithoutAskingTheDaemonForEachPacket) {
  // A frame that a new interface sends before the switch has taken it in whole counts as lost, so count from here.
  const std::uint64_t lost_before = lookups("lost");
  for (const std::string peer : {"beside", "far"}) {
    const std::uint64_t hits = lookups("hit");
    const std::uint64_t misses = lookups("missed");
    ping(instance(peer).addresses.front());
    EXPECT_GE(lookups("hit") - hits, pings);
    EXPECT_LT(lookups("missed") - misses, pings / 2);
    // Each way of the echo is two flows of the datapath: before and after connection tracking.
    const std::string flows = cloud->ask_switch(1, {"dpctl/dump-flows"});
    EXPECT_THAT(flows, HasSubstr("eth(src=" + instance("near").mac + "),eth_type(0x0800)"));
    EXPECT_THAT(flows, HasSubstr("eth(dst=" + instance(peer).mac + "),eth_type(0x0800)"));
  }
  EXPECT_EQ(lookups("lost"), lost_before);
}

}  // namespace
}  // namespace tarn::testing
