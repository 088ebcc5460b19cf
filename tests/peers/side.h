// One of two clouds that are asked the same. Requests name objects by symbols ("${net1}"), which stand for ids of each
// side's own; answers are told with the symbols put back, and with a word for what no two clouds have the same.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <set>
#include <string>

#include "api/http_client.h"
#include "clouds.h"

namespace tarn::test {

namespace json = boost::json;

struct Request {
  Persona who = Persona::root;
  std::string method;
  std::string target;
  json::value body;  // null: none
  [[nodiscard]] std::string text() const;
};

struct Told {
  unsigned status = 0;
  std::string type = {};  // of a NeutronError
  std::string message = {};
  json::value body = nullptr;  // of a success, comparable
  json::value raw = nullptr;   // as it came

  // Of the one object that a success has.
  [[nodiscard]] std::string id() const {
    return json::value_to<std::string>(raw.as_object().begin()->value().at("id"));
  }
};

class Side {
 public:
  using ClientOf = std::function<api::HttpClient(Persona)>;
  explicit Side(const ClientOf& client_of);

  Told ask(const Request& request);
  void name(const std::string& symbol, const std::string& id);

 private:
  [[nodiscard]] std::string filled(const std::string& text) const;
  [[nodiscard]] json::value filled(const json::value& value) const;
  // What is alike in two clouds stays, in `key`'s meaning; the rest becomes a word.
  [[nodiscard]] json::value comparable(const json::value& value, std::string_view key) const;
  [[nodiscard]] json::string comparable_text(std::string_view text, std::string_view key) const;
  void remember_given(const json::value& value);

  std::vector<api::HttpClient> clients_;  // by persona
  std::map<std::string, std::string> ids_;
  std::map<std::string, std::string, std::less<>> symbols_;
  std::set<std::string, std::less<>> given_;  // texts and numbers that requests had: those must come back the same
};

}  // namespace tarn::test
