// The world outside by itself: what the suite Gateway believes of its upstream router, its witness, its calls and its
// traffic holds where nothing is routed or translated, for instances on the external network itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cerrno>

#include "live/calls.h"
#include "live/guest.h"
#include "live/outside.h"
#include "live/traffic.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
namespace json = boost::json;

class OutsideOfACloud : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    outside = new Outside(*cloud);
    const std::string network = cloud->make_network("public", "203.0.113.0/24", "flat");
    for (const auto& [name, host] : {std::pair("here", 1), std::pair("there", 2)}) {
      instances[name] = boot(*cloud, name, network, host);
      // Whoever it says it is: no group, no lies prevented.
      const json::object open{{"security_groups", json::array{}}, {"port_security_enabled", false}};
      cloud->ask("PUT", "/v2.0/ports/" + instances[name].port_id, json::object{{"port", open}});
      ASSERT_EQ(run_inside(*cloud, name, {"ip", "route", "add", "default", "via", "203.0.113.1"}).exit_code, 0);
    }
    ASSERT_TRUE(cloud->await_all_active(60s));
    for (const int host : {1, 2}) ASSERT_TRUE(in_sync(*cloud, host));
  }
  static void TearDownTestSuite() {
    delete outside;
    outside = nullptr;
    delete cloud;
    cloud = nullptr;
    instances.clear();
  }

  static std::string netns(const std::string& name) { return cloud->sandbox().layout().instance_namespace(name); }
  static Ip address(const std::string& name) { return *Ip::parse(instances.at(name).addresses.front()); }

  static inline LiveCloud* cloud = nullptr;
  static inline Outside* outside = nullptr;
  static inline std::map<std::string, sandbox::Instance> instances;
};

TEST_F(OutsideOfACloud, IsReachedAndReaches) {
  for (const std::string name : {"here", "there"}) {
    EXPECT_TRUE(reaches(*cloud, name, outside->address().text())) << name;
    EXPECT_TRUE(reaches(*cloud, name, outside->internet().text())) << name;
    EXPECT_TRUE(reaches(outside->netns(), address(name).text())) << name;
    EXPECT_EQ(outside->neighbour(address(name)), Mac::parse(instances.at(name).mac)) << name;
  }
  EXPECT_EQ(outside->neighbour(*Ip::parse("203.0.113.200")), std::nullopt);
  EXPECT_NE(outside->run({"ping", "-c", "1", "-W", "1", "10.5.0.3"}).exit_code, 0);
}

TEST_F(OutsideOfACloud, SaysWhatGoesNoFurther) {
  for (const std::string name : {"here", "there"}) {
    const std::string told =
        run_inside(*cloud, name, {"ping", "-c", "1", "-W", "2", "-t", "1", outside->further().text()}).output;
    EXPECT_THAT(told, HasSubstr("From 203.0.113.1 icmp_seq=1 Time to live exceeded")) << name;
    for (int i = 0; i < 10; ++i) EXPECT_EQ(complaint_of(netns(name), {outside->internet(), 9}), ECONNREFUSED) << name;
  }
}

TEST_F(OutsideOfACloud, EachSideOfACallKnowsTheOther) {
  const Endpoint there{outside->internet(), 8080};
  Listener listener(outside->netns(), there);
  auto held = converse(netns("here"), there, listener, 40'001);
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(held->called.far_end(), (Endpoint{address("here"), 40'001}));
  EXPECT_EQ(held->calling.far_end(), there);
  EXPECT_TRUE(speak(*held, "once more"));
  EXPECT_FALSE(held->called.hears("never said", 100ms));
  EXPECT_FALSE(listener.next(0ms).has_value());
  EXPECT_FALSE(Call::dial(netns("here"), {outside->internet(), 8081}, 0, 1s).has_value());
  EXPECT_FALSE(Call::dial(netns("here"), {outside->further(), 8080}, 0, 1s).has_value());
}

TEST_F(OutsideOfACloud, ALetterTellsWhoseItIs) {
  const Endpoint there{outside->internet(), 8082}, here{address("there"), 40'002};
  Letters far(outside->netns(), there), near(netns("there"), here);
  EXPECT_TRUE(get_through(near, there, far, "a question"));
  EXPECT_EQ(far.hears("a question, first", 0ms), here);
  EXPECT_TRUE(get_through(far, here, near, "an answer"));
  EXPECT_EQ(near.count("an answer"), 2U);
  EXPECT_EQ(near.hears("never said", 100ms), std::nullopt);
  EXPECT_EQ(complaint_of(netns("here"), there, 200ms), 0);
}

TEST_F(OutsideOfACloud, ArpIsAskedAndAnsweredInAnyName) {
  Nic nic = outside->nic();
  const Ip asker = *Ip::parse("203.0.113.210"), wanted = address("here");
  const Mac holder = *Mac::parse(instances.at("here").mac);
  nic.send(arp_question(outside->mac(), asker, wanted));
  EXPECT_TRUE(nic.hears(any_arp_answer(outside->mac(), asker, wanted)));
  EXPECT_EQ(nic.count(arp_answer(holder, outside->mac(), asker, wanted)), 1U);
  EXPECT_EQ(nic.count(arp_answer(outside->mac(), outside->mac(), asker, wanted)), 0U);
}

TEST_F(OutsideOfACloud, AWitnessSeesTheSourcesItIsToldOf) {
  Nic witness = outside->witness(*Prefix::parse("10.5.0.0/24"));
  Nic everything = outside->nic();
  const Guest liar = guest_of(*cloud, instances.at("here"));
  const auto say = [&](const std::string& from, const std::string& word) {
    liar.nic.send(udp(liar.mac, *Ip::parse(from), outside->mac(), outside->internet(), word));
    EXPECT_TRUE(everything.hears(word)) << from;
  };
  for (const std::string from : {"10.4.255.255", "10.6.0.0", "203.0.113.9"}) say(from, "honest, " + from);
  EXPECT_EQ(witness.count_all(), 0U);
  for (const std::string from : {"10.5.0.0", "10.5.0.255"}) say(from, "a lie, " + from);
  EXPECT_EQ(witness.count_all(), 2U);
  liar.nic.send(arp_question(liar.mac, *Ip::parse("10.5.0.1"), outside->address()));
  say("203.0.113.9", "after the question");
  EXPECT_EQ(witness.count_all(), 3U);
  EXPECT_EQ(witness.count("honest"), 0U);
}

TEST_F(OutsideOfACloud, TrafficGoesThereAndBack) {
  std::vector<TrafficPair> pairs;
  for (const std::string name : {"here", "there"}) {
    ASSERT_TRUE(reaches(*cloud, name, outside->internet().text()));
    pairs.push_back({name + " and the outside", netns(name), outside->netns(), address(name), outside->internet()});
    pairs.back().answered = name == "here";
  }
  nothing_is_lost(*cloud, pairs, [] { let_pass(1s); });
}

// What is not answered is lost, though it arrived.
TEST_F(OutsideOfACloud, TrafficThatIsNotAnsweredIsLost) {
  TrafficPair pair{"one way", netns("here"), outside->netns(), address("here"), outside->internet()};
  pair.answered = true;
  auto traffic = Traffic::start(*cloud, {pair});
  ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
  let_pass(300ms);
  ASSERT_EQ(outside->run({"ip", "route", "add", "blackhole", address("here").text()}).exit_code, 0);
  let_pass(300ms);
  ASSERT_EQ(outside->run({"ip", "route", "del", "blackhole", address("here").text()}).exit_code, 0);
  const std::vector<TrafficLoss> losses = (*traffic)->finish();
  ASSERT_EQ(losses.size(), 1U);
  EXPECT_GT(losses.front().probes_lost, 100U);
  EXPECT_GT(losses.front().flows_lost, 0U);
  EXPECT_LT(losses.front().probes_lost, losses.front().probes_sent);
}

}  // namespace
}  // namespace tarn::testing
