// Which address scope addresses are of: that of the pool that their subnet is from; of none where there is no pool, or
// the pool is of none. Functions of a snapshot.
#pragma once

#include <optional>

#include "model/snapshot.h"

namespace tarn::model {

std::optional<AddressScopeId> address_scope_of(const Snapshot& cloud, SubnetId id);

}  // namespace tarn::model
