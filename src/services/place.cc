#include "services/place.h"

#include <filesystem>
#include <functional>

#include "answer/identity.h"
#include "domain/instance_file.h"
#include "rt/process.h"

namespace tarn::services {
namespace {

using rt::Argv;

using There = std::function<bool()>;

bool succeeds(const Argv& command) {
  const auto done = rt::run(command);
  return done && done->exit_code == 0;
}

Status all(const std::vector<Argv>& commands) {
  for (const Argv& command : commands)
    if (const auto done = rt::must_run(command); !done) return fail(done.error());
  return {};
}

// Another service may be making the same at this moment.
Status make(const There& there, const Argv& command) {
  if (there()) return {};
  Status made = all({command});
  return made || there() ? Status() : made;
}

// Whoever asks has an address that no other machine has; all of them are behind the switch.
std::vector<Argv> wiring(const Place& place) {
  const auto inside = [&](Argv words) {
    words.insert(words.begin(), {"ip", "-n", place.netns});
    return words;
  };
  const std::string switch_mac = domain::service_switch_mac.text();
  return {{"ip", "link", "set", place.interface, "addrgenmode", "none"},
          {"ip", "link", "set", place.interface, "up"},
          // Switches in user space forward a checksum as it is.
          {"ip", "netns", "exec", place.netns, "ethtool", "-K", service_interface, "tx", "off"},
          inside({"link", "set", service_interface, "address", domain::service_end_mac.text()}),
          inside({"link", "set", service_interface, "addrgenmode", "none", "up"}),
          inside({"addr", "replace", answer::service_address().text() + "/32", "dev", service_interface}),
          inside({"neigh", "replace", "169.254.169.253", "lladdr", switch_mac, "dev", service_interface, "nud",
                  "permanent"}),
          inside({"route", "replace", "default", "via", "169.254.169.253", "dev", service_interface, "onlink"}),
          inside({"addr", "replace", answer::service_address6().text() + "/64", "dev", service_interface, "nodad"}),
          inside({"neigh", "replace", "fe80::1", "lladdr", switch_mac, "dev", service_interface, "nud", "permanent"}),
          inside({"-6", "route", "replace", "default", "via", "fe80::1", "dev", service_interface})};
}

}  // namespace

Status prepare(const Place& place) {
  const There netns = [&] { return std::filesystem::exists("/run/netns/" + place.netns); };
  const There link = [&] { return succeeds({"ip", "link", "show", place.interface}); };
  if (Status made = make(netns, {"ip", "netns", "add", place.netns}); !made) return made;
  Status made = make(link, {"ip", "link", "add", place.interface, "type", "veth", "peer", "name", service_interface,
                            "netns", place.netns});
  if (!made) return made;
  return all(wiring(place));
}

}  // namespace tarn::services
