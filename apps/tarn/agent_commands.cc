// tarn agent plan|explain|stats: one agent, asked through its control socket.
#include <boost/json.hpp>

#include "commands.h"
#include "rt/line_client.h"
#include "sandbox/layout.h"
#include "screen.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

constexpr auto answer_within = std::chrono::seconds(30);

struct Asked {
  std::string socket;  // empty: the sandbox's host
  std::string host = "host1";
};

Result<json::value> ask(const Common& common, const Asked& asked, const json::object& request) {
  const sandbox::Layout layout{common.sandbox, common.root};
  const std::filesystem::path folder = layout.dir() / asked.host;
  if (asked.socket.empty() && !std::filesystem::exists(folder))
    return fail(ErrorCode::not_found, "there is no host '" + asked.host + "' in the sandbox '" + common.sandbox + "'");
  const std::string socket = asked.socket.empty() ? (folder / "agent.sock").string() : asked.socket;
  const Result<std::string> answer = rt::ask(socket, json::serialize(request), answer_within);
  if (!answer) return std::unexpected(answer.error());
  boost::system::error_code error;
  json::value parsed = json::parse(*answer, error);
  if (error) return fail(ErrorCode::corrupt, "the agent answered something that is not JSON");
  if (const std::string why = text_of(parsed, "error"); !why.empty()) return fail(ErrorCode::invalid, why);
  return parsed;
}

Colour colour_of(const std::string& word) {
  if (word == "same" || word == "create") return Colour::green;
  if (word == "missing" || word == "remove") return Colour::red;
  return Colour::yellow;
}

void show_plan(const Screen& screen, const json::value& plan) {
  if (!truth_of(plan, "complete")) screen.line(screen.paint(Colour::yellow, "not complete: ") + text_of(plan, "why"));
  for (const json::value& conflict : list_of(plan, "conflicts")) {
    screen.line(screen.paint(Colour::yellow, "conflict") + "  " + text_of(conflict, "domain") + "  " +
                text_of(conflict, "what") + "  (a foreign object is in the way; it is not touched)");
  }
  if (list_of(plan, "steps").empty()) {
    if (truth_of(plan, "complete")) screen.line(screen.paint(Colour::green, "nothing to do: a restart is safe"));
    return;
  }
  for (const json::value& step : list_of(plan, "steps")) {
    const std::string action = text_of(step, "action");
    screen.line(screen.paint(colour_of(action), action) + "  " + text_of(step, "domain") + "  " +
                text_of(step, "what"));
  }
}

void show_stats(const Screen& screen, const json::value& stats) {
  const json::value feed = stats.is_object() ? stats.at("feed") : json::value();
  screen.line(text_of(stats, "host") + ", version " + text_of(stats, "version") + ", feed " +
              (truth_of(feed, "connected") ? screen.paint(Colour::green, "connected")
                                           : screen.paint(Colour::red, "away: " + text_of(feed, "why"))) +
              ", revision " + text_of(feed, "revision") +
              (truth_of(stats, "in_sync") ? screen.paint(Colour::green, ", in sync")
                                          : screen.paint(Colour::yellow, ", not in sync")));
  std::vector<std::vector<std::string>> rows{{"DOMAIN", "WANTED", "INSTALLED", "FOREIGN", "DUE", "FAILING", "PLANS",
                                              "WRITES", "REFUSED", "RESYNCS", "PROBLEM"}};
  for (const json::value& domain : list_of(stats, "domains")) {
    rows.push_back({text_of(domain, "domain"), text_of(domain, "wanted"), text_of(domain, "installed"),
                    text_of(domain, "foreign"), text_of(domain, "due"), text_of(domain, "failing"),
                    text_of(domain, "plans"), text_of(domain, "writes_attempted"), text_of(domain, "refused"),
                    text_of(domain, "resyncs"), text_of(domain, "problem")});
  }
  screen.table(rows);
}

void show_explanation(const Screen& screen, const json::value& told) {
  screen.line(screen.paint(Colour::bold, "port ") + text_of(told, "port") + "  " + text_of(told, "state") +
              (text_of(told, "reason").empty() ? "" : " (" + text_of(told, "reason") + ")"));
  screen.line("wish  " + text_of(told, "wish"));
  screen.line("fact  " + text_of(told, "fact"));
  std::vector<std::vector<std::string>> rows{{"SWITCH", "PACKETS", "FLOW"}};
  for (const json::value& flow : list_of(told, "flows")) {
    const std::string installed = text_of(flow, "installed");
    rows.push_back({screen.paint(colour_of(installed), installed), text_of(flow, "packets"), text_of(flow, "flow")});
  }
  screen.table(rows);
}

using Show = void (*)(const Screen&, const json::value&);

int answer(const Common& common, const Asked& asked, const json::object& request, Show show) {
  const Screen screen(common.json);
  const Result<json::value> told = ask(common, asked, request);
  if (!told) return screen.failed(told.error());
  if (screen.json()) {
    screen.value(*told);
  } else {
    show(screen, *told);
  }
  return EXIT_SUCCESS;
}

}  // namespace

void add_agent_commands(CLI::App& app, Common& common) {
  auto asked = std::make_shared<Asked>();
  CLI::App* group = app.add_subcommand("agent", "Ask one agent");
  group->require_subcommand(1);
  group->add_option("--socket", asked->socket, "The agent's control socket; otherwise a host of the sandbox");
  group->add_option("--host", asked->host, "Host of the sandbox")->capture_default_str();
  group->add_subcommand("plan", "What this agent would change now; nothing means that a restart is safe")
      ->callback([&common, asked] { common.exit_code = answer(common, *asked, {{"method", "plan"}}, show_plan); });
  group->add_subcommand("stats", "Writes attempted, plans, resyncs, flows wanted, installed, foreign")
      ->callback([&common, asked] { common.exit_code = answer(common, *asked, {{"method", "stats"}}, show_stats); });
  auto port = std::make_shared<std::string>();
  CLI::App* explain = group->add_subcommand("explain", "A port: the wish, its flows, and what the switch has");
  explain->add_option("port", *port, "Id of the port")->required();
  explain->callback([&common, asked, port] {
    common.exit_code = answer(common, *asked, {{"method", "explain"}, {"port", *port}}, show_explanation);
  });
}

}  // namespace tarn::cli
