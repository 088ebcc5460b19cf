// Other programs: run by argument vector, remembered by pid and start time, stopped only when they are who we think.
#include "sandbox/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "support/temp_dir.h"

namespace tarn::sandbox {
namespace {

using namespace std::chrono_literals;

TEST(Run, GivesOutputComplaintAndExitCodeApart) {
  const Result<Finished> done = run({"sh", "-c", "echo out; echo bad >&2; exit 3"});
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(done->output, "out\n");
  EXPECT_EQ(done->complaint, "bad\n");
  EXPECT_EQ(done->exit_code, 3);
}

TEST(Run, TakesWordsAsTheyAreAndNeverAsAShellWould) {
  EXPECT_EQ(*must_run({"printf", "%s", "$HOME; echo no `id`"}), "$HOME; echo no `id`");
}

TEST(Run, SaysWhichProgramCannotBeFound) {
  const Result<Finished> done = run({"tarn-no-such-program"});
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().message.find("tarn-no-such-program"), std::string::npos);
}

TEST(Run, EndsAProgramThatSaysNothingForTooLong) {
  const Result<Finished> done = run({"sleep", "100"}, 50ms);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::unavailable);
}

TEST(Run, AFailureCarriesTheLastLineOfTheComplaint) {
  const Result<std::string> done = must_run({"sh", "-c", "echo first >&2; echo the reason >&2; exit 1"});
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().message.find("(1): the reason"), std::string::npos) << done.error().message;
}

TEST(ProcessMark, TellsARecycledPidFromTheProcessThatHadIt) {
  const std::optional<ProcessMark> self = mark_of(getpid());
  ASSERT_TRUE(self.has_value());
  EXPECT_TRUE(alive(*self));
  EXPECT_FALSE(alive({self->pid, self->started + 1}));
  EXPECT_FALSE(mark_of(0x3fffffff).has_value());
}

TEST(ProcessMark, IsRememberedInAFileAndRecalled) {
  const test::TempDir dir;
  const std::filesystem::path file = dir.file("mark");
  EXPECT_FALSE(recall(file).has_value());
  ASSERT_TRUE(remember(file, {42, 77}).has_value());
  EXPECT_EQ(recall(file), (ProcessMark{42, 77}));
  EXPECT_EQ(pid_in(file), 42);
  std::ofstream(file) << "nonsense";
  EXPECT_FALSE(recall(file).has_value());
  EXPECT_FALSE(pid_in(file).has_value());
}

TEST(Daemon, IsStartedOnceItSaysReadyAndStoppedByItsMark) {
  const test::TempDir dir;
  const Result<Daemon> daemon =
      start_daemon({"sh", "-c", "echo x ready a=1; exec sleep 100"}, dir.file("log"), "x ready");
  ASSERT_TRUE(daemon.has_value()) << daemon.error().message;
  EXPECT_EQ(daemon->ready_line, "x ready a=1");
  EXPECT_TRUE(alive(daemon->mark));
  stop_process({daemon->mark.pid, daemon->mark.started + 1}, SIGKILL);  // somebody else's mark: nothing happens
  EXPECT_TRUE(alive(daemon->mark));
  stop_process(daemon->mark, SIGTERM);
  EXPECT_FALSE(alive(daemon->mark));
}

TEST(SilentDaemon, RunsAtOnceAndItsLogHasAllItSays) {
  const test::TempDir dir;
  const Result<ProcessMark> mark =
      start_silent_daemon({"sh", "-c", "echo said; echo complained >&2; exec sleep 100"}, dir.file("log"));
  ASSERT_TRUE(mark.has_value()) << mark.error().message;
  EXPECT_TRUE(alive(*mark));
  const Result<Finished> waited = run({"sh", "-c", "until grep -q complained \"$0\"; do :; done", dir.file("log")});
  EXPECT_EQ(waited->exit_code, 0);
  stop_process(*mark, SIGTERM);
  EXPECT_FALSE(alive(*mark));
  EXPECT_FALSE(start_silent_daemon({"tarn-no-such-program"}, dir.file("log")).has_value());
}

TEST(Daemon, ThatDeafensItselfIsEndedAfterItsGrace) {
  const test::TempDir dir;
  const Result<Daemon> daemon =
      start_daemon({"sh", "-c", "trap '' TERM; echo x ready; while :; do sleep 1; done"}, dir.file("log"), "x ready");
  ASSERT_TRUE(daemon.has_value()) << daemon.error().message;
  stop_process(daemon->mark, SIGTERM, 100ms);
  EXPECT_FALSE(alive(daemon->mark));
}

TEST(Daemon, ThatEndsAtOnceIsAnErrorWithItsLastWords) {
  const test::TempDir dir;
  const std::filesystem::path log = dir.file("log");
  const Result<Daemon> daemon = start_daemon({"sh", "-c", "echo address in use >&2; exit 1"}, log, "x ready");
  ASSERT_FALSE(daemon.has_value());
  EXPECT_NE(daemon.error().message.find("address in use"), std::string::npos) << daemon.error().message;
  EXPECT_NE(daemon.error().message.find(log.string()), std::string::npos);
}

}  // namespace
}  // namespace tarn::sandbox
