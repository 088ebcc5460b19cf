// What a BGP speaker announces: floating IPs and tenants' networks, by which next hops, and on which hosts. That slices
// say the same from step to step is a law of slice_test.cc.
#include "model/bgp_routes.h"
#include "routed_desk.h"

namespace tarn::model {
namespace {

using test::Given;

class BgpRoutes : public test::RoutedDesk {
 protected:
  BgpRoutes() {
    desk.caller = test::admin();
    scope = make(Kind::address_scope, {{"ip_version", 4}});
    street = desk.network({{"external", true}, {"type", "flat"}, {"physical_network", "physnet1"}}).value().text();
    pool_subnet(street, pool("198.51.100.0/24"));
    router = this->RoutedDesk::router({{"gateway", {{"network", street}}}});
    EXPECT_EQ(attach(router, inside_subnet), "admitted");
    speaker = make(Kind::bgp_speaker, {{"local_as", 65'000}});
    EXPECT_EQ(change(Kind::bgp_speaker, speaker, {{"add_network", street}}), "admitted");
    hop = addresses(ports_of(router, "network:router_gateway").front()).front();
  }

  std::string pool(const char* prefix, bool scoped = true) {
    Given given{{"prefixes", {prefix}}, {"name", prefix}, {"default_prefixlen", 24}};
    if (scoped) given["address_scope"] = scope;
    return make(Kind::subnetpool, given);
  }
  std::string pool_subnet(const std::string& network, const std::string& pool) {
    return make(Kind::subnet, {{"network", network}, {"subnetpool", pool}, {"ip_version", 4}});
  }
  // A network of tenants, its subnet of the pool on the router; the subnet's prefix.
  std::string tenant_network(const std::string& pool) {
    const std::string subnet = pool_subnet(desk.network().value().text(), pool);
    EXPECT_EQ(attach(router, subnet), "admitted") << subnet;
    return at<Subnet>(subnet).cidr.text();
  }
  std::string floating_of(const std::string& port) {
    return make(Kind::floatingip, {{"network", street}, {"port", port}});
  }
  using Table = std::map<std::string, std::string>;
  [[nodiscard]] Table routes() const {
    Table table;
    for (const auto& [destination, next_hop] : advertised_routes(desk.cloud, at<BgpSpeaker>(speaker)))
      table[destination.text()] = next_hop.text();
    return table;
  }
  [[nodiscard]] std::string host_route(const std::string& floating) const {
    return at<FloatingIp>(floating).address.text() + "/32";
  }
  void speaking(const std::string& host, bool speaks = true) {
    desk.agent(host);
    Agent agent = **desk.cloud.agent_on(host);
    agent.speaks_bgp = speaks;
    desk.commit({{{Kind::agent, agent.id.uuid, agent}}});
  }

  std::string scope, street, router, speaker, hop;
};

TEST_F(BgpRoutes, AFloatingIpIsReachedByItsRouterWhileItLeadsToAnInstance) {
  const std::string port = this->port(inside);
  const std::string id = floating_of(port);
  EXPECT_EQ(routes(), (Table{{host_route(id), hop}}));
  EXPECT_EQ(change(Kind::floatingip, id, {{"port", nullptr}}), "admitted");
  EXPECT_EQ(routes(), Table{});
  EXPECT_EQ(change(Kind::floatingip, id, {{"port", port}}), "admitted");
  EXPECT_EQ(change(Kind::bgp_speaker, speaker, {{"advertise_floating_ips", false}}), "admitted");
  EXPECT_EQ(routes(), Table{});
}

TEST_F(BgpRoutes, ANetworkOfTenantsIsReachedWhereItsAddressScopeIsTheOneOutside) {
  EXPECT_EQ(routes(), Table{}) << "the first has no pool";
  const std::string cidr = tenant_network(pool("10.8.0.0/16"));
  tenant_network(pool("10.9.0.0/16", false));
  EXPECT_EQ(routes(), (Table{{cidr, hop}}));
  EXPECT_EQ(change(Kind::bgp_speaker, speaker, {{"advertise_tenant_networks", false}}), "admitted");
  EXPECT_EQ(routes(), Table{});
}

TEST_F(BgpRoutes, OtherNetworksAndOtherVersionsAreNotTheSpeakers) {
  const std::string id = floating_of(port(inside));
  EXPECT_EQ(routes(), (Table{{host_route(id), hop}}));
  const std::string six = make(Kind::bgp_speaker, {{"local_as", 65'000}, {"ip_version", 6}});
  EXPECT_EQ(change(Kind::bgp_speaker, six, {{"add_network", street}}), "admitted");
  EXPECT_TRUE(advertised_routes(desk.cloud, at<BgpSpeaker>(six)).empty());
  EXPECT_EQ(change(Kind::bgp_speaker, speaker, {{"remove_network", street}}), "admitted");
  EXPECT_EQ(change(Kind::bgp_speaker, speaker, {{"add_network", outside}}), "admitted");
  EXPECT_EQ(routes(), Table{}) << "no router of the cloud is there";
}

TEST_F(BgpRoutes, OfTwoNextHopsTheLowestIsTold) {
  BgpTable table;
  const Prefix to = Prefix::parse("10.8.0.0/24").value();
  for (const char* hop : {"198.51.100.7", "198.51.100.6", "198.51.100.8"})
    add_route(table, {to, Ip::parse(hop).value()});
  EXPECT_EQ(table, (BgpTable{{to, Ip::parse("198.51.100.6").value()}}));
}

TEST_F(BgpRoutes, AllHostsWithADaemonThatAreOnThePhysicalNetworkAnnounce) {
  speaking("with");
  speaking("silent", false);
  desk.agent("elsewhere", true, false);
  Agent elsewhere = **desk.cloud.agent_on("elsewhere");
  elsewhere.speaks_bgp = true;
  desk.commit({{{Kind::agent, elsewhere.id.uuid, elsewhere}}});
  EXPECT_EQ(hosts_of(desk.cloud, at<BgpSpeaker>(speaker)), std::set<std::string>{"with"});
  const AgentId id = (*desk.cloud.agent_on("with"))->id;
  EXPECT_EQ(test::reason(desk.update(id, {{"admin_state_up", false}})), "admitted");
  EXPECT_EQ(hosts_of(desk.cloud, at<BgpSpeaker>(speaker)), std::set<std::string>{});
}

}  // namespace
}  // namespace tarn::model
