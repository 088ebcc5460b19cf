// Instances that go on to another host: the hosts that they left keep what they translate for them. That an advance of
// a slice comes to the same is the law of slice_test.cc.
#include "model/moves.h"
#include "model/gateways.h"
#include "model/slice.h"
#include "routed_desk.h"

namespace tarn::model {
namespace {

using Hosts = std::vector<std::string>;

class Moves : public test::RoutedDesk {
 protected:
  Moves() {
    for (int number = 1; number <= 6; ++number) desk.agent(host(number), true, false);
    for (const char* wired : {"wired-1", "wired-2", "wired-3", "wired-4"}) desk.agent(wired);
    desk.caller = test::admin();
    const std::string street =
        desk.network({{"external", true}, {"type", "flat"}, {"physical_network", "physnet1"}}).value().text();
    subnet(street, "198.51.100.0/24");
    desk.caller = test::tenant();
    router = this->RoutedDesk::router({{"gateway", {{"network", street}}}});
    EXPECT_EQ(attach(router, inside_subnet), "admitted");
    gateway = ports_of(router, "network:router_gateway").front();
    instance = port(inside, {{"binding_host", host(1)}, {"device_owner", "compute:nova"}});
  }

  static std::string host(int number) { return "host-" + std::to_string(number); }
  void move_to(const std::string& where) {
    EXPECT_EQ(change(Kind::port, instance, {{"binding_host", where}}), "admitted");
  }
  [[nodiscard]] Hosts left() const { return at<Port>(instance).left_hosts; }
  [[nodiscard]] std::set<SliceName> told(const std::string& where, const std::string& kind) const {
    std::set<SliceName> names;
    for (const auto& [name, item] : slice(desk.cloud, where))
      if (name.starts_with(kind + "/")) names.insert(name);
    return names;
  }
  [[nodiscard]] SliceName block(const std::string& where) const {
    return "block/" + port_block_id({uuid(gateway)}, where).text();
  }
  [[nodiscard]] SliceName moved() const { return "moved/" + instance; }

  std::string router, gateway, instance;
};

TEST_F(Moves, AHostThatAPortLeftKeepsTheGatewayAndItsOwnPortsThereAndNothingElse) {
  EXPECT_TRUE(told(host(1), "moved").empty());
  move_to(host(2));
  const Port& port = at<Port>(instance);
  const MovedPort row{port.id, port.network, port.mac,         {port.fixed_ips.front().address},
                      host(2), {host(1)},    {{uuid(gateway)}}};
  for (const int each : {1, 2}) {
    const Slice slice = model::slice(desk.cloud, host(each));
    ASSERT_NE(slice.find(moved()), nullptr) << each;
    EXPECT_EQ(std::get<MovedPort>(*slice.find(moved())->row), row);
    EXPECT_EQ(told(host(each), "gateway"), std::set{"gateway/" + gateway});
    EXPECT_EQ(told(host(each), "block"), std::set{block(host(each))});
    EXPECT_TRUE(told(host(each), "node").contains("node/" + host(3 - each)));
  }
  for (const char* kind : {"network", "router", "interface", "peer"}) EXPECT_TRUE(told(host(1), kind).empty()) << kind;
  EXPECT_TRUE(told("wired-1", "moved").empty()) << "who answers for the gateway need not know";
}

TEST_F(Moves, WhoAnswersForTheGatewayStillKnowsWhosePortsTheyAre) {
  const auto answering = gateway_hosts(desk.cloud, at<Router>(router).gateways.front());
  move_to(host(2));
  for (const std::string& each : answering) EXPECT_EQ(told(each, "block"), (std::set{block(host(1)), block(host(2))}));
}

TEST_F(Moves, TheLastThreeKeepItAndOnesOwnHostIsNoneOfThem) {
  for (const int next : {2, 3, 2, 4, 5}) move_to(host(next));
  EXPECT_EQ(left(), (Hosts{host(4), host(2), host(3)}));
  EXPECT_TRUE(slice(desk.cloud, host(1)).empty());
  EXPECT_FALSE(desk.cloud.find<PortBlock>(port_block_id({uuid(gateway)}, host(1)).uuid));
  move_to(host(4));
  EXPECT_EQ(left(), (Hosts{host(5), host(2), host(3)}));
}

TEST_F(Moves, WhoIsNowhereHasLeftNothing) {
  move_to(host(2));
  EXPECT_EQ(change(Kind::port, instance, {{"binding_host", nullptr}}), "admitted");
  EXPECT_EQ(left(), Hosts{});
  for (const int each : {1, 2}) {
    EXPECT_TRUE(slice(desk.cloud, host(each)).empty());
    EXPECT_FALSE(desk.cloud.find<PortBlock>(port_block_id({uuid(gateway)}, host(each)).uuid));
  }
}

TEST_F(Moves, ABindingThatIsActivatedMovesToo) {
  desk.caller = test::admin();
  EXPECT_EQ(change(Kind::port, instance, {{"add_binding", {{"host", host(2)}}}}), "admitted");
  EXPECT_EQ(left(), Hosts{});
  EXPECT_EQ(change(Kind::port, instance, {{"activate_binding", host(2)}}), "admitted");
  EXPECT_EQ(left(), Hosts{host(1)});
}

// As while the new host's agent has not reported yet.
TEST_F(Moves, AHostWhereItCouldNotBeIsPassedOver) {
  move_to("unknown");
  EXPECT_EQ(left(), Hosts{host(1)});
  EXPECT_TRUE(told(host(1), "moved").empty()) << "it is nowhere now";
  move_to(host(3));
  EXPECT_EQ(left(), Hosts{host(1)});
  EXPECT_TRUE(told(host(1), "moved").contains(moved()));
}

TEST_F(Moves, TheWayOutMayLieBehindAnotherRouter) {
  const std::string between = desk.network().value().text();
  const std::string between_subnet = subnet(between, "10.9.0.0/24");
  const std::string first = this->RoutedDesk::router();
  const std::string deep = desk.network().value().text();
  EXPECT_EQ(attach(first, subnet(deep, "10.7.0.0/24")), "admitted");
  const std::string link = port(between, {{"fixed_ips", boost::json::array{test::Given{{"address", "10.9.0.7"}}}}});
  EXPECT_EQ(change(Kind::router, first, {{"add_interface", {{"port", link}}}}), "admitted");
  EXPECT_EQ(attach(router, between_subnet), "admitted");
  instance = port(deep, {{"binding_host", host(4)}});
  move_to(host(5));
  EXPECT_TRUE(told(host(4), "gateway").empty());
  EXPECT_EQ(
      change(Kind::router, first,
             {{"routes", boost::json::array{test::Given{{"destination", "0.0.0.0/0"}, {"nexthop", "10.9.0.1"}}}}}),
      "admitted");
  EXPECT_EQ(told(host(4), "gateway"), std::set{"gateway/" + gateway});
  EXPECT_TRUE(told(host(4), "block").contains(block(host(4))));
}

}  // namespace
}  // namespace tarn::model
