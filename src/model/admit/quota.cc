// Quotas: one row for each project that has limits of its own. Its id is quota_id(project); an update makes the row
// where there is none, and changes only the limits that it names.
#include "model/admit/rules.h"
#include "model/json_fields.h"

namespace tarn::model {
namespace admission {
namespace {

constexpr Attribute attributes[] = {{"project_id", When::both}, {"limits", When::both}, {"check_limit", When::both}};

Result<std::map<std::string, std::int64_t>> limits_of(const Request& request) {
  std::map<std::string, std::int64_t> limits;
  if (!is_given(request.given, "limits")) return limits;
  if (Status status = fields::take("limits", request.given.at("limits"), limits); !status) {
    return invalid_input(status.error().message);
  }
  for (const auto& [word, limit] : limits) {
    if (limit < -1 || limit > std::numeric_limits<std::int32_t>::max()) {
      return invalid_input("the quota of '" + word + "' is not between -1 and 2147483647.");
    }
  }
  return limits;
}

// A request may ask that no limit is set below what is there.
Status check_used(const Draft& draft, const Request& request, const std::string& project,
                  const std::map<std::string, std::int64_t>& limits) {
  if (!is_given(request.given, "check_limit") || request.given.at("check_limit") != true) return {};
  for (const auto& [word, limit] : limits) {
    const std::optional<Kind> kind = kind_named(word);
    if (!kind || limit < 0) continue;
    const std::size_t used = draft.now().count(*kind, project);
    if (used > static_cast<std::size_t>(limit))
      return fail(ErrorCode::invalid, "HTTPBadRequest",
                  "Quota limit " + std::to_string(limit) + " for " + word +
                      " must be greater than or equal to already used " + std::to_string(used));
  }
  return {};
}

Status create(Draft& draft, const Request& request) {
  const Result<std::string> project = project_of_new(draft, request, attributes);
  if (!project) return fail(project.error());
  if (project->empty()) return invalid_input("a quota needs a project.");
  if (request.id != quota_id(*project).uuid) return invalid_input("the id of a quota is not that of its project.");
  const Result<std::map<std::string, std::int64_t>> limits = limits_of(request);
  if (!limits) return fail(limits.error());
  if (Status status = check_used(draft, request, *project, *limits); !status) return status;
  Quota quota;
  quota.id = {request.id};
  quota.standard.project_id = *project;
  quota.limits = *limits;
  draft.create(std::move(quota));
  return {};
}

Status update(Draft& draft, const Request& request) {
  if (draft.now().find<Quota>(request.id) == nullptr) return create(draft, request);
  const Result<Quota> before = row_to_update<Quota>(draft, request, attributes);
  if (!before) return fail(before.error());
  const Result<std::map<std::string, std::int64_t>> limits = limits_of(request);
  if (!limits) return fail(limits.error());
  if (Status status = check_used(draft, request, before->standard.project_id, *limits); !status) return status;
  Quota quota = *before;
  for (const auto& [word, limit] : *limits) quota.limits[word] = limit;
  draft.update(std::move(quota));
  return {};
}

Status remove(Draft& draft, const Request& request) {
  if (const Result<Quota> quota = row_to_remove<Quota>(draft, request); !quota) return fail(quota.error());
  draft.remove(Kind::quota, request.id);
  return {};
}

}  // namespace

KindRules quota_rules() {
  return {create, update, remove};
}

}  // namespace admission

QuotaId quota_id(const std::string& project) {
  return {admission::id_named("quota", project)};
}

std::int64_t quota_of(const Snapshot& cloud, const Limits& limits, const std::string& word,
                      const std::string& project) {
  constexpr std::uint32_t unlimited = static_cast<std::uint32_t>(-1);
  if (const Versioned<Quota>* quota = cloud.find<Quota>(quota_id(project).uuid)) {
    const auto own = (*quota)->limits.find(word);
    if (own != (*quota)->limits.end()) return own->second;
  }
  const auto usual = limits.quotas.find(word);
  return usual == limits.quotas.end() || usual->second == unlimited ? -1 : std::int64_t{usual->second};
}

}  // namespace tarn::model
