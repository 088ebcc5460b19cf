// RBAC policies. `object_type` is the word of a kind that can be shared, `object` one of that kind, which its own
// project or an administrator shares.
#include "model/admit/plain.h"
#include "model/admit/sharing.h"

namespace tarn::model::admission {
namespace {

struct Sharable {
  std::string_view type;
  Kind kind;
  bool external;  // may be shared as an external network
};
constexpr Sharable sharables[] = {
    {"network", Kind::network, true},
    {"qos_policy", Kind::qos_policy, false},
    {"security_group", Kind::security_group, false},
    {"address_scope", Kind::address_scope, false},
    {"subnetpool", Kind::subnetpool, false},
    {"address_group", Kind::address_group, false},
};

Result<Sharable> sharable_of(const RbacPolicy& policy) {
  for (const Sharable& each : sharables) {
    if (each.type != policy.object_type) continue;
    if (policy.action == Sharing::access_as_shared || each.external) return each;
    return fail(ErrorCode::invalid, "InvalidActionForType",
                "Invalid action 'access_as_external' for object type '" + policy.object_type + "'.");
  }
  return invalid_input("'" + policy.object_type + "' is no object type that can be shared.");
}

// What others share with the caller is there, but not his to share; of a policy that is there already Neutron says so
// as of one that is in use.
Status check_object(const Draft& draft, const Sharable& sharable, const RbacPolicy& policy, bool is_new) {
  bool there = false;
  bool own = false;
  Rows::at(sharable.kind, [&]<class R>(std::type_identity<R>) {
    if constexpr (requires(const R& row) { row.standard; }) {
      const Versioned<R>* object = draft.now().find<R>(policy.object);
      own = object != nullptr && belongs_to(**object, draft.caller());
      there = object != nullptr && exists_for(draft.now(), **object, draft.caller());
    }
  });
  static constexpr const char* words = "what belongs to another project is for administrators to share.";
  if (own) return {};
  if (!there) return not_found(sharable.kind, policy.object);
  if (is_new) return invalid_input(words);
  return fail(ErrorCode::conflict, "RbacPolicyInUse", "RBAC policy on object " + policy.object.text() + ": " + words);
}

Status check_unique(const Draft& draft, const RbacPolicy& policy) {
  for (const Uuid& id : draft.now().referrers(policy.object, Kind::rbac_policy)) {
    const RbacPolicy& other = **draft.now().find<RbacPolicy>(id);
    if (other.id == policy.id || other.action != policy.action || other.target_project != policy.target_project)
      continue;
    return fail(ErrorCode::conflict, "DuplicateRbacPolicy", "An RBAC policy already exists with those values.");
  }
  return {};
}

Refusal in_use(const RbacPolicy& policy) {
  return fail(
      ErrorCode::conflict, "RbacPolicyInUse",
      "RBAC policy on object " + policy.object.text() + " cannot be removed because other objects depend on it.");
}

struct RbacPolicyRules {
  using Row = RbacPolicy;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"object_type", When::created}, {"object", When::created},
      {"action", When::created},     {"target_project", When::both},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const RbacPolicy* before, RbacPolicy& policy) {
    if (policy.target_project.empty()) return invalid_input("'target_tenant' is empty.");
    const Result<Sharable> sharable = sharable_of(policy);
    if (!sharable) return fail(sharable.error());
    if (Status status = check_object(draft, *sharable, policy, before == nullptr); !status) return status;
    if (Status status = check_unique(draft, policy); !status) return status;
    if (before == nullptr || before->target_project == policy.target_project) return {};
    if (is_used_through(draft.now(), *before)) return in_use(*before);
    return {};
  }
  static Status release(Draft& draft, const RbacPolicy& policy) {
    if (is_used_through(draft.now(), policy)) return in_use(policy);
    return {};
  }
};

}  // namespace

KindRules rbac_policy_rules() {
  return plain_rules<RbacPolicyRules>();
}

}  // namespace tarn::model::admission
