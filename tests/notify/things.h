// What tests of notify stand on: small clouds of instances' ports, and a Nova that answers as the Compute API and
// Nova 26 do.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "api/peer.h"
#include "model/snapshot.h"
#include "notify/event.h"
#include "rt/choice.h"
#include "rt/worker.h"

namespace tarn::notify {

inline void PrintTo(const Event& event, std::ostream* out) {
  *out << text(event);
}

}  // namespace tarn::notify

namespace tarn::notify::test {

inline Uuid uuid(std::uint64_t kind, std::uint64_t number) {
  return Uuid::random(kind << 16, number);
}
inline Uuid server(std::uint64_t number) {
  return uuid(1, number);
}
inline PortId port_id(std::uint64_t number) {
  return {uuid(2, number)};
}
inline Uuid floating_id(std::uint64_t number) {
  return uuid(3, number);
}

// A port of instance `number`, which has only this one.
inline model::Port port(std::uint64_t number, model::PortStatus status = model::PortStatus::down) {
  model::Port port;
  port.id = port_id(number);
  port.network = {uuid(4, 1)};
  port.mac = Mac::parse("fa:16:3e:00:00:01").value();
  port.device_owner = "compute:nova";
  port.device_id = server(number).text();
  port.binding_host = "node-1";
  port.vif_type = model::VifType::ovs;
  port.status = status;
  return port;
}

inline model::FloatingIp floating(std::uint64_t number, std::optional<PortId> to) {
  model::FloatingIp floating;
  floating.id = {floating_id(number)};
  floating.address = Ip::parse("203.0.113.9").value();
  floating.port = to;
  return floating;
}

inline model::Snapshot with(const model::Snapshot& before, const model::Row& row) {
  return before.with({{{model::kind_of(row), model::id_of(row), row}}}, before.revision() + 1);
}
inline model::Snapshot without(const model::Snapshot& before, model::Kind kind, const Uuid& id) {
  return before.with({{{kind, id, std::nullopt}}}, before.revision() + 1);
}

inline Event event(EventName name, std::uint64_t number, bool failed = false) {
  return {server(number), port_id(number), name, failed};
}

// One job at a time, each of which takes a while, as a question over a network does.
class SlowWorker final : public rt::Worker {
 public:
  SlowWorker(rt::Loop& loop, rt::Choice& choice) : loop_(loop), choice_(choice) {}
  bool run(rt::Job job) override {
    if (!taking) return false;
    timer_ = loop_.after(choice_.jitter(std::chrono::milliseconds(200)), std::move(job));
    return true;
  }
  bool taking = true;

 private:
  rt::Loop& loop_;
  rt::Choice& choice_;
  rt::TimerHandle timer_;
};

// Answers POST /os-server-external-events; each test chooses what is wrong with it.
class ModelNova final : public api::Peer {
 public:
  struct Told {
    std::string name;
    std::string server;
    std::string port;
    std::string status;
    bool operator==(const Told&) const = default;
  };
  enum class Mood : std::uint8_t {
    well,
    away,
    deaf,
    failing,
    forbidding,
    odd
  };  // deaf: does it, and its answer is lost

  Result<Answer> ask(const Question& question) override {
    namespace json = boost::json;
    ++requests;
    const Mood now = mood();
    if (now == Mood::away) return fail(ErrorCode::unavailable, "connection refused");
    if (now == Mood::failing) return Answer{503, {}, "overloaded"};
    if (now == Mood::forbidding) return Answer{401, {}, "{}"};
    if (now == Mood::odd) return Answer{200, {}, "<html>welcome</html>"};
    if (question.method != "POST" || question.target != "/os-server-external-events") return Answer{404, {}, "{}"};
    json::value body = json::parse(question.body);
    json::array& events = body.at("events").as_array();
    batch_most = std::max(batch_most, events.size());
    for (const json::value& said : events)
      if (events.empty() || !is_valid(said)) return Answer{400, {}, R"({"badRequest": {"code": 400}})"};
    bool all = true;
    for (json::value& said : events) all = take(said.as_object()) && all;
    if (now == Mood::deaf) return fail(ErrorCode::unavailable, "end of stream");
    return Answer{all ? 200U : 207U, {}, json::serialize(body)};
  }

  std::function<Mood()> mood = [] { return Mood::well; };
  std::function<unsigned(const Told&)> code = [](const Told&) { return 200; };  // of an event that can be read
  std::function<void(const Told&)> on_event = [](const Told&) {};               // that was taken
  std::set<std::string> poison;                                                 // ports whose events it cannot read
  std::vector<Told> taken;
  std::size_t requests = 0;
  std::size_t batch_most = 0;

 private:
  static std::string at(const boost::json::object& said, const char* key) {
    return said.contains(key) ? boost::json::value_to<std::string>(said.at(key)) : std::string();
  }
  // Nova's JSON schema of the body, microversion 2.1.
  bool is_valid(const boost::json::value& said) const {
    static const std::set<std::string> names{"network-changed", "network-vif-plugged", "network-vif-unplugged",
                                             "network-vif-deleted"};
    static const std::set<std::string> keys{"name", "server_uuid", "status", "tag"};
    const boost::json::object& event = said.as_object();
    for (const auto& [key, value] : event)
      if (!keys.contains(std::string(key))) return false;
    const std::string status = event.contains("status") ? at(event, "status") : "completed";
    return names.contains(at(event, "name")) && Uuid::parse(at(event, "server_uuid")) &&
           (status == "completed" || status == "failed") && !poison.contains(at(event, "tag"));
  }
  bool take(boost::json::object& said) {
    const Told told{at(said, "name"), at(said, "server_uuid"), at(said, "tag"), at(said, "status")};
    const unsigned answer = code(told);
    said["code"] = answer;
    said["status"] = answer == 200 ? "completed" : "failed";
    if (answer != 200) return false;
    taken.push_back(told);
    on_event(told);
    return true;
  }
};

}  // namespace tarn::notify::test
