// Meters of a real Open vSwitch, through the driver: listed as they were made, changed under their flows, and gone only
// when nobody uses them.
#include <gtest/gtest.h>

#include "host/openflow_driver.h"
#include "rt/asio_loop.h"
#include "rt/asio_stream.h"
#include "support/private_switch.h"

namespace tarn::host {
namespace {

using namespace std::chrono_literals;
using domain::Meter;
using reconcile::Applied;
using wire::of::MeterSpec;

constexpr rt::Duration patience = 30s;
constexpr MeterSpec rate{MeterSpec::Unit::kilobits, 1000, 800};
constexpr MeterSpec packets{MeterSpec::Unit::packets, 2000, 16};

class MetersLive : public testing::Test {
 protected:
  void SetUp() override {
    ovs_.add_bridge("br-int");
    driver_ = std::make_unique<OpenflowDriver>(loop_, dialer_, choice_, ovs_.management_socket("br-int"));
    ASSERT_TRUE(loop_.run_until([&] { return driver_->connected(); }, patience)) << driver_->status();
  }
  reconcile::Actual<Meter> list() {
    std::optional<reconcile::Actual<Meter>> answer;
    driver_->meters().list([&](auto listed) { answer = listed ? **listed : reconcile::Actual<Meter>{}; });
    EXPECT_TRUE(loop_.run_until([&] { return answer.has_value(); }, patience));
    return *answer;
  }
  template <class Target, class Step>
  OpenflowDriver::Outcomes apply(Target& target, std::vector<Step> steps) {
    std::optional<OpenflowDriver::Outcomes> answer;
    target.apply(std::move(steps), reconcile::Writes::allow,
                 [&](OpenflowDriver::Outcomes outcomes) { answer = std::move(outcomes); });
    EXPECT_TRUE(loop_.run_until([&] { return answer.has_value(); }, patience));
    return *answer;
  }
  OpenflowDriver::Outcomes change(std::vector<reconcile::Step<Meter>> steps) {
    return apply(driver_->meters(), std::move(steps));
  }

  test::PrivateSwitch ovs_{"tarn-me"};
  rt::AsioLoop loop_;
  rt::AsioDialer dialer_{loop_};
  rt::Seeded choice_{7};
  std::unique_ptr<OpenflowDriver> driver_;
};

TEST_F(MetersLive, AreListedAsTheyWereMadeAndChanged) {
  EXPECT_TRUE(list().empty());
  change({reconcile::Create<Meter>{Meter::first, rate}, reconcile::Create<Meter>{Meter::last, packets}});
  EXPECT_EQ(list(), (reconcile::Actual<Meter>{{Meter::first, {rate, false}}, {Meter::last, {packets, false}}}));
  MeterSpec faster = rate;
  faster.rate = 9000;
  change({reconcile::Change<Meter>{Meter::first, faster, {rate, false}, reconcile::Drift::adjust},
          reconcile::Remove<Meter>{Meter::last, {packets, false}}});
  EXPECT_EQ(list(), (reconcile::Actual<Meter>{{Meter::first, {faster, false}}}));
}

TEST_F(MetersLive, OneThatIsThereAlreadyIsRefusedAlone) {
  change({reconcile::Create<Meter>{1000, rate}});
  const auto outcomes = change({reconcile::Create<Meter>{1000, packets}, reconcile::Create<Meter>{1001, packets}});
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<reconcile::Refused>(outcomes[0]));
  EXPECT_TRUE(std::holds_alternative<Applied>(outcomes[1]));
  EXPECT_EQ(list().at(1000).spec, rate);
}

// Why the order of domains is what it is (agent/lanes.h).
TEST_F(MetersLive, AFlowNeedsItsMeterKeepsItWhileItChangesAndGoesWithIt) {
  const domain::Flow::Key key{0, 7, {}};
  const domain::Flow::Spec spec{1, {wire::of::Meter{1000}}, 3};
  const auto add = [&] {
    return apply(*driver_, std::vector<reconcile::Step<domain::Flow>>{reconcile::Create<domain::Flow>{key, spec}});
  };
  EXPECT_TRUE(std::holds_alternative<reconcile::Refused>(add().at(0)));
  change({reconcile::Create<Meter>{1000, rate}});
  EXPECT_TRUE(std::holds_alternative<Applied>(add().at(0)));
  change({reconcile::Change<Meter>{1000, packets, {rate, false}, reconcile::Drift::adjust}});
  const auto flows = [&] { return ovs_.ofctl({"dump-flows", ovs_.management_socket("br-int")}); };
  EXPECT_NE(flows().find("meter:1000,goto_table:3"), std::string::npos) << flows();
  change({reconcile::Remove<Meter>{1000, {packets, false}}});
  EXPECT_EQ(flows().find("meter:1000"), std::string::npos) << flows();
}

// As `ovs-ofctl add-meter` would make it: somebody else's.
TEST_F(MetersLive, AForeignMeterIsSeenAndNotOurs) {
  ovs_.ofctl({"add-meter", ovs_.management_socket("br-int"), "meter=7,pktps,bands=type=drop,rate=5"});
  const auto listed = list();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_TRUE(listed.at(7).opaque);
  EXPECT_EQ(Meter::ownership(7, listed.at(7)), reconcile::Ownership::foreign);
}

}  // namespace
}  // namespace tarn::host
