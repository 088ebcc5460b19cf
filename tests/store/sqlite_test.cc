// What the SQLite file promises beyond the port: over restarts, against damage, and against a second server.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "store/backends.h"

namespace tarn::store {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void put_content(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class SqliteStoreFile : public testing::Test {
 protected:
  // A store with enough rows to have inner pages.
  void make_store() {
    auto store = SqliteStore::open(loop_, path_);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    std::vector<Commit> group;
    for (int i = 0; i < 200; ++i) group.push_back(put({{"key/" + std::to_string(i), std::string(300, 'v')}}));
    ASSERT_TRUE(commit(loop_, **store, group).back().has_value());
  }
  // Opening fails with `code`, in one line that names the file, and leaves every byte.
  void expect_refused(ErrorCode code, const std::string& word) {
    const std::string before = content_of(path_);
    const auto store = SqliteStore::open(loop_, path_);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code, code) << store.error().message;
    EXPECT_NE(store.error().message.find(path_), std::string::npos) << store.error().message;
    EXPECT_NE(store.error().message.find(word), std::string::npos) << store.error().message;
    EXPECT_EQ(store.error().message.find('\n'), std::string::npos);
    EXPECT_EQ(content_of(path_), before) << "the file is untouched";
  }
  void sql(const std::string& text) {
    auto connection = SqliteConnection::open(path_, nullptr);
    ASSERT_TRUE(connection.has_value());
    const auto ran = connection->run(text);
    ASSERT_TRUE(ran.has_value()) << ran.error().message;
  }

  rt::AsioLoop loop_;
  test::TempDir dir_;
  std::string path_ = dir_.file("state.db");
};

TEST_F(SqliteStoreFile, KeepsContentRevisionAndHistoryOverARestart) {
  make_store();
  auto store = SqliteStore::open(loop_, path_);
  ASSERT_TRUE(store.has_value());
  const State state = load(loop_, **store);
  EXPECT_EQ(state.revision, 200U);
  EXPECT_EQ(state.entries.size(), 200U);
  Heard heard;
  const auto watch = (*store)->watch(150, heard.watcher());
  ASSERT_TRUE(loop_.run_until([&] { return heard.reached(200); }, patience));
  EXPECT_EQ(heard.events.size(), 50U) << "a watcher resumes across the restart";
  EXPECT_EQ(*commit_one(loop_, **store, put({{"a", "1"}})), 201U);
}

TEST_F(SqliteStoreFile, ForgetsHistoryBeyondItsBoundOnDiskToo) {
  make_store();
  for (const std::size_t bound : {std::size_t{20}, std::size_t{1000}}) {
    auto store = SqliteStore::open(loop_, path_, {.history_events_max = bound, .calls_waiting_max = 10});
    ASSERT_TRUE(store.has_value());
    ASSERT_TRUE(commit_one(loop_, **store, put({{"a", "1"}})).has_value());
    Heard heard;
    const auto watch = (*store)->watch(150, heard.watcher());
    EXPECT_TRUE(loop_.run_until([&] { return !heard.lost.empty(); }, patience)) << "bound " << bound;
  }
}

TEST_F(SqliteStoreFile, IsReadableByItsOwnerAlone) {
  const mode_t before = umask(0);
  make_store();
  auto store = SqliteStore::open(loop_, path_);
  ASSERT_TRUE(commit_one(loop_, **store, put({{"a", "1"}})).has_value());
  umask(before);
  for (const char* tail : {"", "-wal", ".lock"}) {
    struct stat status{};
    ASSERT_EQ(stat((path_ + tail).c_str(), &status), 0) << tail;
    EXPECT_EQ(status.st_mode & 0777, 0600U) << tail;
  }
}

TEST_F(SqliteStoreFile, BelongsToOneServerAtATime) {
  auto first = SqliteStore::open(loop_, path_);
  ASSERT_TRUE(first.has_value());
  expect_refused(ErrorCode::conflict, "another tarn-server");
  ASSERT_TRUE(commit_one(loop_, **first, put({{"a", "1"}})).has_value()) << "the first is not disturbed";
  first->reset();
  EXPECT_TRUE(SqliteStore::open(loop_, path_).has_value());
}

TEST_F(SqliteStoreFile, RefusesAFileDamagedAnywhere) {
  make_store();
  const std::string good = content_of(path_);
  ASSERT_GT(good.size(), 8U * 4096);
  struct Damage {
    std::string what;
    std::string bytes;
  };
  std::vector<Damage> damages{{"not a database at all", "hello, I am a text file\n"},
                              {"empty", ""},
                              {"cut to the header", good.substr(0, 100)},
                              {"cut in the middle", good.substr(0, good.size() / 2)},
                              {"zeros over the header", std::string(100, '\0') + good.substr(100)}};
  for (std::size_t page = 1; page < good.size() / 4096; ++page) {
    std::string overwritten = good;
    overwritten.replace(page * 4096, 4096, std::string(4096, '\x5a'));
    damages.push_back({"page " + std::to_string(page + 1) + " overwritten", std::move(overwritten)});
  }
  for (const Damage& damage : damages) {
    SCOPED_TRACE(damage.what);
    put_content(path_, damage.bytes);
    expect_refused(ErrorCode::corrupt, "damaged");
  }
  put_content(path_, good);
  EXPECT_TRUE(SqliteStore::open(loop_, path_).has_value()) << "the good file still opens";
}

TEST_F(SqliteStoreFile, RefusesANewerSchemaAndForeignFiles) {
  make_store();
  sql("UPDATE schema SET version=2");
  expect_refused(ErrorCode::unsupported, "schema version 2");
  sql("UPDATE schema SET version=1; PRAGMA application_id=7");
  expect_refused(ErrorCode::unsupported, "not a store of Tarn");
  const auto folder = SqliteStore::open(loop_, dir_.file(""));
  ASSERT_FALSE(folder.has_value());
}

// A crash leaves a log beside the file. Refusing must not merge it either.
// Found by a fuzzer: such a file was refused only after its journal had been changed.
TEST_F(SqliteStoreFile, RefusesAFileWhoseTablesAreOthersBeforeItWrites) {
  make_store();
  sql("PRAGMA journal_mode=DELETE; ALTER TABLE head RENAME COLUMN compacted TO other;");
  expect_refused(ErrorCode::corrupt, "compacted");
}

TEST_F(SqliteStoreFile, LeavesTheLogOfARefusedFileAlone) {
  make_store();
  const std::string copy = dir_.file("copy.db");
  {
    auto store = SqliteStore::open(loop_, path_);
    ASSERT_TRUE(commit_one(loop_, **store, put({{"a", "1"}})).has_value());
    put_content(copy, content_of(path_));
    put_content(copy + "-wal", content_of(path_ + "-wal"));
  }
  path_ = copy;
  std::string bytes = content_of(copy);
  ASSERT_GT(bytes.size(), 6U * 4096);
  const std::string log = content_of(copy + "-wal");
  ASSERT_FALSE(log.empty());
  bytes.replace(5 * 4096, 4096, std::string(4096, '\x5a'));
  put_content(copy, bytes);
  expect_refused(ErrorCode::corrupt, "damaged");
  EXPECT_EQ(content_of(copy + "-wal"), log);
}

TEST_F(SqliteStoreFile, RecoversFromALogThatEndsInTheMiddleOfACommit) {
  std::string base;
  std::string log;
  {
    auto store = SqliteStore::open(loop_, path_);
    base = content_of(path_);
    ASSERT_TRUE(commit_one(loop_, **store, put({{"a", "1"}, {"b", "1"}})).has_value());
    const std::size_t first_bytes = content_of(path_ + "-wal").size();
    ASSERT_TRUE(commit_one(loop_, **store, put({{"a", "2"}, {"b", "2"}})).has_value());
    ASSERT_EQ(content_of(path_), base);
    log = content_of(path_ + "-wal");
    ASSERT_GT(log.size(), first_bytes + 4096);
  }
  for (std::size_t cut = 1; cut < 5000; cut += 311) {
    put_content(path_, base);
    put_content(path_ + "-wal", log.substr(0, log.size() - cut));
    auto store = SqliteStore::open(loop_, path_);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    const State state = load(loop_, **store);
    ASSERT_EQ(state.revision, 1U);
    ASSERT_TRUE(same(state.entries, {{"a", {"1", 1}}, {"b", {"1", 1}}})) << "all of the first, nothing of the second";
  }
}

TEST_F(SqliteStoreFile, SaysThatTheFolderIsMissing) {
  const auto store = SqliteStore::open(loop_, dir_.file("nowhere/state.db"));
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::not_found);
  EXPECT_NE(store.error().message.find("nowhere/state.db"), std::string::npos);
}

}  // namespace
}  // namespace tarn::store
