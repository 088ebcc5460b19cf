// What is ours in the switch's database, and how far it is from the wish.
#include <gtest/gtest.h>

#include "domain/bridge.h"
#include "domain/flow_export.h"
#include "domain/network_number.h"
#include "domain/ofport_pin.h"
#include "domain/switch_port.h"
#include "reconcile/diff.h"

namespace tarn::domain {
namespace {

using reconcile::Drift;
using reconcile::Ownership;

static_assert(reconcile::Domain<Bridge> && reconcile::Domain<SwitchPort>);
static_assert(reconcile::Domain<OfportPin> && reconcile::Domain<NetworkNumber>);

// What would be read back of a port made as wanted.
SwitchPort::Seen as_made(const SwitchPort::Spec& spec) {
  return {spec.bridge, std::string(text_of(spec.type)), spec.options, spec.bfd, spec.unit, spec.hash(), 5, ""};
}

const SwitchPort::Spec vxlan{"br-int", SwitchPort::Type::vxlan, {{"key", "flow"}, {"remote_ip", "flow"}}, "tunnels"};

TEST(SwitchPortDomain, FindsNothingToDoOnWhatItMade) {
  for (const auto type : {SwitchPort::Type::vxlan, SwitchPort::Type::geneve, SwitchPort::Type::gre,
                          SwitchPort::Type::patch, SwitchPort::Type::internal}) {
    SwitchPort::Spec spec = vxlan;
    spec.type = type;
    EXPECT_EQ(SwitchPort::drift(spec, as_made(spec)), Drift::none);
    EXPECT_EQ(SwitchPort::ownership("p", as_made(spec)), Ownership::ours);
    EXPECT_EQ(SwitchPort::group("p", spec), SwitchPort::group("p", as_made(spec)));
  }
}

TEST(SwitchPortDomain, AdjustsInPlaceUnlessTypeOrBridgeDiffer) {
  const auto with = [](auto edit) {
    SwitchPort::Seen seen = as_made(vxlan);
    edit(seen);
    return SwitchPort::drift(vxlan, seen);
  };
  EXPECT_EQ(with([](auto& seen) { seen.options["key"] = "7"; }), Drift::adjust);
  EXPECT_EQ(with([](auto& seen) { seen.options["csum"] = "true"; }), Drift::adjust);
  EXPECT_EQ(with([](auto& seen) { seen.bfd["enable"] = "true"; }), Drift::adjust);
  EXPECT_EQ(with([](auto& seen) { seen.hash = "0"; }), Drift::adjust);
  EXPECT_EQ(with([](auto& seen) { seen.unit = "other"; }), Drift::adjust);
  EXPECT_EQ(with([](auto& seen) { seen.type = "gre"; }), Drift::replace);
  EXPECT_EQ(with([](auto& seen) { seen.bridge = "br-ex"; }), Drift::replace);
  // What the switch answers is told, not planned with.
  EXPECT_EQ(with([](auto& seen) { seen.ofport = -1; }), Drift::none);
  EXPECT_EQ(with([](auto& seen) { seen.error = "no such device"; }), Drift::none);
}

TEST(SwitchPortDomain, HashesContentAndKeepsNeighbouringTextsApart) {
  SwitchPort::Spec one = vxlan;
  SwitchPort::Spec two = vxlan;
  one.options = {{"a", "bc"}};
  two.options = {{"ab", "c"}};
  EXPECT_NE(one.hash(), two.hash());
  EXPECT_EQ(one.hash(), SwitchPort::Spec(one).hash());
  EXPECT_EQ(one.hash().size(), 16U);
  two = one;
  two.unit = "other";
  EXPECT_NE(one.hash(), two.hash());
}

TEST(SwitchPortDomain, LeavesUnmarkedPortsToOthers) {
  SwitchPort::Seen plugged = as_made(vxlan);
  plugged.unit.reset();
  EXPECT_EQ(SwitchPort::ownership("tap0", plugged), Ownership::foreign);
}

TEST(OfportPinDomain, IsOursByItsMarkAlone) {
  EXPECT_EQ(OfportPin::ownership("tap0", {5, std::nullopt}), Ownership::foreign);
  EXPECT_EQ(OfportPin::ownership("tap0", {std::nullopt, "5"}), Ownership::ours);
  EXPECT_EQ(OfportPin::drift({5}, {5, "5"}), Drift::none);
  EXPECT_EQ(OfportPin::drift({5}, {6, "5"}), Drift::adjust);
  EXPECT_EQ(OfportPin::drift({5}, {5, "6"}), Drift::adjust);
  EXPECT_EQ(OfportPin::drift({5}, {std::nullopt, "5"}), Drift::adjust);
}

TEST(BridgeDomain, IsNeverChangedNorRemoved) {
  reconcile::Collector<reconcile::Desired<Bridge>> wish;
  wish.so_far() = {{"br-int", {"netdev"}}, {"br-new", {"netdev"}}};
  reconcile::Collector<reconcile::Actual<Bridge>> actual;
  actual.so_far() = {{"br-int", {"system", "standalone", "", true, false}},
                     {"br-left", {"netdev", "secure", "", false, true}}};
  const auto diff = reconcile::diff<Bridge>(std::move(wish).finish(), std::move(actual).finish());
  ASSERT_EQ(diff.creates.size(), 1U);
  EXPECT_EQ(diff.creates[0].key, "br-new");
  EXPECT_TRUE(diff.changes.empty() && diff.removes.empty() && diff.conflicts.empty());
  EXPECT_EQ(Bridge::remarks("br-int", {"netdev"}, {"system", "standalone", "", true, false}).size(), 3U);
  EXPECT_TRUE(Bridge::remarks("br-int", {"system"}, {"", "secure", "", false, false}).empty());
}

TEST(NetworkNumberDomain, ReadsBackWhatItWrites) {
  const NetworkId network{Uuid::random(1, 2)};
  EXPECT_EQ(NetworkNumber::network_of(NetworkNumber::written_key(network)), network);
  for (const char* other : {"", "tarn-network-", "tarn-network-x", "tarn-bridge", "ovn-bridge-mappings",
                            "tarn-network-0A000000-0000-4000-8000-000000000001"}) {
    EXPECT_FALSE(NetworkNumber::network_of(other).has_value()) << other;
  }
  EXPECT_EQ(NetworkNumber::number_of("4294967295"), 4294967295U);
  for (const char* bad : {"", "-1", " 1", "1 ", "0x1", "4294967296", "1a"}) {
    EXPECT_FALSE(NetworkNumber::number_of(bad).has_value()) << bad;
  }
  EXPECT_EQ(NetworkNumber::drift({7}, {7}), Drift::none);
  EXPECT_EQ(NetworkNumber::drift({7}, {8}), Drift::adjust);
  EXPECT_EQ(NetworkNumber::drift({7}, {std::nullopt}), Drift::adjust);
}

// What would be read back of an export made as wanted.
FlowExport::Seen as_made(const FlowExport::Spec& spec) {
  return {spec.collectors, spec.sampling, spec.agent, spec.unit};
}

reconcile::Diff<FlowExport> difference(const reconcile::Desired<FlowExport>& wish,
                                       const reconcile::Actual<FlowExport>& have) {
  reconcile::Collector<reconcile::Desired<FlowExport>> wanted;
  wanted.so_far() = wish;
  reconcile::Collector<reconcile::Actual<FlowExport>> listed;
  listed.so_far() = have;
  return reconcile::diff<FlowExport>(std::move(wanted).finish(), std::move(listed).finish());
}

const FlowExport::Spec told{{"192.0.2.9:4739"}, 64, "", "node"};
constexpr auto ipfix = FlowExport::Key::ipfix;

TEST(FlowExportDomain, FindsNothingToDoOnWhatItMadeAndAdjustsWhatDiffers) {
  EXPECT_TRUE(difference({{ipfix, told}}, {{ipfix, as_made(told)}}).empty());
  const auto with = [](auto edit) {
    FlowExport::Seen seen = as_made(told);
    edit(seen);
    return FlowExport::drift(told, seen);
  };
  EXPECT_EQ(with([](auto& seen) { seen.collectors.insert("192.0.2.10:4739"); }), Drift::adjust);
  EXPECT_EQ(with([](auto& seen) { seen.sampling.reset(); }), Drift::adjust);
  EXPECT_EQ(with([](auto& seen) { seen.agent = "192.0.2.1"; }), Drift::adjust);
  EXPECT_EQ(with([](auto& seen) { seen.unit = "other"; }), Drift::adjust);
}

TEST(FlowExportDomain, TakesTheBridgeFromAForeignRowWhenWantedAndLeavesItAloneWhenNot) {
  FlowExport::Seen foreign = as_made(told);
  foreign.unit.reset();
  EXPECT_EQ(difference({{ipfix, told}}, {{ipfix, foreign}}).changes.size(), 1U);
  EXPECT_TRUE(difference({}, {{ipfix, foreign}}).empty());
  EXPECT_EQ(difference({}, {{ipfix, as_made(told)}}).removes.size(), 1U);
}

TEST(FlowExportDomain, SpellsACollectorOneWayAndSaysWhatIsWrongWithAnother) {
  EXPECT_EQ(*FlowExport::collector("192.0.2.9:4739"), "192.0.2.9:4739");
  EXPECT_EQ(*FlowExport::collector("[2001:DB8:0::9]:06343"), "[2001:db8::9]:6343");
  for (const char* bad : {"", "192.0.2.9", "192.0.2.9:", ":4739", "192.0.2.9:0", "192.0.2.9:65536", "192.0.2.9:4739x",
                          "192.0.2.9: 4739", "collector:4739", "2001:db8::9:6343", "[192.0.2.9]:4739", "0.0.0.0:4739",
                          "[::]:4739", "224.0.0.9:4739", "192.0.2.300:4739"}) {
    const Result<std::string> read = FlowExport::collector(bad);
    ASSERT_FALSE(read.has_value()) << bad;
    EXPECT_NE(read.error().message.find("'" + std::string(bad) + "' is no collector: "), std::string::npos);
  }
}

}  // namespace
}  // namespace tarn::domain
