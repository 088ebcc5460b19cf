// What a new subnet takes from a subnet pool. Decided inside the change that commits it, so nothing is given out twice.
// Pure functions of the draft; who may use a pool is asked here, what a subnet may be is subnet_rules.h.
#pragma once

#include <optional>

#include "model/admit/draft.h"
#include "model/admit/prefix_set.h"

namespace tarn::model::admission {

std::optional<SubnetPool> default_pool(const Snapshot& cloud, int ip_version);
Prefixes taken_of(const Snapshot& cloud, SubnetPoolId pool);  // compact

// The pool that the subnet's request names by `subnetpool` or `use_default_subnetpool`, which the caller may use;
// nullopt when it names none. `subnet` has the request's fields. Refusals: SubnetPoolNotFound, BadRequest.
Result<std::optional<SubnetPool>> pool_named(const Draft& draft, const boost::json::object& given,
                                             const Subnet& subnet);

// The prefix for a subnet of `project`: the `exact` one, or one of the `length`, or of the pool's usual length.
// Refusals: MinPrefixSubnetAllocationError, MaxPrefixSubnetAllocationError, SubnetAllocationError,
// SubnetPoolQuotaExceeded, BadRequest.
Result<Prefix> allocate(const Draft& draft, const SubnetPool& pool, const std::string& project,
                        const std::optional<Prefix>& exact, std::optional<int> length);

// All subnets of an IP version on one network are of one pool, or of pools in one address scope, or of none.
// Refusals: NetworkSubnetPoolAffinityError, NetworkAddressScopeAffinityError.
Status check_pool_affinity(const Draft& draft, const Subnet& subnet);

}  // namespace tarn::model::admission
