#include "sandbox/fabric.h"

#include "sandbox/process.h"

namespace tarn::sandbox {
namespace {

// Room for a 1500-octet tenant packet in a tunnel; the fabric is ours, so it can be generous.
constexpr const char* fabric_mtu = "9000";

Status all(const std::vector<Argv>& commands) {
  for (const Argv& command : commands) {
    if (Result<std::string> done = must_run(command); !done) return std::unexpected(done.error());
  }
  return {};
}

std::vector<std::string> joined(std::vector<std::string> head, const std::vector<std::string>& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

}  // namespace

std::vector<std::string> ip_in(const std::string& name, std::vector<std::string> words) {
  return joined({"ip", "-n", name}, words);
}

std::vector<std::string> inside(const std::string& name, std::vector<std::string> words) {
  return joined({"ip", "netns", "exec", name}, words);
}

bool namespace_exists(const std::string& name) {
  return fs::exists("/run/netns/" + name);
}

Status raise_fabric(const Layout& layout) {
  const std::string fabric = layout.fabric_namespace();
  if (namespace_exists(fabric)) return {};
  return all({{"ip", "netns", "add", fabric},
              ip_in(fabric, {"link", "set", "lo", "up"}),
              ip_in(fabric, {"link", "add", "underlay", "mtu", fabric_mtu, "type", "bridge"}),
              ip_in(fabric, {"link", "set", "underlay", "up"}),
              ip_in(fabric, {"link", "add", "provider", "mtu", fabric_mtu, "type", "bridge"}),
              ip_in(fabric, {"link", "set", "provider", "up"}),
              // What it sends itself goes through switches in user space, which forward the checksum as it is.
              inside(fabric, {"ethtool", "-K", "provider", "tx", "off"}),
              ip_in(fabric, {"addr", "add", std::string(upstream_address) + "/24", "dev", "provider"})});
}

Status wire_host(const Layout& layout, int host) {
  const std::string fabric = layout.fabric_namespace();
  const std::string name = layout.host_namespace(host);
  if (namespace_exists(name)) return {};
  const std::string number = std::to_string(host);
  const std::string metadata = layout.metadata_namespace(host);
  std::vector<Argv> commands{{"ip", "netns", "add", name}, ip_in(name, {"link", "set", "lo", "up"})};
  if (!namespace_exists(metadata)) commands.push_back({"ip", "netns", "add", metadata});
  for (const auto& [nic, bridge, letter] :
       {std::tuple<std::string, std::string, std::string>{"eth0", "underlay", "u"}, {"eth1", "provider", "p"}}) {
    const std::string far = letter + number;
    commands.push_back(ip_in(name, {"link", "add", nic, "mtu", fabric_mtu, "type", "veth", "peer", "name", far, "mtu",
                                    fabric_mtu, "netns", fabric}));
    commands.push_back(ip_in(fabric, {"link", "set", far, "master", bridge, "up"}));
    commands.push_back(ip_in(name, {"link", "set", nic, "up"}));
    commands.push_back(inside(name, {"ethtool", "-K", nic, "tx", "off"}));
  }
  return all(commands);
}

Status remove_namespace(const std::string& name) {
  if (!namespace_exists(name)) return {};
  const Result<std::string> done = must_run({"ip", "netns", "del", name});
  if (!done) return std::unexpected(done.error());
  return {};
}

}  // namespace tarn::sandbox
