// The security groups of a port: which it gets, and which it may have.
// Knows nothing of what the groups let through.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// Completes and checks `port.security_groups`, which holds what `request` gave, once its project and its port security
// are set; `before` is null for a new port. A new port that is filtered and names no groups gets the default one of its
// project, which is made where it is not there. Refusals: SecurityGroupNotFound, SecurityGroupConflict (stateful and
// stateless ones together), PortSecurityAndIPRequiredForSecurityGroups, PortSecurityPortHasSecurityGroup.
Status settle_groups(Draft& draft, const Request& request, const Port* before, Port& port);

}  // namespace tarn::model::admission
