// How tests run ISC dhclient: until it has its lease, and not a moment longer. Holds nothing.
#pragma once

#include <string>
#include <vector>

namespace tarn::test {

// The arguments that take one lease on eth0. `family` is -4 or -6; dhclient reads FILES.conf and writes FILES.leases;
// `script` is what it calls with each event. Once bound dhclient goes on in the background to renew; as the first
// process of a PID namespace it takes that other self along when it ends, so nothing has to be found and stopped.
inline std::vector<std::string> dhclient(const std::string& family, const std::string& files,
                                         const std::string& script) {
  return {"unshare", "--fork",        "--pid", "dhclient",        family, "-1",           "-v",  "-sf", script,
          "-cf",     files + ".conf", "-lf",   files + ".leases", "-pf",  files + ".pid", "eth0"};
}

}  // namespace tarn::test
