#include "model/admit/pool_allocation.h"

#include <algorithm>
#include <cmath>

#include "model/admit/rules.h"

namespace tarn::model::admission {
namespace {

Refusal no_room(std::string why) {
  return fail(ErrorCode::exhausted, "SubnetAllocationError", "Failed to allocate subnet: " + std::move(why));
}

// In the unit of the pool's quota: addresses of IPv4, /64 networks of IPv6.
double size_of(const SubnetPool& pool, int length) {
  return std::pow(2.0, (pool.ip_version == 4 ? 32 : 64) - length);
}

Status check_pool_quota(const Draft& draft, const SubnetPool& pool, const std::string& project, int length) {
  if (!pool.default_quota || *pool.default_quota == 0) return {};
  double used = size_of(pool, length);
  for (const Uuid& id : draft.now().referrers(pool.id.uuid, Kind::subnet)) {
    const Subnet& subnet = **draft.now().find<Subnet>(id);
    if (subnet.standard.project_id == project) used += size_of(pool, subnet.cidr.length);
  }
  if (used <= *pool.default_quota) return {};
  return fail(ErrorCode::conflict, "SubnetPoolQuotaExceeded", "Per-project quota of the subnet pool exceeded.");
}

Status check_length(const SubnetPool& pool, int length) {
  const std::string wanted = "Unable to allocate subnet with prefix length " + std::to_string(length);
  if (std::cmp_greater(length, pool.max_prefixlen)) {
    return fail(ErrorCode::invalid, "MaxPrefixSubnetAllocationError",
                wanted + ", maximum allowed prefix is " + std::to_string(pool.max_prefixlen) + ".");
  }
  if (std::cmp_less(length, pool.min_prefixlen)) {
    return fail(ErrorCode::invalid, "MinPrefixSubnetAllocationError",
                wanted + ", minimum allowed prefix is " + std::to_string(pool.min_prefixlen) + ".");
  }
  return {};
}

// From the smallest free block that is large enough, so that large ones stay whole.
Result<Prefix> any_of_length(const Prefixes& free, int length) {
  const Prefix* best = nullptr;
  for (const Prefix& each : free) {
    if (each.length <= length && (best == nullptr || each.length > best->length)) best = &each;
  }
  if (best == nullptr) return no_room("the pool has no free prefix of size /" + std::to_string(length) + ".");
  return Prefix::of(best->address, length);
}

}  // namespace

std::optional<SubnetPool> default_pool(const Snapshot& cloud, int ip_version) {
  for (const auto& [id, pool] : cloud.table<SubnetPool>()) {
    if (pool->is_default && pool->ip_version == ip_version) return *pool;
  }
  return std::nullopt;
}

Prefixes taken_of(const Snapshot& cloud, SubnetPoolId pool) {
  Prefixes taken;
  for (const Uuid& id : cloud.referrers(pool.uuid, Kind::subnet)) taken.push_back((*cloud.find<Subnet>(id))->cidr);
  return compacted(std::move(taken));
}

Result<std::optional<SubnetPool>> pool_named(const Draft& draft, const boost::json::object& given,
                                             const Subnet& subnet) {
  const bool by_default = is_given(given, "use_default_subnetpool") && given.at("use_default_subnetpool") == true;
  if (subnet.subnetpool) {
    if (by_default) return bad_subnets_request("subnetpool_id and use_default_subnetpool cannot both be given.");
    Result<SubnetPool> pool = row_for<SubnetPool>(draft, subnet.subnetpool->uuid);
    if (!pool) return fail(pool.error());
    return std::move(*pool);
  }
  if (!by_default) return std::nullopt;
  int version = 0;
  if (is_given(given, "ip_version")) version = given.at("ip_version") == 6 ? 6 : 4;
  if (is_given(given, "cidr")) version = subnet.cidr.address.is_v4() ? 4 : 6;
  if (version == 0) return bad_subnets_request("ip_version is needed where neither cidr nor subnetpool_id is given.");
  std::optional<SubnetPool> pool = default_pool(draft.now(), version);
  if (!pool || !exists_for(draft.now(), *pool, draft.caller()))
    return bad_subnets_request("there is no default subnet pool for IPv" + std::to_string(version) + ".");
  return pool;
}

Result<Prefix> allocate(const Draft& draft, const SubnetPool& pool, const std::string& project,
                        const std::optional<Prefix>& exact, std::optional<int> asked) {
  const int length = exact ? exact->length : asked.value_or(static_cast<int>(pool.default_prefixlen));
  if (Status status = check_length(pool, length); !status) return fail(status.error());
  if (Status status = check_pool_quota(draft, pool, project, length); !status) return fail(status.error());
  const Prefixes free = difference(pool.prefixes, taken_of(draft.now(), pool.id));
  if (!exact) return any_of_length(free, length);
  if (!covers(free, *exact)) return no_room(exact->text() + " is not within the pool's free prefixes.");
  return *exact;
}

Status check_pool_affinity(const Draft& draft, const Subnet& subnet) {
  const auto scope_of = [&](const Subnet& of) -> std::optional<AddressScopeId> {
    const Versioned<SubnetPool>* pool = of.subnetpool ? draft.now().find<SubnetPool>(of.subnetpool->uuid) : nullptr;
    return pool == nullptr ? std::nullopt : (*pool)->address_scope;
  };
  for (const SubnetId& id : draft.now().subnets_of(subnet.network)) {
    const Subnet& other = **draft.now().find(id);
    if (id == subnet.id || other.cidr.address.family != subnet.cidr.address.family) continue;
    const std::optional<AddressScopeId> scope = scope_of(other);
    if (scope != scope_of(subnet)) {
      return scopes_differ();
    }
    if (!scope && other.subnetpool != subnet.subnetpool) {
      return fail(ErrorCode::invalid, "NetworkSubnetPoolAffinityError",
                  "All subnets of an IP version on one network must be of the same subnet pool.");
    }
  }
  return {};
}

}  // namespace tarn::model::admission
