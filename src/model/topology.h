// What a project gets when it asks for no more than to be connected: a network with subnets of the default pools, and a
// router between them and the default external network. Made by an update of its row (Kind::topology) where there is
// none; gone as a whole.
#pragma once

#include "model/snapshot.h"

namespace tarn::model {

TopologyId topology_id(const std::string& project);

// Whether there is what one is made of. Refusal: AutoAllocationFailure.
Status check_topology(const Snapshot& cloud);

}  // namespace tarn::model
