// The packet walker of the simulation against a real Open vSwitch: random tables, random packets, and ofproto/trace as
// the oracle. They take the same way through the tables, leave by the same ports in the same order, look the same at
// each of them, and leave the same registers behind.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "live_oracle/random_tables.h"
#include "live_oracle/trace.h"
#include "support/json_rpc.h"
#include "support/oracle_seed.h"
#include "support/private_switch.h"

namespace tarn::test {
namespace {

namespace of = wire::of;
using sim::Packet;

constexpr int rounds = 250;
constexpr std::size_t flows_in_a_round = 150;
constexpr int packets_in_a_round = 100;

class PipelineOracle : public testing::Test {
 protected:
  void SetUp() override {
    switch_.add_bridge("br-int");
    std::vector<std::string> command;
    for (const std::uint32_t port : RandomTables::in_ports) {
      const std::string name = "tap" + std::to_string(port);
      command.insert(command.end(), {"--", "add-port", "br-int", name, "--", "set", "interface", name, "type=internal",
                                     "ofport_request=" + std::to_string(port)});
    }
    command.erase(command.begin());
    switch_.vsctl(command);
    control_.emplace(switch_.control_socket());
    ports_ = datapath_ports(ask("dpif/show", {}));
    ASSERT_EQ(ports_.size(), 6U);
  }

  std::string ask(std::string_view command, boost::json::array words) {
    const auto answer = control_->call(command, std::move(words));
    EXPECT_TRUE(answer.at("error").is_null()) << boost::json::serialize(answer);
    return answer.at("result").is_string() ? std::string(answer.at("result").get_string()) : std::string();
  }

  // The bridge has exactly these flows.
  void load(const Flows& flows) {
    std::string lines = "delete\n";
    for (const auto& [key, spec] : flows) lines += "add " + of::text(key, spec) + "\n";
    switch_.ofctl({"--bundle", "add-flows", "unix:" + switch_.management_socket("br-int"), "-"}, lines);
  }

  void agree(const sim::Pipeline& walker, const Packet& packet) {
    const std::string text = trace_text(packet);
    const std::string trace = ask("ofproto/trace", {"br-int", text});
    const sim::Walk walk = walker.walk(static_cast<std::uint32_t>(packet.number(of::Field::in_port)), packet);
    EXPECT_TRUE(walk.faults.empty()) << walk.faults.front() << "\n" << text;
    EXPECT_EQ(course_of(walk), course_of(trace, packet, ports_)) << "packet " << text << "\n" << trace;
    met_ += static_cast<int>(walk.path.size());
    for (const of::FlowKey& key : walk.path) {
      conjunctions_met_ += key.match.find(of::Field::conj_id) != nullptr ? 1 : 0;
      first_packets_met_ += key.match.find(of::Field::ct_ip_proto) != nullptr ? 1 : 0;
    }
  }

  PrivateSwitch switch_{"oracle"};
  std::optional<JsonRpc> control_;
  DatapathPorts ports_;
  int met_ = 0;  // flows, by all packets
  int conjunctions_met_ = 0;
  int first_packets_met_ = 0;  // flows that ask for what the connection began with
};

std::string lines_of(const Flows& flows) {
  std::string lines;
  for (const auto& [key, spec] : flows) lines += of::text(key, spec) + "\n";
  return lines;
}

TEST_F(PipelineOracle, TheWalkerGoesWhereTheSwitchGoes) {
  for (std::uint64_t seed = oracle_seed(); seed < oracle_seed() + rounds; ++seed) {
    rt::Seeded choice(seed);
    RandomTables random(choice);
    const Flows flows = random.flows(flows_in_a_round);
    load(flows);
    const sim::Pipeline walker(flows);
    for (int i = 0; i < packets_in_a_round && !HasFailure(); ++i) agree(walker, random.packet(flows));
    ASSERT_FALSE(HasFailure()) << replay(seed) << "\n" << lines_of(flows);
  }
  // The agreement is about something: packets meet flows, and go on to others.
  EXPECT_GT(met_, 3 * rounds * packets_in_a_round / 2);
  EXPECT_GT(conjunctions_met_, rounds * packets_in_a_round / 100);
  EXPECT_GT(first_packets_met_, rounds * packets_in_a_round / 100);
}

}  // namespace
}  // namespace tarn::test
