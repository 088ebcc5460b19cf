// What holds after any requests whatever about routers and what stands on them: no row stands on one that is gone, no
// address is given twice, and what reaches an instance has a router that can.
#include <map>
#include <set>

#include "admission.h"
#include "model/admit/routing.h"
#include "random_cloud.h"

namespace tarn::model {
namespace {

using boost::json::array;
using test::Desk;
using test::Given;
using test::RandomCloud;
using test::reason;

bool is_there(const Snapshot& cloud, const Uuid& id) {
  bool found = false;
  Rows::each([&]<class R>(std::type_identity<R>) { found = found || cloud.find<R>(id) != nullptr; });
  return found;
}

// A port's device may be anything that its owner says, and groups stand on the ids of their numbers; every other
// reference is to a row.
void expect_no_dangling(const Snapshot& cloud) {
  Rows::each([&]<class R>(std::type_identity<R>) {
    for (const auto& [id, row] : cloud.table<R>()) {
      if constexpr (
          R::kind != Kind::port && !requires { row->number; } && requires { refer([](const Uuid&) {}, *row); })
        refer([&](const Uuid& to) { EXPECT_TRUE(is_there(cloud, to)) << R::word << " stands on nothing"; }, *row);
    }
  });
}

void expect_addresses_once(const Snapshot& cloud) {
  std::set<Snapshot::SubnetAndIp> addresses;
  for (const auto& [id, port] : cloud.ports()) {
    ASSERT_NE(cloud.find(port->network), nullptr);
    for (const FixedIp& ip : port->fixed_ips) {
      ASSERT_NE(cloud.find(ip.subnet), nullptr) << "an address of no subnet";
      EXPECT_TRUE(addresses.insert({ip.subnet.uuid, ip.address}).second) << "an address given out twice";
    }
  }
  EXPECT_EQ(cloud.addresses().size(), addresses.size());
}

void expect_reachable(const Snapshot& cloud) {
  std::set<std::pair<NetworkId, Ip>> outside;
  for (const auto& [id, floating] : cloud.table<FloatingIp>()) {
    EXPECT_TRUE(outside.insert({floating->network, floating->address}).second) << "a floating IP given out twice";
    EXPECT_TRUE(admission::has_address(**cloud.find(floating->own_port), floating->address));
    EXPECT_EQ(floating->port.has_value(), floating->fixed_address.has_value());
    EXPECT_TRUE(!floating->port || floating->router);
    if (floating->port) {
      EXPECT_TRUE(admission::has_address(**cloud.find(*floating->port), *floating->fixed_address));
    }
    if (floating->router) {
      const Router& router = **cloud.find<Router>(floating->router->uuid);
      EXPECT_NE(admission::gateway_to(router, floating->network), nullptr) << "a floating IP without a way out";
      EXPECT_TRUE(floating->port || cloud.is_referred(id, Kind::port_forwarding));
    }
  }
  for (const auto& [id, forwarding] : cloud.table<PortForwarding>()) {
    EXPECT_TRUE(admission::has_address(**cloud.find(forwarding->internal_port), forwarding->internal_address));
    EXPECT_TRUE((**cloud.find<FloatingIp>(forwarding->floatingip.uuid)).router);
  }
}

// What a router routes between is apart.
void expect_apart(const Snapshot& cloud) {
  for (const auto& [id, router] : cloud.table<Router>()) {
    std::vector<Prefix> links;
    for (const Port* port : admission::interfaces_of(cloud, router->id))
      for (const FixedIp& ip : port->fixed_ips) links.push_back((**cloud.find(ip.subnet)).cidr);
    for (std::size_t i = 0; i < links.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(links[i].overlaps(links[j])) << "one router, two meanings";
    for (const Gateway& gateway : router->gateways) {
      EXPECT_EQ((**cloud.find(gateway.port)).network, gateway.network);
      EXPECT_TRUE((**cloud.find(gateway.network)).external);
    }
  }
}

class RandomRouting {
 public:
  RandomRouting(unsigned seed, const Snapshot& cloud) : chance_(seed), cloud_(cloud) {}

  Batch batch(std::int64_t now_ms) {
    Batch batch;
    for (unsigned i = below(4) == 0 ? 2 : 1; i > 0; --i) batch.requests.push_back(request());
    batch.caller = below(3) != 0 ? test::admin() : test::tenant(below(2) == 0 ? "blue" : "red");
    batch.now_ms = now_ms;
    batch.chance = chance_.below(1'000'000);
    return batch;
  }

 private:
  unsigned below(unsigned bound) { return chance_.below(bound); }

  // One that is there, mostly.
  template <class R>
  std::string any() {
    const auto& table = cloud_.table<R>();
    if (table.size() == 0 || below(12) == 0) return RandomCloud::id(R::kind, 99).text();
    auto at = table.begin();
    for (auto i = below(static_cast<unsigned>(table.size())); i > 0; --i) ++at;
    return (*at).first.text();
  }
  std::string outside_ip() { return "203.0.113." + std::to_string(below(8)); }
  std::string inside_ip() { return "10." + std::to_string(below(3)) + ".0." + std::to_string(1 + below(6)); }

  static Request made(Verb verb, Kind kind, const std::string& id, Given given) {
    return {verb, kind, Uuid::parse(id).value(), std::move(given), std::nullopt};
  }
  template <class R>
  Request create(Given given) {
    return made(Verb::create, R::kind, RandomCloud::id(R::kind, below(6)).text(), std::move(given));
  }
  template <class R>
  Request update(Given given) {
    return made(Verb::update, R::kind, any<R>(), std::move(given));
  }
  template <class R>
  Request remove() {
    return made(Verb::remove, R::kind, any<R>(), {});
  }

  Request request() {
    switch (below(11)) {
      case 0:
        return network();
      case 1:
        return subnet();
      case 2:
      case 3:
        return port();
      case 4:
      case 5:
      case 6:
        return router();
      case 7:
      case 8:
        return floating();
      case 9:
        return local();
      default:
        return forwarding();
    }
  }
  Request network() {
    if (below(8) == 0) return remove<Network>();
    if (below(4) == 0) return update<Network>({{"external", below(2) == 0}});
    return create<Network>({{"external", below(2) == 0}, {"shared", true}});
  }
  Request subnet() {
    if (below(6) == 0) return remove<Subnet>();
    static constexpr const char* cidrs[] = {"203.0.113.0/29", "10.0.0.0/28", "10.1.0.0/28", "10.1.0.0/20"};
    return create<Subnet>({{"network", any<Network>()}, {"cidr", cidrs[below(4)]}});
  }
  Request port() {
    if (below(4) == 0) return remove<Port>();
    if (below(4) == 0) return update<Port>({{"fixed_ips", array{Given{{"address", inside_ip()}}}}});
    if (below(4) == 0) return update<Port>({{"device_id", below(2) == 0 ? "" : any<Router>()}});
    if (below(4) == 0) return update<Port>({{"device_owner", below(2) == 0 ? "" : "network:router_interface"}});
    return create<Port>({{"network", any<Network>()}});
  }
  Given gateway() {
    Given given{{"network", any<Network>()}};
    if (below(3) == 0) given["fixed_ips"] = array{Given{{"address", outside_ip()}}};
    return given;
  }
  Request router() {
    switch (below(9)) {
      case 0:
        return remove<Router>();
      case 1:
        return create<Router>({{"gateway", gateway()}});
      case 2:
        return update<Router>({{"gateway", nullptr}});
      case 3:
        return update<Router>({{below(2) == 0 ? "add_gateways" : "external_gateways", array{gateway()}}});
      case 4:
        return update<Router>({{"remove_interface", Given{{"port", any<Port>()}}}});
      case 5:
        return update<Router>({{"add_interface", Given{{"port", any<Port>()}}}});
      case 6:
        return update<Router>({{"gateway", gateway()}});
      default:
        return update<Router>({{"add_interface", Given{{"subnet", any<Subnet>()}}}});
    }
  }
  Request floating() {
    if (below(8) == 0) return remove<FloatingIp>();
    if (below(2) == 0)
      return update<FloatingIp>({{"port", below(4) == 0 ? boost::json::value() : boost::json::value(any<Port>())}});
    Given given{{"network", any<Network>()}};
    if (below(4) == 0) given["address"] = outside_ip();
    if (below(4) == 0) given["port"] = any<Port>();
    return create<FloatingIp>(std::move(given));
  }
  Request local() {
    if (below(5) == 0) return remove<LocalIp>();
    if (below(5) == 0) return remove<LocalIpAssociation>();
    if (below(3) == 0) return create<LocalIpAssociation>({{"local_ip", any<LocalIp>()}, {"fixed_port", any<Port>()}});
    if (below(2) == 0) return create<LocalIp>({{"local_port", any<Port>()}});
    return create<LocalIp>({{"network", any<Network>()}});
  }
  Request forwarding() {
    if (below(4) == 0) return remove<PortForwarding>();
    const int port = static_cast<int>(1 + below(4));
    return create<PortForwarding>({{"floatingip", any<FloatingIp>()},
                                   {"internal_port", any<Port>()},
                                   {"protocol", "tcp"},
                                   {"external_ports", array{port, port + 1}},
                                   {"internal_ports", array{port, port}}});
  }

  RandomCloud chance_;
  const Snapshot& cloud_;
};

// Most of what is random comes to nothing where there is nothing: each cloud begins with a way out of a network.
void begin(Desk& desk) {
  desk.caller = test::admin();
  const NetworkId outside = desk.network({{"external", true}, {"shared", true}}).value();
  const NetworkId inside = desk.network({{"shared", true}}).value();
  ASSERT_TRUE(desk.subnet(outside, "203.0.113.0/28"));
  const SubnetId subnet = desk.subnet(inside, "10.2.0.0/28").value();
  const Uuid router = desk.create(Kind::router, {{"gateway", Given{{"network", outside.text()}}}}).value();
  ASSERT_TRUE(desk.run(
      {{Verb::update, Kind::router, router, {{"add_interface", Given{{"subnet", subnet.text()}}}}, std::nullopt}}));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(desk.port(inside));
}

TEST(RoutingLaws, RandomBatchesLeaveNothingDanglingNorGiveAnAddressTwice) {
  std::map<std::string, int> reasons;
  for (unsigned seed = 0; seed < 40; ++seed) {
    Desk desk;
    begin(desk);
    RandomRouting requests(seed, desk.cloud);
    for (int step = 0; step < 400; ++step) {
      const Result<Change> change = admit(desk.cloud, requests.batch(1000 + step), desk.limits);
      ++reasons[reason(change)];
      if (!change) continue;
      desk.commit(*change);
      expect_no_dangling(desk.cloud);
      expect_addresses_once(desk.cloud);
      expect_reachable(desk.cloud);
      expect_apart(desk.cloud);
      ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed << " step " << step;
    }
  }
  EXPECT_GT(reasons["admitted"], 1000);
  for (const char* reached :
       {"BadRequest", "RouterInUse", "PortInUse", "ServicePortInUse", "ExternalNetworkInUse", "NetworkInUse",
        "RouterInterfaceInUseByFloatingIP", "RouterExternalGatewayInUseByFloatingIp", "FipInUseByPortForwarding",
        "ExternalGatewayForFloatingIPNotFound", "FloatingIPPortAlreadyAssociated", "IpAddressAlreadyAllocated"}) {
    EXPECT_GT(reasons[reached], 0) << reached;
  }
}

}  // namespace
}  // namespace tarn::model
