// Which QoS policy limits a port. Pure; shared by what a slice is made of and what is rendered from it, so that both
// mean the same.
#pragma once

#include "model/rows.h"

namespace tarn::model {

// The port's own; without one the network's, which is not for the ports that the network itself has (device owners
// "network:…" and "neutron:…", as in the Networking API). `network` may be null.
std::optional<QosPolicyId> qos_policy_of(const Port& port, const Network* network);

}  // namespace tarn::model
