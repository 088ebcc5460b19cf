#include "sandbox/instance.h"

#include <fstream>

#include "sandbox/fabric.h"

namespace tarn::sandbox {
namespace {

Status all(const std::vector<Argv>& commands) {
  for (const Argv& command : commands) {
    if (Result<std::string> done = must_run(command); !done) return std::unexpected(done.error());
  }
  return {};
}

// What the DHCP client calls with each event; it touches nothing but the namespace it runs in and its own folder.
constexpr const char* lease_script = R"(#!/bin/sh
set -e
case "$1" in
deconfig) ip link set "$interface" up ;;
bound|renew)
  ip addr replace "$ip/${mask:-24}" dev "$interface"
  if [ -n "$mtu" ]; then ip link set "$interface" mtu "$mtu"; fi
  if [ -n "$staticroutes" ]; then
    set -- $staticroutes
    while [ $# -ge 2 ]; do
      if [ "$2" = 0.0.0.0 ]; then ip route replace "$1" dev "$interface"; else ip route replace "$1" via "$2"; fi
      shift 2
    done
  elif [ -n "$router" ]; then ip route replace default via "${router%% *}"; fi
  env | grep -E '^(ip|mask|router|dns|mtu|domain|lease|serverid|staticroutes|hostname)=' > "$TARN_LEASE_FILE"
  ;;
esac
)";

}  // namespace

Argv plug_words(const std::string& interface, const std::string& port_id, const std::string& mac, Argv more) {
  Argv words{"--",
             "--may-exist",
             "add-port",
             "br-int",
             interface,
             "--",
             "set",
             "Interface",
             interface,
             "external_ids:iface-id=" + port_id,
             "external_ids:iface-status=active",
             "external_ids:attached-mac=" + mac};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Status plug(const Layout& layout, const Host& host, const Instance& instance) {
  const std::string inner = layout.instance_namespace(instance.name);
  const std::string outer = host.netns();
  const std::string tap = instance.tap();
  if (!namespace_exists(inner)) {
    // Transmit checksums must be real: a userspace switch forwards the packet as it is.
    const Status wired =
        all({{"ip", "netns", "add", inner},
             ip_in(inner, {"link", "set", "lo", "up"}),
             ip_in(outer, {"link", "add", tap, "type", "veth", "peer", "name", "eth0", "netns", inner}),
             ip_in(inner, {"link", "set", "eth0", "address", instance.mac}),
             inside(inner, {"ethtool", "-K", "eth0", "tx", "off"}),
             ip_in(outer, {"link", "set", tap, "up"}),
             ip_in(inner, {"link", "set", "eth0", "up"})});
    if (!wired) return wired;
  }
  return all(
      {host.vsctl(plug_words(tap, instance.port_id, instance.mac, {"external_ids:vm-uuid=" + instance.device_id}))});
}

Status unplug(const Layout& layout, const Host& host, const Instance& instance) {
  if (host.running(database_name)) {
    if (Status done = all({host.vsctl({"--if-exists", "del-port", "br-int", instance.tap()})}); !done) return done;
  }
  return remove_namespace(layout.instance_namespace(instance.name));
}

Status take_lease(const Layout& layout, const Instance& instance, std::chrono::seconds timeout) {
  const fs::path dir = layout.instance_dir(instance.name);
  std::error_code error;
  fs::create_directories(dir, error);
  const fs::path script = dir / "lease.sh";
  {
    std::ofstream file(script);
    file << lease_script;
    if (!file.flush()) return fail(ErrorCode::unavailable, "cannot write " + script.string());
  }
  fs::permissions(script, fs::perms::owner_all, error);
  const std::string tries = std::to_string(timeout.count());
  return all({inside(
      layout.instance_namespace(instance.name),
      {"env", "TARN_LEASE_FILE=" + (dir / "lease").string(), "udhcpc", "-i", "eth0", "-n", "-q", "-t", tries, "-T", "1",
       "-O", "mtu", "-O", "staticroutes", "-x", "hostname:" + instance.name, "-s", script.string()})});
}

Status set_addresses(const Layout& layout, const Instance& instance, int prefix_length) {
  std::vector<Argv> commands;
  for (const std::string& address : instance.addresses) {
    const std::string length = address.find(':') == std::string::npos ? std::to_string(prefix_length) : "64";
    commands.push_back(ip_in(layout.instance_namespace(instance.name),
                             {"addr", "replace", address + "/" + length, "dev", "eth0", "nodad"}));
  }
  return all(commands);
}

}  // namespace tarn::sandbox
