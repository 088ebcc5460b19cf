// What the tables of other areas show of QoS: the policy that something has. Whether it may have that one is decided by
// the model's rules (admit/qos.h).
#pragma once

#include "api/dialect/attribute.h"

namespace tarn::api::dialect {

// `qos_policy_id`: null, or a policy that exists for the caller.
Attribute qos_policy_id(Mapping policy);

}  // namespace tarn::api::dialect
