// QoS policies. Request-only word: `shared` (sharing.h). A policy's rules go with it; what has it keeps it from going.
#include "model/admit/plain.h"
#include "model/admit/qos.h"
#include "model/admit/sharing.h"

namespace tarn::model::admission {

std::optional<QosPolicyId> default_qos_policy(const Snapshot& cloud, const std::string& project) {
  for (const auto& [id, policy] : cloud.table<QosPolicy>())
    if (policy->is_default && policy->standard.project_id == project) return policy->id;
  return std::nullopt;
}

Status check_qos_policy(const Draft& draft, const std::optional<QosPolicyId>& before,
                        const std::optional<QosPolicyId>& after) {
  if (before == after) return {};
  if (before && !row_for<QosPolicy>(draft, before->uuid)) {
    return fail(ErrorCode::forbidden, "PolicyRemoveAuthorizationError",
                "Failed to remove provided policy " + before->text() + " because you are not authorized.");
  }
  if (!after) return {};
  const Result<QosPolicy> policy = row_for<QosPolicy>(draft, after->uuid);
  return policy ? Status{} : fail(policy.error());
}

namespace {

// Whoever has a policy, as clients know them.
struct User {
  std::string_view word;
  Kind kind;
};
constexpr User users[] = {
    {"port", Kind::port}, {"network", Kind::network}, {"fip", Kind::floatingip}, {"router", Kind::router}};

Status check_unused(const Snapshot& cloud, const QosPolicy& policy) {
  for (const User& each : users) {
    const std::vector<Uuid> having = cloud.referrers(policy.id.uuid, each.kind);
    if (having.empty()) continue;
    return fail(
        ErrorCode::conflict, "QosPolicyInUse",
        "QoS Policy " + policy.id.text() + " is used by " + std::string(each.word) + " " + having.front().text() + ".");
  }
  return {};
}

Error shared_and_used(const QosPolicy& policy) {
  return {ErrorCode::conflict, "RbacPolicyInUse",
          "QoS policy " + policy.id.text() + " stays shared: things of other projects have it."};
}

Status check_default(const Snapshot& cloud, const QosPolicy& policy) {
  if (!policy.is_default) return {};
  const std::optional<QosPolicyId> usual = default_qos_policy(cloud, policy.standard.project_id);
  if (!usual || *usual == policy.id) return {};
  return fail(ErrorCode::conflict, "QoSPolicyDefaultAlreadyExists",
              "A default QoS policy exists for project " + policy.standard.project_id + ".");
}

struct QosPolicyRules {
  using Row = QosPolicy;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"name", When::both},   {"description", When::both},
      {"tags", When::both},          {"shared", When::both}, {"is_default", When::both},
  };
  static constexpr std::string_view words[] = {"shared"};

  static Status settle(Draft& draft, const Request& request, const QosPolicy*, QosPolicy& policy) {
    if (Status status = check_default(draft.now(), policy); !status) return status;
    return settle_shared(draft, policy, request.given, shared_and_used(policy));
  }
  static Status release(Draft& draft, const QosPolicy& policy) {
    if (Status status = check_unused(draft.now(), policy); !status) return status;
    for (const Uuid& id : draft.now().referrers(policy.id.uuid, Kind::qos_rule)) draft.remove(Kind::qos_rule, id);
    unshare(draft, policy.id.uuid);
    return {};
  }
};

}  // namespace

KindRules qos_policy_rules() {
  return plain_rules<QosPolicyRules>();
}

}  // namespace tarn::model::admission
