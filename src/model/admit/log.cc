// Logs: of a security group, of a port, or of both, when the port is in the group.
#include "model/admit/log.h"

#include <algorithm>

#include "model/admit/plain.h"

namespace tarn::model::admission {
namespace {

constexpr std::string_view resource_type = "security_group";

Refusal gone(std::string reason, std::string_view what, const Uuid& id) {
  return fail(ErrorCode::not_found, std::move(reason), std::string(what) + " " + id.text() + " could not be found.");
}

Status check_objects(const Draft& draft, const Log& log) {
  if (log.resource && !row_for<SecurityGroup>(draft, *log.resource))
    return gone("ResourceNotFound", "Resource", *log.resource);
  if (!log.target) return {};
  const Result<Port> port = row_for<Port>(draft, *log.target);
  if (!port) return gone("TargetResourceNotFound", "Target resource", *log.target);
  const bool apart = log.resource && std::ranges::find(port->security_groups, SecurityGroupId{*log.resource}) ==
                                         port->security_groups.end();
  if (!apart) return {};
  return fail(ErrorCode::invalid, "InvalidResourceConstraint",
              "Invalid resource constraint between resource (security_group " + log.resource->text() +
                  ") and target resource (port " + log.target->text() + ").");
}

struct LogRules {
  using Row = Log;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},    {"name", When::both},        {"description", When::both},
      {"resource_type", When::created}, {"resource", When::created}, {"target", When::created},
      {"event", When::created},         {"enabled", When::both},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const Log* before, Log& log) {
    if (before != nullptr) return {};
    if (log.resource_type != resource_type)
      return fail(ErrorCode::invalid, "InvalidLogResourceType",
                  "Invalid log resource_type: " + log.resource_type + ".");
    return check_objects(draft, log);
  }
  static Status release(Draft&, const Log&) { return {}; }
};

}  // namespace

void drop_logs(Draft& draft, const Uuid& of) {
  for (const Uuid& id : draft.now().referrers(of, Kind::log)) draft.remove(Kind::log, id);
}

KindRules log_rules() {
  return plain_rules<LogRules>();
}

}  // namespace tarn::model::admission
