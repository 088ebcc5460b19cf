// A Keystone and a Nova on one HTTP address: tokens for one password, and events for whoever has one of them.
// Belongs to one test; its parts may be asked from any thread.
#pragma once

#include <mutex>

#include "api/http_server.h"
#include "base/check.h"
#include "notify/things.h"

namespace tarn::server {

class StandIn final : public api::Handler {
 public:
  StandIn() {
    auto server = api::HttpServer::listen(*this, "127.0.0.1", 0);
    CHECK(server.has_value());
    http_ = std::move(*server);
  }
  [[nodiscard]] std::uint16_t port() const { return http_->port(); }
  // Events are answered 503 from now on, or not any more.
  void turn_away(bool all) {
    const std::scoped_lock lock(mutex_);
    away_ = all;
  }
  [[nodiscard]] int turned_away() {
    const std::scoped_lock lock(mutex_);
    return turned_away_;
  }
  void revoke_tokens() {
    const std::scoped_lock lock(mutex_);
    token_.clear();
  }
  [[nodiscard]] std::vector<notify::test::ModelNova::Told> taken() {
    const std::scoped_lock lock(mutex_);
    return nova_.taken;
  }
  [[nodiscard]] bool took(const std::string& name, const std::string& port) {
    return std::ranges::any_of(taken(), [&](const auto& told) { return told.name == name && told.port == port; });
  }

  void handle(api::Request request, api::Respond respond) override {
    const std::scoped_lock lock(mutex_);
    respond(request.target.starts_with("/identity/") ? log_in(request) : take(request));
  }
  api::Response refuse(unsigned status, std::string_view) override { return {status, {}, ""}; }

 private:
  api::Response log_in(const api::Request& request) {
    if (!request.target.starts_with("/identity/v3/auth/tokens") || request.body.find("sesame") == std::string::npos)
      return {401, {}, "{}"};
    token_ = "token-" + std::to_string(++logins_);
    return {201,
            {{"X-Subject-Token", token_}},
            R"({"token":{"user":{"id":"u","name":"tarn"},"expires_at":"2100-01-01T00:00:00.000000Z"}})"};
  }
  api::Response take(const api::Request& request) {
    if (away_) {
      ++turned_away_;
      return {503, {}, "try later"};
    }
    const std::string* token = api::find_header(request.headers, "X-Auth-Token");
    if (!token || token_.empty() || *token != token_) return {401, {}, "{}"};
    const std::string root = "/compute/v2.1";
    if (!request.target.starts_with(root)) return {404, {}, "{}"};
    const auto answer = nova_.ask({request.method, request.target.substr(root.size()), {}, request.body});
    return {answer->status, {{"Content-Type", "application/json"}}, answer->body};
  }

  std::mutex mutex_;  // guards what follows
  notify::test::ModelNova nova_;
  std::string token_;
  int logins_ = 0;
  bool away_ = false;
  int turned_away_ = 0;
  std::unique_ptr<api::HttpServer> http_;
};

}  // namespace tarn::server
