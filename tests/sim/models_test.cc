// The models under the real drivers: what the drivers see must be what the models hold, whatever the pipe does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/openflow_driver.h"
#include "host/ovsdb_driver.h"
#include "one_host.h"

namespace tarn::sim {
namespace {

using namespace std::chrono_literals;

bool add_tap(OvsDatabase& database, const std::string& name) {
  return database.write(
      {ovsdb::Insert{"Interface", {{"name", Datum::of(name)}}, "i"},
       ovsdb::Insert{"Port", {{"name", Datum::of(name)}, {"interfaces", Datum::of(ovsdb::NamedUuid{"i"})}}, "p"},
       ovsdb::Mutate{"Bridge",
                     *database.named("Bridge", "br-int"),
                     {{"ports", ovsdb::Mutator::insert, Datum::of(ovsdb::NamedUuid{"p"})}}}});
}

TEST(ModelOvsdb, ShowsTheRealDriverWhatIsPluggedAndTheNumberTheSwitchGave) {
  OneHost machine(1);
  host::OvsdbDriver driver(*machine.loop, *machine.dialer, machine.choice, {"/run/db.sock", "br-int"});
  driver.start();
  ASSERT_TRUE(add_tap(machine.database, "tap-1"));
  ASSERT_TRUE(machine.scheduler.run(5s, [&] {
    return driver.facts() != nullptr && (*driver.facts())->interfaces.contains("tap-1") &&
           (*driver.facts())->interfaces.at("tap-1").ofport.has_value();
  }));
  EXPECT_EQ((*driver.facts())->interfaces.at("tap-1").ofport, machine.datapath.number_of("tap-1"));
  EXPECT_EQ((*driver.facts())->interfaces.at("tap-1").bridge, "br-int");
}

TEST(ModelOvsdb, AClusterGoesOnAfterACutWhereTheDriverLeftOffAndListsAfreshWhenItForgot) {
  OneHost machine(2, ModelOvsdb::Kind::clustered);
  host::OvsdbDriver driver(*machine.loop, *machine.dialer, machine.choice, {"/run/db.sock", "br-int"});
  driver.start();
  ASSERT_TRUE(machine.scheduler.run(5s, [&] { return driver.facts() != nullptr; }));
  const auto cut_and_return = [&](const std::string& tap) {
    machine.network.cut("/run/db.sock");
    EXPECT_TRUE(machine.scheduler.run(5s, [&] { return driver.facts() == nullptr; }));
    EXPECT_TRUE(add_tap(machine.database, tap));
    EXPECT_TRUE(machine.scheduler.run(
        20s, [&] { return driver.facts() != nullptr && (*driver.facts())->interfaces.contains(tap); }));
  };
  cut_and_return("tap-1");
  EXPECT_EQ(machine.server.counters().listed, 1U);
  EXPECT_EQ(machine.server.counters().resumed, 1U);
  machine.database.forget_history();
  machine.network.cut("/run/db.sock");
  ASSERT_TRUE(machine.scheduler.run(5s, [&] { return driver.facts() == nullptr; }));
  ASSERT_TRUE(add_tap(machine.database, "tap-2"));
  machine.database.forget_history();
  ASSERT_TRUE(machine.scheduler.run(
      20s, [&] { return driver.facts() != nullptr && (*driver.facts())->interfaces.contains("tap-2"); }));
  EXPECT_EQ(machine.server.counters().listed, 2U);
}

TEST(ModelOvsdb, AStandaloneServerKnowsNoTransactionAndListsEverythingAfterACut) {
  OneHost machine(2);
  host::OvsdbDriver driver(*machine.loop, *machine.dialer, machine.choice, {"/run/db.sock", "br-int"});
  driver.start();
  ASSERT_TRUE(machine.scheduler.run(5s, [&] { return driver.facts() != nullptr; }));
  machine.network.cut("/run/db.sock");
  ASSERT_TRUE(machine.scheduler.run(5s, [&] { return driver.facts() == nullptr; }));
  ASSERT_TRUE(machine.scheduler.run(20s, [&] { return driver.facts() != nullptr; }));
  EXPECT_EQ(machine.server.counters().listed, 2U);
  EXPECT_EQ(machine.server.counters().resumed, 0U);
}

TEST(ModelOvsdb, IsAtomicAndNamesTheOperationThatFailed) {
  OvsDatabase database;
  make_bridge(database);
  const auto before = database.tables();
  EXPECT_TRUE(add_tap(database, "tap-1"));
  EXPECT_FALSE(add_tap(database, "tap-1"));  // two rows of one name
  EXPECT_EQ(database.last_commit(), 2U);
  const Uuid bridge = *database.named("Bridge", "br-int");
  EXPECT_FALSE(database.write({ovsdb::Update{"Bridge", bridge, {{"fail_mode", Datum::of("secure")}}},
                               ovsdb::Wait{"Port", {{"name", Datum::of("tap-1")}}, {"name"}, {}}}));
  EXPECT_TRUE(ovsdb::column_of(*database.find("Bridge", bridge), "fail_mode").empty());
  EXPECT_TRUE(database.write({ovsdb::Mutate{
      "Bridge", bridge, {{"ports", ovsdb::Mutator::erase, Datum::of(*database.named("Port", "tap-1"))}}}}));
  EXPECT_EQ(database.tables(), before);  // rows that nobody refers to are collected
}

TEST(ModelOvsdb, RefusesWhatItIsToldToAndOnlyThatWithTheWordsOfARealOne) {
  for (const char* word : {"constraint violation", commit_failed}) {
    OneHost machine(4);
    host::OvsdbDriver driver(*machine.loop, *machine.dialer, machine.choice, {"/run/db.sock", "br-int"});
    driver.start();
    ASSERT_TRUE(add_tap(machine.database, "tap-1"));
    ASSERT_TRUE(add_tap(machine.database, "tap-2"));
    ASSERT_TRUE(machine.scheduler.run(5s, [&] { return driver.facts() != nullptr; }));
    machine.server.refuse([&](const std::string& subject) {
      return subject == "Interface tap-2" ? std::optional(OvsRefusal{word, {}}) : std::nullopt;
    });
    std::vector<reconcile::Step<domain::OfportPin>> batch;
    batch.emplace_back(reconcile::Create<domain::OfportPin>{"tap-1", {11}});
    batch.emplace_back(reconcile::Create<domain::OfportPin>{"tap-2", {12}});
    std::vector<reconcile::Outcome> outcomes;
    driver.pins().apply(batch, reconcile::Writes::allow, [&](auto answer) { outcomes = std::move(answer); });
    ASSERT_TRUE(machine.scheduler.run(20s, [&] { return !outcomes.empty(); }));
    EXPECT_TRUE(std::holds_alternative<reconcile::Applied>(outcomes.at(0)));
    ASSERT_TRUE(std::holds_alternative<reconcile::Refused>(outcomes.at(1)));
    EXPECT_EQ(std::get<reconcile::Refused>(outcomes.at(1)).why.reason, word);
    machine.scheduler.run(1s);
    EXPECT_EQ(machine.datapath.number_of("tap-1"), 11U);
    EXPECT_NE(machine.datapath.number_of("tap-2"), 12U);
  }
}

TEST(ModelSwitch, TakesABundleWithoutTheStepItRefusesAndListsTheRest) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {  // refused when added, or at the commit
    OneHost machine(seed);
    machine.network.faults() = {.refuse = 0, .cut = 0, .split = 3000, .delay = 3000};
    ASSERT_TRUE(machine.scheduler.run(5s, [&] { return machine.datapath.number_of("br-int").has_value(); }));
    host::OpenflowDriver driver(*machine.loop, *machine.dialer, machine.choice, "/run/br-int.mgmt");
    machine.vswitchd->refuse([](const of::AddFlow& add) { return add.key.priority == 2; });
    ASSERT_TRUE(machine.scheduler.run(20s, [&] { return driver.connected(); }));
    const of::FlowSpec spec{domain::cookie_mark | 1, {of::Output{7}}, {}};
    std::vector<reconcile::Step<domain::Flow>> batch;
    for (std::uint16_t priority = 1; priority <= 3; ++priority) {
      batch.emplace_back(reconcile::Create<domain::Flow>{key(priority), spec});
    }
    std::vector<reconcile::Outcome> outcomes;
    driver.apply(batch, reconcile::Writes::allow, [&](auto answer) { outcomes = std::move(answer); });
    ASSERT_TRUE(machine.scheduler.run(20s, [&] { return !outcomes.empty(); }));
    EXPECT_TRUE(std::holds_alternative<reconcile::Applied>(outcomes.at(0)));
    EXPECT_TRUE(std::holds_alternative<reconcile::Refused>(outcomes.at(1)));
    EXPECT_TRUE(std::holds_alternative<reconcile::Applied>(outcomes.at(2)));
    std::optional<reconcile::Actual<domain::Flow>> listed;
    driver.list([&](auto answer) { listed = **answer; });
    ASSERT_TRUE(machine.scheduler.run(20s, [&] { return listed.has_value(); }));
    ASSERT_EQ(listed->size(), 2U);
    EXPECT_EQ(listed->at(key(1)).spec, spec);
    EXPECT_EQ(*listed, machine.vswitchd->flows());
    EXPECT_EQ(machine.vswitchd->counters().unknown, 0U);
  }
}

TEST(ModelSwitch, ListsWhatPacketsTaughtItUntilWhatLearnedGoes) {
  OneHost machine(4);
  ASSERT_TRUE(machine.scheduler.run(5s, [&] { return machine.datapath.number_of("br-int").has_value(); }));
  const of::Learn learn{.table = 10,
                        .priority = 5,
                        .idle_timeout = 60,
                        .cookie = 7,
                        .matches = {},
                        .copied = {{of::Field::eth_src, of::Field::eth_dst, 0, 0, 48}},
                        .loads = {}};
  const of::FlowKey learned{10, 5, of::Match{of::FieldValue::mac(of::Field::eth_dst, Mac{{2, 0, 0, 0, 0, 1}})}};
  const Packet packet = Packet().set(Field::eth_src, Mac{{2, 0, 0, 0, 0, 1}});
  machine.vswitchd->put(key(1), {.cookie = 1, .actions = {learn}, .goto_table = {}});
  machine.vswitchd->put(key(2), {.cookie = 1, .actions = {learn}, .goto_table = {}});
  machine.datapath.send(1, packet);
  ASSERT_TRUE(machine.vswitchd->flows().contains(learned));
  EXPECT_EQ(machine.vswitchd->flows().at(learned).idle_timeout, 60);
  machine.vswitchd->put(key(1), {.cookie = 1, .actions = {}, .goto_table = {}});
  EXPECT_TRUE(machine.vswitchd->flows().contains(learned)) << "another still learns";
  machine.vswitchd->put(key(2), {.cookie = 1, .actions = {}, .goto_table = {}});
  EXPECT_FALSE(machine.vswitchd->flows().contains(learned));
  machine.vswitchd->put(key(1), {.cookie = 1, .actions = {learn}, .goto_table = {}});
  machine.vswitchd.reset();
  machine.datapath.send(1, packet);  // nobody is there to learn
}

TEST(ModelSwitch, GivesARequestedNumberAndNeverOneNumberTwiceInOneLife) {
  OneHost machine(3);
  ASSERT_TRUE(add_tap(machine.database, "tap-1"));
  machine.scheduler.run(1s);
  const auto first = machine.datapath.number_of("tap-1");
  ASSERT_TRUE(machine.database.write(
      {ovsdb::Mutate{"Bridge",
                     *machine.database.named("Bridge", "br-int"),
                     {{"ports", ovsdb::Mutator::erase, Datum::of(*machine.database.named("Port", "tap-1"))}}}}));
  machine.scheduler.run(1s);
  ASSERT_TRUE(add_tap(machine.database, "tap-2"));
  machine.scheduler.run(1s);
  EXPECT_NE(machine.datapath.number_of("tap-2"), first);
  ASSERT_TRUE(machine.database.write({ovsdb::Update{
      "Interface", *machine.database.named("Interface", "tap-2"), {{"ofport_request", Datum::of(std::int64_t{77})}}}}));
  machine.scheduler.run(1s);
  EXPECT_EQ(machine.datapath.number_of("tap-2"), 77U);
}

TEST(Pipe, DeliversEveryByteInOrderWhileItSplitsAndDelays) {
  rt::Seeded choice(4);
  Scheduler scheduler(choice);
  Network network(scheduler);
  network.faults() = {.refuse = 0, .cut = 0, .split = 8000, .delay = 5000};
  const auto server_loop = scheduler.make_loop("server");
  const auto client_loop = scheduler.make_loop("client");
  std::unique_ptr<rt::Stream> accepted;
  Bytes heard;
  const auto listener = network.listen("/s", *server_loop, [&](std::unique_ptr<rt::Stream> stream) {
    accepted = std::move(stream);
    accepted->start({[&](ByteView bytes) { heard.insert(heard.end(), bytes.begin(), bytes.end()); }, {}, {}});
  });
  const auto dialer = network.dialer(*client_loop);
  std::unique_ptr<rt::Stream> stream;
  const auto attempt = dialer->dial("/s", [&](auto result) { stream = std::move(*result); });
  ASSERT_TRUE(scheduler.run(1s, [&] { return stream != nullptr; }));
  stream->start({[](ByteView) {}, [](const Error&) {}, {}});
  Bytes sent;
  for (int i = 0; i < 200; ++i) {
    const Bytes piece(static_cast<std::size_t>(i % 7), static_cast<Byte>(i));
    sent.insert(sent.end(), piece.begin(), piece.end());
    stream->write(piece);
    scheduler.step();
  }
  EXPECT_TRUE(scheduler.run(60s, [&] { return heard.size() == sent.size(); }));
  EXPECT_EQ(heard, sent);
}

}  // namespace
}  // namespace tarn::sim
