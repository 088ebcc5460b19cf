// The world outside a sandbox: a namespace with the upstream router of an external network, wired to the hosts'
// provider interfaces, an address of the internet behind it, and a way on to nobody. It has no route to what a tenant
// calls its own. Whoever raises one removes its namespace.
#pragma once

#include <string>

#include "base/result.h"
#include "sandbox/layout.h"

namespace tarn::sandbox {

struct Upstream {
  std::string name = "outside";         // of the namespace after the cloud's, and of the wire's end in the fabric
  std::string address = "203.0.113.1";  // the external network's gateway (RFC 5737, as the others)
  int prefix_length = 24;
  std::string internet = "198.51.100.7";      // an address of its own
  std::string further = "198.51.100.128/25";  // what it sends on, to nobody: where hops end
  int vlan_id = 0;                            // 0: untagged, a flat network; else the kernel must have 8021q

  [[nodiscard]] std::string netns(const Layout& layout) const;
  [[nodiscard]] std::string interface() const;  // on the external network
};

// The fabric must be there. Errors: the command that failed; what it made then stays.
Status raise_upstream(const Layout& layout, const Upstream& wanted);

}  // namespace tarn::sandbox
