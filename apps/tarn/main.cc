// tarn: the operator's command.
#include "commands.h"

int main(int argc, char** argv) {
  CLI::App app("The network of a cloud: look at it, explain it, try it on one machine.", "tarn");
  tarn::cli::Common common;
  app.set_version_flag("--version", TARN_VERSION);
  app.add_flag("--json", common.json, "Machine-readable answers with stable field names");
  app.add_option("--name", common.sandbox, "The sandbox the command is about")->capture_default_str();
  app.add_option("--root", common.root, "Folder of the sandboxes' state")->capture_default_str();
  app.fallthrough();
  app.require_subcommand(1);
  tarn::cli::add_status_command(app, common);
  tarn::cli::add_import_command(app, common);
  tarn::cli::add_sandbox_commands(app, common);
  tarn::cli::add_password_command(app, common);
  tarn::cli::add_agent_commands(app, common);
  CLI11_PARSE(app, argc, argv);
  return common.exit_code;
}
