// The groups of subcommands. Each adds its own to the command line; the chosen one leaves its exit code.
#pragma once

#include <CLI/CLI.hpp>

namespace tarn::cli {

struct Common {
  bool json = false;
  std::string sandbox = "demo";    // which sandbox the command is about
  std::string root = "/run/tarn";  // where sandboxes keep their state
  int exit_code = 0;
};

void add_status_command(CLI::App& app, Common& common);
void add_import_command(CLI::App& app, Common& common);
void add_sandbox_commands(CLI::App& app, Common& common);
void add_password_command(CLI::App& app, Common& common);
void add_agent_commands(CLI::App& app, Common& common);

}  // namespace tarn::cli
