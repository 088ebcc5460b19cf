// The texts that configure Neutron's parts for a benchmark: its server with the drivers of an Open vSwitch cloud
// (VXLAN, l2population, security groups, no quotas, no identity service), its agent and its message queue.
// Values only; nobody's own configuration is read or written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace tarn::bench {

// The two ends of the link between the central namespace and the host's.
inline constexpr const char* neutron_central_address = "169.254.77.1";
inline constexpr const char* neutron_host_address = "169.254.77.2";
inline constexpr const char* neutron_host = "bench";
inline constexpr std::uint16_t neutron_api_port = 9696;

// `folder` holds the database's socket and whatever the server keeps.
std::string neutron_server_config(const std::filesystem::path& folder);
// `folder` is that of the host's Open vSwitch; the agent keeps its own there too.
std::string neutron_agent_config(const std::filesystem::path& folder);
std::string neutron_queue_config();

// Where the central namespace keeps the database's socket.
std::filesystem::path neutron_database_socket(const std::filesystem::path& folder);

}  // namespace tarn::bench
