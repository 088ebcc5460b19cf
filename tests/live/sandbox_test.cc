// The sandbox as a command: what `tarn sandbox` says and leaves when it is raised twice, by the wrong one or where it
// cannot run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>

#include "base/demand.h"
#include "live/steps.h"
#include "sandbox/free_port.h"
#include "support/temp_dir.h"

namespace tarn::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;
namespace json = boost::json;

std::string read_all(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Command lines of all processes that name `text`, but for this one.
std::vector<std::string> processes_naming(const std::string& text) {
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    if (entry.path().filename() == std::to_string(getpid())) continue;
    std::string line = read_all(entry.path() / "cmdline");
    std::replace(line.begin(), line.end(), '\0', ' ');
    if (line.find(text) != std::string::npos) found.push_back(line);
  }
  return found;
}

std::vector<std::string> namespaces_of(const std::string& prefix) {
  std::vector<std::string> found;
  if (!fs::exists("/run/netns")) return found;
  for (const fs::directory_entry& entry : fs::directory_iterator("/run/netns")) {
    if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path().filename());
  }
  return found;
}

// One line on stderr, whatever progress went before.
std::string complaint_of(const sandbox::Finished& done) {
  std::string complaint;
  std::istringstream lines(done.complaint);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  > ")) complaint += line + "\n";
  }
  EXPECT_EQ(std::count(complaint.begin(), complaint.end(), '\n'), 1) << complaint;
  return complaint;
}

class SandboxCommand : public ::testing::Test {
 protected:
  SandboxCommand() : name_("c" + std::to_string(getpid())), root_(folder_.file("run")) {}
  void TearDown() override {
    if (!fs::exists(fs::path(root_) / name_)) return;
    EXPECT_EQ(tarn({"sandbox", "down"}).exit_code, 0);
  }
  sandbox::Finished tarn(const std::vector<std::string>& words, const std::vector<std::string>& before = {}) const {
    std::vector<std::string> argv = before;
    for (const std::string& word :
         {(LiveCloud::programs() / "tarn").string(), std::string("--root"), root_, std::string("--name"), name_}) {
      argv.push_back(word);
    }
    argv.insert(argv.end(), words.begin(), words.end());
    return run(argv);
  }
  [[nodiscard]] std::vector<std::string> up(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"sandbox", "up", "--hosts", "1", "--api-port", std::to_string(port_)};
    words.insert(words.end(), more.begin(), more.end());
    if (LiveCloud::datapath() == sandbox::Datapath::kernel) words.insert(words.end(), {"--datapath", "system"});
    return words;
  }

  test::TempDir folder_;
  std::string name_;
  std::string root_;
  std::uint16_t port_ = demand(sandbox::free_port());
};

TEST_F(SandboxCommand, RaisedTwiceIsAdoptedAndDownLeavesNothing) {
  ASSERT_EQ(tarn(up()).exit_code, 0);
  const std::string pids = tarn({"--json", "sandbox", "list"}).output;
  EXPECT_TRUE(json::parse(pids).at("server").is_int64());
  EXPECT_EQ(json::parse(pids).at("instances").as_array().size(), 2U);
  const sandbox::Finished again = tarn(up());
  EXPECT_EQ(again.exit_code, 0) << again.complaint;
  EXPECT_EQ(tarn({"--json", "sandbox", "list"}).output, pids);  // no process was replaced, no instance added

  const sandbox::Finished foreign = tarn(up({"--checkout", "/somewhere/else"}));
  EXPECT_EQ(foreign.exit_code, 1);
  EXPECT_THAT(complaint_of(foreign),
              AllOf(HasSubstr(name_), HasSubstr("belongs to the checkout"), HasSubstr("--name")));
  EXPECT_EQ(tarn({"--json", "sandbox", "list"}).output, pids);

  EXPECT_FALSE(processes_naming(root_).empty());  // the search below would find them
  EXPECT_FALSE(namespaces_of("tarn-" + name_).empty());
  EXPECT_EQ(tarn({"sandbox", "down"}).exit_code, 0);
  EXPECT_THAT(processes_naming(root_), IsEmpty());
  EXPECT_THAT(namespaces_of("tarn-" + name_), IsEmpty());
  EXPECT_FALSE(fs::exists(root_));
}

TEST_F(SandboxCommand, WithoutRootIsOneClearLine) {
  // A copy, because nobody may read whatever folder the build is in.
  const fs::path program = folder_.file("tarn");
  fs::copy_file(LiveCloud::programs() / "tarn", program);
  fs::permissions(program.parent_path(), fs::perms::owner_all | fs::perms::others_exec | fs::perms::group_exec);
  fs::permissions(program, fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  const sandbox::Finished done = run({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "--root",
                                      root_, "--name", name_, "sandbox", "up"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(complaint_of(done), HasSubstr("run as root"));
  EXPECT_FALSE(fs::exists(root_));
}

TEST_F(SandboxCommand, TheKernelsDatapathWithoutItsModuleIsRefusedBeforeAnythingIsMade) {
  if (run({"genl", "ctrl", "get", "name", "ovs_datapath"}).exit_code == 0) {
    GTEST_SKIP() << "this kernel has the module";
  }
  const sandbox::Finished done = tarn(up({"--datapath", "system"}));
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(complaint_of(done), AllOf(HasSubstr("modprobe openvswitch"), HasSubstr("--datapath userspace")));
  EXPECT_FALSE(fs::exists(root_));
  EXPECT_THAT(namespaces_of("tarn-" + name_), IsEmpty());
}

TEST_F(SandboxCommand, AUsedPortIsOneClearLineAndAnotherPortWorks) {
  const LiveCloud other(1);
  const std::uint16_t mine = std::exchange(port_, other.sandbox().state().api_port);
  const sandbox::Finished done = tarn(up());
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(complaint_of(done), AllOf(HasSubstr("127.0.0.1:" + std::to_string(port_)), HasSubstr("in use")));
  port_ = mine;
  const sandbox::Finished again = tarn(up({"--no-demo"}));
  EXPECT_EQ(again.exit_code, 0) << again.complaint;
}

}  // namespace
}  // namespace tarn::testing
