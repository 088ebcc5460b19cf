// Which data plane, if any, carries a port: a function of its host, what that host's agent said and its network.
// Decides only; the port's rules (port.cc) and the agents' reports (agent.cc) write the answer down.
#pragma once

#include "model/snapshot.h"

namespace tarn::model::admission {

// unbound without a host; ovs when the host's agent serves the port's network (a tunnel address for VXLAN, a bridge
// mapping for VLAN and flat) and the port is an ordinary one; binding_failed otherwise.
VifType binding_of(const Snapshot& cloud, const Port& port);

// Notes in `port`, as it is to be, the host that it leaves for another: of these at most `left_hosts_max`, since each
// keeps what it translates for the port (moves.h). One that is nowhere has left none: its workload does not go on.
inline constexpr std::size_t left_hosts_max = 3;
void note_left_host(const Port& before, Port& port);

}  // namespace tarn::model::admission
