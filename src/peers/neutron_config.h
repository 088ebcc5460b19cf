// The texts that configure Neutron's parts: its server with the drivers of an Open vSwitch cloud (l2population,
// security groups), its agent and its message queue. Values only; nobody's own configuration is read or written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace tarn::peers {

// The two ends of the link between the central namespace and the host's.
inline constexpr const char* neutron_central_address = "169.254.77.1";
inline constexpr const char* neutron_host_address = "169.254.77.2";
inline constexpr const char* neutron_host = "bench";
inline constexpr std::uint16_t neutron_api_port = 9696;
inline constexpr const char* neutron_dns_domain = "openstacklocal.";

struct NeutronServer {
  // Where Keystone listens on the loopback of the server's namespace; peers/keystone.h, whose administrator asks it.
  // Without one everybody is an administrator.
  std::optional<std::uint16_t> keystone_port;
  bool every_plugin =
      false;  // all that load without further parts, with quotas as by default; or ports alone, unlimited
};

// `folder` holds the database's socket and whatever the server keeps.
std::string neutron_server_config(const std::filesystem::path& folder, const NeutronServer& server);
// `folder` is that of the host's Open vSwitch; the agent keeps its own there too.
std::string neutron_agent_config(const std::filesystem::path& folder);
std::string neutron_queue_config();

// Where the central namespace keeps the database's socket.
std::filesystem::path neutron_database_socket(const std::filesystem::path& folder);

}  // namespace tarn::peers
