// A sandbox of a benchmark's own, mostly with one host, in a folder made for it; ended with it.
// Speaks to the cloud as its users do: the API, and interfaces plugged as a hypervisor plugs them.
#pragma once

#include <boost/json/value.hpp>
#include <memory>

#include "benchmarks.h"
#include "plugging.h"
#include "process_cost.h"
#include "sandbox/sandbox.h"

namespace tarn::bench {

enum class Binding { host, none };

struct CloudShape {
  int hosts = 1;
  std::string name = "b";  // where one benchmark has several
};

class BenchCloud {
 public:
  // With one tenant network of 10.0.0.0/16. Errors: which part did not start.
  static Result<std::unique_ptr<BenchCloud>> raise(const Settings& settings, const CloudShape& shape = {});
  ~BenchCloud();
  BenchCloud(const BenchCloud&) = delete;
  BenchCloud& operator=(const BenchCloud&) = delete;

  [[nodiscard]] sandbox::Sandbox& sandbox() { return *sandbox_; }
  [[nodiscard]] const sandbox::Sandbox& sandbox() const { return *sandbox_; }
  [[nodiscard]] const std::string& network() const { return network_; }
  [[nodiscard]] std::string switch_socket() const { return (sandbox_->host(1).dir() / "br-int.mgmt").string(); }

  // Of the API, below /v2.0/; a refusal is an error. Answers what is there or was made.
  [[nodiscard]] Result<boost::json::value> ask_api(const std::string& method, const std::string& target,
                                                   const boost::json::value& body = nullptr) const;
  // Ports not yet plugged.
  Result<std::vector<Plug>> make_ports(int count, Binding binding = Binding::host) const;
  // Binds a port that was made without one to the host.
  Status bind(const Plug& plug) const;
  // Interfaces of the switch itself for those ports.
  Status plug(std::span<const Plug> plugs, Patience patience = Patience::wait) const;
  // Takes the interfaces off and the ports away, and waits until the agent has done so too.
  Status take_away(std::span<const Plug> plugs) const;
  // Waits until every port is ACTIVE.
  Status await_active() const;
  // All of it: that many more ports, plugged, until every port is ACTIVE.
  Status wire_ports(int count) const;
  // Of the host's parts and the server; 0 of one that does not run.
  [[nodiscard]] CloudCpu cpu() const;
  // Of a host's agent: {"method": method}; an answer that is an error is one.
  [[nodiscard]] Result<boost::json::value> ask_agent(const std::string& method, int host = 1) const;

 private:
  explicit BenchCloud(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Status start(const Settings& settings, const CloudShape& shape);

  std::filesystem::path folder_;
  std::string name_;
  std::optional<sandbox::Sandbox> sandbox_;
  std::string network_;
};

}  // namespace tarn::bench
