// RBAC policies. `object_type` is the word of a kind that can be shared, `object` one of that kind and of the policy's
// project.
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

Status check_object(const Draft& draft, const Sharable& sharable, const RbacPolicy& policy) {
  const std::optional<Row> object = draft.now().row(sharable.kind, policy.object);
  const bool own = object && std::visit(
                                 [&](const auto& row) {
                                   if constexpr (requires { row.standard; }) return belongs_to(row, draft.caller());
                                   return false;
                                 },
                                 *object);
  if (!own) return not_found(sharable.kind, policy.object);
  return {};
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
    if (Status status = check_object(draft, *sharable, policy); !status) return status;
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
