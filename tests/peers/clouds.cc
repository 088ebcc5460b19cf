#include "clouds.h"

#include <boost/json.hpp>
#include <fstream>

#include "base/check.h"

namespace tarn::test {
namespace {

constexpr std::chrono::minutes patience{5};  // Neutron needs seconds for some requests, on a busy machine more
constexpr const char* password = "secret";

struct User {
  const char* project;
  const char* role;
};
constexpr std::array<User, persona_names.size()> users{
    {{"lab", "admin"}, {"a", "member"}, {"b", "member"}, {"a", "reader"}}};

}  // namespace

Clouds& Clouds::of_all_tests() {
  static Clouds clouds;
  return clouds;
}

Clouds::Clouds() {
  auto place = peers::Namespace::make("tarn-peers-" + std::to_string(getpid()));
  CHECK(place.has_value());
  visit_.emplace((*place)->name());
  keystone_.emplace(dir_.file("keystone"));
  // What validates tokens for Neutron looks for it.
  keystone_->add_service("identity", "http://127.0.0.1:" + std::to_string(keystone_->port()) + "/v3");
  for (std::size_t i = 0; i < users.size(); ++i) {
    keystone_->add_user(persona_names[i], password, users[i].project, users[i].role);
    logins_[i] = std::make_shared<identity::PasswordLogin>(
        api::HttpClient("127.0.0.1", keystone_->port(), patience), "/v3",
        identity::PasswordAccount{persona_names[i], password, users[i].project});
  }
  tarn_ = empty_tarn("tarn");
  auto neutron = peers::NeutronCentral::raise(
      std::move(*place), {.keystone_port = keystone_->port(), .every_plugin = true}, [] { return false; });
  if (!neutron) std::fprintf(stderr, "%s\n", neutron.error().message.c_str());
  CHECK(neutron.has_value());
  neutron_ = std::move(*neutron);
}

std::unique_ptr<server::ServerProcess> Clouds::empty_tarn(const std::string& name) const {
  std::ofstream(dir_.file("password")) << "admin\n";
  std::ofstream(dir_.file("server.yaml"))
      << "vni: \"1:60000\"\nvlan_ranges: {physnet1: \"100:3000\"}\nflat_networks: [public]\n"
         "l3_ha: false\nrouter_distributed: false\nidentity:\n  mode: keystone\n  auth_url: \"http://127.0.0.1:"
      << keystone_->port() << "\"\n  username: admin\n  project_name: admin\n  password_file: \""
      << dir_.file("password") << "\"\n";
  auto server = std::make_unique<server::ServerProcess>(std::vector<std::string>{
      "--state-dir", dir_.file(name), "--api", "127.0.0.1:0", "--config", dir_.file("server.yaml")});
  CHECK(server->ready);
  return server;
}

api::HttpClient Clouds::client_at(std::uint16_t port, Persona who) const {
  api::HttpClient client("127.0.0.1", port, patience);
  client.carry([login = logins_[static_cast<std::size_t>(who)]] { return login->headers(); });
  return client;
}

std::string Clouds::neutron_error() const {
  std::ifstream log(neutron_->folder() / "neutron-server.log");
  std::deque<std::string> last;
  for (std::string line; std::getline(log, line);) {
    if (!line.contains(" ERROR ")) continue;
    last.push_back(line);
    if (last.size() > 4) last.pop_front();
  }
  std::string text;
  for (const std::string& line : last) text += "\n      " + line;
  return text;
}

std::string Clouds::project_of(Persona who) const {
  return keystone_->project_id(users[static_cast<std::size_t>(who)].project);
}

}  // namespace tarn::test
