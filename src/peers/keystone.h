// Debian's Keystone, with a database and keys of its own in one folder, on a loopback port that the kernel chose.
// Ended with this. Its administrator is admin, with the password "admin" and the project admin.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "identity/password_login.h"
#include "sandbox/process.h"

namespace tarn::peers {

class Keystone {
 public:
  // Takes some 20 seconds. CHECKs that it comes up: the package is missing otherwise.
  explicit Keystone(const std::filesystem::path& folder);
  ~Keystone() { stop(); }
  Keystone(const Keystone&) = delete;
  Keystone& operator=(const Keystone&) = delete;

  void stop();
  // A user with one role ("member", "reader", "admin") in a project, both made where they are missing.
  void add_user(const std::string& name, const std::string& password, const std::string& project,
                const std::string& role) const;
  // Of the project of that name, made where there is none.
  [[nodiscard]] std::string project_id(const std::string& name) const;
  // A service of that type at `url`, in the catalog of every token.
  void add_service(const std::string& type, const std::string& url) const;
  // `client` asks whatever it asks as the administrator from now on.
  void log_in(api::HttpClient& client) const;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  [[nodiscard]] api::HttpClient as_administrator() const;
  // The id of the `kind` ("project") of that name; made of `body` when it is missing.
  std::string one(const std::string& kind, const boost::json::object& body) const;

  std::optional<sandbox::ProcessMark> process_;
  std::uint16_t port_ = 0;
};

}  // namespace tarn::peers
