// Debian's own `openstack` command against the real server: what an administrator types, its answers and exit codes.
// The command takes a second to load its modules, so a session of it runs many lines, as `openstack` itself does when
// it is started without words; a single line of the plain program proves that the session is no other thing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/json.hpp>
#include <fstream>

#include "live/steps.h"

namespace tarn::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
namespace json = boost::json;

constexpr const char* session_program = R"(
import contextlib, io, json, sys
from openstackclient import shell
answers = []
for line in json.load(open(sys.argv[1])):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = shell.main(line)
        except SystemExit as end:
            code = end.code
    answers.append({"code": code, "out": out.getvalue(), "err": err.getvalue()})
json.dump(answers, sys.stdout)
)";

struct Told {
  std::int64_t code = 0;
  std::string out;
  std::string err;
  [[nodiscard]] json::value value() const { return json::parse(out); }
};

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream text(line);
  return {std::istream_iterator<std::string>(text), {}};
}

std::vector<std::string> column(const json::value& rows, const std::string& key) {
  std::vector<std::string> values;
  for (const json::value& row : rows.as_array()) values.push_back(text_at(row, key));
  return values;
}

class Openstack : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cloud = new LiveCloud(2);
    std::ofstream(cloud->folder() / "clouds.yaml") << sandbox::clouds_yaml(cloud->sandbox());
    std::ofstream(cloud->folder() / "session.py") << session_program;
    setenv("OS_CLIENT_CONFIG_FILE", (cloud->folder() / "clouds.yaml").c_str(), 1);
    setenv("OS_CLOUD", "tarn", 1);
  }
  static void TearDownTestSuite() {
    delete cloud;
    cloud = nullptr;
  }

  static std::vector<Told> session(const std::vector<std::string>& lines) {
    json::array asked;
    for (const std::string& line : lines) asked.push_back(json::value_from(words_of(line)));
    const std::filesystem::path file = cloud->folder() / "session.json";
    std::ofstream(file) << json::serialize(asked);
    const sandbox::Finished done = run({"/usr/bin/python3", cloud->folder() / "session.py", file});
    EXPECT_EQ(done.exit_code, 0) << done.complaint;
    std::vector<Told> told;
    const json::value answers = json::parse(done.output);
    for (const json::value& answer : answers.as_array()) {
      told.push_back({answer.at("code").as_int64(), text_at(answer, "out"), text_at(answer, "err")});
    }
    return told;
  }

  static inline LiveCloud* cloud = nullptr;
};

TEST_F(Openstack, AnAdministratorsDay) {
  const std::vector<Told> told = session({
      /* 0 */ "network create -f json --description sea blue",
      /* 1 */
      "network create -f json --provider-network-type vlan --provider-physical-network physnet1 "
      "--provider-segment 123 street",
      /* 2 */ "subnet create -f json --network blue --subnet-range 10.9.0.0/24 --dns-nameserver 10.9.0.53 blue4",
      /* 3 */
      "subnet create -f json --network blue --subnet-range fd00:9::/64 --ip-version 6 "
      "--ipv6-ra-mode slaac --ipv6-address-mode slaac blue6",
      /* 4 */ "port create -f json --network blue --fixed-ip subnet=blue4,ip-address=10.9.0.77 --host host1 door",
      /* 5 */ "port create -f json --network street window",
      /* 6 */ "network list -f json --provider-network-type vlan",
      /* 7 */ "port list -f json --network blue --host host1",
      /* 8 */ "subnet list -f json --ip-version 6",
      /* 9 */ "port set --name gate --disable door",
      /* 10 */ "port show -f json gate",
      /* 11 */ "subnet set --dns-nameserver 10.9.0.54 blue4",
      /* 12 */ "subnet show -f json blue4",
      /* 13 */ "network delete blue",
      /* 14 */ "port delete gate window",
      /* 15 */ "network delete blue street",
      /* 16 */ "network list -f json",
      /* 17 */ "subnet list -f json",
  });
  ASSERT_EQ(told.size(), 18U);
  for (std::size_t line = 0; line < told.size(); ++line) {
    EXPECT_EQ(told[line].code, line == 13 ? 1 : 0) << line << ": " << told[line].err;
  }
  const json::value blue = told[0].value();
  EXPECT_EQ(text_at(blue, "description"), "sea");
  EXPECT_EQ(text_at(blue, "provider:network_type"), "vxlan");
  EXPECT_EQ(blue.at("mtu"), 1450);
  EXPECT_EQ(blue.at("admin_state_up"), true);
  const json::value street = told[1].value();
  EXPECT_EQ(text_at(street, "provider:physical_network"), "physnet1");
  EXPECT_EQ(street.at("provider:segmentation_id"), 123);
  EXPECT_EQ(street.at("mtu"), 1500);
  EXPECT_EQ(text_at(told[2].value(), "gateway_ip"), "10.9.0.1");
  EXPECT_EQ(told[2].value().at("allocation_pools"),
            json::array({json::object{{"start", "10.9.0.2"}, {"end", "10.9.0.254"}}}));
  EXPECT_EQ(text_at(told[3].value(), "ipv6_ra_mode"), "slaac");
  const json::value door = told[4].value();
  EXPECT_EQ(text_at(door, "binding_host_id"), "host1");
  EXPECT_EQ(text_at(door, "binding_vif_type"), "ovs");
  EXPECT_EQ(text_at(door, "status"), "DOWN");  // nothing is plugged
  EXPECT_THAT(column(door.at("fixed_ips"), "ip_address"), ElementsAre("10.9.0.77", HasSubstr("fd00:9::")));
  EXPECT_EQ(told[5].value().at("fixed_ips"), json::array());
  EXPECT_THAT(column(told[6].value(), "Name"), ElementsAre("street"));
  EXPECT_THAT(column(told[7].value(), "Name"), ElementsAre("door"));
  EXPECT_THAT(column(told[8].value(), "Subnet"), ElementsAre("fd00:9::/64"));
  EXPECT_EQ(told[10].value().at("admin_state_up"), false);
  EXPECT_EQ(text_at(told[10].value(), "id"), text_at(door, "id"));
  // The command puts what it adds before what was there, and the order is the order of asking.
  EXPECT_EQ(told[12].value().at("dns_nameservers"), json::array({"10.9.0.54", "10.9.0.53"}));
  EXPECT_THAT(told[13].err, AllOf(HasSubstr("409"), HasSubstr(text_at(door, "id"))));  // says which port is in the way
  EXPECT_EQ(told[16].value(), json::array());
  EXPECT_EQ(told[17].value(), json::array());
}

TEST_F(Openstack, WhatCannotBeIsSaidInTheServersWords) {
  const std::vector<Told> told = session({
      "network create net",
      "subnet create --network net --subnet-range 10.1.0.0/24 one",
      "subnet create --network net --subnet-range 10.1.0.128/25 two",
      "network create --provider-network-type vlan --provider-physical-network nowhere --provider-segment 5 far",
      "port create --network net --fixed-ip ip-address=10.7.7.7 lost",
      "network show nosuch",
      "network delete net",
  });
  ASSERT_EQ(told.size(), 7U);
  std::vector<std::int64_t> codes;
  for (const Told& one : told) codes.push_back(one.code);
  EXPECT_THAT(codes, ElementsAre(0, 0, 1, 1, 1, 1, 0));
  EXPECT_THAT(told[2].err, AllOf(HasSubstr("400"), HasSubstr("overlaps")));
  EXPECT_THAT(told[3].err, AllOf(HasSubstr("400"), HasSubstr("nowhere")));
  EXPECT_THAT(told[4].err, AllOf(HasSubstr("400"), HasSubstr("10.7.7.7")));
  EXPECT_THAT(told[5].err, HasSubstr("nosuch"));
}

TEST_F(Openstack, TheProgramItselfListsTheAgents) {
  const sandbox::Finished done = run({"/usr/bin/openstack", "network", "agent", "list", "-f", "json"});
  ASSERT_EQ(done.exit_code, 0) << done.complaint;
  const json::value agents = json::parse(done.output);
  EXPECT_THAT(column(agents, "Host"), UnorderedElementsAre("host1", "host2"));
  EXPECT_THAT(column(agents, "Binary"), ElementsAre("tarn-agent", "tarn-agent"));
  for (const json::value& agent : agents.as_array()) {
    EXPECT_EQ(agent.at("Alive"), true);
    EXPECT_EQ(agent.at("State"), true);
  }
}

}  // namespace
}  // namespace tarn::testing
