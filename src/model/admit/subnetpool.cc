// Subnet pools. Request-only word of a new one: `shared` (sharing.h); of an update: `add_prefixes` and
// `remove_prefixes`, lists of prefixes, and `onboard_network`, the id of a network whose subnets become subnets of the
// pool. What a subnet takes from a pool is in pool_allocation.h.
#include <algorithm>

#include "model/admit/pool_allocation.h"
#include "model/admit/prefix_set.h"
#include "model/admit/rules.h"
#include "model/admit/sharing.h"

namespace tarn::model::admission {
namespace {

constexpr Attribute attributes[] = {
    {"project_id", When::created},      {"name", When::both},
    {"description", When::both},        {"tags", When::both},
    {"prefixes", When::both},           {"default_prefixlen", When::both},
    {"min_prefixlen", When::both},      {"max_prefixlen", When::both},
    {"default_quota", When::both},      {"address_scope", When::both},
    {"shared", When::created},          {"is_default", When::both},
    {"add_prefixes", When::changed},    {"remove_prefixes", When::changed},
    {"onboard_network", When::changed},
};

Status settle_prefixes(SubnetPool& pool) {
  if (pool.prefixes.empty()) {
    return fail(ErrorCode::invalid, "EmptySubnetPoolPrefixList", "A subnet pool needs at least one prefix.");
  }
  const Family family = pool.prefixes.front().address.family;
  for (const Prefix& prefix : pool.prefixes) {
    if (prefix.address.family == family) continue;
    return fail(ErrorCode::invalid, "PrefixVersionMismatch", "A subnet pool holds IPv4 or IPv6 prefixes, not both.");
  }
  pool.ip_version = family == Family::v4 ? 4 : 6;
  pool.prefixes = compacted(std::move(pool.prefixes));
  return {};
}

Refusal bad_bounds(std::string_view name, std::uint32_t length, std::string_view other, std::uint32_t bound) {
  return fail(ErrorCode::invalid, "IllegalSubnetPoolPrefixBounds",
              "Illegal prefix bounds: " + std::string(name) + "=" + std::to_string(length) + ", " + std::string(other) +
                  "=" + std::to_string(bound) + ".");
}

Status check_bounds(const SubnetPool& pool) {
  const std::uint32_t bits = pool.ip_version == 4 ? 32 : 128;
  const auto [low, high, usual] = std::tuple(pool.min_prefixlen, pool.max_prefixlen, pool.default_prefixlen);
  if (low > high) return bad_bounds("min_prefixlen", low, "max_prefixlen", high);
  if (high > bits) return bad_bounds("max_prefixlen", high, "ip_version_max", bits);
  if (usual < low) return bad_bounds("default_prefixlen", usual, "min_prefixlen", low);
  if (usual > high) return bad_bounds("default_prefixlen", usual, "max_prefixlen", high);
  return {};
}

Status check_only_default(const Draft& draft, const SubnetPool& pool) {
  if (!pool.is_default) return {};
  const std::optional<SubnetPool> other = default_pool(draft.now(), pool.ip_version);
  if (!other || other->id == pool.id) return {};
  return invalid_input("there is a default subnet pool of this IP version already.");
}

Status check_unique_in_scope(const Draft& draft, const SubnetPool& pool) {
  for (const Uuid& id : draft.now().referrers(pool.address_scope->uuid, Kind::subnetpool)) {
    const SubnetPool& other = **draft.now().find<SubnetPool>(id);
    if (other.id == pool.id || !overlap(other.prefixes, pool.prefixes)) continue;
    return fail(ErrorCode::conflict, "AddressScopePrefixConflict",
                "Failed to associate address scope: a prefix is in another of its subnet pools.");
  }
  return {};
}

// The subnets of a pool move into a scope with it; their networks may have no others of that IP version.
Status check_affinity(const Draft& draft, const SubnetPool& pool) {
  for (const Uuid& id : draft.now().referrers(pool.id.uuid, Kind::subnet)) {
    for (const SubnetId& beside : draft.now().subnets_of((**draft.now().find<Subnet>(id)).network)) {
      const Subnet& other = **draft.now().find(beside);
      const bool same_version = other.cidr.address.is_v4() == (pool.ip_version == 4);
      if (!same_version || other.subnetpool == pool.id) continue;
      return scopes_differ();
    }
  }
  return {};
}

Status check_scope(const Draft& draft, const SubnetPool& pool) {
  if (!pool.address_scope) return {};
  const std::string named =
      "subnet pool " + pool.id.text() + " cannot be in address scope " + pool.address_scope->text();
  const Versioned<AddressScope>* scope = draft.now().find<AddressScope>(pool.address_scope->uuid);
  if (scope == nullptr) return not_found(Kind::address_scope, pool.address_scope->uuid);
  if (!exists_for(draft.now(), **scope, draft.caller())) {
    return fail(ErrorCode::invalid, "IllegalSubnetPoolAssociationToAddressScope", named + ".");
  }
  if ((*scope)->ip_version != pool.ip_version) {
    return fail(ErrorCode::invalid, "IllegalSubnetPoolIpVersionAssociationToAddressScope",
                named + ": that one is for IPv" + std::to_string((*scope)->ip_version) + ".");
  }
  if (Status status = check_affinity(draft, pool); !status) return status;
  return check_unique_in_scope(draft, pool);
}

Status check_pool(const Draft& draft, const SubnetPool& pool) {
  if (Status status = check_bounds(pool); !status) return status;
  if (Status status = check_only_default(draft, pool); !status) return status;
  return check_scope(draft, pool);
}

Status create(Draft& draft, const Request& request) {
  const Result<std::string> project = project_of_new(draft, request, attributes);
  if (!project) return fail(project.error());
  if (Status status = check_quota(draft, Kind::subnetpool, *project); !status) return status;
  SubnetPool pool;
  if (Status status = set_fields(pool, without(request.given, {"shared"})); !status) return status;
  if (Status status = settle_prefixes(pool); !status) return status;
  const bool v4 = pool.ip_version == 4;
  if (!is_given(request.given, "min_prefixlen")) pool.min_prefixlen = v4 ? 8 : 64;
  if (!is_given(request.given, "max_prefixlen")) pool.max_prefixlen = v4 ? 32 : 128;
  if (!is_given(request.given, "default_prefixlen")) pool.default_prefixlen = pool.min_prefixlen;
  pool.id = {request.id};
  pool.standard.project_id = *project;
  if (Status status = check_pool(draft, pool); !status) return status;
  draft.create(pool);
  return settle_shared(draft, pool, request.given, {});
}

Refusal bad_prefixes(std::string why) {
  return fail(ErrorCode::invalid, "IllegalSubnetPoolPrefixUpdate", "Illegal update to prefixes: " + std::move(why));
}

// What `add_prefixes` and `remove_prefixes` make of the pool's prefixes.
Status edit_prefixes(const Draft& draft, const Request& request, SubnetPool& pool) {
  if (request.given.contains("add_prefixes")) {
    const Result<Prefixes> more = prefixes_of("add_prefixes", request.given.at("add_prefixes"));
    if (!more) return fail(more.error());
    pool.prefixes.insert(pool.prefixes.end(), more->begin(), more->end());
  }
  if (request.given.contains("remove_prefixes")) {
    Result<Prefixes> gone = prefixes_of("remove_prefixes", request.given.at("remove_prefixes"));
    if (!gone) return fail(gone.error());
    *gone = compacted(std::move(*gone));
    if (overlap(taken_of(draft.now(), pool.id), *gone)) return bad_prefixes("a subnet has addresses of them.");
    pool.prefixes = difference(compacted(std::move(pool.prefixes)), *gone);
  }
  return {};
}

// The subnets of the network that come into the pool, whose prefixes it takes over.
Result<std::vector<Subnet>> onboard(const Draft& draft, const Request& request, SubnetPool& pool) {
  std::vector<Subnet> coming;
  if (!request.given.contains("onboard_network")) return coming;
  const boost::json::string* text = request.given.at("onboard_network").if_string();
  const Result<Uuid> id = Uuid::parse(text ? std::string_view(*text) : "");
  if (!id) return invalid_input("'onboard_network' is no id.");
  const Result<Network> network = row_for<Network>(draft, *id);
  if (!network) return fail(network.error());
  if (!belongs_to(*network, draft.caller())) {
    return fail(ErrorCode::forbidden, "PolicyNotAuthorized",
                "Network " + id->text() + " is of another project: its subnets stay where they are.");
  }
  const Prefixes taken = taken_of(draft.now(), pool.id);
  for (const SubnetId& each : draft.now().subnets_of(network->id)) {
    Subnet subnet = **draft.now().find(each);
    if (subnet.cidr.address.is_v4() != (pool.ip_version == 4) || subnet.subnetpool == pool.id) continue;
    if (subnet.subnetpool || overlap({subnet.cidr}, taken)) {
      return fail(ErrorCode::invalid, "IllegalSubnetPoolUpdate",
                  "Onboarding subnet " + each.text() + ": " + subnet.cidr.text() +
                      " is of another subnet pool, or conflicts with a subnet of this one.");
    }
    subnet.subnetpool = pool.id;
    pool.prefixes.push_back(subnet.cidr);
    coming.push_back(std::move(subnet));
  }
  return coming;
}

Status check_scope_owner(const Draft& draft, const SubnetPool& before) {
  if (!before.address_scope) return {};
  const Versioned<AddressScope>* scope = draft.now().find<AddressScope>(before.address_scope->uuid);
  if (scope == nullptr || belongs_to(**scope, draft.caller())) return {};
  return fail(ErrorCode::invalid, "IllegalSubnetPoolUpdate",
              "Illegal subnet pool update: " + before.id.text() + " is in the shared address scope " +
                  before.address_scope->text() + " of another project.");
}

Status update(Draft& draft, const Request& request) {
  const Result<SubnetPool> before = row_to_update<SubnetPool>(draft, request, attributes);
  if (!before) return fail(before.error());
  SubnetPool pool = *before;
  if (Status status = set_fields(pool, without(request.given, {"add_prefixes", "remove_prefixes", "onboard_network"}));
      !status) {
    return status;
  }
  if (Status status = edit_prefixes(draft, request, pool); !status) return status;
  Result<std::vector<Subnet>> coming = onboard(draft, request, pool);
  if (!coming) return fail(coming.error());
  if (Status status = settle_prefixes(pool); !status) return status;
  if (request.given.contains("prefixes") && !covers(pool.prefixes, before->prefixes)) {
    return bad_prefixes("those that are there must be among the new ones.");
  }
  if (pool.ip_version != before->ip_version) return bad_prefixes("the IP version of a pool stays.");
  if (Status status = check_scope_owner(draft, *before); !status) return status;
  if (Status status = check_pool(draft, pool); !status) return status;
  draft.update(pool);
  for (Subnet& subnet : *coming) draft.update(std::move(subnet));
  return {};
}

Status remove(Draft& draft, const Request& request) {
  if (const Result<SubnetPool> pool = row_to_remove<SubnetPool>(draft, request); !pool) return fail(pool.error());
  if (draft.now().is_referred(request.id, Kind::subnet)) {
    return fail(ErrorCode::invalid, "SubnetPoolDeleteError",
                "Unable to delete subnet pool: subnets have addresses of it.");
  }
  unshare(draft, request.id);
  draft.remove(Kind::subnetpool, request.id);
  return {};
}

}  // namespace

KindRules subnetpool_rules() {
  return {create, update, remove};
}

}  // namespace tarn::model::admission
