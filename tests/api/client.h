// Speaks to the API as a client does, without a socket: one call, one answer, parsed.
// Holds the memory cloud it speaks to.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <string>

#include "api/memory_cloud.h"
#include "api/networking.h"
#include "base/check.h"

namespace tarn::api::test {

namespace json = boost::json;

inline json::value said(const std::string& text) {
  return json::value(json::string(text));
}

struct Reply {
  unsigned status = 0;
  Headers headers;
  std::string text;
  json::value body;  // null when there is none

  [[nodiscard]] std::string type() const { return std::string(body.at("NeutronError").at("type").as_string()); }
  [[nodiscard]] std::string message() const { return std::string(body.at("NeutronError").at("message").as_string()); }
};

inline policy::Credentials somebody(std::string project, std::vector<std::string> roles) {
  policy::Credentials who;
  who.user_id = "u-" + project;
  who.project_id = std::move(project);
  who.roles = std::move(roles);
  return who;
}
inline policy::Credentials administrator(std::string project = "p1") {
  return somebody(std::move(project), {"admin"});
}
inline policy::Credentials member(std::string project = "p1") {
  return somebody(std::move(project), {"member", "reader"});
}

// Whoever a test says is asking; by default an administrator.
struct SaidIdentity final : Identity {
  policy::Credentials who = administrator();
  std::optional<Error> refusal;
  void identify(const Request&, std::function<void(Result<policy::Credentials>)> done) override {
    if (refusal) return done(fail(*refusal));
    done(who);
  }
};

class Client {
 public:
  explicit Client(NetworkingOptions options = {}) : networking_(cloud, identity, std::move(options)) {}

  MemoryCloud cloud;
  SaidIdentity identity;

  Reply ask(const std::string& method, const std::string& target, const std::string& body = "", Headers headers = {}) {
    headers.emplace_back("Host", "cloud.test:9696");
    std::optional<Response> got;
    networking_.handle({method, target, std::move(headers), body, false},
                       [&](Response response) { got = std::move(response); });
    CHECK(got.has_value());
    Reply reply{got->status, got->headers, got->body, nullptr};
    if (!reply.text.empty() && reply.text[0] == '{') reply.body = json::parse(reply.text);
    return reply;
  }
  Reply get(const std::string& target) { return ask("GET", target); }
  Reply post(const std::string& target, const json::value& body) { return ask("POST", target, json::serialize(body)); }
  Reply put(const std::string& target, const json::value& body, Headers headers = {}) {
    return ask("PUT", target, json::serialize(body), std::move(headers));
  }
  Reply remove(const std::string& target) { return ask("DELETE", target); }

  // Creates and gives the new id; the test ends when that fails.
  std::string network(json::object body = {}) { return made("network", std::move(body)); }
  std::string subnet(const std::string& network_id, const std::string& cidr, json::object body = {}) {
    body["network_id"] = network_id;
    body["cidr"] = cidr;
    body["ip_version"] = cidr.find(':') == std::string::npos ? 4 : 6;
    return made("subnet", std::move(body));
  }
  std::string port(const std::string& network_id, json::object body = {}) {
    body["network_id"] = network_id;
    return made("port", std::move(body));
  }
  json::object shown(const std::string& singular, const std::string& id) {
    return get("/v2.0/" + singular + "s/" + id).body.at(singular).as_object();
  }
  // The names in a list's answer, in its order.
  std::vector<std::string> names(const std::string& target) {
    const Reply reply = get(target);
    const std::string plural = target.substr(6, target.find('?') - 6);
    std::vector<std::string> out;
    for (const auto& each : reply.body.at(plural).as_array()) out.emplace_back(each.at("name").as_string());
    return out;
  }

 private:
  std::string made(const std::string& singular, json::object body) {
    const Reply reply = post("/v2.0/" + singular + "s", {{singular, std::move(body)}});
    if (reply.status != 201) throw std::runtime_error(reply.text);
    return std::string(reply.body.at(singular).at("id").as_string());
  }

  Networking networking_;
};

}  // namespace tarn::api::test
