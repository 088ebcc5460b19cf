#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "http_load.h"
#include "rt/machine_clock.h"

namespace tarn::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::size_t body_bytes_max = 64 << 20;

// What the clients share.
struct Run {
  const Load& load;
  asio::io_context& io;
  rt::MachineClock clock = {};
  std::size_t next = 0;
  LoadFigures figures = {};
  std::optional<Error> failure = {};

  void fail_with(const std::string& why) {
    if (!failure) failure = Error{ErrorCode::unavailable, {}, why};
    io.stop();
  }
};

class Client {
 public:
  explicit Client(Run& run) : run_(run), socket_(run.io) {}

  void connect() {
    error_code error;
    socket_.connect({asio::ip::address_v4::loopback(), run_.load.port}, error);
    if (error) return run_.fail_with("no connection: " + error.message());
    socket_.set_option(tcp::no_delay(true), error);
    ask();
  }

 private:
  void ask() {
    if (run_.next == run_.load.requests) return;
    const LoadRequest request = run_.load.ask(run_.next++);
    text_ = request.method + " " + request.target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    if (!request.body.empty()) {
      text_ += "Content-Type: application/json\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
    }
    text_ += "\r\n" + request.body;
    asked_ = run_.clock.now();
    asio::async_write(socket_, asio::buffer(text_), [this](error_code error, std::size_t) {
      if (error) return run_.fail_with("cannot send: " + error.message());
      read();
    });
  }

  void read() {
    parser_.emplace();
    parser_->body_limit(body_bytes_max);
    http::async_read(socket_, buffer_, *parser_, [this](error_code error, std::size_t) {
      if (error) return run_.fail_with("no answer: " + error.message());
      take(parser_->get());
      ask();
    });
  }

  void take(const http::response<http::string_body>& answer) {
    if (answer.result_int() != run_.load.status) {
      return run_.fail_with("answered " + std::to_string(answer.result_int()) + ": " + answer.body());
    }
    const auto passed = run_.clock.now() - asked_;
    run_.figures.latencies_ms.push_back(std::chrono::duration<double, std::milli>(passed).count());
    run_.figures.body_bytes = answer.body().size();
    if (run_.load.answered) run_.load.answered(answer.body());
  }

  Run& run_;
  tcp::socket socket_;
  std::string text_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::string_body>> parser_;
  rt::Instant asked_;
};

}  // namespace

Result<LoadFigures> drive(const Load& load) {
  asio::io_context io(1);
  Run run{load, io};
  std::vector<std::unique_ptr<Client>> clients;
  const rt::Instant begin = run.clock.now();
  for (std::size_t i = 0; i < load.clients && !run.failure; ++i) {
    clients.push_back(std::make_unique<Client>(run));
    clients.back()->connect();
  }
  if (!run.failure) io.run();
  if (run.failure) return fail(*run.failure);
  run.figures.seconds = std::chrono::duration<double>(run.clock.now() - begin).count();
  return std::move(run.figures);
}

}  // namespace tarn::bench
