// A tarn-server of a benchmark's own without any host, in a folder made for it; ended with it. Has one tenant network
// of 10.0.0.0/8, so that no benchmark runs out of addresses.
#pragma once

#include <boost/json/value.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "api/http_client.h"
#include "benchmarks.h"
#include "sandbox/process.h"

namespace tarn::bench {

class BenchServer {
 public:
  static Result<std::unique_ptr<BenchServer>> raise(const Settings& settings);
  ~BenchServer();
  BenchServer(const BenchServer&) = delete;
  BenchServer& operator=(const BenchServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return mark_->pid; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] api::HttpClient api() const { return {"127.0.0.1", port_, std::chrono::seconds(60)}; }
  // As Nova asks for one.
  [[nodiscard]] boost::json::object port_wish() const;
  // Ids of that many new ports, asked for in bulk.
  Result<std::vector<std::string>> make_ports(int count) const;
  // Ended by SIGTERM and started again over the same store.
  Status start_again();

 private:
  BenchServer(std::filesystem::path folder, std::filesystem::path program)
      : folder_(std::move(folder)), program_(std::move(program)) {}
  Status start();
  Status make_network();

  std::filesystem::path folder_;
  std::filesystem::path program_;
  std::optional<sandbox::ProcessMark> mark_;
  std::uint16_t port_ = 0;
  std::string network_;
};

}  // namespace tarn::bench
