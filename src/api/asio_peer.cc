// A connection for each question: such services are asked seldom, and nothing has to be guessed about connections that
// were closed meanwhile. This file alone of the product's side of such lines knows sockets and TLS.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "api/peer.h"

namespace tarn::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;

constexpr std::uint64_t answer_bytes_max = 1U << 20;  // a token's answer without its catalog is some kilobytes

struct Place {
  bool encrypted = false;
  std::string host;
  std::string port;
  std::string path;
};

// One question on its way: resolve, connect, shake hands, write, read; the first error ends it.
template <class Stream>
struct Asking {
  const Place& place;
  std::chrono::milliseconds timeout;
  asio::ip::tcp::resolver resolver;
  Stream stream;
  http::request<http::string_body> request;
  beast::flat_buffer buffer = {};
  http::response_parser<http::string_body> parser = {};
  error_code outcome = {};

  beast::tcp_stream& below() {
    if constexpr (std::same_as<Stream, beast::tcp_stream>)
      return stream;
    else
      return stream.next_layer();
  }
  bool failed(error_code error) {
    outcome = error;
    return static_cast<bool>(error);
  }
  void start() {
    parser.body_limit(answer_bytes_max);
    resolver.async_resolve(place.host, place.port, [this](error_code error, const auto& found) {
      if (failed(error)) return;
      below().expires_after(timeout);
      below().async_connect(found, [this](error_code refused, const auto&) {
        if (!failed(refused)) greet();
      });
    });
  }
  void greet() {
    if constexpr (std::same_as<Stream, beast::tcp_stream>) {
      write();
    } else {
      stream.async_handshake(ssl::stream_base::client, [this](error_code error) {
        if (!failed(error)) write();
      });
    }
  }
  void write() {
    http::async_write(stream, request, [this](error_code error, std::size_t) {
      if (failed(error)) return;
      http::async_read(stream, buffer, parser, [this](error_code broken, std::size_t) { outcome = broken; });
    });
  }
};

class AsioPeer final : public Peer {
 public:
  AsioPeer(Place place, std::chrono::milliseconds timeout)
      : place_(std::move(place)), timeout_(timeout), trust_(ssl::context::tls_client) {}

  Status trust(const std::string& ca_file) {
    error_code error;
    trust_.set_verify_mode(ssl::verify_peer, error);
    if (ca_file.empty())
      trust_.set_default_verify_paths(error);
    else
      trust_.load_verify_file(ca_file, error);
    if (error) return fail(ErrorCode::not_found, "cannot read certificates of " + ca_file + ": " + error.message());
    return {};
  }

  Result<Answer> ask(const Question& question) override {
    asio::io_context context;
    if (!place_.encrypted) return outcome_of(context, beast::tcp_stream(context), question);
    beast::ssl_stream<beast::tcp_stream> stream(context, trust_);
    stream.set_verify_callback(ssl::host_name_verification(place_.host));
    if (SSL_set_tlsext_host_name(stream.native_handle(), place_.host.c_str()) != 1)
      return fail(ErrorCode::unavailable, "the host's name is too long for TLS");
    return outcome_of(context, std::move(stream), question);
  }

 private:
  template <class Stream>
  Result<Answer> outcome_of(asio::io_context& context, Stream stream, const Question& question) {
    Asking<Stream> asking{place_, timeout_, asio::ip::tcp::resolver(context), std::move(stream), worded(question)};
    asking.start();
    context.run();
    if (asking.outcome)
      return fail(ErrorCode::unavailable, place_.host + ":" + place_.port + ": " + asking.outcome.message());
    auto message = asking.parser.release();
    Answer answer{message.result_int()};
    for (const auto& field : message) answer.headers.emplace_back(field.name_string(), field.value());
    answer.body = std::move(message.body());
    return answer;
  }

  [[nodiscard]] http::request<http::string_body> worded(const Question& question) const {
    http::request<http::string_body> request{http::string_to_verb(question.method), place_.path + question.target, 11};
    const bool v6 = place_.host.find(':') != std::string::npos;
    request.set(http::field::host, (v6 ? "[" + place_.host + "]" : place_.host) + ":" + place_.port);
    request.set(http::field::accept, "application/json");
    request.set(http::field::connection, "close");
    if (!question.body.empty()) request.set(http::field::content_type, "application/json");
    for (const auto& [name, value] : question.headers) request.set(name, value);
    request.body() = question.body;
    request.prepare_payload();
    return request;
  }

  const Place place_;
  const std::chrono::milliseconds timeout_;
  ssl::context trust_;
};

// "https://nova.example:8774/v2.1/" → host, port and "/v2.1".
Result<Place> place_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https") || parsed->host().empty())
    return fail(ErrorCode::invalid, "'" + url + "' is no http:// or https:// URL");
  Place place{parsed->scheme() == "https", parsed->host_address(), parsed->port(), std::string(parsed->encoded_path())};
  if (place.port.empty()) place.port = place.encrypted ? "443" : "80";
  if (place.path.ends_with('/')) place.path.pop_back();
  return place;
}

}  // namespace

Result<std::unique_ptr<Peer>> make_peer(const std::string& url, const std::string& ca_file,
                                        std::chrono::milliseconds timeout) {
  auto place = place_of(url);
  if (!place) return fail(place.error());
  const bool encrypted = place->encrypted;
  auto peer = std::make_unique<AsioPeer>(std::move(*place), timeout);
  if (encrypted)
    if (Status trusted = peer->trust(ca_file); !trusted) return fail(trusted.error());
  return peer;
}

}  // namespace tarn::api
