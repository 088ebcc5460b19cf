// The journal gives back exactly what was kept, or says clearly why not.
#include "feed/journal.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/hash.h"
#include "feed/clouds.h"
#include "feed/journal_file.h"
#include "rt/asio_loop.h"
#include "support/temp_dir.h"

namespace tarn::feed {
namespace {

constexpr std::chrono::seconds patience{20};

Journal some_journal(unsigned seed, int edits = 30) {
  History history(seed);
  for (int i = 0; i < edits; ++i) history.edit();
  return {"host-1", history.newest()->revision(), model::slice(*history.newest(), "host-1")};
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

TEST(Journal, GivesBackWhatWasKept) {
  std::size_t rows = 0;
  for (unsigned seed = 0; seed < 100; ++seed) {
    const Journal journal = some_journal(seed);
    const auto read = decode_journal(encode(journal));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->host, journal.host);
    EXPECT_EQ(read->revision, journal.revision);
    EXPECT_EQ(flat(read->slice), flat(journal.slice));
    rows += journal.slice.size();
  }
  EXPECT_GT(rows, 500U);
}

TEST(Journal, NoticesEveryDamage) {
  const std::string good = encode(some_journal(1));
  for (std::size_t size = 0; size < good.size(); size += 1 + size / 50) {
    const auto read = decode_journal(std::string_view(good).substr(0, size));
    ASSERT_FALSE(read.has_value()) << size;
    ASSERT_EQ(read.error().code, ErrorCode::corrupt);
  }
  for (std::size_t at = good.find('\n') + 1; at < good.size(); ++at) {
    std::string altered = good;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    const auto read = decode_journal(altered);
    ASSERT_FALSE(read.has_value()) << at;
    ASSERT_EQ(read.error().code, ErrorCode::corrupt);
  }
  EXPECT_FALSE(decode_journal(good + " ").has_value());
}

TEST(Journal, RefusesANewerFormatByName) {
  std::string newer = encode(some_journal(1));
  newer.replace(0, newer.find('\n'), "tarn-journal 2 whatever comes then");
  const auto read = decode_journal(newer);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::unsupported);
  EXPECT_NE(read.error().message.find("format 2"), std::string::npos);
}

TEST(Journal, RefusesRowsThatAreNone) {
  for (const std::string body :
       {R"([])", R"({"host":"h","revision":1})", R"({"host":"h","revision":-1,"rows":[]})",
        R"({"host":"h","revision":1,"rows":[1]})", R"({"host":"h","revision":1,"rows":[{"name":"x","version":1}]})",
        R"({"host":"h","revision":1,"rows":[{"name":"port/x","version":1,"row":{}}]})"}) {
    std::ostringstream bytes;
    bytes << "tarn-journal 1 " << body.size() << " " << std::hex << ContentHash().add(body).value() << "\n" << body;
    const auto read = decode_journal(bytes.str());
    ASSERT_FALSE(read.has_value()) << body;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  }
}

class JournalFile : public testing::Test {
 protected:
  test::TempDir dir_;
  std::string path_ = dir_.file("journal");
  rt::AsioLoop loop_;
  std::vector<std::string> warnings_;
};

TEST_F(JournalFile, IsReadAsItWasWrittenAndPrivate) {
  EXPECT_EQ(read_journal(path_, "host-1").error().code, ErrorCode::not_found);
  const Journal journal = some_journal(4);
  ASSERT_TRUE(write_whole(path_, encode(journal)).has_value());
  const auto read = read_journal(path_, "host-1");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(flat(read->slice), flat(journal.slice));
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(JournalFile, IsMovedAsideWhenItIsOfNoUse) {
  const std::string good = encode(some_journal(4));
  const std::string cut = good.substr(0, good.size() / 2);
  ASSERT_TRUE(write_whole(path_, cut).has_value());
  const auto damaged = read_journal(path_, "host-1");
  ASSERT_FALSE(damaged.has_value());
  EXPECT_EQ(damaged.error().code, ErrorCode::corrupt);
  EXPECT_NE(damaged.error().message.find(path_ + ".refused"), std::string::npos);
  EXPECT_EQ(content_of(path_ + ".refused"), cut) << "kept, byte for byte";
  EXPECT_EQ(read_journal(path_, "host-1").error().code, ErrorCode::not_found);
  ASSERT_TRUE(write_whole(path_, good).has_value());
  EXPECT_EQ(read_journal(path_, "host-2").error().code, ErrorCode::conflict);
}

TEST_F(JournalFile, IsReadBesideTheLoopAndTheLoopHearsOfIt) {
  ASSERT_TRUE(write_whole(path_, encode(some_journal(4))).has_value());
  JournalKeeper keeper(loop_, path_, [](const std::string&) {});
  std::optional<Result<Journal>> heard;
  keeper.read("host-1", [&](Result<Journal> journal) { heard = std::move(journal); });
  EXPECT_FALSE(heard.has_value()) << "not inside the call";
  ASSERT_TRUE(loop_.run_until([&] { return heard.has_value(); }, patience));
  ASSERT_TRUE(heard->has_value());
  EXPECT_EQ(flat((*heard)->slice), flat(some_journal(4).slice));
}

TEST_F(JournalFile, ThatIsStillBeingReadWhenItsKeeperGoesIsHeardOfByNobody) {
  ASSERT_TRUE(write_whole(path_, encode(some_journal(4))).has_value());
  bool heard = false;
  std::make_unique<JournalKeeper>(loop_, path_, [](const std::string&) {})->read("host-1", [&](const Result<Journal>&) {
    heard = true;
  });
  bool turned = false;
  loop_.post([&] { turned = true; });  // after what the reading thread, joined by now, has posted
  ASSERT_TRUE(loop_.run_until([&] { return turned; }, patience));
  EXPECT_FALSE(heard);
}

TEST_F(JournalFile, FollowsTheNewestSliceInFewWrites) {
  JournalKeeper keeper(loop_, path_, [&](const std::string& line) { warnings_.push_back(line); },
                       {std::chrono::milliseconds(1)});
  Journal journal = some_journal(5);
  for (model::Revision revision = 1; revision <= 1000; ++revision) {
    journal.revision = revision;
    keeper.keep(journal);
  }
  ASSERT_TRUE(loop_.run_until([&] { return keeper.settled(); }, patience));
  EXPECT_EQ(read_journal(path_, "host-1")->revision, 1000U);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(JournalFile, IsUpToDateWhenItsKeeperIsGone) {
  Journal journal = some_journal(5);
  {
    JournalKeeper keeper(loop_, path_, [](const std::string&) {});
    for (journal.revision = 1; journal.revision < 10; ++journal.revision) keeper.keep(journal);
  }
  EXPECT_EQ(read_journal(path_, "host-1")->revision, 9U);
}

TEST_F(JournalFile, SurvivesAFullDiskWithOneWarning) {
  JournalKeeper keeper(loop_, path_, [&](const std::string& line) { warnings_.push_back(line); },
                       {std::chrono::milliseconds(1)});
  const auto keep = [&](model::Revision revision) {
    Journal journal = some_journal(6);
    journal.revision = revision;
    keeper.keep(std::move(journal));
    ASSERT_TRUE(loop_.run_until([&] { return keeper.settled(); }, patience));
  };
  keep(1);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit full{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &full), 0);
  full.rlim_cur = 100;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  keep(2);
  keep(3);
  full.rlim_cur = RLIM_INFINITY;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  ASSERT_EQ(warnings_.size(), 1U);
  EXPECT_NE(warnings_[0].find(path_), std::string::npos);
  EXPECT_EQ(read_journal(path_, "host-1")->revision, 1U) << "the old one is still whole";
  keep(4);
  EXPECT_EQ(read_journal(path_, "host-1")->revision, 4U);
  EXPECT_EQ(warnings_.size(), 2U) << "and it says that it works again";
}

}  // namespace
}  // namespace tarn::feed
