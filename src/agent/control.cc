#include "agent/control.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "agent/explain.h"

namespace tarn::agent {
namespace {

namespace json = boost::json;

constexpr std::int64_t await_s_max = 600;

std::string failed(const std::string& why) {
  return json::serialize(json::object{{"error", why}});
}

std::string word(const json::object& request, std::string_view key) {
  const json::value* value = request.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string why_not_in_sync(const Brain& brain) {
  const json::object stats = stats_of(brain);
  for (const json::value& domain : stats.at("domains").get_array()) {
    const json::value& problem = domain.at("problem");
    if (!problem.get_string().empty()) return std::string(problem.get_string());
  }
  if (!brain.connected()) return "no server answers: " + brain.connection_words();
  return "work is left to do";
}

}  // namespace

void Control::ask(const std::string& request, Reply reply) {
  boost::system::error_code error;
  const json::value parsed = json::parse(request, error);
  if (error || !parsed.is_object()) return reply(failed("a request is one JSON object"));
  const json::object& object = parsed.get_object();
  const std::string method = word(object, "method");
  if (method == "plan") return reply(json::serialize(plan_of(brain_)));
  if (method == "stats") return reply(json::serialize(stats_of(brain_)));
  if (method == "relist") {
    brain_.when_listed([reply = std::make_shared<Reply>(std::move(reply))] { (*reply)(R"({"listed": true})"); });
    return;
  }
  if (method == "explain") {
    const Result<Uuid> id = Uuid::parse(word(object, "port"));
    if (!id) return reply(failed(id.error().message));
    brain_.when_listed([this, port = PortId{*id}, reply = std::make_shared<Reply>(std::move(reply))] {
      (*reply)(json::serialize(explanation_of(brain_, port)));
    });
    return;
  }
  if (method == "await_in_sync") {
    const json::value* timeout = object.if_contains("timeout_s");
    const std::int64_t seconds = timeout != nullptr && timeout->is_int64() ? timeout->get_int64() : await_s_max;
    return await_in_sync(std::clamp<std::int64_t>(seconds, 0, await_s_max), std::move(reply));
  }
  reply(failed("unknown method '" + method + "': plan, stats, explain, relist or await_in_sync"));
}

void Control::await_in_sync(std::int64_t timeout_s, Reply reply) {
  struct Waiting {
    Reply reply;
    rt::TimerHandle alarm;
    bool answered = false;
  };
  const auto waiting = std::make_shared<Waiting>(Waiting{std::move(reply), nullptr, false});
  waiting->alarm = loop_.after(std::chrono::seconds(timeout_s), [this, waiting] {
    if (!std::exchange(waiting->answered, true)) waiting->reply(failed("not in sync: " + why_not_in_sync(brain_)));
  });
  brain_.when_in_sync([this, waiting] {
    if (!std::exchange(waiting->answered, true)) {
      waiting->reply(json::serialize(json::object{{"in_sync", true}, {"revision", brain_.revision()}}));
    }
    // The timer holds what holds the timer; let go outside of its own callback.
    loop_.post([waiting] { waiting->alarm.reset(); });
  });
}

}  // namespace tarn::agent
