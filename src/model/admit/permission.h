// What a security group rule lets through: its canonical form, and what cannot stand together in one.
// Knows nothing of groups, but whether those that are named exist.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// Refusals: SecurityGroupRuleInvalidProtocol, SecurityGroupInvalidPortValue, SecurityGroupProtocolRequiredWithPorts,
// SecurityGroupInvalidPortRange, SecurityGroupInvalidIcmpValue, SecurityGroupMissingIcmpType,
// SecurityGroupInvalidProtocolForPort, SecurityGroupRuleParameterConflict, SecurityGroupEthertypeConflictWithProtocol,
// SecurityGroupMultipleRemoteEntites (as Neutron spells it); SecurityGroupNotFound and AddressGroupNotFound of remotes
// that do not exist for the caller.
Status settle_permission(const Draft& draft, Permission& permission);

// Whether both let the same through, however their protocols are spelled.
bool is_same(const Permission& one, const Permission& other);

}  // namespace tarn::model::admission
