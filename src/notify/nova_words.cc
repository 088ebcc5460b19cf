#include "notify/nova_words.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <tuple>

#include "api/json_parts.h"

namespace tarn::notify {
namespace {

namespace json = boost::json;
using api::object_at;
using api::text_at;

constexpr std::size_t line_bytes_max = 200;  // of an answer, in the log

// One line of printable characters, whatever somebody answered.
std::string one_line(std::string_view body) {
  std::string text(body.substr(0, line_bytes_max));
  for (char& c : text)
    if (c < ' ' || c == '\x7f') c = ' ';
  return text;
}

std::string named(const api::Peer::Answer& answer) {
  return "HTTP " + std::to_string(answer.status) + (answer.body.empty() ? "" : ": " + one_line(answer.body));
}

// server, port and name as Nova repeats them.
using Key = std::tuple<std::string, std::string, std::string>;

// The code of each event that the answer names; nullopt when the answer is no such thing. Of one that is named twice
// the last counts.
std::optional<std::map<Key, std::int64_t>> codes_in(const json::value& answer) {
  const json::object* object = answer.if_object();
  const json::value* events = object ? object->if_contains("events") : nullptr;
  if (!events || !events->is_array()) return std::nullopt;
  std::map<Key, std::int64_t> codes;
  for (const json::value& said : events->get_array()) {
    const json::object* event = said.if_object();
    const json::value* code = event ? event->if_contains("code") : nullptr;
    if (!code || !code->is_int64()) continue;
    codes.insert_or_assign({text_at(*event, "server_uuid"), text_at(*event, "tag"), text_at(*event, "name")},
                           code->get_int64());
  }
  return codes;
}

Judged judged_by(std::int64_t code) {
  if (code == 200) return {Verdict::acknowledged, {}};
  if (code == 404) return {Verdict::unknown, "Nova knows no such server (404)"};
  if (code == 422) return {Verdict::later, "Nova does not know yet where the server is (422)"};
  const std::string why = "Nova answers " + std::to_string(code);
  return {code >= 400 && code < 500 ? Verdict::refused : Verdict::later, why};
}

std::vector<Judged> judge_each(std::span<const Event> events, const std::map<Key, std::int64_t>& codes) {
  std::vector<Judged> all;
  all.reserve(events.size());
  for (const Event& event : events) {
    const auto found = codes.find({event.server.text(), event.port.text(), std::string(word(event.name))});
    all.push_back(found == codes.end() ? Judged{Verdict::later, "Nova's answer does not name it"}
                                       : judged_by(found->second));
  }
  return all;
}

// Older releases of Nova answer so when they take none of the events, without a code for each.
bool none_taken(const json::value& body) {
  const json::object* object = body.if_object();
  const json::object* fault = object ? object_at(*object, "itemNotFound") : nullptr;
  return fault && text_at(*fault, "message").starts_with("No instances found");
}

}  // namespace

std::string request_body(std::span<const Event> events) {
  json::array all;
  for (const Event& event : events) {
    json::object said{{"name", word(event.name)}, {"server_uuid", event.server.text()}, {"tag", event.port.text()}};
    if (event.name == EventName::vif_plugged || event.name == EventName::vif_unplugged)
      said["status"] = event.failed ? "failed" : "completed";
    all.push_back(std::move(said));
  }
  return json::serialize(json::object{{"events", std::move(all)}});
}

Reading read_answer(std::span<const Event> events, const Result<api::Peer::Answer>& answer) {
  if (!answer) return Trouble{answer.error().message};
  if (answer->status == 400) return Bad{named(*answer)};
  boost::system::error_code error;
  const json::value body = json::parse(answer->body, error);
  if (!error && (answer->status == 200 || answer->status == 207))
    if (const auto codes = codes_in(body)) return judge_each(events, *codes);
  if (!error && answer->status == 404 && none_taken(body))
    return std::vector<Judged>(events.size(), {Verdict::later, "Nova takes none of the events sent with it (404)"});
  return Trouble{named(*answer)};
}

}  // namespace tarn::notify
