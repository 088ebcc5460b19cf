#include "peers/keystone.h"

#include <boost/json.hpp>
#include <csignal>
#include <fstream>

#include "base/demand.h"

namespace tarn::peers {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using sandbox::Argv;

constexpr std::chrono::seconds patience{120};

// What /usr/bin/keystone-wsgi-public does, on any free port; one question after the other, which is what
// SQLite can bear.
constexpr const char* serving = R"(
import wsgiref.simple_server
from keystone.server.wsgi import initialize_public_application

class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass

server = wsgiref.simple_server.make_server("127.0.0.1", 0, initialize_public_application(), handler_class=Quiet)
print("keystone ready", server.server_port, flush=True)
server.serve_forever()
)";

// As keystone-manage fernet_setup makes it, which takes seconds for two small files.
void make_fernet_keys(const fs::path& folder) {
  fs::create_directories(folder);
  fs::permissions(folder, fs::perms::owner_all);
  for (const char* number : {"0", "1"}) std::ofstream(folder / number) << std::string(42, *number) << "A=";
}

}  // namespace

Keystone::Keystone(const fs::path& folder) {
  const std::string config = folder / "keystone.conf";
  make_fernet_keys(folder / "fernet-keys");
  std::ofstream settings(config);
  settings << "[DEFAULT]\nlog_file = " << (folder / "keystone.log").string() << "\n[database]\nconnection = sqlite:///"
           << (folder / "keystone.db").string() << "\n";
  for (const char* section : {"fernet_tokens", "fernet_receipts", "credential"})
    settings << "[" << section << "]\nkey_repository = " << (folder / "fernet-keys").string() << "\n";
  settings << "[identity]\npassword_hash_rounds = 4\n";  // as few as there can be: its users are for tests
  settings.close();
  const Argv manage{"/usr/bin/keystone-manage", "--config-file", config};
  const auto managed = [&](Argv words) {
    words.insert(words.begin(), manage.begin(), manage.end());
    demand(sandbox::must_run(words, patience));
  };
  managed({"db_sync"});
  managed({"bootstrap", "--bootstrap-password", "admin"});
  // So that a reader that is not done yet keeps nobody from writing.
  demand(sandbox::must_run({"sqlite3", folder / "keystone.db", "PRAGMA journal_mode=wal"}, patience));
  std::ofstream(folder / "serve.py") << serving;
  const sandbox::Daemon daemon = demand(sandbox::start_daemon(
      {"/usr/bin/env", "OS_KEYSTONE_CONFIG_FILES=" + config, "/usr/bin/python3", (folder / "serve.py").string()},
      folder / "serve.log", "keystone ready", patience));
  process_ = daemon.mark;
  port_ = static_cast<std::uint16_t>(std::stoi(daemon.ready_line.substr(daemon.ready_line.rfind(' ') + 1)));
}

void Keystone::stop() {
  if (process_) sandbox::stop_process(*process_, SIGTERM);
  process_.reset();
}

void Keystone::log_in(api::HttpClient& client) const {
  const auto login = std::make_shared<identity::PasswordLogin>(api::HttpClient("127.0.0.1", port_, patience), "/v3",
                                                               identity::PasswordAccount{"admin", "admin", "admin"});
  client.carry([login] { return login->headers(); });
}

api::HttpClient Keystone::as_administrator() const {
  api::HttpClient client("127.0.0.1", port_, patience);
  log_in(client);
  return client;
}

std::string Keystone::one(const std::string& kind, const json::object& body) const {
  const api::HttpClient client = as_administrator();
  const std::string path = "/v3/" + kind + "s";
  const std::string name(body.at("name").as_string());
  const json::value found = demand(client.ask_api("GET", path + "?name=" + name));
  const json::array& all = found.at(kind + "s").as_array();
  if (!all.empty()) return json::value_to<std::string>(all.front().at("id"));
  return json::value_to<std::string>(
      demand(client.ask_api("POST", path, json::object{{kind, body}})).at(kind).at("id"));
}

void Keystone::add_user(const std::string& name, const std::string& password, const std::string& project,
                        const std::string& role) const {
  const std::string where = project_id(project);
  const std::string who = one("user", {{"name", name}, {"domain_id", "default"}, {"password", password}});
  const std::string as = one("role", {{"name", role}});
  demand(as_administrator().ask_api("PUT", "/v3/projects/" + where + "/users/" + who + "/roles/" + as));
}

std::string Keystone::project_id(const std::string& name) const {
  return one("project", {{"name", name}, {"domain_id", "default"}});
}

void Keystone::add_service(const std::string& type, const std::string& url) const {
  constexpr const char* region = "RegionOne";
  // Made again it is the same.
  demand(as_administrator().ask("PUT", std::string("/v3/regions/") + region, R"({"region": {}})"));
  const std::string service = one("service", {{"name", type}, {"type", type}});
  for (const char* interface : {"public", "internal", "admin"})
    demand(as_administrator().ask_api(
        "POST", "/v3/endpoints",
        json::object{
            {"endpoint",
             json::object{{"interface", interface}, {"service_id", service}, {"region_id", region}, {"url", url}}}}));
}

}  // namespace tarn::peers
