#include "model/admit/sharing.h"

#include <algorithm>

#include "model/admit/refusal.h"

namespace tarn::model::admission {
namespace {

const Standard& standard_in(const Row& row) {
  static const Standard nobodys;
  return std::visit(
      [](const auto& held) -> const Standard& {
        if constexpr (requires { held.standard; }) return held.standard;
        return nobodys;
      },
      row);
}

bool is_covered(const Snapshot& cloud, const RbacPolicy& without, const std::string& project) {
  for (const Uuid& id : cloud.referrers(without.object, Kind::rbac_policy)) {
    const RbacPolicy& other = **cloud.find<RbacPolicy>(id);
    if (other.id == without.id || other.action != without.action) continue;
    if (other.target_project == project || other.target_project == RbacPolicy::everybody) return true;
  }
  return false;
}

struct User {
  Kind kind;
  std::string project;
};

// What stands on the object by that policy; ports that a network's own services plug do not count. A network is
// external for the routers that have a gateway there, and shared for all else that stands on it.
std::vector<User> users_of(const Snapshot& cloud, const RbacPolicy& policy) {
  std::vector<User> users;
  const auto add = [&]<class R>(const R& row) {
    if constexpr (requires { row.standard; }) users.push_back({R::kind, row.standard.project_id});
  };
  const auto by_this = [&](Kind kind) {
    if (policy.action == Sharing::access_as_external) return kind == Kind::router;
    const bool outside = kind == Kind::router || kind == Kind::floatingip;
    return kind != Kind::rbac_policy && !(outside && policy.object_type == Network::word);
  };
  for (const PortId& id : cloud.ports_of({policy.object})) {
    const Port& port = **cloud.find(id);
    if (by_this(Kind::port) && !port.device_owner.starts_with("network:")) add(port);
  }
  Rows::each([&]<class R>(std::type_identity<R>) {
    if (!by_this(R::kind)) return;
    for (const Uuid& id : cloud.referrers(policy.object, R::kind)) add(**cloud.find<R>(id));
  });
  return users;
}

std::string owner_of(const Snapshot& cloud, const RbacPolicy& policy) {
  std::string owner;
  Rows::each([&]<class R>(std::type_identity<R>) {
    if (R::word != policy.object_type) return;
    if constexpr (requires(const R& row) { row.standard; })
      if (const Versioned<R>* object = cloud.find<R>(policy.object)) owner = (*object)->standard.project_id;
  });
  return owner;
}

// Where Neutron counts what the owner himself has of an object that is shared with everybody, though he needs no
// policy: not of networks.
bool owner_counts(const RbacPolicy& policy, Kind user) {
  struct Counted {
    std::string_view object;
    Kind user;
  };
  static constexpr Counted counted[] = {
      {QosPolicy::word, Kind::network},    {QosPolicy::word, Kind::port},
      {QosPolicy::word, Kind::floatingip}, {QosPolicy::word, Kind::router},
      {SecurityGroup::word, Kind::port},   {AddressScope::word, Kind::subnetpool},
      {SubnetPool::word, Kind::subnet},    {AddressGroup::word, Kind::security_group_rule},
  };
  if (policy.target_project != RbacPolicy::everybody) return false;
  return std::ranges::any_of(
      counted, [&](const Counted& each) { return each.object == policy.object_type && each.user == user; });
}

}  // namespace

bool is_used_through(const Snapshot& cloud, const RbacPolicy& policy) {
  const std::string owner = owner_of(cloud, policy);
  for (const User& user : users_of(cloud, policy)) {
    if (user.project == owner && !owner_counts(policy, user.kind)) continue;
    const bool by_this = policy.target_project == user.project || policy.target_project == RbacPolicy::everybody;
    if (by_this && !is_covered(cloud, policy, user.project)) return true;
  }
  return false;
}

const RbacPolicy* policy_for_everybody(const Snapshot& cloud, const Uuid& object, Sharing how) {
  for (const Uuid& id : cloud.referrers(object, Kind::rbac_policy)) {
    const RbacPolicy& policy = **cloud.find<RbacPolicy>(id);
    if (policy.action == how && policy.target_project == RbacPolicy::everybody) return &policy;
  }
  return nullptr;
}

void share_with_everybody(Draft& draft, const Row& object, bool shared, Sharing how) {
  const RbacPolicy* held = policy_for_everybody(draft.now(), id_of(object), how);
  if (shared == (held != nullptr)) return;
  if (held != nullptr) return draft.remove(Kind::rbac_policy, held->id.uuid);
  RbacPolicy policy;
  policy.id = {draft.new_id(Kind::rbac_policy)};
  policy.standard.project_id = standard_in(object).project_id;
  policy.object_type = name_of(kind_of(object));
  policy.object = id_of(object);
  policy.action = how;
  policy.target_project = RbacPolicy::everybody;
  draft.create(policy);
}

Status settle_shared(Draft& draft, const Row& object, const boost::json::object& given, const Error& in_use) {
  const boost::json::value* value = given.if_contains("shared");
  if (value == nullptr || value->is_null()) return {};
  const bool* shared = value->if_bool();
  if (shared == nullptr) return invalid_input("'shared' is neither true nor false.");
  const RbacPolicy* held = policy_for_everybody(draft.now(), id_of(object));
  if (!*shared && held != nullptr && is_used_through(draft.now(), *held)) return fail(in_use);
  share_with_everybody(draft, object, *shared);
  return {};
}

void unshare(Draft& draft, const Uuid& object) {
  for (const Uuid& id : draft.now().referrers(object, Kind::rbac_policy)) draft.remove(Kind::rbac_policy, id);
}

}  // namespace tarn::model::admission
