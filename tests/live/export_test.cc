// Tenants' traffic told to collectors by IPFIX and sFlow, switched by the agent's configuration alone: it comes, it
// stays over a restart without a write, it ends, and no packet of a tenant is lost on the way.
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json.hpp>

#include "live/collector.h"
#include "live/steps.h"
#include "live/traffic.h"
#include "wire/packet/frame.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::array<Byte, 2> ipfix_head{0x00, 0x0a};              // RFC 7011 section 3.1: version 10
constexpr std::array<Byte, 4> sflow_head{0x00, 0x00, 0x00, 0x05};  // sFlow version 5

class Exports : public ::testing::Test {
 protected:
  void SetUp() override {
    cloud = std::make_unique<LiveCloud>(1);
    const std::string network = cloud->make_network("told", "10.7.0.0/24");
    first = boot(*cloud, "first", network, 1);
    second = boot(*cloud, "second", network, 1);
    ASSERT_TRUE(cloud->await_all_active(30s));
    ASSERT_TRUE(reaches(*cloud, "first", second.addresses.front()));
  }

  void restart_agent(const sandbox::Argv& words) {
    const sandbox::Host host = cloud->host(1);
    host.stop(sandbox::agent_name, SIGTERM);
    const Status started = host.start_agent(host.agent_program(), words);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    ASSERT_TRUE(in_sync(*cloud, 1));
  }
  std::string reference(const std::string& bridge, const std::string& kind) const {
    return run(cloud->host(1).vsctl({"get", "Bridge", bridge, kind})).output;
  }
  // The two addresses one behind the other, as a packet has them and a flow record, too.
  Bytes pair_bytes() const {
    Bytes bytes;
    for (const sandbox::Instance* instance : {&first, &second}) {
      const Ip ip = *Ip::parse(instance->addresses.front());
      const ByteView address = wire::packet::address_bytes(ip);
      bytes.insert(bytes.end(), address.begin(), address.end());
    }
    return bytes;
  }
  std::unique_ptr<Traffic> traffic() const {
    const auto& layout = cloud->sandbox().layout();
    auto started = Traffic::start(*cloud,
                                  {{"told", layout.instance_namespace("first"), layout.instance_namespace("second"),
                                    *Ip::parse(first.addresses.front()), *Ip::parse(second.addresses.front())}},
                                  5ms);
    EXPECT_TRUE(started.has_value()) << started.error().message;
    return std::move(*started);
  }

  std::unique_ptr<LiveCloud> cloud;
  sandbox::Instance first, second;
};

TEST_F(Exports, ComeAndGoWithTheConfigurationAndNobodyLosesAPacket) {
  Collector ipfix(cloud->host(1).netns());
  Collector sflow(cloud->host(1).netns());
  const sandbox::Argv words{"--ipfix-collector", ipfix.target(), "--ipfix-sampling", "1",
                            "--sflow-collector", sflow.target(), "--sflow-sampling", "1"};
  run(cloud->host(1).vsctl({"--id=@i", "create", "IPFIX", "targets=\"127.0.0.1:9\"", "--", "set", "Bridge",
                            sandbox::provider_bridge, "ipfix=@i"}));
  const std::string foreign = reference(sandbox::provider_bridge, "ipfix");
  const std::unique_ptr<Traffic> running = traffic();

  restart_agent(words);
  EXPECT_TRUE(ipfix.hears(ipfix_head, pair_bytes()));
  EXPECT_TRUE(sflow.hears(sflow_head, pair_bytes()));

  const std::string ipfix_row = reference("br-int", "ipfix");
  const std::string sflow_row = reference("br-int", "sflow");
  restart_agent(words);
  EXPECT_EQ(cloud->ask_agent(1, "stats").at("writes_attempted").to_number<std::int64_t>(), 0);
  EXPECT_EQ(reference("br-int", "ipfix"), ipfix_row);
  EXPECT_EQ(reference("br-int", "sflow"), sflow_row);
  ipfix.forget();
  sflow.forget();
  EXPECT_TRUE(ipfix.hears(ipfix_head, pair_bytes()));
  EXPECT_TRUE(sflow.hears(sflow_head, pair_bytes()));

  restart_agent({});
  EXPECT_EQ(reference("br-int", "ipfix"), "[]\n");
  EXPECT_EQ(reference("br-int", "sflow"), "[]\n");
  EXPECT_EQ(reference(sandbox::provider_bridge, "ipfix"), foreign);
  ipfix.forget();
  sflow.forget();
  let_pass(1s);  // of traffic, about which nobody is told
  EXPECT_EQ(ipfix.count(), 0U);
  EXPECT_EQ(sflow.count(), 0U);
  for (const TrafficLoss& loss : running->finish()) {
    EXPECT_GT(loss.probes_sent, 0U) << loss.name;
    EXPECT_EQ(loss.probes_lost, 0U) << loss.name;
    EXPECT_EQ(loss.flows_lost, 0U) << loss.name;
    EXPECT_TRUE(loss.tcp_whole) << loss.name;
  }
}

TEST(ExportOptions, WhatCannotBeACollectorIsSaidAtTheStart) {
  const auto complaint = [](const std::vector<std::string>& words) {
    std::vector<std::string> argv{(LiveCloud::programs() / "tarn-agent").string(), "--feed", "unix:/nowhere"};
    argv.insert(argv.end(), words.begin(), words.end());
    const sandbox::Finished finished = run(argv);
    EXPECT_NE(finished.exit_code, 0);
    return finished.complaint;
  };
  EXPECT_EQ(complaint({"--ipfix-collector", "collector:4739"}),
            "tarn-agent: --ipfix-collector: 'collector:4739' is no collector: ADDRESS:PORT is wanted, or "
            "[ADDRESS]:PORT of IPv6\n");
  EXPECT_EQ(complaint({"--sflow-collector", "192.0.2.9:70000"}),
            "tarn-agent: --sflow-collector: '192.0.2.9:70000' is no collector: a port is 1 to 65535\n");
  const std::string sampling = complaint({"--ipfix-collector", "192.0.2.9:4739", "--ipfix-sampling", "0"});
  EXPECT_NE(sampling.find("--ipfix-sampling: Value 0 not in range"), std::string::npos) << sampling;
  const std::string alone = complaint({"--sflow-sampling", "10"});
  EXPECT_NE(alone.find("--sflow-sampling requires --sflow-collector"), std::string::npos) << alone;
}

}  // namespace
}  // namespace tarn::testing
