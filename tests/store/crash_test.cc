// kill -9 under load: what was acknowledged is there, and nothing is there by half.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "rt/choice.h"
#include "store/backends.h"

namespace tarn::store {
namespace {

// A child that commits as fast as it can and writes each acknowledged revision to a pipe, until it is killed.
// Every commit sets all four keys to its own number, so that half of one would show.
[[noreturn]] void write_until_killed(const std::string& path, int acknowledgements, std::uint64_t seed) {
  rt::AsioLoop loop;
  auto store = SqliteStore::open(loop, path);
  if (!store) _exit(3);
  rt::Seeded choice(seed);
  for (;;) {
    std::vector<Commit> group;
    for (std::uint32_t i = choice.below(5) + 1; i > 0; --i) {
      const std::string number(1 + choice.below(3000), static_cast<char>('a' + choice.below(26)));
      group.push_back(put({{"k0", number}, {"k1", number}, {"k2", number}, {"k3", number}}));
    }
    const Store::Results results = commit(loop, **store, std::move(group));
    for (const auto& result : results) {
      if (!result) _exit(4);
      const Revision revision = *result;
      if (write(acknowledgements, &revision, sizeof revision) != sizeof revision) _exit(5);
    }
  }
}

// Runs the child for `run` after its first acknowledgement (or from its start), kills it, and answers the highest
// revision it had acknowledged.
Revision run_and_kill(const std::string& path, rt::Duration run, bool wait_for_first, std::uint64_t seed) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    write_until_killed(path, ends[1], seed);
  }
  close(ends[1]);
  Revision highest = 0;
  if (wait_for_first) {
    EXPECT_EQ(read(ends[0], &highest, sizeof highest), ssize_t{sizeof highest});
  }
  // Not a wait for something: the moment of the kill is what is being varied.
  EXPECT_FALSE(rt::AsioLoop().run_until([] { return false; }, run));
  kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
  Revision revision = 0;
  while (read(ends[0], &revision, sizeof revision) == ssize_t{sizeof revision}) highest = std::max(highest, revision);
  close(ends[0]);
  return highest;
}

void expect_whole(const std::string& path, Revision acknowledged) {
  rt::AsioLoop loop;
  auto store = SqliteStore::open(loop, path);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  const State state = load(loop, **store);
  ASSERT_GE(state.revision, acknowledged) << "an acknowledged write is lost";
  if (state.revision == 0) {
    ASSERT_TRUE(state.entries.empty());
    return;
  }
  ASSERT_EQ(state.entries.size(), 4U);
  for (const auto& [key, entry] : state.entries) {
    ASSERT_EQ(entry.modified, state.revision) << key;
    ASSERT_EQ(entry.value, state.entries.at("k0").value) << "half a commit";
  }
}

TEST(SqliteStoreUnderKill, LosesNoAcknowledgedWriteAndKeepsNoHalfOne) {
  const test::TempDir dir;
  rt::Seeded choice(7);
  Revision before = 0;
  for (int kill_number = 0; kill_number < 40; ++kill_number) {
    const Revision acknowledged =
        run_and_kill(dir.file("state.db"), std::chrono::microseconds(choice.below(30'000)), true, choice.bits());
    ASSERT_GT(acknowledged, before);
    expect_whole(dir.file("state.db"), acknowledged);
    if (HasFatalFailure()) return;
    before = acknowledged;
  }
}

TEST(SqliteStoreUnderKill, IsNewOrCompleteWhenKilledWhileItIsCreated) {
  const test::TempDir dir;
  rt::Seeded choice(8);
  for (int kill_number = 0; kill_number < 40; ++kill_number) {
    const std::string path = dir.file("state" + std::to_string(kill_number) + ".db");
    const Revision acknowledged =
        run_and_kill(path, std::chrono::microseconds(choice.below(20'000)), false, choice.bits());
    expect_whole(path, acknowledged);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace tarn::store
