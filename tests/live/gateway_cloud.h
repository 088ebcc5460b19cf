// The cloud of the suite Gateway: three hosts, one router between a tenant's network and the outside, instances with
// floating IPs ("named1", "beside1" on host 1, "named2" on host 2) and without ("plain1", "plain2"); host 3 has none,
// and may be a gateway all the same. Raised once; each test leaves these as it found them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <string>

#include "live/calls.h"
#include "live/outside.h"
#include "live/steps.h"
#include "live/traffic.h"

namespace tarn::testing {

struct Floating {
  std::string id;
  Ip address;
  Mac mac;  // of its own port: who has the address outside
};

class Gateway : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  // Whatever a test did: nothing was ever seen outside that the tenant calls its own.
  void TearDown() override;

  static std::string make_network(const std::string& name, const std::string& cidr);
  static std::string make_router(const std::string& name, const std::string& network, bool enable_snat = true);
  static std::string make_group(const std::string& name, bool lets_in);
  // Each of its subnets is from a pool of its own, which is of no address scope yet; as those of the external network.
  static std::string make_pooled_network(const std::string& name, const std::string& cidr, const std::string& cidr6);
  static std::string pool_of(const std::string& network, int ip_version);
  static std::string make_scope(int ip_version);
  static void set_scope(const std::string& pool, const std::string& scope);  // {}: of none any more
  static void boot_behind(const std::string& name, const std::string& network, int host, const std::string& gateway);
  static Floating make_floating(const std::string& name);
  // To an instance, or with {} from whoever has it.
  static void move_floating(const Floating& floating, const std::string& name);
  static void set_group(const std::string& name, const std::string& group);
  static void set_router(const std::string& router, const boost::json::object& given);
  // By way of being administratively down, as clients have to.
  static void set_distributed(const std::string& router, bool distributed);
  // What was asked of the API is in all switches and in what they remember of packets.
  static void settle();

  // Since it was last asked: packets outside with a source that the tenant calls its own.
  static std::size_t newly_witnessed();

  static Ip external_address(const std::string& router, Family family = Family::v4);
  static Mac port_mac(const std::string& owner, const std::string& device);
  static std::string netns(const std::string& name);
  static Ip fixed(const std::string& name, Family family = Family::v4);
  static Ip seen_as(const std::string& name);  // outside, and by a floating IP
  static sandbox::Finished inside(const std::string& name, std::vector<std::string> argv);

  // The outside, a network, and the way back to it by a router have IPv6, too: the first before routers are made that
  // are to have it outside. Instances have it by autoconfiguration, as hosts have.
  static void add_ipv6_outside();
  static void add_ipv6(const std::string& network, const std::string& cidr);
  static void lead_ipv6(const std::string& cidr, const std::string& router);
  static bool learns_ipv6_route(const std::string& name);  // waits for the advertisement of its router
  static Ip internet6();
  // Both ways, by its own address.
  static TrafficPair by_ipv6(const std::string& name);
  // Agents and the server are killed and come back. Meanwhile the kernel outside asks again who has which address there
  // (RFC 4861 section 7.3), and is answered by a switch.
  static void away_while_asked_again();

  // Whatever `happens`, nothing is lost on the way out by the router's address, nor by floating IPs, out and in.
  static void nothing_is_lost(const std::function<void()>& happens);

  static inline LiveCloud* cloud = nullptr;
  static inline Outside* outside = nullptr;
  static inline Nic* witness = nullptr;
  static inline std::size_t witnessed = 0;
  static inline std::string external, tenant, router, open_group, closed_group, outer_pool, outer_pool6;
  static inline std::map<std::string, sandbox::Instance> instances;
  static inline std::map<std::string, Floating> floating;
};

}  // namespace tarn::testing
