// A whole cloud of real parts for one test program: its own name, folder and port, so that it disturbs nobody, and
// nothing of it is left when it goes. Raised once for all tests of the program.
#pragma once

#include <boost/json/value.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sandbox/sandbox.h"

namespace tarn::testing {

class LiveCloud {
 public:
  // CHECKs that the cloud comes up; a cloud that does not is a failed test program.
  explicit LiveCloud(int hosts);
  ~LiveCloud();
  LiveCloud(const LiveCloud&) = delete;
  LiveCloud& operator=(const LiveCloud&) = delete;

  sandbox::Sandbox& sandbox() { return *sandbox_; }
  [[nodiscard]] const sandbox::Sandbox& sandbox() const { return *sandbox_; }
  [[nodiscard]] sandbox::Host host(int number) const { return sandbox_->host(number); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] static std::filesystem::path programs();
  // Of all clouds of this run: the kernel's where TARN_LIVE_DATAPATH=system, which needs its module; else userspace.
  [[nodiscard]] static sandbox::Datapath datapath();
  // TARN_LIVE_LOAD=light: the machine is emulated, and many times slower than others.
  [[nodiscard]] static bool is_emulated();

  // The API; a refusal fails the test program.
  boost::json::value ask(const std::string& method, const std::string& target,
                         const boost::json::value& body = nullptr) const;
  // A network with one subnet; `provider` is {} or {type, physical network, segment}. Returns the network's id.
  std::string make_network(const std::string& name, const std::string& cidr, const std::string& type = {},
                           int segment = 0) const;

  // `count` ports of `network` bound to `host` and plugged as interfaces of the switch itself, all at once. Returns
  // when the switch has made them, or with `leave` as soon as its database has them.
  enum class Patience { wait, leave };
  void plug_crowd(const std::string& network, int host, int count, Patience patience = Patience::wait) const;
  // Waits until every bound port is ACTIVE. False after the timeout.
  [[nodiscard]] bool await_all_active(std::chrono::seconds timeout) const;

  // What the agent of `host` answers to {"method": method}.
  [[nodiscard]] boost::json::value ask_agent(int host, const std::string& method) const;
  // Flows of br-int as `ovs-ofctl dump-flows` tells them, without statistics, sorted.
  [[nodiscard]] std::vector<std::string> flows(int host) const;
  // Packets counted by all flows of br-int together.
  [[nodiscard]] std::uint64_t packets_counted(int host) const;
  // What the switch of `host` answers to `ovs-appctl WORDS`.
  std::string ask_switch(int host, std::vector<std::string> words) const;

 private:
  std::filesystem::path folder_;
  std::optional<sandbox::Sandbox> sandbox_;
};

// Lets `duration` pass: for phases of a measurement, never to wait for something.
void let_pass(std::chrono::milliseconds duration);

}  // namespace tarn::testing
