// HTTP as plain values: what the API needs of a request and what it answers. The edge (http_server.h) makes and sends
// them; nothing here knows sockets.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tarn::api {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of the first header called `name` (any case), or nullptr.
const std::string* find_header(const Headers& headers, std::string_view name);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7), whatever the locale.
std::string http_date(std::int64_t unix_ms);

struct Request {
  std::string method;  // as sent: "GET"
  std::string target;  // origin form, still percent-encoded: "/v2.0/ports?name=a%20b"
  Headers headers;
  std::string body;
  bool encrypted = false;  // arrived over TLS
  std::string client = {};  // the address that it came from; empty where nobody knows
};

struct Response {
  unsigned status = 200;
  Headers headers;  // the edge adds Content-Length, Date and Connection
  std::string body;
};

// Called once, from any thread, at any later time. Dropping it uncalled answers 500.
class Respond {
 public:
  using Make = std::move_only_function<Response()>;

  Respond(std::nullptr_t = nullptr) {}
  template <class Take>
    requires std::invocable<Take&, Response> && (!std::same_as<Take, Respond>)
  Respond(Take take) : give_([take = std::move(take)](Make make) mutable { take(make()); }) {}
  // For an edge: `give` calls what it gets where it sends from.
  static Respond by_maker(std::move_only_function<void(Make)> give) {
    Respond respond;
    respond.give_ = std::move(give);
    return respond;
  }

  explicit operator bool() const { return static_cast<bool>(give_); }
  void operator()(Response response) {
    give_([response = std::move(response)]() mutable { return std::move(response); });
  }
  // An answer that is work to make: the edge does it, not the caller's thread. What it throws answers 500.
  void later(Make make) { give_(std::move(make)); }

 private:
  std::move_only_function<void(Make)> give_;
};

class Handler {
 public:
  virtual ~Handler() = default;

  // Called on any of the edge's threads, concurrently. Must not block for long.
  virtual void handle(Request request, Respond respond) = 0;

  // Words a refusal that the edge decided before there was a whole request (400, 408, 413, 431, 500, 503).
  virtual Response refuse(unsigned status, std::string_view message) = 0;
};

}  // namespace tarn::api
