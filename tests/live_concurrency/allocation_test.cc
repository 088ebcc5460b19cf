// What exists once is given once, and all of it is given before anybody is refused.
#include <set>

#include "base/address.h"
#include "live_concurrency/crowded_cloud.h"

namespace tarn::server {
namespace {

std::string address_of(const Told& port) {
  return json::value_to<std::string>(port["fixed_ips"].at(0).at("ip_address"));
}

template <class Of>
std::set<std::string> each_once(const std::vector<Told>& told, Of of) {
  std::set<std::string> seen;
  for (const Told& each : told)
    if (each.done()) {
      EXPECT_TRUE(seen.insert(of(each)).second) << of(each) << " was given twice";
    }
  return seen;
}

class Allocation : public CrowdedCloud {};

TEST_F(Allocation, GivesEachAddressOfASubnetOnceAndAllOfThem) {
  const Client client = of("p");
  const Net small = net(client, "10.0.0.0/27");
  const auto told = at_once([&](std::size_t, Chance&) { return client.make("port", {{"network_id", small.network}}); });
  EXPECT_EQ(each_once(told, address_of).size(), 29U) << "30 and the gateway's";
  EXPECT_EQ(count(told, "IpAddressGenerationFailure"), clients - 29);
}

TEST_F(Allocation, GivesAWantedAddressToOneOfThoseWhoWantIt) {
  const Client client = of("p");
  const Net small = net(client, "10.0.0.0/26");
  const auto told = at_once([&](std::size_t n, Chance& chance) {
    json::object wish{{"network_id", small.network}};
    const std::string wanted = "10.0.0." + std::to_string(2 + chance() % 20);
    if (n % 2 == 0) wish["fixed_ips"] = json::array{{{"subnet_id", small.subnet}, {"ip_address", wanted}}};
    return client.make("port", std::move(wish));
  });
  each_once(told, address_of);
  EXPECT_EQ(done(told) + count(told, "IpAddressAlreadyAllocated"), clients);
  for (std::size_t n = 1; n < clients; n += 2) EXPECT_TRUE(told[n].done()) << "whoever takes any address gets one";
}

TEST_F(Allocation, CutsASubnetPoolIntoPiecesThatDoNotOverlap) {
  const Client client = of("p");
  const std::string pool =
      client
          .make("subnetpool", {{"name", "pool"}, {"prefixes", json::array{"10.64.0.0/22"}}, {"default_prefixlen", 26}})
          .id();
  const auto told = at_once([&](std::size_t, Chance&) {
    const std::string network = client.make("network", {}).id();
    return client.make("subnet", {{"network_id", network}, {"subnetpool_id", pool}, {"ip_version", 4}});
  });
  const auto cidr = [](const Told& subnet) { return json::value_to<std::string>(subnet["cidr"]); };
  EXPECT_EQ(each_once(told, cidr).size(), 16U);
  EXPECT_EQ(count(told, "SubnetAllocationError"), clients - 16);
}

TEST_F(Allocation, GivesEachFloatingIpOnce) {
  const Net outside = net(root(), "203.0.113.0/27", {{"router:external", true}});
  const auto told = at_once([&](std::size_t n, Chance&) {
    return of("p" + std::to_string(n % 4)).make("floatingip", {{"floating_network_id", outside.network}});
  });
  const auto address = [](const Told& floating) {
    return json::value_to<std::string>(floating["floating_ip_address"]);
  };
  EXPECT_EQ(each_once(told, address).size(), 29U);
  EXPECT_EQ(count(told, "IpAddressGenerationFailure") + count(told, "ExternalIpAddressExhausted"), clients - 29);
}

TEST_F(Allocation, GivesEachVlanOnce) {
  const Client client = root();
  const auto told = at_once([&](std::size_t, Chance&) {
    return client.make("network", {{"provider:network_type", "vlan"}, {"provider:physical_network", "physnet1"}});
  });
  const auto number = [](const Told& network) { return json::serialize(network["provider:segmentation_id"]); };
  EXPECT_EQ(each_once(told, number).size(), 32U);
  EXPECT_EQ(count(told, "NoNetworkAvailable"), clients - 32);
}

}  // namespace
}  // namespace tarn::server
