// Listings of flows by the real driver from the model switch, question by question: whole, cut short, and overtaken by
// a foreign writer.
#include <gtest/gtest.h>

#include "host/openflow_driver.h"
#include "one_host.h"
#include "reconcile/lane.h"
#include "reconcile/machine.h"

namespace tarn::sim {
namespace {

using namespace std::chrono_literals;
using domain::Flow;

// A switch with flows of ours and of others, with every kind of cookie, in a large table and in small ones.
void crowd(ModelSwitch& vswitchd) {
  for (std::uint16_t number = 1; number <= 400; ++number) {
    const bool large = number % 3 != 0;
    const std::uint64_t own = domain::cookie_of(domain::CookieClass{1}, std::to_string(number / 4));
    const std::uint64_t cookies[] = {own, own, std::uint64_t{number}, ~std::uint64_t{number}, 0};
    of::FlowKey at = key(number);
    at.table = large ? 60 : static_cast<std::uint8_t>(number % 11);
    vswitchd.put(at, {cookies[number % 5], {of::Output{7}}, {}});
  }
}

TEST(Listing, IsTheSameInManyQuestionsAsInOne) {
  for (const std::uint32_t answer_flows : {1U, 10U, 100U, 512U}) {
    OneHost machine(answer_flows);
    machine.network.faults() = {.refuse = 0, .cut = 0, .split = 3000, .delay = 3000};
    ASSERT_TRUE(machine.scheduler.run(5s, [&] { return machine.datapath.number_of("br-int").has_value(); }));
    crowd(*machine.vswitchd);
    host::OpenflowDriver driver(*machine.loop, *machine.dialer, machine.choice, "/run/br-int.mgmt",
                                {.answer_flows = answer_flows, .answer_growth_max = 1});
    ASSERT_TRUE(machine.scheduler.run(20s, [&] { return driver.connected(); }));
    std::optional<reconcile::Actual<domain::Flow>> listed;
    driver.list([&](auto answer) { listed = **answer; });
    ASSERT_TRUE(machine.scheduler.run(600s, [&] { return listed.has_value(); }));
    EXPECT_EQ(*listed, machine.vswitchd->flows());
    EXPECT_EQ(driver.counters().flows_ours + driver.counters().flows_foreign, 400U);
    EXPECT_EQ(machine.vswitchd->counters().unknown, 0U);
    EXPECT_EQ(machine.vswitchd->counters().flow_questions == 1, answer_flows >= 400);
    // 53 flows of the large table share the cookie 0, and the lowest bits of others are the same by chance.
    EXPECT_LE(machine.vswitchd->counters().answer_flows_most, 100U + answer_flows);
  }
}

TEST(Listing, CutBetweenTwoQuestionsIsNone) {
  for (std::uint64_t heard = 0; heard <= 30; heard += 3) {
    OneHost machine(heard);
    ASSERT_TRUE(machine.scheduler.run(5s, [&] { return machine.datapath.number_of("br-int").has_value(); }));
    crowd(*machine.vswitchd);
    host::OpenflowDriver driver(*machine.loop, *machine.dialer, machine.choice, "/run/br-int.mgmt",
                                {.answer_flows = 10, .answer_growth_max = 1});
    ASSERT_TRUE(machine.scheduler.run(20s, [&] { return driver.connected(); }));
    std::optional<host::OpenflowDriver::Listed> listed;
    driver.list([&](auto answer) { listed = std::move(answer); });
    ASSERT_TRUE(machine.scheduler.run(60s, [&] { return machine.vswitchd->counters().flow_questions == heard; }));
    ASSERT_FALSE(listed.has_value()) << "there are more than 30 questions";
    machine.network.cut("/run/br-int.mgmt");
    ASSERT_TRUE(machine.scheduler.run(60s, [&] { return listed.has_value(); }));
    ASSERT_FALSE(listed->has_value()) << "a listing cut after " << heard << " answers";
    EXPECT_EQ(listed->error().code, ErrorCode::unavailable);
    // The driver connects again, and the next listing begins at the beginning.
    ASSERT_TRUE(machine.scheduler.run(60s, [&] { return driver.connected(); }));
    listed.reset();
    driver.list([&](auto answer) { listed = std::move(answer); });
    ASSERT_TRUE(machine.scheduler.run(60s, [&] { return listed.has_value(); }));
    ASSERT_TRUE(listed->has_value());
    EXPECT_EQ(***listed, machine.vswitchd->flows());
  }
}

std::uint64_t own_cookie(rt::Choice& choice) {
  return domain::cookie_of(domain::CookieClass{1}, std::to_string(choice.below(1000)));
}

of::FlowKey key_in(std::uint8_t table, std::uint16_t number) {
  of::FlowKey at = key(number);
  at.table = table;
  return at;
}

// Some of 300 wanted flows, 60 of ours that nobody wants any more, 60 foreign ones.
struct Contest {
  explicit Contest(OneHost& machine) : host(machine) {
    for (std::uint16_t number = 1; number <= 420; ++number) {
      const auto table = static_cast<std::uint8_t>(host.choice.below(3));
      const of::FlowKey at = key_in(table, number);
      const bool is_foreign = number > 360;
      const of::FlowSpec spec{is_foreign ? host.choice.below(8) : own_cookie(host.choice), {of::Output{7}}, {}};
      if (number <= 300) wish[at] = spec;
      if (is_foreign) foreign[at] = spec;
      if (number <= 300 && host.choice.below(10) == 0) continue;
      host.vswitchd->put(at, spec);
      if (number <= 300) stands.push_back(at);
    }
  }
  // Somebody gives flows another cookie in place, ours and foreign ones, and adds some in any table.
  void interfere() {
    for (const auto& [at, seen] : reconcile::Actual<Flow>(host.vswitchd->flows())) {
      if (host.choice.below(5) != 0) continue;
      of::FlowSpec spec = seen.spec;
      const bool is_foreign = foreign.contains(at);
      spec.cookie = is_foreign ? host.choice.below(8) : own_cookie(host.choice);
      if (is_foreign) foreign[at] = spec;
      host.vswitchd->put(at, spec);
    }
    for (int i = 0; i < 10; ++i) {
      const of::FlowKey at = key_in(static_cast<std::uint8_t>(host.choice.below(9)), ++added);
      host.vswitchd->put(at, foreign[at] = {host.choice.below(8), {}, {}});
    }
  }
  [[nodiscard]] bool all_stand() const {
    return std::ranges::all_of(stands, [&](const of::FlowKey& at) { return host.vswitchd->flows().contains(at); });
  }

  OneHost& host;
  reconcile::Desired<Flow> wish;
  std::map<of::FlowKey, of::FlowSpec> foreign;
  std::vector<of::FlowKey> stands;  // wanted, and there from the beginning
  std::uint16_t added = 1000;
};

TEST(Listing, MissingWhatAForeignWriterTouchesRemovesNothingElseAndHealsAtTheAudit) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    OneHost machine(seed);
    ASSERT_TRUE(machine.scheduler.run(5s, [&] { return machine.datapath.number_of("br-int").has_value(); }));
    Contest contest(machine);
    host::OpenflowDriver driver(*machine.loop, *machine.dialer, machine.choice, "/run/br-int.mgmt",
                                {.answer_flows = 20});
    reconcile::Lane<Flow> lane(driver, *machine.loop, machine.choice, {});
    reconcile::Machine agent(*machine.loop, {{&lane}}, 60s);
    reconcile::Collector<reconcile::Desired<Flow>> wish;
    wish.so_far() = contest.wish;
    lane.want(std::move(wish).finish());
    for (const std::uint64_t questions : {2U, 7U, 12U}) {
      ASSERT_TRUE(machine.scheduler.run(60s, [&] { return machine.vswitchd->counters().flow_questions == questions; }));
      ASSERT_FALSE(lane.actual().has_value()) << "still being listed";
      contest.interfere();
    }
    EXPECT_FALSE(machine.scheduler.run(150s, [&] { return !contest.all_stand(); })) << "a wanted flow was taken away";
    std::map<of::FlowKey, of::FlowSpec> should = contest.foreign;
    should.insert(contest.wish.begin(), contest.wish.end());
    std::map<of::FlowKey, of::FlowSpec> is;
    for (const auto& [at, seen] : machine.vswitchd->flows()) is.emplace(at, seen.spec);
    EXPECT_EQ(is, should);
    EXPECT_EQ(machine.vswitchd->counters().unknown, 0U);
  }
}

}  // namespace
}  // namespace tarn::sim
