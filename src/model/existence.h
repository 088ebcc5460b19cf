// Which rows exist for whom: those of his own project, and those of others that RBAC policies let him use. A row that
// does not exist for a caller is not found, whatever he wants of it; what he may do with one that does is policy's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/snapshot.h"

namespace tarn::model {

// On whose behalf something is done, where that matters: which rows exist for him, and whose a new row is.
struct Caller {
  std::string project_id;
  bool everywhere = false;  // the rows of every project exist for him
};

// Whether an RBAC policy lets the project, or everybody, use the object in this way.
bool is_shared_with(const Snapshot& cloud, const Uuid& object, std::string_view project,
                    Sharing how = Sharing::access_as_shared);
inline bool is_shared_with_everybody(const Snapshot& cloud, const Uuid& object,
                                     Sharing how = Sharing::access_as_shared) {
  return is_shared_with(cloud, object, RbacPolicy::everybody, how);
}

// Rows without a project, and what a cloud offers to all (flavors, default rules), exist for everybody.
template <class R>
inline constexpr bool is_everybodys = !requires(const R& row) { row.standard; } || R::kind == Kind::flavor ||
                                      R::kind == Kind::service_profile || R::kind == Kind::default_security_group_rule;
template <class R>
bool exists_for(const Snapshot& cloud, const R& row, const Caller& caller);
// Where all rows of a kind are that exist for the caller, beside some that do not: their ids, in no order and some
// twice; nullopt: anywhere. Costs as much as what he owns and what is shared, not as the cloud.
std::optional<std::vector<Uuid>> candidates(const Snapshot& cloud, Kind kind, const Caller& caller);
template <class R>
bool belongs_to(const R& row, const Caller& caller) {
  return caller.everywhere || row.standard.project_id == caller.project_id;
}

namespace existence {

template <class R>
bool exists_by_parent(const Snapshot& cloud, const R& row, const Caller& caller) {
  const auto of = [&]<class P>(std::type_identity<P>, const Uuid& id) {
    const Versioned<P>* parent = cloud.find<P>(id);
    return parent != nullptr && exists_for(cloud, **parent, caller);
  };
  if constexpr (requires { row.policy; }) return of(std::type_identity<QosPolicy>(), row.policy.uuid);
  if constexpr (requires { row.label; }) return of(std::type_identity<MeteringLabel>(), row.label.uuid);
  if constexpr (requires { row.group; }) return of(std::type_identity<SecurityGroup>(), row.group.uuid);
  return false;
}

// A port is there for its network's owner too, and a subnet for those with whom its network is shared.
template <class R>
bool exists_by_network(const Snapshot& cloud, const R& row, const Caller& caller) {
  const Versioned<Network>* network = cloud.find(row.network);
  if (network == nullptr) return false;
  if (belongs_to(**network, caller)) return true;
  return R::kind == Kind::subnet && is_shared_with(cloud, row.network.uuid, caller.project_id);
}

}  // namespace existence

template <class R>
bool exists_for(const Snapshot& cloud, const R& row, const Caller& caller) {
  if (caller.everywhere) return true;
  if constexpr (is_everybodys<R>) {
    return true;
  } else {
    if (row.standard.project_id == caller.project_id) return true;
    if constexpr (R::kind == Kind::port || R::kind == Kind::subnet)
      return existence::exists_by_network(cloud, row, caller);
    if constexpr (R::kind == Kind::network)
      if (is_shared_with(cloud, row.id.uuid, caller.project_id, Sharing::access_as_external)) return true;
    if constexpr (requires { row.shared; })
      if (row.shared) return true;
    return is_shared_with(cloud, row.id.uuid, caller.project_id) || existence::exists_by_parent(cloud, row, caller);
  }
}

}  // namespace tarn::model
