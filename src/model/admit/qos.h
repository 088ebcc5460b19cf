// What may have a QoS policy: ports, networks, floating IPs, gateways of routers. Which one a caller may set or take
// away, and which one a new network gets when nobody says.
#pragma once

#include <optional>

#include "model/admit/rules.h"

namespace tarn::model::admission {

// Errors: not_found (QosPolicyNotFound), also for a policy that exists only for others; forbidden
// (PolicyRemoveAuthorizationError) when the one to be replaced does.
Status check_qos_policy(const Draft& draft, const std::optional<QosPolicyId>& before,
                        const std::optional<QosPolicyId>& after);

std::optional<QosPolicyId> default_qos_policy(const Snapshot& cloud, const std::string& project);

}  // namespace tarn::model::admission
