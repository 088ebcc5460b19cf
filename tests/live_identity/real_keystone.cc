#include "real_keystone.h"

#include <csignal>
#include <cstdio>
#include <fstream>

#include "base/check.h"

namespace tarn::test {
namespace {

namespace fs = std::filesystem;
using sandbox::Argv;

constexpr std::chrono::seconds patience{120};

// What /usr/bin/keystone-wsgi-public does, on any free port and for several questions at once.
constexpr const char* serving = R"(
import socketserver, wsgiref.simple_server
from keystone.server.wsgi import initialize_public_application

class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass

class Threaded(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True

server = wsgiref.simple_server.make_server("127.0.0.1", 0, initialize_public_application(), Threaded, Quiet)
print("keystone ready", server.server_port, flush=True)
server.serve_forever()
)";

// As keystone-manage fernet_setup makes it, which takes seconds for two small files.
void make_fernet_keys(const fs::path& folder) {
  fs::create_directories(folder);
  fs::permissions(folder, fs::perms::owner_all);
  for (const char* number : {"0", "1"}) std::ofstream(folder / number) << std::string(42, *number) << "A=";
}

template <class T>
T demand(Result<T> result) {
  if (!result) std::fprintf(stderr, "keystone: %s\n", result.error().message.c_str());
  CHECK(result.has_value());
  return std::move(*result);
}

}  // namespace

RealKeystone::RealKeystone(const fs::path& folder) {
  const std::string config = folder / "keystone.conf";
  make_fernet_keys(folder / "fernet-keys");
  std::ofstream settings(config);
  settings << "[DEFAULT]\nlog_file = " << (folder / "keystone.log").string() << "\n[database]\nconnection = sqlite:///"
           << (folder / "keystone.db").string() << "\n";
  for (const char* section : {"fernet_tokens", "fernet_receipts", "credential"})
    settings << "[" << section << "]\nkey_repository = " << (folder / "fernet-keys").string() << "\n";
  settings.close();
  const Argv manage{"/usr/bin/keystone-manage", "--config-file", config};
  const auto managed = [&](Argv words) {
    words.insert(words.begin(), manage.begin(), manage.end());
    demand(sandbox::must_run(words, patience));
  };
  managed({"db_sync"});
  managed({"bootstrap", "--bootstrap-password", "admin"});
  std::ofstream(folder / "serve.py") << serving;
  const sandbox::Daemon daemon = demand(sandbox::start_daemon(
      {"/usr/bin/env", "OS_KEYSTONE_CONFIG_FILES=" + config, "/usr/bin/python3", (folder / "serve.py").string()},
      folder / "serve.log", "keystone ready", patience));
  process_ = daemon.mark;
  port_ = static_cast<std::uint16_t>(std::stoi(daemon.ready_line.substr(daemon.ready_line.rfind(' ') + 1)));
}

void RealKeystone::stop() {
  if (process_) sandbox::stop_process(*process_, SIGTERM);
  process_.reset();
}

}  // namespace tarn::test
