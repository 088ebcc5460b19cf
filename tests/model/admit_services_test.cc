// Metering, flavors and logs: what may stand with what, and what goes with what.
#include "admission.h"

namespace tarn::model {
namespace {

using test::admin;
using test::code;
using test::Desk;
using test::Given;
using test::reason;
using test::tenant;

class Services : public ::testing::Test {
 protected:
  Services() { desk.caller = admin(); }

  std::string change(Kind kind, const Uuid& id, Given given) {
    return reason(desk.run({{Verb::update, kind, id, std::move(given), std::nullopt}}));
  }
  std::string remove(Kind kind, const Uuid& id) {
    return reason(desk.run({{Verb::remove, kind, id, {}, std::nullopt}}));
  }
  Result<Uuid> rule(const Uuid& label, std::string_view direction, Given given) {
    given["label"] = label.text();
    given["direction"] = direction;
    return desk.create(Kind::metering_label_rule, std::move(given));
  }

  Desk desk;
};

TEST_F(Services, AMeteringRuleNamesWhatItCounts) {
  const Uuid label = desk.create(Kind::metering_label, {{"project_id", "blue"}}).value();
  EXPECT_EQ(reason(rule(label, "ingress", {})), "Invalid");
  EXPECT_EQ(reason(rule(label, "ingress", {{"remote_prefix", "10.0.0.0/24"}, {"source_prefix", "10.0.0.0/24"}})),
            "Invalid");
  EXPECT_TRUE(rule(label, "ingress", {{"source_prefix", "10.0.0.0/24"}, {"destination_prefix", "10.1.0.0/24"}}));
  const Uuid first = rule(label, "ingress", {{"remote_prefix", "10.0.0.0/24"}}).value();
  EXPECT_EQ((**desk.cloud.find<MeteringRule>(first)).standard.project_id, "blue");
  EXPECT_EQ(reason(rule(desk.next_id(), "ingress", {{"remote_prefix", "10.0.0.0/24"}})), "MeteringLabelNotFound");
}

TEST_F(Services, MeteringRulesOfOneLabelAndDirectionDoNotOverlap) {
  const Uuid label = desk.create(Kind::metering_label, {}).value();
  ASSERT_TRUE(rule(label, "ingress", {{"remote_prefix", "10.0.0.0/24"}}).has_value());
  EXPECT_EQ(reason(rule(label, "ingress", {{"remote_prefix", "10.0.0.128/25"}})), "MeteringLabelRuleOverlaps");
  EXPECT_EQ(reason(rule(label, "ingress", {{"remote_prefix", "10.0.0.0/8"}})), "MeteringLabelRuleOverlaps");
  EXPECT_TRUE(rule(label, "ingress", {{"remote_prefix", "10.0.1.0/24"}}).has_value());
  EXPECT_TRUE(rule(label, "egress", {{"remote_prefix", "10.0.0.0/24"}}).has_value());
  EXPECT_TRUE(rule(label, "ingress", {{"remote_prefix", "10.0.0.128/25"}, {"excluded", true}}).has_value());
  EXPECT_EQ(remove(Kind::metering_label, label), "admitted");
  EXPECT_TRUE(desk.cloud.table<MeteringRule>().empty());
}

TEST_F(Services, AServiceProfileSaysSomethingAndStaysWhileAFlavorHasIt) {
  EXPECT_EQ(reason(desk.create(Kind::service_profile, {})), "ServiceProfileEmpty");
  EXPECT_EQ(reason(desk.create(Kind::service_profile, {{"driver", "other"}})), "ServiceProfileDriverNotFound");
  const Uuid profile =
      desk.create(Kind::service_profile, {{"driver", "neutron.services.l3_router.service_providers.ha.HaDriver"}})
          .value();
  const Uuid flavor = desk.create(Kind::flavor, {{"service_type", "L3_ROUTER_NAT"}}).value();
  const Given in{{"add_profile", profile.text()}};
  const Given out{{"remove_profile", profile.text()}};
  EXPECT_EQ(change(Kind::flavor, flavor, in), "admitted");
  EXPECT_EQ(change(Kind::flavor, flavor, in), "FlavorServiceProfileBindingExists");
  EXPECT_EQ(remove(Kind::service_profile, profile), "ServiceProfileInUse");
  EXPECT_EQ(change(Kind::service_profile, profile, {{"enabled", false}}), "ServiceProfileInUse");
  EXPECT_EQ(change(Kind::flavor, flavor, out), "admitted");
  EXPECT_EQ(change(Kind::flavor, flavor, out), "FlavorServiceProfileBindingNotFound");
  EXPECT_EQ(remove(Kind::service_profile, profile), "admitted");
  EXPECT_EQ(change(Kind::flavor, flavor, in), "ServiceProfileNotFound");
  EXPECT_EQ(reason(desk.create(Kind::flavor, {{"service_type", "NONE"}})), "InvalidServiceType");
}

TEST_F(Services, ALogIsOfThingsThatAreThere) {
  const PortId port = desk.port(desk.network().value()).value();
  const auto log = [&](Given given) {
    given.emplace("resource_type", "security_group");
    return desk.create(Kind::log, std::move(given));
  };
  EXPECT_EQ(reason(log({{"resource_type", "router"}})), "InvalidLogResourceType");
  EXPECT_EQ(reason(log({{"target", desk.next_id().text()}})), "TargetResourceNotFound");
  EXPECT_EQ(reason(log({{"resource", desk.next_id().text()}})), "ResourceNotFound");
  ASSERT_TRUE(log({}).has_value());
  const Uuid of_port = log({{"target", port.text()}}).value();
  EXPECT_EQ(change(Kind::log, of_port, {{"enabled", false}}), "admitted");
  ASSERT_TRUE(desk.remove(port).has_value());
  EXPECT_EQ(desk.cloud.find<Log>(of_port), nullptr);
  EXPECT_EQ(desk.cloud.table<Log>().size(), 1U);
}

TEST_F(Services, ANetworkIsMadeInZonesThatAreThere) {
  EXPECT_EQ(reason(desk.network({{"availability_zone_hints", boost::json::array{"nova"}}})),
            "AvailabilityZoneNotFound");
  desk.agent("h1");
  EXPECT_TRUE(desk.network({{"availability_zone_hints", boost::json::array{"nova"}}}).has_value());
}

}  // namespace
}  // namespace tarn::model
