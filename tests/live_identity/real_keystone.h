// Debian's Keystone, with a database and keys of its own in one folder, on a loopback port that the kernel chose.
// For one test, which it never outlives. Its administrator is admin, with the password "admin".
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sandbox/process.h"

namespace tarn::test {

class RealKeystone {
 public:
  // Takes some 20 seconds. CHECKs that it comes up: the package is missing otherwise.
  explicit RealKeystone(const std::filesystem::path& folder);
  ~RealKeystone() { stop(); }
  RealKeystone(const RealKeystone&) = delete;
  RealKeystone& operator=(const RealKeystone&) = delete;

  void stop();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::optional<sandbox::ProcessMark> process_;
  std::uint16_t port_ = 0;
};

}  // namespace tarn::test
