#include "model/existence.h"

namespace tarn::model {

bool is_shared_with(const Snapshot& cloud, const Uuid& object, std::string_view project, Sharing how) {
  for (const Uuid& id : cloud.referrers(object, Kind::rbac_policy)) {
    const RbacPolicy& policy = **cloud.find<RbacPolicy>(id);
    if (policy.action != how) continue;
    if (policy.target_project == project || policy.target_project == RbacPolicy::everybody) return true;
  }
  return false;
}

namespace {

using Candidates = std::optional<std::vector<Uuid>>;

// Of a kind of rows the project's own.
std::vector<Uuid> owned(const Snapshot& cloud, Kind kind, const Caller& caller) {
  std::vector<Uuid> ids;
  for (const auto& [id, nothing] : cloud.owned(kind, caller.project_id)) ids.push_back(id);
  return ids;
}

// And what others let it use, in whatever way.
template <class R>
std::vector<Uuid> owned_or_shared(const Snapshot& cloud, const Caller& caller) {
  std::vector<Uuid> ids = owned(cloud, R::kind, caller);
  for (const auto& [id, policy] : cloud.table<RbacPolicy>()) {
    const bool for_him = policy->target_project == caller.project_id || policy->target_project == RbacPolicy::everybody;
    if (for_him && cloud.find<R>(policy->object)) ids.push_back(policy->object);
  }
  return ids;
}

template <class R>
Candidates candidates_of(const Snapshot& cloud, const Caller& caller) {
  if constexpr (is_everybodys<R> || requires(const R& row) { row.shared; }) {
    return std::nullopt;
  } else if constexpr (R::kind == Kind::port) {
    std::vector<Uuid> ids = owned(cloud, R::kind, caller);
    for (const Uuid& network : owned(cloud, Kind::network, caller))
      for (const PortId port : cloud.ports_of(NetworkId{network})) ids.push_back(port.uuid);
    return ids;
  } else {
    std::vector<Uuid> ids = owned_or_shared<R>(cloud, caller);
    const auto add_below = [&]<class P>(std::type_identity<P>) {
      const Candidates parents = candidates_of<P>(cloud, caller);
      if (!parents) return false;
      for (const Uuid& parent : *parents)
        for (const Uuid& id : cloud.referrers(parent, R::kind)) ids.push_back(id);
      return true;
    };
    bool known = true;
    if constexpr (R::kind == Kind::subnet) known = add_below(std::type_identity<Network>());
    if constexpr (requires(const R& row) { row.policy; }) known = add_below(std::type_identity<QosPolicy>());
    if constexpr (requires(const R& row) { row.label; }) known = add_below(std::type_identity<MeteringLabel>());
    if constexpr (requires(const R& row) { row.group; }) known = add_below(std::type_identity<SecurityGroup>());
    return known ? Candidates(std::move(ids)) : std::nullopt;
  }
}

}  // namespace

Candidates candidates(const Snapshot& cloud, Kind kind, const Caller& caller) {
  if (caller.everywhere) return std::nullopt;
  Candidates found;
  Rows::at(kind, [&]<class R>(std::type_identity<R>) { found = candidates_of<R>(cloud, caller); });
  return found;
}

}  // namespace tarn::model
