// What a node is told of routers: those that its instances' packets may come to, and what is behind them; no more.
#include <gtest/gtest.h>

#include <ranges>

#include "model/reach.h"
#include "model/slice.h"
#include "random_cloud.h"

namespace tarn::model {
namespace {

using test::RandomCloud;

NetworkId network(unsigned number) {
  return {RandomCloud::id(Kind::network, number)};
}
RouterId router(unsigned number) {
  return {RandomCloud::id(Kind::router, number)};
}
PortId port(unsigned number) {
  return {RandomCloud::id(Kind::port, number)};
}
Ip address(unsigned network_number, unsigned last) {
  return Ip::from_v4(0x0a000000 + (network_number << 8) + last);
}

// Networks 1 to 4, each with an instance on the host of the same number, and what is asked for beside.
class Cloud {
 public:
  Cloud() {
    for (unsigned number = 1; number <= 4; ++number) {
      Network row;
      row.id = network(number);
      row.type = NetworkType::vxlan;
      row.segmentation_id = number;
      put(row);
      Subnet subnet;
      subnet.id = {RandomCloud::id(Kind::subnet, number)};
      subnet.network = row.id;
      subnet.cidr = Prefix::of(address(number, 0), 24);
      put(subnet);
      put(instance(number, number, host(number)));
    }
  }

  static std::string host(unsigned number) { return "host-" + std::to_string(number); }
  static Port instance(unsigned number, unsigned on, const std::string& where) {
    Port row = on_network(number, on);
    row.binding_host = where;
    row.vif_type = VifType::ovs;
    return row;
  }
  // Port 10 * router + network.
  static Port interface(unsigned of, unsigned on) {
    Port row = on_network(10 * of + on, on);
    row.device_owner = "network:router_interface";
    row.device_id = router(of).text();
    return row;
  }

  Cloud& joins(unsigned router_number, std::initializer_list<unsigned> networks) {
    for (const unsigned on : networks) put(interface(router_number, on));
    return routes(router_number, {});
  }
  Cloud& routes(unsigned router_number, std::vector<HostRoute> routes) {
    Router row;
    row.id = router(router_number);
    row.routes = std::move(routes);
    put(row);
    return *this;
  }
  template <class R>
  Cloud& put(const R& row) {
    before_ = now_;
    now_ = now_.with({{{R::kind, row.id.uuid, row}}}, now_.revision() + 1);
    return *this;
  }
  template <class R>
  Cloud& remove(const Uuid& id) {
    before_ = now_;
    now_ = now_.with({{{R::kind, id, std::nullopt}}}, now_.revision() + 1);
    return *this;
  }

  [[nodiscard]] std::set<SliceName> told(unsigned host_number, const std::string& kind) const {
    std::set<SliceName> names;
    for (const auto& [name, item] : slice(now_, host(host_number)))
      if (name.starts_with(kind + "/")) names.insert(name);
    return names;
  }
  // Of the last change.
  [[nodiscard]] std::set<std::string> concerned_hosts() const { return concerned(before_, now_); }
  [[nodiscard]] const Snapshot& now() const { return now_; }

 private:
  static Port on_network(unsigned number, unsigned on) {
    Port row;
    row.id = port(number);
    row.network = network(on);
    row.mac = Mac{{0xfa, 0x16, 0x3e, 0, 0, static_cast<std::uint8_t>(number)}};
    row.fixed_ips = {{{RandomCloud::id(Kind::subnet, on)}, address(on, number)}};
    return row;
  }

  Snapshot now_;
  Snapshot before_;
};

std::set<SliceName> networks(std::initializer_list<unsigned> numbers) {
  std::set<SliceName> names;
  for (const unsigned number : numbers) names.insert("network/" + network(number).text());
  return names;
}
std::set<SliceName> routers(std::initializer_list<unsigned> numbers) {
  std::set<SliceName> names;
  for (const unsigned number : numbers) names.insert("router/" + router(number).text());
  return names;
}
std::set<SliceName> ports(const std::string& kind, std::initializer_list<unsigned> numbers) {
  std::set<SliceName> names;
  for (const unsigned number : numbers) names.insert(kind + "/" + port(number).text());
  return names;
}

TEST(SliceRouting, ANodeHearsOfWhatIsBehindTheRoutersOfItsNetworks) {
  const Cloud cloud = Cloud().joins(1, {1, 2});
  EXPECT_EQ(cloud.told(1, "network"), networks({1, 2}));
  EXPECT_EQ(cloud.told(1, "router"), routers({1}));
  EXPECT_EQ(cloud.told(1, "interface"), ports("interface", {11, 12}));
  EXPECT_EQ(cloud.told(1, "peer"), ports("peer", {2}));
  EXPECT_EQ(cloud.told(1, "node"), std::set<SliceName>{"node/host-2"});
  EXPECT_EQ(cloud.told(3, "router"), routers({}));
  const RouterInterface interface =
      std::get<RouterInterface>(*slice(cloud.now(), "host-1").find("interface/" + port(12).text())->row);
  EXPECT_EQ(interface, (RouterInterface{port(12), router(1), network(2), Cloud::interface(1, 2).mac,
                                        Cloud::interface(1, 2).fixed_ips, true}));
}

// Many routers may meet on a network that serves them all: whose instances are elsewhere need not know each other.
TEST(SliceRouting, ARouterBehindARouterIsToldOfOnlyWhereARouteLeadsToIt) {
  Cloud cloud;
  cloud.joins(1, {1, 2}).joins(2, {2, 3});
  EXPECT_EQ(cloud.told(1, "network"), networks({1, 2}));
  EXPECT_EQ(cloud.told(1, "router"), routers({1}));
  EXPECT_EQ(cloud.told(2, "network"), networks({1, 2, 3}));
  cloud.routes(1, {{Prefix::of(address(3, 0), 24), address(2, 22)}});
  EXPECT_EQ(cloud.told(1, "network"), networks({1, 2, 3}));
  EXPECT_EQ(cloud.told(1, "router"), routers({1, 2}));
  EXPECT_TRUE(cloud.concerned_hosts().contains("host-1"));
  cloud.put(Cloud::interface(2, 4));
  EXPECT_EQ(cloud.told(1, "network"), networks({1, 2, 3, 4}));
  EXPECT_TRUE(cloud.concerned_hosts().contains("host-1"));
}

TEST(SliceRouting, APortConcernsTheNodesThatReachItsNetworkAndNoOthers) {
  Cloud cloud;
  cloud.joins(1, {1, 2}).put(Cloud::instance(5, 2, "host-5"));
  EXPECT_EQ(cloud.concerned_hosts(), (std::set<std::string>{"host-1", "host-2", "host-5"}));
  EXPECT_EQ(cloud.told(5, "network"), networks({1, 2}));
}

TEST(SliceRouting, WhatIsBehindARouterGoesWithItsInterface) {
  Cloud cloud;
  cloud.joins(1, {1, 2}).remove<Port>(port(12).uuid);
  EXPECT_EQ(cloud.told(1, "network"), networks({1}));
  EXPECT_EQ(cloud.told(1, "peer"), ports("peer", {}));
  EXPECT_EQ(cloud.told(1, "interface"), ports("interface", {11}));
  EXPECT_EQ(cloud.concerned_hosts(), (std::set<std::string>{"host-1", "host-2"}));
}

TEST(SliceRouting, GatewaysLeadNowhere) {
  Port gateway = Cloud::interface(1, 2);
  gateway.device_owner = "network:router_gateway";
  Cloud cloud;
  cloud.joins(1, {1}).put(gateway);
  EXPECT_EQ(cloud.told(1, "network"), networks({1}));
  EXPECT_EQ(cloud.told(2, "router"), routers({}));
}

// Whoever binds a router's interface to a host, as Neutron's agents do, does not take it from the others.
TEST(SliceRouting, AnInterfaceIsBoundNowhere) {
  Port interface = Cloud::interface(1, 1);
  interface.binding_host = "host-4";
  interface.vif_type = VifType::ovs;
  Cloud cloud;
  cloud.joins(1, {1, 2}).put(interface);
  EXPECT_EQ(cloud.told(1, "peer"), ports("peer", {2}));
  EXPECT_EQ(cloud.told(4, "router"), routers({}));
}

TEST(SliceRouting, AChangeThatIsNobodysNeighbourSharesTheWholeSlice) {
  Cloud cloud;
  cloud.joins(1, {1, 2});
  const Snapshot before = cloud.now();
  cloud.put(Cloud::interface(3, 3));
  const Slice old = slice(before, "host-1");
  EXPECT_TRUE(advance(old, before, cloud.now(), "host-1").shares(old));
}

}  // namespace
}  // namespace tarn::model
