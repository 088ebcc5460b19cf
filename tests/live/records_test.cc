// Records of what security groups let through and what not, on real Open vSwitch: what the API asked for stands in the
// file, no more of it than may be, and no packet is later or lost for it.
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json.hpp>
#include <fstream>
#include <utility>

#include "live/guest.h"
#include "live/traffic.h"

namespace tarn::testing {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr wire::packet::UdpPorts allowed{4000, 5000};
constexpr wire::packet::UdpPorts refused{4000, 5001};

class SecurityRecords : public ::testing::Test {
 protected:
  void SetUp() override {
    cloud = std::make_unique<LiveCloud>(2);
    const std::string network = cloud->make_network("recorded", "10.7.0.0/24");
    const json::object wish{{"name", "recorded"}};
    group = id_of("/v2.0/security-groups", "security_group", wish);
    id_of("/v2.0/security-group-rules", "security_group_rule",
          {{"security_group_id", group},
           {"direction", "ingress"},
           {"ethertype", "IPv4"},
           {"protocol", "udp"},
           {"port_range_min", allowed.to},
           {"port_range_max", allowed.to}});
    for (const auto& [name, host] : {std::pair("server", 1), std::pair("client", 1), std::pair("afar", 2)})
      boot(*cloud, name, network, host);
    ASSERT_TRUE(cloud->await_all_active(30s));
    ASSERT_TRUE(hosts_meet(*cloud));
    server_port = instance("server").port_id;
    cloud->ask("PUT", "/v2.0/ports/" + server_port,
               json::object{{"port", json::object{{"security_groups", json::array{group}}}}});
    file = cloud->folder() / "security.log";
    restart_agent({"--security-log", file.string(), "--security-log-rate", "50", "--security-log-burst", "20"});
  }

  std::string id_of(const std::string& path, const std::string& what, const json::object& given) const {
    return text_at(cloud->ask("POST", path, json::object{{what, given}}).at(what), "id");
  }
  std::string make_log(const std::string& event) const {
    const json::object given{
        {"name", "records"}, {"resource_type", "security_group"}, {"resource_id", group}, {"event", event}};
    const std::string log = id_of("/v2.0/log/logs", "log", given);
    EXPECT_TRUE(in_sync(*cloud, 1));
    return log;
  }
  void restart_agent(const sandbox::Argv& words) const {
    const sandbox::Host host = cloud->host(1);
    host.stop(sandbox::agent_name, SIGTERM);
    ASSERT_TRUE(host.start_agent(host.agent_program(), words).has_value());
    ASSERT_TRUE(in_sync(*cloud, 1));
  }
  const sandbox::Instance& instance(const std::string& name) const {
    return cloud->sandbox().state().instances.at(name);
  }
  Guest guest(const std::string& name) const { return guest_of(*cloud, instance(name)); }
  std::vector<json::object> records() const {
    std::vector<json::object> found;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) found.push_back(json::parse(line).as_object());
    return found;
  }
  // Those of an action with this port as the destination.
  std::vector<json::object> records(const std::string& action, int port) const {
    std::vector<json::object> found = records();
    std::erase_if(found, [&](const json::object& each) {
      const json::value* seen = each.at("packet").as_object().if_contains("dst_port");
      return each.at("action") != json::value(action) || seen == nullptr || *seen != port;
    });
    return found;
  }
  std::unique_ptr<LiveCloud> cloud;
  std::string group, server_port;
  std::filesystem::path file;
};

TEST_F(SecurityRecords, SayWhatPassedAndWhatDidNot) {
  const std::string log = make_log("ALL");
  Guest server = guest("server");
  for (const char* name : {"client", "afar"}) {
    Guest client = guest(name);
    client.nic.send(udp(client, server, "refused", refused));
    client.nic.send(udp(client, server, "allowed", allowed));
    EXPECT_TRUE(server.nic.hears("allowed"));
    const auto from_client = [&](const std::string& action, int port) {
      std::vector<json::object> found = records(action, port);
      std::erase_if(found, [&](const json::object& each) {
        return each.at("packet").at("ip_src") != json::value(client.ip.text());
      });
      return found;
    };
    ASSERT_TRUE(await([&] { return !from_client("ACCEPT", allowed.to).empty(); })) << name;
    ASSERT_TRUE(await([&] { return !from_client("DROP", refused.to).empty(); })) << name;
    const json::object record = from_client("DROP", refused.to).front();
    EXPECT_EQ(record.at("direction"), "ingress");
    EXPECT_EQ(record.at("port_id"), json::value(server_port));
    EXPECT_EQ(record.at("log_resource_ids"), json::value(json::array{log}));
    const json::object& packet = record.at("packet").as_object();
    EXPECT_EQ(packet.at("eth_src"), json::value(client.mac.text()));
    EXPECT_EQ(packet.at("ip_dst"), json::value(server.ip.text()));
    EXPECT_EQ(packet.at("ip_proto"), 17);
    EXPECT_EQ(packet.at("src_port"), refused.from);
    EXPECT_EQ(packet.at("bytes"), 14 + 20 + 8 + 7);
  }
  EXPECT_EQ(server.nic.count("refused"), 0U);
  EXPECT_TRUE(records("ACCEPT", refused.to).empty());
  EXPECT_TRUE(records("DROP", allowed.to).empty());
}

TEST_F(SecurityRecords, SayWhatAnInstanceForged) {
  make_log("DROP");
  Guest server = guest("server"), client = guest("client");
  const Ip own = std::exchange(server.ip, *Ip::parse("10.7.0.99"));
  constexpr wire::packet::UdpPorts forged{4000, 5002};
  server.nic.send(udp(server, client, "forged", forged));
  ASSERT_TRUE(await([&] { return !records("DROP", forged.to).empty(); }));
  const json::object record = records("DROP", forged.to).front();
  EXPECT_EQ(record.at("direction"), "egress");
  EXPECT_EQ(record.at("port_id"), json::value(server_port));
  EXPECT_EQ(record.at("packet").at("ip_src"), "10.7.0.99");
  server.ip = own;
  client.nic.send(udp(client, server, "allowed", allowed));
  EXPECT_TRUE(server.nic.hears("allowed"));
  server.nic.send(udp(server, client, "answer", {allowed.to, allowed.from}));
  EXPECT_TRUE(client.nic.hears("answer"));
  EXPECT_EQ(client.nic.count("forged"), 0U);
  EXPECT_EQ(records("DROP", forged.to).size(), 1U);
}

TEST_F(SecurityRecords, SayWhatBecameOfABroadcast) {
  make_log("ALL");
  Guest server = guest("server");
  const auto sent_by = [&](const std::string& action, int port, const Guest& sender) {
    std::vector<json::object> found = records(action, port);
    std::erase_if(found, [&](const json::object& each) {
      return each.at("packet").at("ip_src") != json::value(sender.ip.text()) || each.at("direction") != "ingress";
    });
    return found;
  };
  for (const char* name : {"client", "afar"}) {
    const Guest client = guest(name);
    const auto to_all = [&](const std::string& words, const wire::packet::UdpPorts& ports) {
      client.nic.send(
          udp(client.mac, client.ip, *Mac::parse("ff:ff:ff:ff:ff:ff"), *Ip::parse("10.7.0.255"), words, ports));
    };
    to_all("refused", refused);
    to_all("allowed", allowed);
    EXPECT_TRUE(server.nic.hears("allowed"));
    ASSERT_TRUE(await([&] { return !sent_by("ACCEPT", allowed.to, client).empty(); })) << name;
    ASSERT_TRUE(await([&] { return !sent_by("DROP", refused.to, client).empty(); })) << name;
    const json::object record = sent_by("DROP", refused.to, client).front();
    EXPECT_EQ(record.at("port_id"), json::value(server_port));
    EXPECT_EQ(record.at("packet").at("eth_dst"), "ff:ff:ff:ff:ff:ff");
  }
  EXPECT_EQ(server.nic.count("refused"), 0U);
}

TEST_F(SecurityRecords, NobodyIsRecordedWithoutALog) {
  Guest client = guest("client"), server = guest("server");
  client.nic.send(udp(client, server, "before", refused));
  const std::string log = make_log("DROP");
  client.nic.send(udp(client, server, "while", refused));
  ASSERT_TRUE(await([&] { return records("DROP", refused.to).size() == 1; }));
  cloud->ask("DELETE", "/v2.0/log/logs/" + log);
  ASSERT_TRUE(in_sync(*cloud, 1));
  client.nic.send(udp(client, server, "after", refused));
  client.nic.send(udp(client, server, "heard", allowed));
  EXPECT_TRUE(server.nic.hears("heard"));
  EXPECT_EQ(records().size(), 1U);
  EXPECT_TRUE(run(cloud->host(1).ofctl({"dump-meters"})).output.find("meter=") == std::string::npos);
}

TEST_F(SecurityRecords, AFloodIsRecordedInPartAndTrafficPasses) {
  make_log("ALL");
  const auto& layout = cloud->sandbox().layout();
  // The server is asked by nobody here but by the flood; the other two talk in the default group.
  Result<std::unique_ptr<Traffic>> traffic = Traffic::start(
      *cloud, {{"beside", layout.instance_namespace("client"), layout.instance_namespace("afar"),
                *Ip::parse(instance("client").addresses.front()), *Ip::parse(instance("afar").addresses.front())}});
  ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
  Guest client = guest("client"), server = guest("server");
  const Bytes frame = udp(client, server, "refused", refused);
  const auto began = std::chrono::steady_clock::now();
  constexpr int flood = 3'000;
  for (int i = 0; i < flood; ++i) {
    client.nic.send(frame);
    if (i % 30 == 0) let_pass(10ms);
  }
  ASSERT_TRUE(await([&] { return records("DROP", refused.to).size() > 20; }));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const std::size_t bound = 20 + static_cast<std::size_t>(50 * (seconds + 1));
  EXPECT_LT(records("DROP", refused.to).size(), bound);
  for (const TrafficLoss& loss : (*traffic)->finish()) {
    EXPECT_GT(loss.probes_sent, 500U) << loss.name;
    EXPECT_EQ(loss.probes_lost, 0U) << loss.name;
    EXPECT_EQ(loss.flows_lost, 0U) << loss.name;
    EXPECT_TRUE(loss.tcp_whole) << loss.name;
  }
}

TEST_F(SecurityRecords, RecordsAreOfNoConcernToTheTraffic) {
  const auto& layout = cloud->sandbox().layout();
  Result<std::unique_ptr<Traffic>> traffic = Traffic::start(
      *cloud, {{"recorded", layout.instance_namespace("client"), layout.instance_namespace("afar"),
                *Ip::parse(instance("client").addresses.front()), *Ip::parse(instance("afar").addresses.front())}});
  ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
  const auto of_port = [&](const std::string& event) {
    const json::object given{
        {"resource_type", "security_group"}, {"target_id", instance("client").port_id}, {"event", event}};
    return id_of("/v2.0/log/logs", "log", given);
  };
  for (const char* event : {"ALL", "ACCEPT", "DROP"}) {
    const std::string log = of_port(event);
    ASSERT_TRUE(in_sync(*cloud, 1));
    let_pass(300ms);
    cloud->ask("DELETE", "/v2.0/log/logs/" + log);
    ASSERT_TRUE(in_sync(*cloud, 1));
  }
  of_port("ALL");
  ASSERT_TRUE(in_sync(*cloud, 1));
  cloud->host(1).stop(sandbox::agent_name, SIGKILL);
  let_pass(500ms);
  ASSERT_TRUE(
      cloud->host(1).start_agent(cloud->host(1).agent_program(), {"--security-log", file.string()}).has_value());
  ASSERT_TRUE(in_sync(*cloud, 1));
  for (const TrafficLoss& loss : (*traffic)->finish()) {
    EXPECT_GT(loss.probes_sent, 500U) << loss.name;
    EXPECT_EQ(loss.probes_lost, 0U) << loss.name;
    EXPECT_EQ(loss.flows_lost, 0U) << loss.name;
    EXPECT_TRUE(loss.tcp_whole) << loss.name;
  }
  EXPECT_FALSE(records().empty());
}

}  // namespace
}  // namespace tarn::testing
