// 64 clients of a real tarn-server, each on a thread of its own, and what they were told.
// A project's clients are told apart from the administrator by name alone: the server knows its callers by
// X-Project-Id and X-User-Id, and its policy calls the user `root` an administrator and nobody else.
#pragma once

#include <gmock/gmock.h>

#include <atomic>
#include <barrier>
#include <boost/json.hpp>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "api/http_client.h"

namespace tarn::server {

namespace json = boost::json;

inline constexpr std::size_t clients = 64;

struct Told {
  unsigned status = 0;
  json::value body;

  [[nodiscard]] bool done() const { return status / 100 == 2; }
  [[nodiscard]] std::string error() const;                                        // "OverQuota"
  [[nodiscard]] std::string id() const;                                           // of what was made or shown
  [[nodiscard]] const json::value& operator[](std::string_view attribute) const;  // of the same
};

// Asks for one project, or as the administrator. Any number of threads may use one.
class Client {
 public:
  Client(const std::string& address, std::string user, std::string project);

  Told ask(const std::string& method, const std::string& path, const json::value& body = nullptr,
           api::Headers more = {}) const;
  Told make(const std::string& singular, json::object given) const;  // POST on its collection
  [[nodiscard]] std::vector<json::object> list(const std::string& path) const;

 private:
  std::string address_;
  std::uint16_t port_;
  api::Headers headers_;
};

// Lets all clients begin together; act(n, chance) is the n-th one's, with chance of its own and the same in every run.
// Returns what each returned.
using Chance = std::mt19937;
template <class Act>
auto at_once(Act act) {
  using Answer = decltype(act(std::size_t{}, std::declval<Chance&>()));
  std::vector<Answer> answers(clients);
  std::barrier start(static_cast<std::ptrdiff_t>(clients));
  {
    std::vector<std::jthread> crowd;
    for (std::size_t n = 0; n < clients; ++n)
      crowd.emplace_back([&, n] {
        Chance chance(static_cast<Chance::result_type>(n));
        start.arrive_and_wait();
        answers[n] = act(n, chance);
      });
  }
  return answers;
}

// How many were told `error`; how many were done.
std::size_t count(const std::vector<Told>& told, const std::string& error);
std::size_t done(const std::vector<Told>& told);

}  // namespace tarn::server
