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

}  // namespace tarn::model
