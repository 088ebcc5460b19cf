// Trunks as other rules see them: a port that is in one does not go, whether as its parent or below it. The trunk's own
// rules are in trunk.cc.
#pragma once

#include "model/admit/rules.h"

namespace tarn::model::admission {

// Errors: conflict (PortInUseAsTrunkParent, PortInUseAsSubPort).
Status check_in_no_trunk(const Snapshot& cloud, PortId port);

}  // namespace tarn::model::admission
