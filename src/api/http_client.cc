#include "api/http_client.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

namespace tarn::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::uint64_t answer_bytes_max = std::uint64_t{256} << 20;

ErrorCode code_of(unsigned status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorCode::forbidden;
    case 404:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 412:
      return ErrorCode::stale;
    case 503:
      return ErrorCode::unavailable;
    default:
      return status < 500 ? ErrorCode::invalid : ErrorCode::internal;
  }
}

// The message of the API's error envelope, or the bare body.
Error error_of(const HttpClient::Answer& answer) {
  boost::system::error_code error;
  const boost::json::value body = boost::json::parse(answer.body, error);
  if (!error && body.is_object()) {
    for (const auto& [name, inner] : body.get_object()) {
      if (!inner.is_object() || !inner.get_object().contains("message")) continue;
      const auto* type = inner.get_object().if_contains("type");
      return {code_of(answer.status), type && type->is_string() ? std::string(type->get_string()) : std::string(),
              boost::json::value_to<std::string>(inner.at("message"))};
    }
  }
  return {code_of(answer.status), {}, "HTTP " + std::to_string(answer.status) + ": " + answer.body};
}

}  // namespace

Result<HttpClient::Answer> HttpClient::ask(const std::string& method, const std::string& target,
                                           const std::string& body) const {
  const std::string where = "http://" + address_ + ":" + std::to_string(port_);
  const Result<Headers> carried = give_ ? give_() : Headers{};
  if (!carried) return fail(carried.error());
  asio::io_context context;
  boost::system::error_code error;
  const asio::ip::address ip = asio::ip::make_address(address_, error);
  if (error) return fail(ErrorCode::invalid, "'" + address_ + "' is not an IP address");
  beast::tcp_stream stream(context);
  stream.expires_after(timeout_);

  http::request<http::string_body> request{http::string_to_verb(method), target, 11};
  request.set(http::field::host, address_ + ":" + std::to_string(port_));
  request.set(http::field::accept, "application/json");
  if (!body.empty()) request.set(http::field::content_type, "application/json");
  for (const auto& [name, value] : *carried) request.set(name, value);
  request.body() = body;
  request.prepare_payload();
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(answer_bytes_max);

  // Asynchronous steps, because only those honour the stream's time limit.
  stream.async_connect({ip, port_}, [&](boost::system::error_code connected) {
    error = connected;
    if (error) return;
    http::async_write(stream, request, [&](boost::system::error_code written, std::size_t) {
      error = written;
      if (error) return;
      http::async_read(stream, buffer, parser, [&](boost::system::error_code read, std::size_t) { error = read; });
    });
  });
  context.run();
  if (error) return fail(ErrorCode::unavailable, "no answer from " + where + ": " + error.message());
  Answer answer{parser.get().result_int(), {}, std::move(parser.get().body())};
  for (const auto& field : parser.get()) answer.headers.emplace_back(field.name_string(), field.value());
  return answer;
}

Result<boost::json::value> HttpClient::ask_api(const std::string& method, const std::string& target,
                                               const boost::json::value& body) const {
  const Result<Answer> answer = ask(method, target, body.is_null() ? std::string() : boost::json::serialize(body));
  if (!answer) return std::unexpected(answer.error());
  if (answer->status < 200 || answer->status >= 300) return fail(error_of(*answer));
  if (answer->body.empty()) return boost::json::value(nullptr);
  boost::system::error_code error;
  boost::json::value parsed = boost::json::parse(answer->body, error);
  if (error) return fail(ErrorCode::corrupt, "the API answered something that is not JSON");
  return parsed;
}

}  // namespace tarn::api
