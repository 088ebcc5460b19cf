// The other side: how our own command and sandbox log in at an identity service. One login serves many questions.
// Used from any thread; blocks for the login, as the HttpClient that asks it does.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "api/http_client.h"

namespace tarn::identity {

struct PasswordAccount {
  std::string username;
  std::string password;
  std::string project_name;
  std::string domain_name = "Default";  // of both
};

class PasswordLogin {
 public:
  // `path` leads to the service at the client's address: "/identity/v3".
  PasswordLogin(api::HttpClient client, std::string path, PasswordAccount account)
      : client_(std::move(client)), path_(std::move(path)), account_(std::move(account)) {}

  // {"X-Auth-Token": …}, from a new login when the last one is about to end. Errors: those of the client; forbidden.
  Result<api::Headers> headers();

 private:
  const api::HttpClient client_;
  const std::string path_;
  const PasswordAccount account_;
  std::mutex mutex_;
  std::string token_;
  std::int64_t renew_at_ms_ = 0;
};

}  // namespace tarn::identity
