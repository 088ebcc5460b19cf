// tarn status: the server's answer and every agent's, on one screen.
#include <boost/json.hpp>
#include <cstdlib>

#include "commands.h"
#include "sandbox/sandbox.h"
#include "screen.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

struct Asked {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the sandbox's
};

// A sandbox's API is asked as its administrator, any other with the token in OS_TOKEN, if there is one.
api::HttpClient client_of(const Common& common, Asked& asked) {
  const Result<sandbox::Sandbox> cloud = sandbox::Sandbox::open(common.sandbox, common.root);
  if (asked.port == 0 && cloud) {
    asked.port = cloud->state().api_port;
    return cloud->api();
  }
  if (asked.port == 0) asked.port = 9696;
  api::HttpClient client(asked.address, asked.port);
  if (const char* token = std::getenv("OS_TOKEN"))
    client.carry([token = std::string(token)] { return api::Headers{{"X-Auth-Token", token}}; });
  return client;
}

int status(const Common& common, Asked asked) {
  const Screen screen(common.json);
  const api::HttpClient api = client_of(common, asked);
  const Result<api::HttpClient::Answer> health = api.ask("GET", "/healthcheck");
  if (!health) return screen.failed(health.error());
  const Result<json::value> agents = api.ask_api("GET", "/v2.0/agents");
  if (!agents) return screen.failed(agents.error());
  const std::string url = "http://" + asked.address + ":" + std::to_string(asked.port);
  if (screen.json()) {
    screen.value({{"api", url}, {"healthy", health->status == 200}, {"agents", list_of(*agents, "agents")}});
    return EXIT_SUCCESS;
  }
  screen.line(
      "API " + url + " " +
      (health->status == 200 ? screen.paint(Colour::green, "answers") : screen.paint(Colour::red, "is not healthy")));
  std::vector<std::vector<std::string>> rows{{"AGENT", "ALIVE", "UP", "LAST HEARD", "ID"}};
  for (const json::value& agent : list_of(*agents, "agents")) {
    rows.push_back({text_of(agent, "host"),
                    truth_of(agent, "alive") ? screen.paint(Colour::green, "yes") : screen.paint(Colour::red, "no"),
                    truth_of(agent, "admin_state_up") ? "yes" : "no", text_of(agent, "heartbeat_timestamp"),
                    text_of(agent, "id")});
  }
  screen.table(rows);
  return EXIT_SUCCESS;
}

}  // namespace

void add_status_command(CLI::App& app, Common& common) {
  auto asked = std::make_shared<Asked>();
  CLI::App* command = app.add_subcommand("status", "Is the server well, and which agents are alive");
  command->add_option("--address", asked->address, "Address of the API")->capture_default_str();
  command->add_option("--port", asked->port,
                      "Port of the API, asked with the token in OS_TOKEN; otherwise the sandbox's");
  command->callback([&common, asked] { common.exit_code = status(common, *asked); });
}

}  // namespace tarn::cli
