// The OpenFlow driver against a real Open vSwitch.
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "host/openflow_driver.h"
#include "reconcile/diff.h"
#include "rt/asio_loop.h"
#include "rt/asio_stream.h"
#include "support/oracle_seed.h"
#include "support/private_switch.h"
#include "support/random_flow.h"

namespace tarn::host {
namespace {

using namespace std::chrono_literals;
using domain::Flow;
using reconcile::Actual;
using reconcile::Desired;
using reconcile::Writes;
namespace of = wire::of;

constexpr rt::Duration patience = 30s;

class OpenflowLive : public testing::Test {
 protected:
  void SetUp() override { ovs_.add_bridge("br-int"); }

  void connect(of::SessionBounds bounds = {}) {
    driver_ = std::make_unique<OpenflowDriver>(loop_, dialer_, choice_, ovs_.management_socket("br-int"), bounds);
    ASSERT_TRUE(loop_.run_until([&] { return driver_->connected(); }, patience)) << driver_->status();
  }

  OpenflowDriver::Listed list() {
    std::optional<OpenflowDriver::Listed> answer;
    driver_->list([&](OpenflowDriver::Listed listed) { answer = std::move(listed); });
    EXPECT_FALSE(answer.has_value()) << "answered inside the call";
    EXPECT_TRUE(loop_.run_until([&] { return answer.has_value(); }, patience));
    return std::move(*answer);
  }

  OpenflowDriver::Outcomes apply(std::vector<reconcile::Step<Flow>> steps, Writes writes = Writes::allow) {
    std::optional<OpenflowDriver::Outcomes> answer;
    driver_->apply(std::move(steps), writes, [&](OpenflowDriver::Outcomes outcomes) { answer = std::move(outcomes); });
    EXPECT_FALSE(answer.has_value()) << "answered inside the call";
    EXPECT_TRUE(loop_.run_until([&] { return answer.has_value(); }, patience));
    return std::move(*answer);
  }

  static std::vector<reconcile::Step<Flow>> steps_of(reconcile::Diff<Flow> diff) {
    std::vector<reconcile::Step<Flow>> steps;
    for (auto& step : diff.creates) steps.emplace_back(std::move(step));
    for (auto& step : diff.changes) steps.emplace_back(std::move(step));
    for (auto& step : diff.removes) steps.emplace_back(std::move(step));
    return steps;
  }

  static bool all_applied(const OpenflowDriver::Outcomes& outcomes) {
    bool all = true;
    for (const auto& outcome : outcomes) {
      const auto* refused = std::get_if<reconcile::Refused>(&outcome);
      if (refused != nullptr) ADD_FAILURE() << refused->why.message;
      all = all && std::holds_alternative<reconcile::Applied>(outcome);
    }
    return all;
  }

  static reconcile::Whole<Desired<Flow>> whole(Desired<Flow> wish) {
    reconcile::Collector<Desired<Flow>> collector;
    collector.so_far() = std::move(wish);
    return std::move(collector).finish();
  }

  test::PrivateSwitch ovs_{"tarn-of"};
  rt::AsioLoop loop_;
  rt::AsioDialer dialer_{loop_};
  rt::Seeded choice_{7};
  std::unique_ptr<OpenflowDriver> driver_;
};

Desired<Flow> random_wish(std::uint64_t seed, std::size_t count) {
  rt::Seeded choice(seed);
  test::RandomFlow random(choice);
  Desired<Flow> wish;
  while (wish.size() < count) {
    of::FlowKey key = random.key();
    of::FlowSpec spec = random.spec(key.table);
    spec.cookie = domain::cookie_of(domain::CookieClass{1}, std::to_string(wish.size() % 10));
    wish.insert_or_assign(std::move(key), std::move(spec));
  }
  return wish;
}

// Each round takes the flows of the one before away, by the same means.
TEST_F(OpenflowLive, ListsBackExactlyWhatItAppliedAndThenHasNothingToDo) {
  connect();
  const auto before = list();
  ASSERT_TRUE(before.has_value());
  EXPECT_TRUE((*before)->empty());
  for (std::uint64_t seed = test::oracle_seed(); seed < test::oracle_seed() + 5; ++seed) {
    const auto wish = whole(random_wish(seed, 800));
    ASSERT_TRUE(all_applied(apply(steps_of(reconcile::diff<Flow>(wish, *list()))))) << test::replay(seed);
    const auto after = list();
    ASSERT_TRUE(after.has_value());
    EXPECT_EQ((*after)->size(), wish->size());
    for (const auto& [key, spec] : *wish) {
      const auto seen = (*after)->find(key);
      ASSERT_NE(seen, (*after)->end()) << test::replay(seed) << "\n" << of::text(key, spec);
      EXPECT_EQ(seen->second.spec, spec) << of::text(key, spec) << "\n" << of::text(key, seen->second.spec);
      EXPECT_FALSE(seen->second.opaque);
    }
    const auto rest = reconcile::diff<Flow>(wish, *after);
    EXPECT_TRUE(rest.empty());
    EXPECT_TRUE(rest.conflicts.empty());
  }
}

TEST_F(OpenflowLive, PrintsFlowsAsOvsOfctlReadsThem) {
  connect();
  const Desired<Flow> wish = random_wish(2, 300);
  std::string lines;
  for (const auto& [key, spec] : wish) lines += of::text(key, spec) + "\n";
  ovs_.ofctl({"--bundle", "add-flows", "unix:" + ovs_.management_socket("br-int"), "-"}, lines);

  const auto listed = list();
  ASSERT_TRUE(listed.has_value());
  EXPECT_EQ((*listed)->size(), wish.size());
  for (const auto& [key, spec] : wish) {
    const auto seen = (*listed)->find(key);
    ASSERT_NE(seen, (*listed)->end()) << of::text(key, spec);
    EXPECT_EQ(of::text(seen->first, seen->second.spec), of::text(key, spec));
  }
}

// Foreign flows and ours, in few and in many questions: always what ovs-ofctl counts, and the same.
TEST_F(OpenflowLive, ListsTheSameInManyQuestionsAsInOne) {
  std::string lines;
  for (const auto& [key, spec] : random_wish(9, 1500)) lines += of::text(key, spec) + "\n";
  for (int i = 0; i < 400; ++i) {
    lines += "cookie=" + std::to_string(i % 2 == 0 ? 0 : i) + ",table=60,priority=" + std::to_string(i + 1) +
             ",in_port=1,actions=drop\n";
  }
  ovs_.ofctl({"--bundle", "add-flows", "unix:" + ovs_.management_socket("br-int"), "-"}, lines);
  std::optional<Actual<Flow>> at_once;
  for (const std::uint32_t answer_flows : {1'000'000U, 512U, 100U, 10U, 1U}) {
    connect({.answer_flows = answer_flows});
    const auto listed = list();
    ASSERT_TRUE(listed.has_value()) << listed.error().message;
    if (!at_once) at_once = **listed;
    EXPECT_EQ((*listed)->size(), 1900U);
    EXPECT_EQ(**listed, *at_once) << "in answers of " << answer_flows;
    EXPECT_EQ(driver_->counters().flows_foreign, 400U);
  }
}

TEST_F(OpenflowLive, RemovesOnlyWhatTheDiffNames) {
  connect();
  Desired<Flow> wish = random_wish(3, 100);
  ovs_.ofctl({"add-flow", "unix:" + ovs_.management_socket("br-int"), "cookie=0x99,table=250,ip,actions=note:01.02"});
  ASSERT_TRUE(all_applied(apply(steps_of(reconcile::diff<Flow>(whole(wish), *list())))));

  wish.erase(wish.begin());
  const auto outcomes = apply(steps_of(reconcile::diff<Flow>(whole(wish), *list())));
  EXPECT_EQ(outcomes.size(), 1U);
  ASSERT_TRUE(all_applied(outcomes));
  const auto after = list();
  EXPECT_EQ((*after)->size(), wish.size() + 1);
  EXPECT_EQ(driver_->counters().flows_foreign, 1U);
  EXPECT_EQ(driver_->counters().flows_ours, wish.size());
  EXPECT_TRUE(reconcile::diff<Flow>(whole(wish), *after).empty());
}

TEST_F(OpenflowLive, LeavesAFlowAloneThatSomeoneElseHasTakenOver) {
  connect();
  const Desired<Flow> wish = random_wish(4, 1);
  ASSERT_TRUE(all_applied(apply(steps_of(reconcile::diff<Flow>(whole(wish), *list())))));
  auto removal = steps_of(reconcile::diff<Flow>(whole({}), *list()));
  ASSERT_EQ(removal.size(), 1U);
  of::FlowSpec theirs = wish.begin()->second;
  theirs.cookie = 0x77;
  ovs_.ofctl({"add-flow", "unix:" + ovs_.management_socket("br-int"), of::text(wish.begin()->first, theirs)});
  apply(std::move(removal));
  EXPECT_EQ((*list())->size(), 1U);
}

TEST_F(OpenflowLive, RefusesABadFlowAloneAndAppliesTheRest) {
  connect();
  const Desired<Flow> wish = random_wish(5, 50);
  auto steps = steps_of(reconcile::diff<Flow>(whole(wish), *list()));
  // One the switch refuses on reading (no IP in the match), one it refuses at the commit (no such group).
  const of::FlowKey unread{1, 5, of::Match{of::FieldValue::number(of::Field::in_port, 9)}};
  const of::FlowKey unknown{1, 6, of::Match{of::FieldValue::number(of::Field::in_port, 9)}};
  steps.insert(steps.begin() + 10,
               reconcile::Create<Flow>{unread, {.cookie = 1, .actions = {of::DecTtl{}}, .goto_table = {}}});
  steps.insert(steps.begin() + 20,
               reconcile::Create<Flow>{unknown, {.cookie = 1, .actions = {of::Group{77}}, .goto_table = {}}});
  const auto outcomes = apply(std::move(steps));
  ASSERT_EQ(outcomes.size(), 52U);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto* refused = std::get_if<reconcile::Refused>(&outcomes[i]);
    EXPECT_EQ(refused != nullptr, i == 10 || i == 20) << i;
    if (refused == nullptr) continue;
    EXPECT_NE(refused->why.message.find("the switch refuses: bad action"), std::string::npos) << refused->why.message;
  }
  EXPECT_EQ((*list())->size(), 50U);
}

TEST_F(OpenflowLive, AttemptsNothingWhenWritesAreForbidden) {
  connect();
  const auto outcomes = apply(steps_of(reconcile::diff<Flow>(whole(random_wish(6, 10)), *list())), Writes::forbid);
  EXPECT_EQ(outcomes.size(), 10U);
  for (const auto& outcome : outcomes) EXPECT_TRUE(std::holds_alternative<reconcile::Refused>(outcome));
  EXPECT_EQ(driver_->counters().writes_attempted, 0U);
  EXPECT_TRUE((*list())->empty());
}

TEST_F(OpenflowLive, KeepsCountersWhenAFlowIsAddedOverItselfAndHearsPackets) {
  connect();
  std::vector<of::PacketIn> heard;
  driver_->on_packet([&](const of::PacketIn& packet) { heard.push_back(packet); });
  const of::FlowKey from_us{0, 10, of::Match{of::FieldValue::number(of::Field::in_port, of::port_local)}};
  const of::FlowSpec answer{.cookie = domain::cookie_of(domain::CookieClass{1}, "one"),
                            .actions = {of::SetField{of::FieldValue::number(of::Field::reg5, 0x1234)},
                                        of::SetField{of::FieldValue::number(of::Field::metadata, 0xabc)},
                                        of::Controller{.max_len = 0xffff, .userdata = {1, 2, 3}, .meter = 0}},
                            .goto_table = {}};
  ASSERT_TRUE(all_applied(apply({reconcile::Create<Flow>{from_us, answer}})));
  ovs_.in_netns({"ip", "link", "set", "br-int", "up"});
  // The local port's own kernel sends router solicitations once the link is up; each one reaches us.
  ASSERT_TRUE(loop_.run_until([&] { return !heard.empty(); }, patience));
  EXPECT_EQ(heard[0].in_port(), of::port_local);
  EXPECT_EQ(heard[0].userdata, (Bytes{1, 2, 3}));
  EXPECT_EQ(heard[0].cookie, answer.cookie);
  ASSERT_NE(heard[0].metadata.find(of::Field::reg5), nullptr);
  EXPECT_EQ(*heard[0].metadata.find(of::Field::reg5), of::FieldValue::number(of::Field::reg5, 0x1234));
  EXPECT_EQ(*heard[0].metadata.find(of::Field::metadata), of::FieldValue::number(of::Field::metadata, 0xabc));
  EXPECT_GT(heard[0].packet.size(), 14U);

  const auto counted = list();
  const std::uint64_t packets = (*counted)->at(from_us).packets;
  EXPECT_GT(packets, 0U);
  ASSERT_TRUE(all_applied(apply({reconcile::Create<Flow>{from_us, answer}})));
  EXPECT_GE((*list())->at(from_us).packets, packets);
}

TEST_F(OpenflowLive, RecoversFromASwitchThatGoesAwayAndComesBack) {
  connect();
  int hints = 0;
  driver_->on_hint([&](const reconcile::Hint<Flow>&) { ++hints; });
  ASSERT_TRUE(all_applied(apply(steps_of(reconcile::diff<Flow>(whole(random_wish(8, 5)), *list())))));
  ovs_.stop_switch();
  ASSERT_TRUE(loop_.run_until([&] { return !driver_->connected(); }, patience));
  EXPECT_EQ(hints, 1) << "what was listed is worthless now, and nobody else would say so";
  EXPECT_FALSE(list().has_value());
  const auto lone = random_wish(8, 1);
  const auto outcomes = apply({reconcile::Create<Flow>{lone.begin()->first, lone.begin()->second}});
  EXPECT_TRUE(std::holds_alternative<reconcile::Refused>(outcomes.front()));
  EXPECT_NE(driver_->status().find("no switch at"), std::string::npos) << driver_->status();

  ovs_.start_switch();
  ASSERT_TRUE(loop_.run_until([&] { return driver_->connected(); }, patience)) << driver_->status();
  EXPECT_EQ(hints, 2);
  const auto after = list();
  ASSERT_TRUE(after.has_value());
  EXPECT_TRUE((*after)->empty()) << "an empty table is a legal observation";
}

}  // namespace
}  // namespace tarn::host
