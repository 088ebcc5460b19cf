// tarn status: the server's answer and every agent's, on one screen.
#include <boost/json.hpp>

#include "cloud_client.h"
#include "screen.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

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
  add_api_options(*command, *asked);
  command->callback([&common, asked] { common.exit_code = status(common, *asked); });
}

}  // namespace tarn::cli
