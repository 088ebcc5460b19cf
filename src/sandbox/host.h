// One host of the sandbox: a namespace with its own ovsdb-server, ovs-vswitchd and tarn-agent.
// Belongs to the sandbox. It touches only processes and namespaces of its own layout, never the default switch.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/layout.h"
#include "sandbox/process.h"

namespace tarn::sandbox {

enum class Datapath { userspace, kernel };

// Which of a host's processes run.
inline constexpr const char* database_name = "ovsdb-server";
inline constexpr const char* switch_name = "ovs-vswitchd";
inline constexpr const char* agent_name = "tarn-agent";
inline constexpr const char* metadata_name = "tarn-metadata";
inline constexpr const char* names_name = "tarn-names";

class Host {
 public:
  Host(const Layout& layout, int number, Datapath datapath, fs::path programs)
      : layout_(layout), number_(number), datapath_(datapath), programs_(std::move(programs)) {}

  // Starts what does not run; adopts what does. In this order: database, switch, provider and underlay bridges, agent,
  // the services of metadata and of names.
  Status up() const;
  Status start_database() const;
  Status start_switch() const;  // and puts the tunnel address back, which dies with the switch's own interface
  Status start_agent() const;
  // Another build's program, or more words for it; `offers`: it takes the host to be on the physical network.
  Status start_agent(const fs::path& program, const Argv& more = {}, bool offers = true) const;
  [[nodiscard]] fs::path agent_program() const { return programs_ / agent_name; }
  Status start_metadata(const Argv& more = {}) const;  // likewise
  Status start_names(const Argv& more = {}) const;     // likewise
  void stop(const std::string& process, int signal) const;
  // As a power cut: all processes are gone at once, the database's file stays.
  void cut_power() const;
  // Ends everything and removes the namespace.
  Status down() const;

  [[nodiscard]] std::optional<ProcessMark> running(const std::string& process) const;
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] std::string name() const { return Layout::host_name(number_); }
  [[nodiscard]] std::string netns() const { return layout_.host_namespace(number_); }
  [[nodiscard]] fs::path dir() const { return layout_.host_dir(number_); }
  [[nodiscard]] fs::path database_socket() const { return dir() / "db.sock"; }
  // `ovs-vsctl` against this host's database, ready for its words.
  [[nodiscard]] Argv vsctl(std::vector<std::string> words) const;
  [[nodiscard]] Argv ofctl(std::vector<std::string> words) const;

 private:
  [[nodiscard]] fs::path mark_file(const std::string& process) const { return dir() / (process + ".process"); }
  [[nodiscard]] Argv with_directories(std::vector<std::string> words) const;
  Status start_service(const std::string& program, const Argv& more) const;
  Status mark_from_pid_file(const std::string& process) const;
  Status make_bridges() const;
  Status give_tunnel_address() const;

  Layout layout_;
  int number_;
  Datapath datapath_;
  fs::path programs_;
};

}  // namespace tarn::sandbox
