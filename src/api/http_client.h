// A plain blocking HTTP/1.1 client for Tarn's own command and sandbox: one request, one answer, one time limit.
// Keeps no connection between two requests and follows no redirect; never used on a loop, which it would block.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "api/http.h"
#include "base/result.h"

namespace tarn::api {

class HttpClient {
 public:
  // `address` is the text of an IP. Nothing is connected until `ask`.
  HttpClient(std::string address, std::uint16_t port, std::chrono::milliseconds timeout = std::chrono::seconds(10))
      : address_(std::move(address)), port_(port), timeout_(timeout) {}

  // Each question carries the headers that `give` gives for it, or fails with its error.
  using Give = std::function<Result<Headers>()>;
  void carry(Give give) { give_ = std::move(give); }

  struct Answer {
    unsigned status = 0;
    Headers headers;
    std::string body;
  };
  // Errors: unavailable (no connection, broken, too slow), naming address and port; those of what it carries.
  Result<Answer> ask(const std::string& method, const std::string& target, const std::string& body = {}) const;

  // The same for the API: success is any 2xx and gives the parsed body (null when empty); anything else is an error
  // with the API's own message.
  Result<boost::json::value> ask_api(const std::string& method, const std::string& target,
                                     const boost::json::value& body = nullptr) const;

 private:
  std::string address_;
  std::uint16_t port_;
  std::chrono::milliseconds timeout_;
  Give give_;
};

}  // namespace tarn::api
