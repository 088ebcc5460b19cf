#include "sandbox/upstream.h"

#include <vector>

#include "sandbox/fabric.h"
#include "sandbox/process.h"

namespace tarn::sandbox {
namespace {

constexpr const char* wire_name = "eth0";
constexpr const char* further_name = "further";

std::vector<Argv> wiring(const Upstream& wanted, const std::string& netns, const std::string& fabric) {
  const std::string& far = wanted.name;
  const auto set = [&](const std::string& what) { return inside(netns, {"sysctl", "-q", "-w", "net.ipv4." + what}); };
  // Before there is an interface, which takes the defaults. Each error is told, however many there are at once, and
  // nobody is sent another way.
  std::vector<Argv> commands{
      {"ip", "netns", "add", netns},
      set("ip_forward=1"),
      set("icmp_ratelimit=0"),
      set("conf.all.rp_filter=0"),
      set("conf.default.rp_filter=0"),
      set("conf.all.send_redirects=0"),
      set("conf.default.send_redirects=0"),
      ip_in(netns, {"link", "set", "lo", "up"}),
      ip_in(netns, {"link", "add", wire_name, "type", "veth", "peer", "name", far, "mtu", "9000", "netns", fabric}),
      // As of instances: a switch in user space forwards the checksum as it is.
      inside(netns, {"ethtool", "-K", wire_name, "tx", "off"}),
      ip_in(fabric, {"link", "set", far, "master", "provider", "up"}),
      ip_in(netns, {"link", "set", wire_name, "up"})};
  if (wanted.vlan_id == 0) return commands;
  const std::string id = std::to_string(wanted.vlan_id);
  commands.push_back(
      ip_in(netns, {"link", "add", "link", wire_name, "name", wanted.interface(), "type", "vlan", "id", id}));
  commands.push_back(ip_in(netns, {"link", "set", wanted.interface(), "up"}));
  return commands;
}

std::vector<Argv> addressing(const Upstream& wanted, const std::string& netns) {
  const std::string own = wanted.address + "/" + std::to_string(wanted.prefix_length);
  return {ip_in(netns, {"addr", "add", own, "dev", wanted.interface()}),
          ip_in(netns, {"addr", "add", wanted.internet + "/32", "dev", "lo"}),
          ip_in(netns, {"link", "add", further_name, "type", "veth", "peer", "name", "nowhere"}),
          ip_in(netns, {"link", "set", further_name, "up"}),
          ip_in(netns, {"link", "set", "nowhere", "up"}),
          ip_in(netns, {"route", "add", wanted.further, "dev", further_name})};
}

}  // namespace

std::string Upstream::netns(const Layout& layout) const {
  return layout.prefix() + "-" + name;
}

std::string Upstream::interface() const {
  return vlan_id == 0 ? wire_name : std::string(wire_name) + "." + std::to_string(vlan_id);
}

Status raise_upstream(const Layout& layout, const Upstream& wanted) {
  const std::string netns = wanted.netns(layout);
  for (const auto& commands : {wiring(wanted, netns, layout.fabric_namespace()), addressing(wanted, netns)}) {
    for (const Argv& command : commands) {
      if (const auto done = must_run(command); !done) return std::unexpected(done.error());
    }
  }
  return {};
}

}  // namespace tarn::sandbox
