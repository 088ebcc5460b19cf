// IPv6 as instances live it: the kernel's own autoconfiguration from our advertisements, a real DHCPv6 client, and
// neighbours that find each other across hosts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <fstream>

#include "live/steps.h"
#include "support/dhclient.h"

namespace tarn::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace json = boost::json;

// What dhclient calls with each event; it must not touch the machine's resolv.conf, as Debian's own script would.
constexpr const char* dhclient_script = R"(#!/bin/sh
case "$reason" in
BOUND6 | RENEW6 | REBIND6) ip -6 addr replace "$new_ip6_address/64" dev "$interface" nodad ;;
esac
exit 0
)";

class Ipv6 : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { cloud = new LiveCloud(2); }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
  }

  static std::string make_network(const std::string& name, const std::string& cidr, const std::string& mode) {
    const json::value made = cloud->ask("POST", "/v2.0/networks", json::object{{"network", {{"name", name}}}});
    const std::string id = text_at(made.at("network"), "id");
    cloud->ask("POST", "/v2.0/subnets",
               json::object{{"subnet",
                             {{"network_id", id},
                              {"ip_version", 6},
                              {"cidr", cidr},
                              {"ipv6_ra_mode", mode},
                              {"ipv6_address_mode", mode},
                              {"dns_nameservers", json::array{"fd00::53"}}}}});
    return id;
  }
  static sandbox::Instance boot_bare(const std::string& name, const std::string& network, int host) {
    const Result<sandbox::Instance> booted = cloud->sandbox().boot({name, host, network, false});
    EXPECT_TRUE(booted.has_value()) << booted.error().message;
    return *booted;
  }
  static std::string addresses(const std::string& name) {
    return run_inside(*cloud, name, {"ip", "-6", "addr", "show", "dev", "eth0"}).output;
  }
  static bool gets(const std::string& name, const std::string& line) {
    return await([&] {
      const std::string shown = addresses(name);
      return shown.find(line) != std::string::npos && shown.find("tentative") == std::string::npos;
    });
  }

  static inline LiveCloud* cloud = nullptr;
};

TEST_F(Ipv6, TheKernelConfiguresItsPortsAddressAndPingsAcrossHosts) {
  const std::string network = make_network("slaac", "fd00:51::/64", "slaac");
  const sandbox::Instance one = boot_bare("slaac-1", network, 1);
  const sandbox::Instance two = boot_bare("slaac-2", network, 2);
  for (const sandbox::Instance& instance : {one, two}) {
    ASSERT_EQ(instance.addresses.size(), 1U);
    EXPECT_TRUE(gets(instance.name, "inet6 " + instance.addresses.front() + "/64 scope global dynamic"))
        << instance.name << " " << instance.addresses.front() << "\n"
        << addresses(instance.name);
    EXPECT_EQ(run_inside(*cloud, instance.name, {"cat", "/proc/sys/net/ipv6/conf/eth0/mtu"}).output, "1450\n");
    // Nothing routes for this network, so nobody is offered as a default router.
    EXPECT_EQ(run_inside(*cloud, instance.name, {"ip", "-6", "route", "show", "default"}).output, "");
  }
  EXPECT_TRUE(reaches(*cloud, "slaac-1", two.addresses.front()));
  EXPECT_TRUE(reaches(*cloud, "slaac-2", one.addresses.front()));
  // The owner alone hears the solicitation, and answers with its own MAC.
  const sandbox::Finished asked = run_inside(*cloud, "slaac-1", {"ndisc6", "-1", "-q", two.addresses.front(), "eth0"});
  EXPECT_EQ(asked.exit_code, 0) << asked.complaint;
  std::string mac = two.mac;
  std::transform(mac.begin(), mac.end(), mac.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  EXPECT_THAT(asked.output, HasSubstr(mac));
  // Nobody's address is nobody's.
  EXPECT_NE(run_inside(*cloud, "slaac-1", {"ndisc6", "-1", "-r", "1", "-w", "300", "fd00:51::dead", "eth0"}).exit_code,
            0);
}

TEST_F(Ipv6, DhclientTakesItsPortsAddressWhereTheSubnetIsStateful) {
  const std::string network = make_network("stateful", "fd00:52::/64", "dhcpv6-stateful");
  const std::string script = cloud->folder() / "dhclient.sh";
  std::ofstream(script) << dhclient_script;
  chmod(script.c_str(), S_IRWXU);
  std::vector<sandbox::Instance> instances;
  for (const int host : {1, 2}) {
    const std::string name = "stateful-" + std::to_string(host);
    instances.push_back(boot_bare(name, network, host));
    const std::string address = instances.back().addresses.front();
    ASSERT_TRUE(gets(name, "inet6 fe80::"));
    const std::string base = cloud->folder() / name;
    std::ofstream(base + ".conf") << "timeout 10;\nrequest dhcp6.name-servers;\n";
    const sandbox::Finished client = run_inside(*cloud, name, test::dhclient("-6", base, script));
    ASSERT_EQ(client.exit_code, 0) << client.output << client.complaint;
    std::ifstream file(base + ".leases");
    const std::string lease{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(lease, HasSubstr("iaaddr " + address + " {"));
    EXPECT_THAT(lease, HasSubstr("option dhcp6.name-servers fd00::53;"));
    // The advertisement says "ask", so the kernel made no address of its own.
    EXPECT_THAT(addresses(name), HasSubstr("inet6 " + address + "/64"));
    EXPECT_THAT(addresses(name), Not(HasSubstr("dynamic")));
  }
  EXPECT_TRUE(reaches(*cloud, "stateful-1", instances[1].addresses.front()));
  EXPECT_TRUE(reaches(*cloud, "stateful-2", instances[0].addresses.front()));
}

}  // namespace
}  // namespace tarn::testing
