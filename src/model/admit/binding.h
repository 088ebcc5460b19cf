// Which data plane, if any, carries a port: a function of its host, what that host's agent said and its network.
// Decides only; the port's rules (port.cc) and the agents' reports (agent.cc) write the answer down.
#pragma once

#include "model/snapshot.h"

namespace tarn::model::admission {

// unbound without a host; ovs when the host's agent serves the port's network (a tunnel address for VXLAN, a bridge
// mapping for VLAN and flat) and the port is an ordinary one; binding_failed otherwise.
VifType binding_of(const Snapshot& cloud, const Port& port);

}  // namespace tarn::model::admission
