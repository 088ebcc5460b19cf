#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "base/check.h"
#include "empty_server.h"
#include "rt/thread_pool.h"

namespace tarn::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr unsigned threads = 2;  // HttpServer::listen

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, unsigned status, const std::string& body) : socket_(std::move(socket)) {
    response_.result(status);
    response_.version(11);
    response_.set(http::field::content_type, "application/json");
    response_.body() = body;
    response_.prepare_payload();
  }
  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->write();
    });
  }

 private:
  void write() {
    http::async_write(socket_, response_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->read();
    });
  }

  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

class AsioEmptyServer final : public EmptyServer {
 public:
  AsioEmptyServer(unsigned status, std::string body)
      : status_(status), body_(std::move(body)), acceptor_(io_), pool_("empty", threads, threads) {}
  ~AsioEmptyServer() override { io_.stop(); }

  Status start() {
    error_code error;
    const tcp::endpoint here(asio::ip::address_v4::loopback(), 0);
    acceptor_.open(here.protocol(), error);
    if (!error) acceptor_.bind(here, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(ErrorCode::unavailable, "cannot listen: " + error.message());
    accept();
    for (unsigned i = 0; i < threads; ++i) CHECK(pool_.run([this] { io_.run(); }));
    return {};
  }
  [[nodiscard]] std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

 private:
  void accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](error_code error, tcp::socket socket) {
      if (error) return;
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      std::make_shared<Session>(std::move(socket), status_, body_)->read();
      accept();
    });
  }

  const unsigned status_;
  const std::string body_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  rt::ThreadPool pool_;  // last: joined before anything above goes
};

}  // namespace

Result<std::unique_ptr<EmptyServer>> EmptyServer::listen(unsigned status, std::string body) {
  auto server = std::make_unique<AsioEmptyServer>(status, std::move(body));
  if (Status started = server->start(); !started) return std::unexpected(started.error());
  return server;
}

}  // namespace tarn::bench
