#include "live_concurrency/crowd.h"

#include <algorithm>

namespace tarn::server {
namespace {

// The one object that a body holds.
const json::value& only(const json::value& body) {
  return body.as_object().begin()->value();
}

std::string plural(const std::string& singular) {
  return singular.ends_with('y') ? singular.substr(0, singular.size() - 1) + "ies" : singular + "s";
}

}  // namespace

std::string Told::error() const {
  const auto* object = body.if_object();
  const auto* error = object ? object->if_contains("NeutronError") : nullptr;
  return error ? json::value_to<std::string>(error->at("type")) : "";
}

std::string Told::id() const {
  return json::value_to<std::string>((*this)["id"]);
}

const json::value& Told::operator[](std::string_view attribute) const {
  return only(body).at(attribute);
}

Client::Client(const std::string& address, std::string user, std::string project)
    : address_(address.substr(0, address.rfind(':'))),
      port_(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)))),
      headers_{{"X-User-Id", std::move(user)}, {"X-Project-Id", std::move(project)}} {}

// Whatever many ask at once, the server never fails: that holds for every answer of the suite.
Told Client::ask(const std::string& method, const std::string& path, const json::value& body, api::Headers more) const {
  api::HttpClient http(address_, port_, std::chrono::seconds(60));
  more.insert(more.end(), headers_.begin(), headers_.end());
  http.carry([&] { return more; });
  const auto answer = http.ask(method, "/v2.0/" + path, body.is_null() ? "" : json::serialize(body));
  if (!answer) {
    ADD_FAILURE() << method << " " << path << ": " << answer.error().message;
    return {};
  }
  EXPECT_LT(answer->status, 500U) << method << " " << path << ": " << answer->body;
  return {answer->status, answer->body.empty() ? json::value() : json::parse(answer->body)};
}

Told Client::make(const std::string& singular, json::object given) const {
  std::string path = plural(singular);
  std::ranges::replace(path, '_', '-');
  return ask("POST", path, json::object{{singular, std::move(given)}});
}

std::vector<json::object> Client::list(const std::string& path) const {
  const Told told = ask("GET", path);
  std::vector<json::object> rows;
  if (told.done())
    for (const json::value& row : only(told.body).as_array()) rows.push_back(row.as_object());
  return rows;
}

std::size_t count(const std::vector<Told>& told, const std::string& error) {
  return static_cast<std::size_t>(std::ranges::count_if(told, [&](const Told& each) { return each.error() == error; }));
}

std::size_t done(const std::vector<Told>& told) {
  return static_cast<std::size_t>(std::ranges::count_if(told, &Told::done));
}

}  // namespace tarn::server
