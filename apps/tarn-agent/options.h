// What an agent is told on its command line.
#pragma once

#include <optional>
#include <string>

#include "render/rows.h"

namespace tarn::agent {

struct Options {
  std::string feed;
  std::string ovs_rundir;
  std::string state_dir;
  std::string control;  // empty: <state-dir>/agent.sock
  std::string log_level = "info";
  render::NodeConfig node;
  std::string security_log;  // empty: the agent's own log
  std::string bgp_socket;    // of bgpd; empty: there is none
  bool forbid_writes = false;
};

// Nothing when the process should end at once, with the exit code that was set (help, version, a wrong option).
std::optional<Options> parse_options(int argc, char** argv, int& exit_code);

}  // namespace tarn::agent
