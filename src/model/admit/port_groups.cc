#include "model/admit/port_groups.h"

#include <algorithm>

#include "model/admit/rules.h"
#include "model/admit/security_group.h"

namespace tarn::model::admission {
namespace {

// Ports of the network's own services are trusted.
bool is_filtered(const Port& port) {
  return port.port_security_enabled && !port.device_owner.starts_with("network:");
}

Status check_secured(const Request& request, const Port* before, const Port& port) {
  if (port.security_groups.empty()) return {};
  const bool filtered = before == nullptr ? is_filtered(port) : port.port_security_enabled;
  if (filtered) return {};
  if (request.given.contains("security_groups")) {
    return fail(ErrorCode::invalid, "PortSecurityAndIPRequiredForSecurityGroups",
                "Port security must be enabled and port must have an IP address in order to use security groups.");
  }
  return fail(ErrorCode::conflict, "PortSecurityPortHasSecurityGroup",
              "Port has security group associated. Cannot disable port security or IP address until security group is "
              "removed.");
}

// Groups that the port has already are not asked for again.
Status check_groups(const Draft& draft, const Port* before, const Port& port) {
  std::optional<bool> stateful;
  for (const SecurityGroupId& id : port.security_groups) {
    const bool held = before != nullptr && std::ranges::binary_search(before->security_groups, id);
    const Result<SecurityGroup> group = held ? Result<SecurityGroup>(**draft.now().find<SecurityGroup>(id.uuid))
                                             : row_for<SecurityGroup>(draft, id.uuid);
    if (!group) return fail(group.error());
    if (stateful.value_or(group->stateful) != group->stateful) {
      return fail(ErrorCode::conflict, "SecurityGroupConflict",
                  "Error Cannot apply both stateful and stateless security groups on the same port at the same time "
                  "while attempting the operation.");
    }
    stateful = group->stateful;
  }
  return {};
}

}  // namespace

Status settle_groups(Draft& draft, const Request& request, const Port* before, Port& port) {
  std::vector<SecurityGroupId>& groups = port.security_groups;
  std::ranges::sort(groups);
  groups.erase(std::ranges::unique(groups).begin(), groups.end());
  if (Status status = check_secured(request, before, port); !status) return status;
  if (request.given.contains("security_groups")) return check_groups(draft, before, port);
  if (before == nullptr && is_filtered(port)) groups = {ensure_default_group(draft, port.standard.project_id)};
  return {};
}

}  // namespace tarn::model::admission
