#include "support/private_switch.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace tarn::test {

namespace {

constexpr int stop_ms_max = 20'000;

std::string fresh_directory(const std::string& name) {
  std::string path = "/run/tarn-" + name + "-XXXXXX";
  EXPECT_NE(mkdtemp(path.data()), nullptr);
  return path;
}

}  // namespace

void stop_daemon(const std::string& pid_file, int signal) {
  pid_t pid = 0;
  std::ifstream(pid_file) >> pid;
  if (pid <= 0) return;
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (handle < 0) return;
  kill(pid, signal);
  pollfd gone{handle, POLLIN, 0};
  if (poll(&gone, 1, stop_ms_max) == 0) kill(pid, SIGKILL);
  poll(&gone, 1, stop_ms_max);
  close(handle);
}

PrivateSwitch::PrivateSwitch(const std::string& name)
    : netns_(name + "-" + std::to_string(getpid())), directory_(fresh_directory(name)) {
  checked({"ip", "netns", "add", netns_});
  checked({"ip", "-n", netns_, "link", "set", "lo", "up"});
  checked({"ovsdb-tool", "create", directory_ + "/conf.db", open_vswitch_schema_file});
  start_database();
  vsctl({"--no-wait", "init"});
  start_switch();
}

PrivateSwitch::~PrivateSwitch() {
  stop_switch();
  stop_database();
  run({"ip", "netns", "del", netns_});
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void PrivateSwitch::start_database() {
  checked({"ip", "netns", "exec", netns_, "ovsdb-server", directory_ + "/conf.db",
           "--remote=punix:" + database_socket(), "--pidfile", "--log-file", "-vconsole:off", "--detach",
           "--no-chdir"});
}

void PrivateSwitch::start_switch() {
  checked({"ip", "netns", "exec", netns_, "ovs-vswitchd", "unix:" + database_socket(), "--pidfile", "--log-file",
           "-vconsole:off", "--detach", "--no-chdir"});
}

void PrivateSwitch::stop_switch() {
  stop_daemon(directory_ + "/ovs-vswitchd.pid");
}

void PrivateSwitch::stop_database() {
  stop_daemon(directory_ + "/ovsdb-server.pid");
}

std::string PrivateSwitch::control_socket() const {
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("ovs-vswitchd.") && name.ends_with(".ctl")) return entry.path();
  }
  ADD_FAILURE() << "the switch has no control socket";
  return {};
}

void PrivateSwitch::add_bridge(const std::string& bridge) {
  vsctl({"add-br", bridge, "--", "set", "bridge", bridge, "datapath_type=netdev", "fail-mode=secure"});
}

std::string PrivateSwitch::vsctl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"ovs-vsctl", "--timeout=60", "--db=unix:" + database_socket()});
  return checked(std::move(arguments));
}

std::string PrivateSwitch::ofctl(std::vector<std::string> arguments, const std::string& input) {
  arguments.insert(arguments.begin(), {"ovs-ofctl", "--timeout=60", "-O", "OpenFlow15"});
  return checked(std::move(arguments), input);
}

CommandResult PrivateSwitch::in_netns(std::vector<std::string> command) {
  command.insert(command.begin(), {"ip", "netns", "exec", netns_});
  return run(std::move(command));
}

CommandResult PrivateSwitch::run(std::vector<std::string> command, const std::string& input) {
  const std::vector<std::pair<std::string, std::string>> environment{{"OVS_RUNDIR", directory_},
                                                                     {"OVS_DBDIR", directory_},
                                                                     {"OVS_LOGDIR", directory_},
                                                                     {"OVS_SYSCONFDIR", directory_}};
  return run_command(command, environment, input);
}

std::string PrivateSwitch::checked(std::vector<std::string> command, const std::string& input) {
  const CommandResult result = run(command, input);
  std::string line;
  for (const std::string& word : command) line += word + " ";
  EXPECT_EQ(result.status, 0) << line << "\n" << result.output;
  return result.output;
}

}  // namespace tarn::test
