// Interfaces of a switch itself, plugged into br-int and taken off by ovs-vsctl as a hypervisor does it; the same for
// ours, the limit and the peers. Knows no API and waits for no agent.
#pragma once

#include <boost/json/value.hpp>
#include <span>
#include <string>
#include <vector>

#include "sandbox/process.h"

namespace tarn::bench {

// An interface and the port of a cloud that it is for.
struct Plug {
  std::string interface;
  std::string port_id;
  std::string mac;
};

// Ports as an API shows them.
std::vector<Plug> plugs_of(const boost::json::value& ports);

// In one transaction: one command's words for 5,000 plugs come near the 2 MiB that execve(2) takes.
inline constexpr std::size_t plugs_at_once = 1'000;
std::vector<std::span<const Plug>> parts_of(std::span<const Plug> plugs);

// Whether to stay until the switch has made what its database says.
enum class Patience { wait, leave };

// Each part in a transaction of its own, one after the other. Errors: what ovs-vsctl complained of; the operator's
// stop.
Status plug_all(const std::string& database_socket, std::span<const Plug> plugs, Patience patience = Patience::wait);
Status unplug_all(const std::string& database_socket, std::span<const Plug> plugs);

// Runs ovs-vsctl against a database; as long as a large transaction takes.
Status run_vsctl(const std::string& database_socket, sandbox::Argv words);

}  // namespace tarn::bench
