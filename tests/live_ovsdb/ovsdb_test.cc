// The OVSDB driver against a real ovsdb-server and ovs-vswitchd of the test's own.
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "host/ovsdb_driver.h"
#include "reconcile/diff.h"
#include "rt/asio_loop.h"
#include "rt/asio_stream.h"
#include "support/private_switch.h"

namespace tarn::host {
namespace {

using namespace std::chrono_literals;
using domain::Bridge;
using domain::FlowExport;
using domain::NetworkNumber;
using domain::OfportPin;
using domain::SwitchPort;
using domain::ZoneTimeouts;
using reconcile::Applied;
using reconcile::Outcome;
using reconcile::Refused;
using reconcile::Unknown;
using reconcile::Writes;

constexpr rt::Duration patience = 30s;

const NetworkId network_a{*Uuid::parse("0a000000-0000-4000-8000-000000000001")};
const NetworkId network_b{*Uuid::parse("0b000000-0000-4000-8000-000000000002")};

std::string without_newline(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// An agent's view of the switch: a loop and a driver on it. Several may look at one switch.
class Agent {
 public:
  explicit Agent(const test::PrivateSwitch& on)
      : dialer_(loop_), driver(loop_, dialer_, choice_, {on.database_socket(), "br-int"}) {
    driver.on_change([this](const OvsdbChanges& changes) { heard.push_back(changes); });
    driver.start();
  }

  [[nodiscard]] bool until(const std::function<bool()>& done) { return loop_.run_until(done, patience); }
  [[nodiscard]] bool until_whole() {
    return until([this] { return driver.facts() != nullptr; });
  }
  const domain::PluggedInterface* interface(const std::string& name) {
    if (driver.facts() == nullptr) return nullptr;
    const auto found = (*driver.facts())->interfaces.find(name);
    return found != (*driver.facts())->interfaces.end() ? &found->second : nullptr;
  }

  template <class D>
  Result<reconcile::Whole<reconcile::Actual<D>>> list(reconcile::Target<D>& target) {
    std::optional<Result<reconcile::Whole<reconcile::Actual<D>>>> answer;
    target.list([&](auto result) { answer.emplace(std::move(result)); });
    EXPECT_FALSE(answer.has_value()) << "answered inside the call";
    EXPECT_TRUE(until([&] { return answer.has_value(); }));
    return std::move(*answer);
  }

  template <class D>
  std::vector<Outcome> apply(reconcile::Target<D>& target, std::vector<reconcile::Step<D>> steps,
                             Writes writes = Writes::allow) {
    std::optional<std::vector<Outcome>> answer;
    target.apply(std::move(steps), writes, [&](auto outcomes) { answer.emplace(std::move(outcomes)); });
    EXPECT_FALSE(answer.has_value()) << "answered inside the call";
    EXPECT_TRUE(until([&] { return answer.has_value(); }));
    return std::move(*answer);
  }

  // What is to be done so that `wish` holds, as steps.
  template <class D>
  std::vector<reconcile::Step<D>> plan(reconcile::Target<D>& target, const reconcile::Desired<D>& wish) {
    reconcile::Collector<reconcile::Desired<D>> collector;
    collector.so_far() = wish;
    const auto actual = list(target);
    if (!actual) {
      ADD_FAILURE() << actual.error().message;
      return {};
    }
    auto diff = reconcile::diff<D>(std::move(collector).finish(), *actual);
    conflicts = diff.conflicts.size();
    std::vector<reconcile::Step<D>> steps;
    for (auto& step : diff.creates) steps.emplace_back(std::move(step));
    for (auto& step : diff.changes) steps.emplace_back(std::move(step));
    for (auto& step : diff.removes) steps.emplace_back(std::move(step));
    return steps;
  }

  // Brings `wish` about, and finds nothing left to do.
  template <class D>
  void settle(reconcile::Target<D>& target, const reconcile::Desired<D>& wish) {
    auto steps = plan(target, wish);
    for (const Outcome& outcome : apply(target, std::move(steps))) {
      const auto* refused = std::get_if<Refused>(&outcome);
      EXPECT_TRUE(std::holds_alternative<Applied>(outcome)) << (refused != nullptr ? refused->why.message : "unknown");
    }
    EXPECT_EQ(plan(target, wish).size(), 0U) << D::name << ": a second round finds something to do";
  }

  std::size_t conflicts = 0;
  std::vector<OvsdbChanges> heard;

 private:
  rt::AsioLoop loop_;
  rt::AsioDialer dialer_;
  rt::Seeded choice_{1};

 public:
  OvsdbDriver driver;
};

class LiveOvsdb : public testing::Test {
 protected:
  LiveOvsdb() { EXPECT_TRUE(agent.until_whole()) << agent.driver.status().error().message; }

  void make_bridge(const std::string& name) { agent.settle<Bridge>(agent.driver.bridges(), {{name, {"netdev"}}}); }
  // A port as a hypervisor plugs it, in the way of os-vif.
  void plug(const std::string& name) {
    ovs.vsctl({"add-port", "br-int", name, "--", "set", "Interface", name, "type=internal",
               "external_ids:iface-id=" + network_a.text(), "external_ids:attached-mac=fa:16:3e:00:00:01"});
  }
  std::string get(const std::string& table, const std::string& row, const std::string& column) {
    return without_newline(ovs.vsctl({"--if-exists", "get", table, row, column}));
  }
  void kill_database() {
    pid_t pid = 0;
    std::ifstream(ovs.directory() + "/ovsdb-server.pid") >> pid;
    ASSERT_GT(pid, 1);
    ASSERT_EQ(kill(pid, SIGKILL), 0);
  }

  test::PrivateSwitch ovs{"tarn-ovsdb"};
  Agent agent{ovs};
};

TEST_F(LiveOvsdb, ABridgeIsMadeOnceAndThenLeftAlone) {
  make_bridge("br-int");
  EXPECT_EQ(get("Bridge", "br-int", "fail_mode"), "secure");
  EXPECT_EQ(get("Bridge", "br-int", "datapath_type"), "netdev");
  EXPECT_EQ(get("Bridge", "br-int", "other_config"), "{disable-in-band=\"true\"}");
  EXPECT_EQ(get("Bridge", "br-int", "protocols"), "[OpenFlow10, OpenFlow13, OpenFlow14, OpenFlow15]");
  ASSERT_TRUE(agent.until([&] { return agent.interface("br-int") && agent.interface("br-int")->ofport == 65534; }));

  ovs.vsctl({"set-fail-mode", "br-int", "standalone"});
  EXPECT_EQ(agent.plan<Bridge>(agent.driver.bridges(), {{"br-int", {"system"}}}).size(), 0U);
  EXPECT_EQ(agent.plan<Bridge>(agent.driver.bridges(), {}).size(), 0U) << "an unwanted bridge stays";
  const auto outcome = agent.apply<Bridge>(agent.driver.bridges(), {reconcile::Remove<Bridge>{"br-int", {}}});
  EXPECT_EQ(std::get<Refused>(outcome.at(0)).why.code, ErrorCode::forbidden);
  const auto seen = agent.list(agent.driver.bridges());
  EXPECT_FALSE(Bridge::remarks("br-int", {"netdev"}, (*seen)->at("br-int")).empty());
}

TEST_F(LiveOvsdb, PortsAreMadeChangedReplacedAndRemoved) {
  make_bridge("br-int");
  make_bridge("br-ex");
  plug("tap0");
  auto& ports = agent.driver.ports();
  const SwitchPort::Spec vxlan{
      "br-int", SwitchPort::Type::vxlan, {{"remote_ip", "flow"}, {"key", "flow"}, {"dst_port", "4789"}}, "tunnels"};
  const SwitchPort::Spec inner{"br-int", SwitchPort::Type::patch, {{"peer", "patch-ex"}}, "physnet-ex"};
  const SwitchPort::Spec outer{"br-ex", SwitchPort::Type::patch, {{"peer", "patch-int"}}, "physnet-ex"};
  agent.settle<SwitchPort>(ports, {{"tarn-vxlan", vxlan}, {"patch-int", inner}, {"patch-ex", outer}});
  EXPECT_EQ(get("Port", "tarn-vxlan", "external_ids:tarn-unit"), "tunnels");
  EXPECT_EQ(get("Interface", "tarn-vxlan", "options"), R"({dst_port="4789", key=flow, remote_ip=flow})");
  EXPECT_TRUE(agent.until([&] { return agent.interface("tarn-vxlan")->ofport > 0; }));

  const std::string row = get("Port", "tarn-vxlan", "_uuid");
  SwitchPort::Spec other_options = vxlan;
  other_options.options["dst_port"] = "4790";
  agent.settle<SwitchPort>(ports, {{"tarn-vxlan", other_options}, {"patch-int", inner}, {"patch-ex", outer}});
  EXPECT_EQ(get("Port", "tarn-vxlan", "_uuid"), row) << "options change in place";

  SwitchPort::Spec other_type = vxlan;
  other_type.type = SwitchPort::Type::geneve;
  other_type.options = {{"remote_ip", "flow"}, {"key", "flow"}};
  agent.settle<SwitchPort>(ports, {{"tarn-vxlan", other_type}});
  EXPECT_NE(get("Port", "tarn-vxlan", "_uuid"), row) << "another type is another port";
  EXPECT_EQ(get("Interface", "tarn-vxlan", "type"), "geneve");
  agent.settle<SwitchPort>(ports, {});
  EXPECT_EQ(without_newline(ovs.vsctl({"list-ports", "br-int"})), "tap0") << "only the foreign port is left";
  EXPECT_EQ(without_newline(ovs.vsctl({"list-ports", "br-ex"})), "");
}

TEST_F(LiveOvsdb, AForeignPortIsNeverTouched) {
  make_bridge("br-int");
  plug("tap0");
  const std::string before = ovs.vsctl({"--columns=_uuid,name,external_ids,interfaces", "list", "Port", "tap0"});
  auto& ports = agent.driver.ports();
  ASSERT_TRUE(agent.until([&] { return agent.interface("tap0") != nullptr; }));
  const SwitchPort::Spec wish{"br-int", SwitchPort::Type::geneve, {}, "tunnels"};
  EXPECT_EQ(agent.plan<SwitchPort>(ports, {{"tap0", wish}}).size(), 0U);
  EXPECT_EQ(agent.conflicts, 1U);
  const SwitchPort::Seen seen = (*agent.list(ports))->at("tap0");
  const auto outcomes =
      agent.apply<SwitchPort>(ports, {reconcile::Remove<SwitchPort>{"tap0", seen},
                                      reconcile::Change<SwitchPort>{"tap0", wish, seen, reconcile::Drift::replace},
                                      reconcile::Create<SwitchPort>{"tap0", wish}});
  for (const Outcome& outcome : outcomes) EXPECT_TRUE(std::holds_alternative<Refused>(outcome));
  EXPECT_EQ(ovs.vsctl({"--columns=_uuid,name,external_ids,interfaces", "list", "Port", "tap0"}), before);
  EXPECT_EQ(agent.driver.writes().attempted, 1U) << "only the bridge";
}

TEST_F(LiveOvsdb, PinnedPortsKeepTheirNumberAndTheirRow) {
  make_bridge("br-int");
  plug("tap0");
  plug("tap1");
  auto& pins = agent.driver.pins();
  agent.settle<OfportPin>(pins, {{"tap0", {101}}, {"tap1", {102}}});
  EXPECT_TRUE(agent.until([&] { return agent.interface("tap0")->ofport == 101; }));
  EXPECT_EQ(agent.interface("tap0")->iface_id, network_a.text());
  EXPECT_EQ(agent.interface("tap0")->bridge, "br-int");
  ovs.stop_switch();
  ovs.start_switch();
  plug("tap2");  // waits until the new switch has made all its ports
  EXPECT_EQ(get("Interface", "tap1", "ofport"), "102");

  agent.settle<OfportPin>(pins, {{"tap1", {103}}});
  EXPECT_EQ(get("Interface", "tap0", "ofport_request"), "[]");
  EXPECT_EQ(get("Interface", "tap0", "external_ids:iface-id"), "\"" + network_a.text() + "\"");
  EXPECT_EQ(get("Interface", "tap0", "external_ids:tarn-ofport"), "");
  // Somebody else's request is not ours to change.
  ovs.vsctl({"set", "Interface", "tap2", "ofport_request=7"});
  EXPECT_TRUE(agent.until([&] { return agent.interface("tap2")->ofport == 7; }));
  EXPECT_EQ((agent.plan<OfportPin>(pins, {{"tap1", {103}}, {"tap2", {8}}}).size()), 0U);
  EXPECT_EQ(agent.conflicts, 1U);
}

TEST_F(LiveOvsdb, ARestartedAgentReadsTheNumbersBackAndWritesNothing) {
  make_bridge("br-int");
  plug("tap0");
  const reconcile::Desired<NetworkNumber> numbers{{network_a, {1}}, {network_b, {2}}};
  const reconcile::Desired<OfportPin> pins{{"tap0", {9}}};
  const reconcile::Desired<SwitchPort> ports{{"gre0", {"br-int", SwitchPort::Type::gre, {{"remote_ip", "flow"}}, "t"}}};
  agent.settle<NetworkNumber>(agent.driver.numbers(), numbers);
  agent.settle<OfportPin>(agent.driver.pins(), pins);
  agent.settle<SwitchPort>(agent.driver.ports(), ports);

  Agent restarted(ovs);
  ASSERT_TRUE(restarted.until_whole());
  EXPECT_EQ((*restarted.list(restarted.driver.numbers()))->at(network_b).number, 2U);
  EXPECT_EQ(restarted.plan<NetworkNumber>(restarted.driver.numbers(), numbers).size(), 0U);
  EXPECT_EQ(restarted.plan<OfportPin>(restarted.driver.pins(), pins).size(), 0U);
  EXPECT_EQ(restarted.plan<SwitchPort>(restarted.driver.ports(), ports).size(), 0U);
  EXPECT_EQ(restarted.plan<Bridge>(restarted.driver.bridges(), {{"br-int", {"netdev"}}}).size(), 0U);
  EXPECT_EQ(restarted.driver.writes(), OvsdbWrites());

  agent.settle<NetworkNumber>(agent.driver.numbers(), {{network_b, {3}}});
  EXPECT_EQ(get("Bridge", "br-int", "external_ids:tarn-network-" + network_a.text()), "");
  EXPECT_EQ(get("Bridge", "br-int", "external_ids:tarn-network-" + network_b.text()), "\"3\"");
  EXPECT_EQ(get("Bridge", "br-int", "external_ids:tarn-bridge"), "br-int") << "other keys stay";
}

TEST_F(LiveOvsdb, ForbiddenWritesAreRefusedAndNotAttempted) {
  const auto outcomes =
      agent.apply<Bridge>(agent.driver.bridges(), {reconcile::Create<Bridge>{"br-int", {"netdev"}}}, Writes::forbid);
  EXPECT_EQ(std::get<Refused>(outcomes.at(0)).why.code, ErrorCode::forbidden);
  EXPECT_EQ(agent.driver.writes(), (OvsdbWrites{.attempted = 0, .applied = 0, .forbidden = 1}));
  EXPECT_EQ(without_newline(ovs.vsctl({"list-br"})), "");
}

TEST_F(LiveOvsdb, OneBadStepDoesNotStopTheOthers) {
  make_bridge("br-int");
  for (const char* name : {"tap0", "tap1", "tap2"}) plug(name);
  ASSERT_TRUE(agent.until([&] { return agent.interface("tap2") != nullptr; }));
  const auto outcomes = agent.apply<OfportPin>(
      agent.driver.pins(), {reconcile::Create<OfportPin>{"tap0", {11}}, reconcile::Create<OfportPin>{"tap1", {70000}},
                            reconcile::Create<OfportPin>{"absent", {12}}, reconcile::Create<OfportPin>{"tap2", {13}}});
  EXPECT_TRUE(std::holds_alternative<Applied>(outcomes.at(0)));
  EXPECT_EQ(std::get<Refused>(outcomes.at(1)).why.reason, "constraint violation");
  EXPECT_EQ(std::get<Refused>(outcomes.at(2)).why.code, ErrorCode::not_found);
  EXPECT_TRUE(std::holds_alternative<Applied>(outcomes.at(3)));
  EXPECT_EQ(get("Interface", "tap2", "ofport_request"), "13");
  EXPECT_EQ(agent.driver.writes(), (OvsdbWrites{.attempted = 4, .applied = 3, .forbidden = 0}));
}

TEST_F(LiveOvsdb, AConcurrentWriterIsNotOverwritten) {
  make_bridge("br-int");
  plug("tap0");
  agent.settle<OfportPin>(agent.driver.pins(), {{"tap0", {11}}});
  auto steps = agent.plan<OfportPin>(agent.driver.pins(), {{"tap0", {12}}});
  ASSERT_EQ(steps.size(), 1U);
  // The writer comes between plan and transaction; the driver has not heard of it when it sends.
  ovs.vsctl({"set", "Interface", "tap0", "ofport_request=55"});
  const auto outcomes = agent.apply<OfportPin>(agent.driver.pins(), std::move(steps));
  EXPECT_EQ(std::get<Refused>(outcomes.at(0)).why.code, ErrorCode::stale);
  EXPECT_EQ(std::get<Refused>(outcomes.at(0)).why.reason, "timed out") << "the server's wait caught it";
  EXPECT_EQ(get("Interface", "tap0", "ofport_request"), "55");

  // The same for a port's row and for the bridge's numbers.
  const SwitchPort::Spec gre{"br-int", SwitchPort::Type::gre, {{"remote_ip", "flow"}}, "t"};
  agent.settle<SwitchPort>(agent.driver.ports(), {{"gre0", gre}});
  agent.settle<NetworkNumber>(agent.driver.numbers(), {{network_a, {1}}});
  auto removal = agent.plan<SwitchPort>(agent.driver.ports(), {});
  auto renumber = agent.plan<NetworkNumber>(agent.driver.numbers(), {{network_a, {2}}});
  ovs.vsctl({"remove", "Port", "gre0", "external_ids", "tarn-unit", "--", "set", "Bridge", "br-int",
             "external_ids:tarn-network-" + network_a.text() + "=9"});
  const auto removed = agent.apply<SwitchPort>(agent.driver.ports(), std::move(removal));
  EXPECT_EQ(std::get<Refused>(removed.at(0)).why.code, ErrorCode::stale);
  const auto renumbered = agent.apply<NetworkNumber>(agent.driver.numbers(), std::move(renumber));
  EXPECT_EQ(std::get<Refused>(renumbered.at(0)).why.code, ErrorCode::stale);
  EXPECT_EQ(get("Port", "gre0", "name"), "gre0");
  EXPECT_EQ(get("Bridge", "br-int", "external_ids:tarn-network-" + network_a.text()), "\"9\"");
}

TEST_F(LiveOvsdb, AKilledDatabaseTakesTheFactsAwayAndGivesThemBack) {
  make_bridge("br-int");
  plug("tap0");
  ASSERT_TRUE(agent.until([&] { return agent.interface("tap0") != nullptr; }));
  auto plan = agent.plan<OfportPin>(agent.driver.pins(), {{"tap0", {11}}});
  kill_database();
  const auto outcomes = agent.apply<OfportPin>(agent.driver.pins(), std::move(plan));
  EXPECT_TRUE(std::holds_alternative<Unknown>(outcomes.at(0)));
  ASSERT_TRUE(agent.until([&] { return agent.driver.facts() == nullptr; }));
  EXPECT_TRUE(agent.heard.back().everything);
  EXPECT_FALSE(agent.list(agent.driver.ports()).has_value()) << "half a table is no table";
  EXPECT_TRUE(agent.driver.status().error().message.starts_with("ovsdb-server does not answer at " +
                                                                ovs.database_socket() + ": "));
  ovs.start_database();
  ASSERT_TRUE(agent.until_whole());
  EXPECT_TRUE(agent.driver.status().has_value());
  EXPECT_NE(agent.interface("tap0"), nullptr);
  agent.settle<OfportPin>(agent.driver.pins(), {{"tap0", {11}}});
}

TEST_F(LiveOvsdb, TheSwitchIsLetGoAfterItsFlowsAreRestored) {
  ovs.vsctl({"--no-wait", "set", "Open_vSwitch", ".", "other_config:flow-restore-wait=true", "other_config:keep=1",
             "external_ids:system-id=node-7"});
  ASSERT_TRUE(agent.until([&] { return (*agent.driver.facts())->node.flow_restore_wait; }));
  EXPECT_EQ((*agent.driver.facts())->node.system_id, "node-7");
  for (const Writes writes : {Writes::forbid, Writes::allow, Writes::allow}) {
    std::optional<Outcome> outcome;
    agent.driver.clear_flow_restore_wait(writes, [&](Outcome answer) { outcome = std::move(answer); });
    ASSERT_TRUE(agent.until([&] { return outcome.has_value(); }));
    EXPECT_EQ(std::holds_alternative<Applied>(*outcome), writes == Writes::allow);
  }
  EXPECT_EQ(get("Open_vSwitch", ".", "other_config"), "{keep=\"1\"}");
  EXPECT_EQ(agent.driver.writes(), (OvsdbWrites{.attempted = 1, .applied = 1, .forbidden = 1}));
}

TEST_F(LiveOvsdb, AnExportIsMadeChangedInPlaceAndTakenAwayAndOtherBridgesKeepTheirs) {
  make_bridge("br-int");
  make_bridge("br-ex");
  ovs.vsctl({"--id=@i", "create", "IPFIX", "targets=\"192.0.2.251:4739\"", "--", "set", "Bridge", "br-ex", "ipfix=@i"});
  const std::string foreign = get("Bridge", "br-ex", "ipfix");
  const FlowExport::Spec ipfix{{"192.0.2.9:4739", "[2001:db8::9]:4739"}, 64, "", "node"};
  const FlowExport::Spec sflow{{"192.0.2.9:6343"}, 400, "192.0.2.1", "node"};
  agent.settle<FlowExport>(agent.driver.exports(), {{FlowExport::Key::ipfix, ipfix}, {FlowExport::Key::sflow, sflow}});
  const std::string made = get("Bridge", "br-int", "ipfix");
  EXPECT_EQ(get("IPFIX", made, "targets"), R"(["192.0.2.9:4739", "[2001:db8::9]:4739"])");
  EXPECT_EQ(get("sFlow", get("Bridge", "br-int", "sflow"), "agent"), R"("192.0.2.1")");

  FlowExport::Spec less = ipfix;
  less.sampling = 1000;
  less.collectors.erase("[2001:db8::9]:4739");
  ovs.vsctl({"set", "IPFIX", made, "cache_active_timeout=60"});  // the operator's column
  agent.settle<FlowExport>(agent.driver.exports(), {{FlowExport::Key::ipfix, less}});
  EXPECT_EQ(get("Bridge", "br-int", "ipfix"), made);
  EXPECT_EQ(get("IPFIX", made, "sampling"), "1000");
  EXPECT_EQ(get("IPFIX", made, "cache_active_timeout"), "60");
  EXPECT_EQ(get("Bridge", "br-int", "sflow"), "[]");

  agent.settle<FlowExport>(agent.driver.exports(), {});
  EXPECT_EQ(get("Bridge", "br-int", "ipfix"), "[]");
  EXPECT_EQ(without_newline(ovs.vsctl({"--bare", "--columns=_uuid", "list", "IPFIX"})), foreign);
  EXPECT_EQ(get("Bridge", "br-ex", "ipfix"), foreign);
}

TEST_F(LiveOvsdb, AForeignExportOfTheIntegrationBridgeGivesWayAndIsNeverTakenAway) {
  make_bridge("br-int");
  const auto set_by_hand = [&] {
    ovs.vsctl(
        {"--id=@s", "create", "sFlow", "targets=\"192.0.2.251:6343\"", "--", "set", "Bridge", "br-int", "sflow=@s"});
    return get("Bridge", "br-int", "sflow");
  };
  const std::string foreign = set_by_hand();
  agent.settle<FlowExport>(agent.driver.exports(), {});
  EXPECT_EQ(get("Bridge", "br-int", "sflow"), foreign);
  const FlowExport::Spec wish{{"192.0.2.9:6343"}, 400, "", "node"};
  agent.settle<FlowExport>(agent.driver.exports(), {{FlowExport::Key::sflow, wish}});
  EXPECT_NE(get("Bridge", "br-int", "sflow"), foreign);
  EXPECT_EQ(get("sFlow", get("Bridge", "br-int", "sflow"), "external_ids"), R"({tarn-unit=node})");
  // Between the plan and its step somebody sets another one: what was planned is not done.
  auto removal = agent.plan<FlowExport>(agent.driver.exports(), {});
  const std::string later = set_by_hand();
  const auto outcomes = agent.apply<FlowExport>(agent.driver.exports(), std::move(removal));
  EXPECT_EQ(std::get<Refused>(outcomes.at(0)).why.code, ErrorCode::stale);
  EXPECT_EQ(get("Bridge", "br-int", "sflow"), later);
}

// As ovs-vsctl lists them.
std::set<std::string> zones_in(test::PrivateSwitch& ovs) {
  std::istringstream text(ovs.vsctl({"list-zone-tp", "netdev"}));
  std::set<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.insert(line);
  return lines;
}

TEST_F(LiveOvsdb, TimeoutsOfZonesAreMadeChangedAndTakenAwayAndOthersZonesStay) {
  const ZoneTimeouts::Spec longer{{{"tcp_close", 65}, {"tcp_time_wait", 66}}, "gateway 1"};
  const ZoneTimeouts::Spec other{{{"udp_first", 7}}, "gateway 2"};
  agent.settle<ZoneTimeouts>(agent.driver.zones(), {{7, longer}, {65535, other}});  // and what holds them, once
  EXPECT_EQ(zones_in(ovs), (std::set<std::string>{"Zone:7, Timeout Policies: tcp_close=65 tcp_time_wait=66",
                                                  "Zone:65535, Timeout Policies: udp_first=7"}));
  ovs.vsctl({"add-zone-tp", "netdev", "zone=8", "icmp_first=3"});  // somebody else's
  agent.settle<ZoneTimeouts>(agent.driver.zones(), {{7, other}});
  EXPECT_EQ(zones_in(ovs),
            (std::set<std::string>{"Zone:7, Timeout Policies: udp_first=7", "Zone:8, Timeout Policies: icmp_first=3"}));
  agent.settle<ZoneTimeouts>(agent.driver.zones(), {});
  EXPECT_EQ(zones_in(ovs), std::set<std::string>{"Zone:8, Timeout Policies: icmp_first=3"});
  EXPECT_EQ(without_newline(ovs.vsctl({"--bare", "--columns=timeouts", "list", "CT_Timeout_Policy"})), "icmp_first=3");

  // Between the plan and its step somebody takes the zone: what was planned is not done.
  auto creation = agent.plan<ZoneTimeouts>(agent.driver.zones(), {{9, longer}});
  ovs.vsctl({"add-zone-tp", "netdev", "zone=9", "icmp_reply=4"});
  const auto outcomes = agent.apply<ZoneTimeouts>(agent.driver.zones(), std::move(creation));
  EXPECT_EQ(std::get<Refused>(outcomes.at(0)).why.code, ErrorCode::stale);
}

TEST_F(LiveOvsdb, AChangeFromOutsideWakesExactlyItsKeys) {
  make_bridge("br-int");
  plug("tap0");
  ASSERT_TRUE(agent.until([&] { return agent.interface("tap0") != nullptr && agent.interface("tap0")->ofport > 0; }));
  std::optional<reconcile::Hint<OfportPin>> hint;
  agent.driver.pins().on_hint([&](auto now) { hint = std::move(now); });
  agent.heard.clear();
  ovs.vsctl({"set", "Interface", "tap0", "ofport_request=5"});
  ASSERT_TRUE(agent.until([&] { return hint.has_value(); }));
  EXPECT_FALSE(hint->everything);
  ASSERT_EQ(hint->changed.size(), 1U);
  EXPECT_EQ(hint->changed.at("tap0")->requested, 5);
  EXPECT_EQ(agent.heard.front().pins, std::set<std::string>{"tap0"});
  EXPECT_TRUE(agent.heard.front().bridges.empty());
}

}  // namespace
}  // namespace tarn::host
