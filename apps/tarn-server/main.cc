// tarn-server: options in, a running server out. Says "ready" on stdout once everything listens; SIGTERM and SIGINT
// stop it cleanly; what cannot work is one line on stderr and exit code 1.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "identity/directory_file.h"
#include "server/config.h"
#include "server/server.h"

namespace {

using tarn::Result;

// `what` it is to people: "configuration".
Result<std::string> read_file(const std::string& what, const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return tarn::fail(tarn::ErrorCode::not_found, "cannot read the " + what + " file " + path);
  return text.str();
}

tarn::Status read_policy(const std::string& path, tarn::policy::Rules& rules) {
  const Result<std::string> text = read_file("policy", path);
  if (!text) return tarn::fail(text.error());
  Result<tarn::policy::Rules> changed = rules.with_file(*text);
  if (!changed) return tarn::fail(tarn::ErrorCode::invalid, path + ": " + changed.error().message);
  rules = std::move(*changed);
  return {};
}

// A service user with its password.
Result<tarn::identity::KeystoneSettings> read_account(tarn::server::Account account) {
  const Result<std::string> password = read_file("password", account.password_file);
  if (!password) return tarn::fail(password.error());
  account.settings.password = password->substr(0, password->find_last_not_of("\r\n") + 1);
  return std::move(account.settings);
}

Result<tarn::server::IdentityOptions> read_identity(tarn::server::IdentityConfig config) {
  if (auto* keystone = std::get_if<tarn::server::KeystoneConfig>(&config)) {
    auto account = read_account(std::move(*keystone));
    if (!account) return tarn::fail(account.error());
    return std::move(*account);
  }
  const auto* local = std::get_if<tarn::server::LocalConfig>(&config);
  if (!local) return std::monostate();
  const Result<std::string> text = read_file("identity", local->file);
  if (!text) return tarn::fail(text.error());
  Result<tarn::identity::Directory> directory = tarn::identity::parse_directory(*text);
  if (!directory) return tarn::fail(tarn::ErrorCode::invalid, local->file + ": " + directory.error().message);
  return std::move(*directory);
}

// What the configuration file says, and the files that it names.
tarn::Status read_config(const std::string& path, tarn::server::Options& options) {
  if (path.empty()) return {};
  const Result<std::string> text = read_file("configuration", path);
  if (!text) return tarn::fail(text.error());
  Result<tarn::server::Config> config = tarn::server::parse_config(*text);
  if (!config) return tarn::fail(tarn::ErrorCode::invalid, path + ": " + config.error().message);
  options.limits = std::move(config->limits);
  for (const std::string& file : config->policy_files)
    if (tarn::Status read = read_policy(file, options.policy); !read) return read;
  auto identity = read_identity(std::move(config->identity));
  if (!identity) return tarn::fail(identity.error());
  options.identity = std::move(*identity);
  if (!config->nova) return {};
  auto account = read_account(std::move(config->nova->account));
  if (!account) return tarn::fail(account.error());
  options.nova = tarn::server::NovaOptions{config->nova->endpoint, std::move(*account)};
  return {};
}

int refuse(const std::string& why) {
  std::fprintf(stderr, "tarn-server: %s\n", why.c_str());
  return 1;
}

int run(tarn::server::Options options, const std::string& config, spdlog::level::level_enum level) {
  if (const tarn::Status read = read_config(config, options); !read) return refuse(read.error().message);
  const auto logger = spdlog::stderr_logger_mt("tarn-server");
  logger->set_level(level);
  options.log = [logger](const std::string& line) { logger->info(line); };

  std::signal(SIGPIPE, SIG_IGN);  // a client that went away is an error of its own connection
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is a full disk
  tarn::rt::AsioLoop loop;
  Result<std::unique_ptr<tarn::server::Server>> server = tarn::server::Server::start(loop, std::move(options));
  if (!server) return refuse(server.error().message);
  bool stopping = false;
  loop.on_signal({SIGTERM, SIGINT}, [&](int) {
    if (std::exchange(stopping, true)) return;
    logger->info("stopping");
    (*server)->stop([&loop] { loop.stop(); });
  });
  std::printf("tarn-server ready api=%s feed=%s\n", (*server)->api().c_str(), (*server)->feed().c_str());
  std::fflush(stdout);
  loop.run();
  server->reset();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The server of a Tarn cloud: its API for clients and its feed for the agents.", "tarn-server");
  app.set_version_flag("--version", TARN_VERSION);
  tarn::server::Options options;
  std::string config;
  std::string level = "info";
  app.add_option("--state-dir", options.state_dir, "Where the store lives")->required();
  app.add_option("--api", options.api, "ADDRESS:PORT of the API")->capture_default_str();
  app.add_option("--feed", options.feed, "unix:PATH or ADDRESS:PORT for the agents [unix:STATE_DIR/feed.sock]");
  app.add_option("--config", config, "YAML file with limits, and how callers are known");
  app.add_option("--log-level", level, "What is logged on stderr")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "critical", "off"}))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return run(std::move(options), config, spdlog::level::from_str(level));
}
