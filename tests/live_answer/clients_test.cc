// What the clients that workloads really run make of our answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <optional>
#include <sstream>

#include "answer/sample.h"
#include "live_answer/lab.h"
#include "support/dhclient.h"
#include "support/temp_dir.h"

namespace tarn::answer {
namespace {

using testing::HasSubstr;

void write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::string read_all(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class Clients : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "network namespaces need root";
    lab_.emplace(sample_port());
  }
  Finished dhclient(const std::string& family, const std::string& config) {
    write(dir_.file("client.conf"), config);
    return lab_->run_in_workload(test::dhclient(family, dir_.file("client"), "/bin/true"));
  }

  test::TempDir dir_;
  std::optional<Lab> lab_;
};

TEST_F(Clients, DhclientTakesAnIpv4LeaseWithItsRoutes) {
  const Finished client = dhclient("-4",
                                   "option rfc3442-classless-static-routes code 121 = array of unsigned integer 8;\n"
                                   "timeout 10;\n"
                                   "request subnet-mask, routers, domain-name-servers, domain-name, interface-mtu, "
                                   "host-name, rfc3442-classless-static-routes;\n");
  ASSERT_EQ(client.code, 0) << client.output;
  const std::string lease = read_all(dir_.file("client.leases"));
  for (const char* line :
       {"fixed-address 10.0.0.5;", "option subnet-mask 255.255.255.0;", "option routers 10.0.0.1;",
        "option domain-name-servers 10.0.0.2,8.8.8.8;", "option interface-mtu 1450;", "option host-name \"vm-5\";",
        "option domain-name \"example.org\";", "option dhcp-server-identifier 10.0.0.2;",
        "option rfc3442-classless-static-routes 32,169,254,169,254,0,0,0,0,16,192,168,10,0,0,9,0,10,0,0,1;"}) {
    EXPECT_THAT(lease, HasSubstr(line));
  }
}

TEST_F(Clients, DhclientTakesAnIpv6Lease) {
  const Finished client = dhclient("-6", "timeout 10;\nrequest dhcp6.name-servers, dhcp6.domain-search;\n");
  ASSERT_EQ(client.code, 0) << client.output;
  const std::string lease = read_all(dir_.file("client.leases"));
  for (const char* line : {"iaaddr 2001:db8::5 {", "option dhcp6.name-servers 2001:db8::53;",
                           "option dhcp6.domain-search \"example.org.\";", "max-life 7200;"}) {
    EXPECT_THAT(lease, HasSubstr(line));
  }
}

TEST_F(Clients, UdhcpcTakesAnIpv4Lease) {
  write(dir_.file("script"), "#!/bin/sh\n[ \"$1\" = bound ] && env > " + dir_.file("env") + "\nexit 0\n");
  chmod(dir_.file("script").c_str(), 0755);
  const Finished client = lab_->run_in_workload(
      {"udhcpc", "-i", "eth0", "-n", "-q", "-f", "-O", "mtu", "-O", "staticroutes", "-s", dir_.file("script")});
  ASSERT_EQ(client.code, 0) << client.output;
  const std::string told = read_all(dir_.file("env"));
  for (const char* line : {"ip=10.0.0.5\n", "mask=24\n", "router=10.0.0.1\n", "dns=10.0.0.2 8.8.8.8\n", "mtu=1450\n",
                           "lease=3600\n", "hostname=vm-5\n", "domain=example.org\n",
                           "staticroutes=169.254.169.254/32 0.0.0.0 192.168.0.0/16 10.0.0.9 0.0.0.0/0 10.0.0.1\n"}) {
    EXPECT_THAT(told, HasSubstr(line));
  }
}

TEST_F(Clients, Rdisc6SeesTheAdvertisement) {
  const Finished client = lab_->run_in_workload({"rdisc6", "-1", "eth0"});
  ASSERT_EQ(client.code, 0) << client.output;
  for (const char* part :
       {"Prefix                   : 2001:db8::/64", "Prefix                   : 2001:db8:1::/64", "1450 bytes",
        "2001:db8::53", "2001:db8::54", "example.org", "0E:11:22:33:44:55", "from fe80::c11:22ff:fe33:4455"}) {
    EXPECT_THAT(client.output, HasSubstr(part));
  }
}

TEST_F(Clients, TheKernelConfiguresItselfFromTheAdvertisement) {
  const int events = lab_->address_events();
  // Raising the link anew makes the kernel solicit.
  ASSERT_EQ(lab_->run_in_workload({"ip", "link", "set", "eth0", "down"}).code, 0);
  ASSERT_EQ(lab_->run_in_workload({"ip", "link", "set", "eth0", "addrgenmode", "eui64", "up"}).code, 0);
  std::string shown;
  constexpr int wait_ms = 10'000;
  pollfd changed{.fd = events, .events = POLLIN, .revents = 0};
  while (shown.find("2001:db8::f816:3eff:fe00:5/64") == std::string::npos && poll(&changed, 1, wait_ms) == 1) {
    std::array<char, 4096> passed_over{};
    while (recv(events, passed_over.data(), passed_over.size(), 0) > 0) continue;
    shown = lab_->run_in_workload({"ip", "-6", "address", "show", "dev", "eth0"}).output;
  }
  close(events);
  EXPECT_THAT(shown, HasSubstr("2001:db8::f816:3eff:fe00:5/64"));
  EXPECT_EQ(shown.find("2001:db8:1:"), std::string::npos);  // not autonomous
  EXPECT_THAT(lab_->run_in_workload({"ip", "-6", "route"}).output, HasSubstr("default via fe80::c11:22ff:fe33:4455"));
}

}  // namespace
}  // namespace tarn::answer
