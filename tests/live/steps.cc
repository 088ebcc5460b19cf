#include "live/steps.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

#include "base/check.h"
#include "rt/line_client.h"
#include "rt/machine_clock.h"
#include "sandbox/fabric.h"

namespace tarn::testing {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

json::value ask_agent(const LiveCloud& cloud, int host, const json::object& request) {
  const Result<std::string> answer =
      rt::ask(cloud.host(host).dir() / "agent.sock", json::serialize(request), std::chrono::seconds(61));
  return answer ? json::parse(*answer) : json::object{{"error", answer.error().message}};
}

}  // namespace

sandbox::Instance boot(LiveCloud& cloud, const std::string& name, const std::string& network, int host) {
  constexpr int prefix_length = 24;
  const Result<sandbox::Instance> booted = cloud.sandbox().boot({name, host, network, false});
  if (!booted) std::fprintf(stderr, "boot %s: %s\n", name.c_str(), booted.error().message.c_str());
  CHECK(booted.has_value());
  CHECK(sandbox::set_addresses(cloud.sandbox().layout(), *booted, prefix_length).has_value());
  return *booted;
}

sandbox::Finished run(const std::vector<std::string>& argv, std::chrono::milliseconds timeout) {
  Result<sandbox::Finished> finished = sandbox::run(argv, timeout);
  if (!finished) std::fprintf(stderr, "%s\n", finished.error().message.c_str());
  CHECK(finished.has_value());
  return std::move(*finished);
}

sandbox::Finished run_inside(const LiveCloud& cloud, const std::string& instance, std::vector<std::string> argv) {
  return run(sandbox::inside(cloud.sandbox().layout().instance_namespace(instance), std::move(argv)));
}

bool reaches(const LiveCloud& cloud, const std::string& instance, const std::string& address) {
  return reaches(cloud.sandbox().layout().instance_namespace(instance), address);
}

bool reaches(const std::string& netns, const std::string& address) {
  return run(sandbox::inside(netns, {"ping", "-c", "1", "-i", "0.5", "-w", "10", address})).exit_code == 0;
}

bool await(const std::function<bool()>& holds, std::chrono::milliseconds timeout) {
  const rt::MachineClock clock;
  const auto give_up = clock.now().since_start + timeout;
  while (!holds()) {
    if (clock.now().since_start > give_up) return false;
    let_pass(20ms);
  }
  return true;
}

json::object explain(const LiveCloud& cloud, int host, const std::string& port) {
  return ask_agent(cloud, host, {{"method", "explain"}, {"port", port}}).as_object();
}

namespace {

// What was asked of the API may still be on its way to the agent. A word on a port of its host goes the same way,
// behind all of that; once the agent has it, it has the rest. True where no server could have sent anything.
bool has_heard(const LiveCloud& cloud, int number) {
  static std::uint64_t words = 0;
  if (!cloud.sandbox().server()) return true;
  const std::string host = sandbox::Layout::host_name(number);
  const json::value bound =
      cloud.ask("GET", "/v2.0/ports?binding:host_id=" + host + "&device_owner=compute:nova&limit=1");
  if (bound.at("ports").as_array().empty()) return true;
  const std::string port = text_at(bound.at("ports").at(0), "id");
  const std::string word = "the last word was " + std::to_string(++words);
  cloud.ask("PUT", "/v2.0/ports/" + port, {{"port", {{"description", word}}}});
  return await([&] {
    const json::object told = explain(cloud, number, port);
    return told.contains("wish") && text_at(told.at("wish"), "description") == word;
  });
}

}  // namespace

bool in_sync(const LiveCloud& cloud, int number) {
  if (!has_heard(cloud, number)) return false;
  const json::object told = ask_agent(cloud, number, {{"method", "await_in_sync"}, {"timeout_s", 20}}).as_object();
  if (told.contains("error")) return false;
  if (!cloud.host(number).running(sandbox::switch_name)) return false;
  cloud.ask_switch(number, {"revalidator/wait"});
  return true;
}

std::string text_at(const json::value& object, const std::string& key) {
  const json::value* value = object.is_object() ? object.get_object().if_contains(key) : nullptr;
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace tarn::testing
