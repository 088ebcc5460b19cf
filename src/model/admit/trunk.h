// Trunks as other rules see them: a port that is in one does not go, whether as its parent or below it, and what is
// below it is bound where the parent is. The trunk's own rules are in trunk.cc.
#pragma once

#include "model/admit/rules.h"

namespace tarn::model::admission {

// Errors: conflict (PortInUseAsTrunkParent, PortInUseAsSubPort).
Status check_in_no_trunk(const Snapshot& cloud, PortId port);

// After `parent` changed: the ports below it, if it has a trunk, are where it is.
void bind_sub_ports(Draft& draft, const Port& parent);
// The same for an adopted trunk, whose ports' other attributes came with them; `before` is null for a new one.
void adopt_sub_ports(Draft& draft, const Trunk* before, const Trunk& trunk);

}  // namespace tarn::model::admission
