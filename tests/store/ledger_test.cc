// The one writer: admitted against the newest state, shown only when durable, fenced against any other writer.
#include "store/ledger.h"

#include "store/backends.h"

namespace tarn::store {
namespace {

using boost::json::object;

Uuid id(unsigned number) {
  Uuid uuid;
  uuid.bytes[15] = static_cast<std::uint8_t>(number);
  uuid.bytes[14] = static_cast<std::uint8_t>(number >> 8);
  return uuid;
}

model::Request create_network(unsigned number) {
  return {model::Verb::create, model::Kind::network, id(number), object{{"name", "n" + std::to_string(number)}}, {}};
}

const model::Caller admin{"project", true};

// Counts what reaches the store, and can hold it back.
class SlowStore final : public Store {
 public:
  explicit SlowStore(rt::Loop& loop) : memory(loop) {}
  void load(std::function<void(Result<State>)> done) override { memory.load(std::move(done)); }
  void commit(std::vector<Commit> group, std::function<void(Results)> done) override {
    groups.push_back(group.size());
    if (hold) {
      held = [this, group = std::move(group), done = std::move(done)] { memory.commit(group, done); };
    } else {
      memory.commit(std::move(group), std::move(done));
    }
  }
  std::unique_ptr<Watch> watch(Revision after, Watcher watcher) override {
    return memory.watch(after, std::move(watcher));
  }

  MemoryStore memory;
  std::vector<std::size_t> groups;
  bool hold = false;
  std::function<void()> held;
};

class TheLedger : public testing::Test {
 protected:
  void SetUp() override {
    ledger_ = open({});
    ASSERT_TRUE(ledger_);
  }
  std::unique_ptr<Ledger> open(Ledger::Bounds bounds) {
    std::optional<Result<std::unique_ptr<Ledger>>> opened;
    Ledger::open(loop_, store_, choice_, {}, bounds, [&](auto result) { opened = std::move(result); });
    EXPECT_TRUE(loop_.run_until([&] { return opened.has_value(); }, patience));
    if (!opened->has_value()) error_ = opened->error();
    return opened->has_value() ? std::move(**opened) : nullptr;
  }
  void write(Ledger& ledger, model::Request request) {
    const std::size_t index = answers_.size();
    answers_.emplace_back();
    ledger.write({std::move(request)}, admin, [this, index](auto result) { answers_[index] = std::move(result); });
  }
  void settle() {
    ASSERT_TRUE(loop_.run_until(
        [&] { return std::ranges::all_of(answers_, [](const auto& a) { return a.has_value(); }); }, patience));
  }

  // Creates network 1; its group is with the store until released.
  void hold_first_group() {
    store_.hold = true;
    const std::size_t index = answers_.size();
    answers_.emplace_back();
    ledger_->write({create_network(1)}, admin, [this, index](auto result) {
      groups_when_first_answered_ = store_.groups.size();
      answers_[index] = std::move(result);
    });
    ASSERT_TRUE(loop_.run_until([&] { return store_.held != nullptr; }, patience));
  }
  void let_it_admit() {
    bool turned = false;
    loop_.post([&turned] { turned = true; });  // after the turn that admits
    ASSERT_TRUE(loop_.run_until([&turned] { return turned; }, patience));
  }
  void release_first_group() {
    store_.hold = false;
    std::exchange(store_.held, nullptr)();
  }

  rt::AsioLoop loop_;
  rt::Seeded choice_{1};
  SlowStore store_{loop_};
  std::unique_ptr<Ledger> ledger_;
  std::vector<std::optional<Result<SnapshotPointer>>> answers_;
  std::size_t groups_when_first_answered_ = 0;
  Error error_;
};

TEST_F(TheLedger, AnswersWithASnapshotThatContainsTheWrite) {
  write(*ledger_, create_network(1));
  EXPECT_FALSE(answers_[0].has_value()) << "never inside the call";
  settle();
  ASSERT_TRUE(answers_[0]->has_value()) << answers_[0]->error().message;
  EXPECT_NE((**answers_[0])->find(NetworkId{id(1)}), nullptr);
  EXPECT_EQ((**answers_[0])->revision(), 1U);
  EXPECT_EQ(ledger_->snapshot(), **answers_[0]);
}

TEST_F(TheLedger, ShowsNothingBeforeItIsDurable) {
  store_.hold = true;
  write(*ledger_, create_network(1));
  ASSERT_TRUE(loop_.run_until([&] { return store_.held != nullptr; }, patience));
  EXPECT_EQ(ledger_->snapshot()->revision(), 0U);
  EXPECT_FALSE(answers_[0].has_value());
  store_.held();
  settle();
  EXPECT_EQ(ledger_->snapshot()->revision(), 1U);
}

TEST_F(TheLedger, CommitsWhatArrivesMeanwhileInOneGroup) {
  for (unsigned i = 1; i <= 100; ++i) write(*ledger_, create_network(i));
  settle();
  EXPECT_EQ(store_.groups, (std::vector<std::size_t>{100}));
  for (const auto& answer : answers_) EXPECT_TRUE(answer->has_value());
  EXPECT_EQ(ledger_->snapshot()->networks().size(), 100U);
  std::set<std::uint32_t> segments;
  for (const auto& [key, row] : ledger_->snapshot()->networks()) segments.insert(row->segmentation_id);
  EXPECT_EQ(segments.size(), 100U) << "nothing is allocated twice inside a group";
}

TEST_F(TheLedger, GivesTheStoreTheNextGroupBeforeItAnswersTheLast) {
  hold_first_group();
  write(*ledger_, create_network(2));
  write(*ledger_, create_network(1));  // refused on a state not durable yet
  let_it_admit();
  EXPECT_EQ(store_.groups.size(), 1U) << "one group at a time";
  std::size_t groups_when_answered = 0;
  ledger_->write({create_network(3)}, admin, [&](const auto&) { groups_when_answered = store_.groups.size(); });
  release_first_group();
  settle();
  ASSERT_TRUE(loop_.run_until([&] { return groups_when_answered > 0; }, patience));
  EXPECT_EQ(store_.groups, (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(groups_when_first_answered_, 2U);
  EXPECT_TRUE(answers_[1]->has_value());
  EXPECT_FALSE(answers_[2]->has_value());
  EXPECT_EQ(ledger_->snapshot()->revision(), 3U);
}

TEST_F(TheLedger, JudgesAgainWhatWasAdmittedOnTopOfARefusedGroup) {
  hold_first_group();
  write(*ledger_, create_network(1));  // the same: refused, if the first is kept
  let_it_admit();
  store_.memory.set_content_bytes_max(10);
  release_first_group();
  ASSERT_TRUE(loop_.run_until([&] { return answers_[0].has_value(); }, patience));
  EXPECT_EQ(answers_[0]->error().code, ErrorCode::unavailable);
  settle();
  EXPECT_EQ(answers_[1]->error().code, ErrorCode::unavailable) << "refused by the store, not as a second one";
  EXPECT_EQ(ledger_->snapshot()->revision(), 0U);
  store_.memory.set_content_bytes_max(1U << 30);
  write(*ledger_, create_network(1));
  settle();
  EXPECT_TRUE(answers_[2]->has_value());
}

TEST_F(TheLedger, JudgesAgainWhatWasAdmittedOnTopOfAnOvertakenGroup) {
  const std::unique_ptr<Ledger> other = open({});
  hold_first_group();
  write(*ledger_, create_network(2));
  let_it_admit();
  store_.hold = false;
  write(*other, create_network(3));
  ASSERT_TRUE(loop_.run_until([&] { return answers_[2].has_value(); }, patience));
  release_first_group();
  settle();
  for (const auto& answer : answers_) EXPECT_TRUE(answer->has_value());
  EXPECT_EQ(ledger_->snapshot()->networks().size(), 3U);
}

TEST_F(TheLedger, RefusesAtOnceWhatDoesNotFitItsQueue) {
  ledger_.reset();
  ledger_ = open({.writes_waiting_max = 3, .group_writes_max = 2, .attempts_max = 2});
  for (unsigned i = 1; i <= 5; ++i) write(*ledger_, create_network(i));
  settle();
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(answers_[i]->has_value());
  for (std::size_t i = 3; i < 5; ++i) EXPECT_EQ(answers_[i]->error().code, ErrorCode::unavailable);
  EXPECT_EQ(store_.groups, (std::vector<std::size_t>{2, 1}));
}

TEST_F(TheLedger, TakesNothingOfAGroupThatTheStoreRefusedAndGoesOnAfterwards) {
  write(*ledger_, create_network(1));
  settle();
  std::vector<bool> troubles;
  ledger_->observe_health([&](const std::optional<Error>& trouble) { troubles.push_back(trouble.has_value()); });
  store_.memory.set_content_bytes_max(10);
  write(*ledger_, create_network(2));
  write(*ledger_, create_network(2));
  settle();
  EXPECT_EQ(answers_[1]->error().code, ErrorCode::unavailable);
  EXPECT_EQ(answers_[2]->error().code, ErrorCode::unavailable) << "a refusal that rests on what never happened";
  EXPECT_EQ(ledger_->snapshot()->revision(), 1U);
  EXPECT_FALSE(ledger_->healthy());
  write(*ledger_, create_network(1));  // refused by the rules: the store was not asked
  settle();
  EXPECT_FALSE(ledger_->healthy());
  store_.memory.set_content_bytes_max(1U << 30);
  write(*ledger_, create_network(2));
  write(*ledger_, create_network(2));
  settle();
  EXPECT_TRUE(answers_[4]->has_value());
  EXPECT_FALSE(answers_[5]->has_value()) << "the same id twice";
  EXPECT_TRUE(ledger_->healthy());
  EXPECT_EQ(troubles, (std::vector<bool>{true, false})) << "told once each";
}

TEST_F(TheLedger, TellsItsObserverEveryStepOnce) {
  std::vector<std::pair<Revision, Revision>> steps;
  ledger_->observe([&](const SnapshotPointer& before, const SnapshotPointer& after) {
    steps.emplace_back(before->revision(), after->revision());
  });
  write(*ledger_, create_network(1));
  settle();
  write(*ledger_, create_network(1));  // refused: no step
  settle();
  write(*ledger_, create_network(2));
  write(*ledger_, create_network(3));
  settle();
  EXPECT_EQ(steps, (std::vector<std::pair<Revision, Revision>>{{0, 1}, {1, 3}}));
}

// Two writers over one store: each is fenced by the other's commits, judges again, and nothing is allocated twice.
TEST_F(TheLedger, SharesAStoreWithAnotherWriterWithoutAllocatingTwice) {
  const std::unique_ptr<Ledger> other = open({});
  for (unsigned i = 1; i <= 60; ++i) {
    write(i % 2 == 0 ? *ledger_ : *other, create_network(i));
    if (i % 7 == 0) settle();
  }
  settle();
  std::size_t written = 0;
  for (const auto& answer : answers_) written += answer->has_value() ? 1 : 0;
  EXPECT_EQ(written, 60U);
  const std::unique_ptr<Ledger> third = open({});
  std::set<std::uint32_t> segments;
  for (const auto& [key, row] : third->snapshot()->networks()) segments.insert(row->segmentation_id);
  EXPECT_EQ(segments.size(), 60U);
}

TEST_F(TheLedger, ReadsBackWhatItWroteWithEachRowsRevision) {
  for (unsigned i = 1; i <= 5; ++i) {
    write(*ledger_, create_network(i));
    settle();
  }
  const SnapshotPointer before = ledger_->snapshot();
  const std::unique_ptr<Ledger> again = open({});
  ASSERT_EQ(again->snapshot()->revision(), before->revision());
  for (const auto& [key, row] : before->networks()) {
    const auto* read = again->snapshot()->find(NetworkId{key});
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->modified, row.modified);
    EXPECT_EQ(**read, *row);
  }
}

TEST_F(TheLedger, RefusesAStoreItCannotReadByTheKey) {
  for (const auto& [key, value] : std::map<std::string, std::string>{{"router/" + id(1).text(), "{}"},
                                                                     {"network", "{}"},
                                                                     {"network/" + id(1).text(), "{"},
                                                                     {"port/" + id(2).text(), "{\"mac\":5}"}}) {
    ASSERT_TRUE(commit_one(loop_, store_.memory, put({{key, value}})).has_value());
    EXPECT_EQ(open({}), nullptr);
    EXPECT_EQ(error_.code, ErrorCode::corrupt);
    EXPECT_NE(error_.message.find("'" + key + "'"), std::string::npos) << error_.message;
    ASSERT_TRUE(commit_one(loop_, store_.memory, put({{key, std::nullopt}})).has_value());
  }
}

// Found by a fuzzer: a damaged file may say so, and SQL compares with signs where we do not.
TEST(ReadSnapshot, RefusesARowThatIsNewerThanItsStore) {
  const std::string key = "network/" + id(1).text();
  const std::string value = R"({"id": ")" + id(1).text() + R"("})";
  EXPECT_TRUE(read_snapshot({7, {{key, {value, 7}}}}).has_value());
  const auto newer = read_snapshot({7, {{key, {value, 8}}}});
  ASSERT_FALSE(newer.has_value());
  EXPECT_EQ(newer.error().code, ErrorCode::corrupt);
  EXPECT_NE(newer.error().message.find("'" + key + "'"), std::string::npos) << newer.error().message;
}

}  // namespace
}  // namespace tarn::store
