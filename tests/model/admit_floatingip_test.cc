// Floating IPs, forwardings, NDP proxies and local IPs: what reaches an instance by an address that is not its own.
#include "routed_desk.h"

namespace tarn::model {
namespace {

using test::admin;
using test::array;
using test::Given;
using test::tenant;
using Texts = std::vector<std::string>;

class FloatingIps : public test::RoutedDesk {
 protected:
  std::string associate(const std::string& id, const std::string& port) {
    return change(Kind::floatingip, id, {{"port", port}});
  }
  std::string forwarding(const std::string& id, const std::string& port, array external, Given more = {}) {
    more["floatingip"] = id;
    more["internal_port"] = port;
    more["internal_address"] = addresses(port).at(0);
    if (!more.contains("protocol")) more["protocol"] = "tcp";
    if (!more.contains("internal_ports")) more["internal_ports"] = array{80, 80};
    more["external_ports"] = std::move(external);
    return make(Kind::port_forwarding, std::move(more));
  }
};

TEST_F(FloatingIps, HaveAnAddressHeldByAPortOfNobody) {
  const std::string id = floating();
  EXPECT_EQ(at<FloatingIp>(id).address.text(), "203.0.113.2");
  const Port own = at<Port>(at<FloatingIp>(id).own_port.text());
  EXPECT_EQ(own.device_owner, "network:floatingip");
  EXPECT_EQ(own.device_id, id);
  EXPECT_EQ(own.standard.project_id, "");
  EXPECT_EQ(floating({{"address", "203.0.113.2"}}), "IpAddressAlreadyAllocated");
  EXPECT_EQ(at<FloatingIp>(floating({{"address", "203.0.113.77"}})).address.text(), "203.0.113.77");
  EXPECT_EQ(floating({{"address", "10.0.0.7"}}), "InvalidIpForNetwork");
  EXPECT_EQ(make(Kind::floatingip, {{"network", inside}}), "BadRequest");
  desk.caller = admin();
  EXPECT_EQ(drop(Kind::port, own.id.text()), "ServicePortInUse");
  EXPECT_EQ(drop(Kind::floatingip, id), "admitted");
  EXPECT_FALSE(is_there<Port>(own.id.text()));
}

TEST_F(FloatingIps, ReachAPortByTheRouterBetween) {
  const std::string web = port(inside);
  const std::string id = floating();
  EXPECT_EQ(associate(id, web), "ExternalGatewayForFloatingIPNotFound");
  const std::string router = connected_router();
  EXPECT_EQ(associate(id, web), "admitted");
  EXPECT_EQ(at<FloatingIp>(id).router->text(), router);
  EXPECT_EQ(at<FloatingIp>(id).fixed_address->text(), addresses(web).at(0));
  EXPECT_EQ(floating({{"port", web}}), "FloatingIPPortAlreadyAssociated");
  EXPECT_EQ(detach(router, ports_of(router)[0]), "RouterInterfaceInUseByFloatingIP");
  EXPECT_EQ(change(Kind::router, router, {{"gateway", nullptr}}), "RouterExternalGatewayInUseByFloatingIp");
  EXPECT_EQ(change(Kind::floatingip, id, {{"description", "x"}}), "admitted");
  EXPECT_EQ(at<FloatingIp>(id).port->text(), web);
  EXPECT_EQ(change(Kind::floatingip, id, {{"port", nullptr}}), "admitted");
  EXPECT_FALSE(at<FloatingIp>(id).port || at<FloatingIp>(id).fixed_address || at<FloatingIp>(id).router);
  EXPECT_EQ(change(Kind::router, router, {{"gateway", nullptr}}), "admitted");
}

TEST_F(FloatingIps, LetGoOfAPortByAChangeThatSaysNothing) {
  connected_router();
  const std::string id = floating({{"port", port(inside)}});
  EXPECT_EQ(change(Kind::floatingip, id, {}), "admitted");
  EXPECT_FALSE(at<FloatingIp>(id).port || at<FloatingIp>(id).fixed_address || at<FloatingIp>(id).router);
  EXPECT_EQ(change(Kind::floatingip, id, {}), "admitted") << "once more";
}

TEST_F(FloatingIps, TakeOneIpv4AddressOfThePort) {
  connected_router();
  subnet(inside, "2001:db8::/64");
  const std::string two =
      port(inside, {{"fixed_ips", array{Given{{"address", "10.0.0.8"}}, Given{{"address", "10.0.0.9"}},
                                        Given{{"address", "2001:db8::8"}}}}});
  EXPECT_EQ(floating({{"port", two}}), "BadRequest");
  EXPECT_EQ(floating({{"port", two}, {"fixed_address", "2001:db8::8"}}), "BadRequest");
  EXPECT_EQ(floating({{"port", two}, {"fixed_address", "10.0.0.7"}}), "BadRequest");
  EXPECT_EQ(floating({{"fixed_address", "10.0.0.8"}}), "BadRequest");
  const std::string id = floating({{"port", two}, {"fixed_address", "10.0.0.9"}});
  EXPECT_EQ(at<FloatingIp>(id).fixed_address->text(), "10.0.0.9");
  EXPECT_EQ(change(Kind::floatingip, id, {{"fixed_address", "10.0.0.8"}}), "admitted");
  EXPECT_EQ(at<FloatingIp>(id).fixed_address->text(), "10.0.0.8");
  EXPECT_EQ(floating({{"port", port(inside, {{"fixed_ips", array{}}})}}), "BadRequest");
  EXPECT_EQ(floating({{"port", port(inside, {{"device_owner", "network:dhcp"}})}}), "BadRequest");
}

TEST_F(FloatingIps, LetGoOfAPortThatGoesOrLosesTheAddress) {
  connected_router();
  const std::string web = port(inside);
  const std::string id = floating({{"port", web}});
  EXPECT_EQ(change(Kind::port, web, {{"fixed_ips", array{Given{{"address", "10.0.0.50"}}}}}), "admitted");
  EXPECT_FALSE(at<FloatingIp>(id).port);
  EXPECT_EQ(associate(id, web), "admitted");
  EXPECT_EQ(change(Kind::port, web, {{"name", "x"}}), "admitted");
  EXPECT_TRUE(at<FloatingIp>(id).port);
  EXPECT_EQ(drop(Kind::port, web), "admitted");
  EXPECT_FALSE(at<FloatingIp>(id).port || at<FloatingIp>(id).fixed_address || at<FloatingIp>(id).router);
}

TEST_F(FloatingIps, ThatNothingUsesGoWithTheirNetwork) {
  const std::string id = floating();
  desk.caller = admin();
  EXPECT_EQ(drop(Kind::subnet, outside_subnet), "SubnetInUse");
  EXPECT_EQ(drop(Kind::network, outside), "admitted");
  EXPECT_FALSE(is_there<FloatingIp>(id));
}

TEST_F(FloatingIps, AreCountedAndAreOfTheirProject) {
  desk.limits.quotas = {{"floatingip", 1}};
  connected_router();
  floating();
  EXPECT_EQ(floating(), "OverQuota");
  const std::string web = port(inside);
  desk.caller = tenant("red");
  EXPECT_EQ(floating({{"port", web}}), "PortNotFound");
}

TEST_F(FloatingIps, ForwardPortsThatDoNotCollide) {
  const std::string router = connected_router();
  const std::string web = port(inside);
  const std::string id = floating();
  const std::string http = forwarding(id, web, {8080, 8080});
  ASSERT_TRUE(is_there<PortForwarding>(http));
  EXPECT_EQ(at<FloatingIp>(id).router->text(), router);
  const Given ssh{{"internal_ports", array{22, 22}}};
  EXPECT_EQ(forwarding(id, web, {8000, 8080}, ssh), "BadRequest");
  EXPECT_EQ(forwarding(id, web, {9090, 9090}), "BadRequest");  // the same internal port
  EXPECT_EQ(forwarding(id, web, {9090, 9099}, {{"internal_ports", array{20, 22}}}), "BadRequest");
  EXPECT_TRUE(is_there<PortForwarding>(forwarding(id, web, {8080, 8080}, {{"protocol", "udp"}})));
  EXPECT_TRUE(is_there<PortForwarding>(forwarding(id, web, {9090, 9099}, ssh)));
  EXPECT_EQ(associate(id, port(inside)), "FipInUseByPortForwarding");
  EXPECT_EQ(drop(Kind::floatingip, id), "FipInUseByPortForwarding");
  EXPECT_EQ(floating({{"port", web}}), "PortHasPortForwarding");
  EXPECT_EQ(detach(router, ports_of(router)[0]), "RouterInterfaceInUseByFloatingIP");
  EXPECT_EQ(drop(Kind::port, web), "admitted");  // and what is forwarded to it
  EXPECT_FALSE(is_there<PortForwarding>(http) || at<FloatingIp>(id).router);
  EXPECT_EQ(drop(Kind::floatingip, id), "admitted");
}

TEST_F(FloatingIps, ForwardNothingWhileTheyAreAssociated) {
  connected_router();
  const std::string web = port(inside);
  const std::string id = floating({{"port", web}});
  EXPECT_EQ(forwarding(id, port(inside), {80, 80}), "FloatingIPPortAlreadyAssociated");
  const std::string other = floating();
  EXPECT_EQ(forwarding(other, web, {80, 80}), "PortHasBindingFloatingIP");
  const std::string last = forwarding(other, port(inside), {80, 80});
  EXPECT_EQ(change(Kind::port_forwarding, last, {{"external_ports", array{81, 81}}}), "admitted");
  EXPECT_EQ(drop(Kind::port_forwarding, last), "admitted");
  EXPECT_FALSE(at<FloatingIp>(other).router);
}

class NdpProxies : public test::RoutedDesk {
 protected:
  // A subnet of the address scope that all here are in.
  std::string scoped_subnet(const std::string& network) {
    return make(Kind::subnet, {{"network", network}, {"subnetpool", pool}, {"prefixlen", 64}});
  }
  void SetUp() override {
    desk.caller = admin();
    const std::string scope = make(Kind::address_scope, {{"ip_version", 6}, {"shared", true}});
    pool = make(Kind::subnetpool,
                {{"prefixes", array{"2001:db8::/48"}}, {"address_scope", scope}, {"shared", true}, {"name", "p"}});
    scoped_subnet(outside);
    desk.caller = tenant();
    inside_v6 = scoped_subnet(inside);
  }
  std::string pool;
  std::string inside_v6;
};

TEST_F(NdpProxies, NeedARouterThatProxiesAndReachesThePort) {
  const std::string web = port(inside);
  const std::string router = this->router();
  const auto proxy = [&](Given more = {}) {
    more["router"] = router;
    more["port"] = web;
    return make(Kind::ndp_proxy, std::move(more));
  };
  EXPECT_EQ(change(Kind::router, router, {{"enable_ndp_proxy", true}}), "RouterGatewayNotValid");
  EXPECT_EQ(proxy(), "PortUnreachableRouter");
  ASSERT_EQ(attach(router, inside_v6), "admitted");
  EXPECT_EQ(proxy(), "RouterNDPProxyNotEnable");
  EXPECT_EQ(change(Kind::router, router, {{"gateway", {{"network", outside}}}, {"enable_ndp_proxy", true}}),
            "admitted");
  const std::string id = proxy();
  ASSERT_TRUE(is_there<NdpProxy>(id));
  EXPECT_FALSE(at<NdpProxy>(id).address.is_v4());
  EXPECT_EQ(proxy({{"address", "2001:db8::77"}}), "InvalidAddress");
  EXPECT_EQ(change(Kind::router, router, {{"gateway", nullptr}}), "RouterGatewayInUseByNDPProxy");
  EXPECT_EQ(detach(router, ports_of(router)[0]), "RouterInterfaceInUseByNDPProxy");
  EXPECT_EQ(drop(Kind::port, web), "admitted");
  EXPECT_FALSE(is_there<NdpProxy>(id));
  EXPECT_EQ(change(Kind::router, router, {{"gateway", nullptr}}), "admitted");
  EXPECT_FALSE(at<Router>(router).enable_ndp_proxy);
}

class LocalIps : public test::RoutedDesk {};

TEST_F(LocalIps, StandOnAPortOfTheirsOrOneThatIsThere) {
  EXPECT_EQ(make(Kind::local_ip, {}), "LocalIPPortOrNetworkRequired");
  const std::string own = make(Kind::local_ip, {{"network", inside}, {"address", "10.0.0.40"}});
  const std::string held = at<LocalIp>(own).local_port.text();
  EXPECT_EQ(at<Port>(held).device_owner, "network:local_ip");
  EXPECT_EQ(addresses(held), Texts{"10.0.0.40"});
  EXPECT_EQ(drop(Kind::port, held), "ServicePortInUse");
  const std::string web = port(inside);
  const std::string on_port = make(Kind::local_ip, {{"local_port", web}});
  EXPECT_EQ(at<LocalIp>(on_port).address.text(), addresses(web).at(0));
  EXPECT_EQ(make(Kind::local_ip, {{"local_port", web}, {"address", "10.0.0.99"}}), "LocalIPRequestedIPNotFound");
  EXPECT_EQ(drop(Kind::local_ip, on_port), "admitted");
  EXPECT_TRUE(is_there<Port>(web));
  EXPECT_EQ(drop(Kind::local_ip, own), "admitted");
  EXPECT_FALSE(is_there<Port>(held));
}

TEST_F(LocalIps, AreAssociatedWithEachPortOnce) {
  const std::string local = make(Kind::local_ip, {{"network", inside}});
  const std::string web = port(inside);
  const auto associate = [&] { return make(Kind::local_ip_association, {{"local_ip", local}, {"fixed_port", web}}); };
  const std::string id = associate();
  ASSERT_TRUE(is_there<LocalIpAssociation>(id));
  EXPECT_EQ(associate(), "LocalIPAssociationExists");
  EXPECT_EQ(drop(Kind::local_ip, local), "LocalIPInUse");
  EXPECT_EQ(drop(Kind::port, web), "admitted");
  EXPECT_FALSE(is_there<LocalIpAssociation>(id));
  EXPECT_EQ(drop(Kind::local_ip, local), "admitted");
}

}  // namespace
}  // namespace tarn::model
