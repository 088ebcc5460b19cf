// The wires between the hosts: one namespace with an underlay switch (tunnels) and a provider switch (VLANs), both
// plain Linux bridges.
#pragma once

#include "base/result.h"
#include "sandbox/layout.h"

namespace tarn::sandbox {

bool namespace_exists(const std::string& name);

// Makes the namespace with its two bridges, or adopts it.
Status raise_fabric(const Layout& layout);
// Makes a host's namespace with eth0 (underlay) and eth1 (provider) wired into the fabric, or adopts it.
Status wire_host(const Layout& layout, int host);
// Removes a namespace and so every interface in it; absent is fine.
Status remove_namespace(const std::string& name);

// `ip -n NAMESPACE ...` and `ip netns exec NAMESPACE ...` as argument vectors.
std::vector<std::string> ip_in(const std::string& name, std::vector<std::string> words);
std::vector<std::string> inside(const std::string& name, std::vector<std::string> words);

}  // namespace tarn::sandbox
