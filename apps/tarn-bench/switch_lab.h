// An Open vSwitch of a benchmark's own (ovsdb-server and ovs-vswitchd, userspace datapath) with two instances plugged
// into its br-int as ports 1 and 2. Everything is in namespaces and a folder made for it, and ends with it.
// Installs no flow: until somebody does, the bridge drops everything.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/address.h"
#include "base/result.h"
#include "sandbox/process.h"

namespace tarn::bench {

// What a plugged port is to the renderer and to the instance alike.
struct PortIdentity {
  std::uint32_t ofport = 0;
  Mac mac;
  Ip address;  // of 10.0.0.0/16
};
PortIdentity identity_of(std::uint32_t ofport);

// How many flows the bridge with that management socket has.
Result<std::int64_t> flow_count(const std::string& management_socket);

class SwitchLab {
 public:
  // Errors: the command that failed, with its last words.
  // Bare: without instances.
  enum class Instances { two, none };
  static Result<std::unique_ptr<SwitchLab>> raise(Instances instances = Instances::two);
  ~SwitchLab();
  SwitchLab(const SwitchLab&) = delete;
  SwitchLab& operator=(const SwitchLab&) = delete;

  [[nodiscard]] std::string management_socket() const { return (dir_ / "br-int.mgmt").string(); }
  [[nodiscard]] std::string instance_namespace(std::uint32_t ofport) const;
  [[nodiscard]] std::string database_socket() const { return (dir_ / "db.sock").string(); }
  [[nodiscard]] const std::filesystem::path& dir() const { return dir_; }
  [[nodiscard]] std::string switch_namespace() const { return prefix_ + "-switch"; }
  // How many flows br-int has.
  [[nodiscard]] Result<std::int64_t> flow_count() const { return bench::flow_count(management_socket()); }
  // Processor seconds of the switch and its database.
  [[nodiscard]] double cpu_s() const;
  [[nodiscard]] pid_t switch_pid() const { return switch_->pid; }
  [[nodiscard]] pid_t database_pid() const { return database_->pid; }

 private:
  SwitchLab(std::filesystem::path dir, std::string prefix) : dir_(std::move(dir)), prefix_(std::move(prefix)) {}
  Status start(Instances instances);
  Status start_daemon(const std::string& name, std::vector<std::string> words,
                      std::optional<sandbox::ProcessMark>& mark) const;
  Status plug(std::uint32_t ofport) const;
  [[nodiscard]] sandbox::Argv vsctl(std::vector<std::string> words) const;

  std::filesystem::path dir_;
  std::string prefix_;  // of namespaces
  std::optional<sandbox::ProcessMark> database_;
  std::optional<sandbox::ProcessMark> switch_;
};

}  // namespace tarn::bench
