// Where a sandbox keeps what, and how its parts are called: names are functions of the sandbox's name alone, so that
// whoever comes later finds everything without memory.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/address.h"

namespace tarn::sandbox {

namespace fs = std::filesystem;

// One sandbox: a server, a fabric, hosts, instances. State lives below `root` (default /run/tarn); programs are taken
// from the folder of the running one.
struct Layout {
  std::string name;
  fs::path root = "/run/tarn";

  [[nodiscard]] fs::path dir() const { return root / name; }
  [[nodiscard]] fs::path state_file() const { return dir() / "sandbox.json"; }
  [[nodiscard]] fs::path lock_file() const { return root / (name + ".lock"); }
  [[nodiscard]] fs::path server_dir() const { return dir() / "server"; }
  [[nodiscard]] fs::path identity_file() const { return server_dir() / "identity.yaml"; }
  [[nodiscard]] fs::path password_file(const std::string& user) const { return server_dir() / (user + ".password"); }
  [[nodiscard]] std::string feed() const { return "unix:" + (server_dir() / "feed.sock").string(); }
  [[nodiscard]] fs::path host_dir(int host) const { return dir() / host_name(host); }
  [[nodiscard]] fs::path agent_socket(int host) const { return host_dir(host) / "agent.sock"; }
  [[nodiscard]] fs::path instance_dir(const std::string& instance) const { return dir() / "instances" / instance; }

  [[nodiscard]] static std::string host_name(int host) { return "host" + std::to_string(host); }
  [[nodiscard]] std::string prefix() const { return "tarn-" + name; }
  [[nodiscard]] std::string fabric_namespace() const { return prefix() + "-fabric"; }
  [[nodiscard]] std::string host_namespace(int host) const { return prefix() + "-" + host_name(host); }
  // Where the host's services listen.
  [[nodiscard]] std::string metadata_namespace(int host) const { return host_namespace(host) + "-metadata"; }
  [[nodiscard]] std::string instance_namespace(const std::string& instance) const {
    return prefix() + "-i-" + instance;
  }

  // The underlay: 172.31.0.0/24 inside the fabric namespace, never routed outside.
  [[nodiscard]] static Ip tunnel_address(int host) {
    return Ip::from_v4(0xac1f0000U + static_cast<std::uint32_t>(host));
  }
};

inline constexpr int hosts_max = 64;
inline constexpr const char* physical_network = "physnet1";
// Of the fabric itself on the provider switch (RFC 5737): an upstream router for external networks.
inline constexpr const char* upstream_address = "192.0.2.1";
inline constexpr const char* provider_bridge = "br-provider";
inline constexpr const char* underlay_bridge = "br-phys";
inline constexpr const char* metadata_interface = "tarn-metadata";

}  // namespace tarn::sandbox
