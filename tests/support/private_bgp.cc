#include "support/private_bgp.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>

#include "support/private_switch.h"
#include "support/run_command.h"

namespace tarn::test {
namespace {

constexpr const char* program = "/usr/lib/frr/bgpd";

std::string fresh_folder() {
  std::string path = "/run/tarn-bgp-XXXXXX";
  EXPECT_NE(mkdtemp(path.data()), nullptr);
  return path;
}

std::string checked(const std::vector<std::string>& command) {
  const CommandResult result = run_command(command);
  EXPECT_EQ(result.status, 0) << command.front() << "\n" << result.output;
  return result.output;
}

}  // namespace

PrivateBgp::PrivateBgp(std::string netns, const std::string& configuration)
    : netns_(std::move(netns)), folder_(fresh_folder()) {
  std::ofstream(folder_ + "/bgpd.conf") << configuration;
  start();
}

PrivateBgp::~PrivateBgp() {
  stop_daemon(folder_ + "/bgpd.pid");
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

// As root (-S), so that nothing of it belongs to another user.
void PrivateBgp::start() const {
  checked({"ip",
           "netns",
           "exec",
           netns_,
           program,
           "--daemon",
           "--skip_runas",
           "--no_kernel",
           "--no_zebra",
           "--config_file",
           folder_ + "/bgpd.conf",
           "--pid_file",
           folder_ + "/bgpd.pid",
           "--vty_socket",
           folder_,
           "--vty_addr",
           "127.0.0.1",
           "--vty_port",
           "0",
           "--log",
           "file:" + folder_ + "/bgpd.log"});
}

void PrivateBgp::kill() const {
  stop_daemon(folder_ + "/bgpd.pid", SIGKILL);
}

std::string PrivateBgp::ask(const std::string& command) const {
  return checked({"vtysh", "--vty_socket", folder_, "-d", "bgpd", "-c", command});
}

boost::json::value PrivateBgp::ask_json(const std::string& command) const {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(ask(command), error);
  return error ? boost::json::value() : value;
}

void PrivateBgp::configure(const std::vector<std::string>& commands) const {
  std::vector<std::string> argv{"vtysh", "--vty_socket", folder_, "-d", "bgpd", "-c", "configure terminal"};
  for (const std::string& command : commands) argv.insert(argv.end(), {"-c", command});
  checked(argv);
}

}  // namespace tarn::test
