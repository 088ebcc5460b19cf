// /quotas: what projects may have. A quota is one object for each project, known by the project's name and not by an
// id: it is there for every project, with the operator's limits until somebody changes some.
#include "api/body.h"
#include "api/dialect/types.h"
#include "api/exchange.h"
#include "api/policy_target.h"

namespace tarn::api {
namespace {

namespace json = boost::json;
using Rest = std::span<const std::string>;

// A quota as clients call it, and the kind that it counts.
struct Counted {
  std::string_view name;
  model::Kind kind;
};
constexpr Counted counted[] = {
    {"network", model::Kind::network},
    {"subnet", model::Kind::subnet},
    {"port", model::Kind::port},
    {"subnetpool", model::Kind::subnetpool},
    {"router", model::Kind::router},
    {"floatingip", model::Kind::floatingip},
    {"security_group", model::Kind::security_group},
    {"security_group_rule", model::Kind::security_group_rule},
    {"rbac_policy", model::Kind::rbac_policy},
    {"trunk", model::Kind::trunk},
};

std::int64_t limit_of(const Exchange& exchange, const model::Snapshot& snapshot, const Counted& each,
                      const std::string& project) {
  return model::quota_of(snapshot, exchange.core->cloud.limits(), std::string(model::name_of(each.kind)), project);
}

json::object limits_of(const Exchange& exchange, const model::Snapshot& snapshot, const std::string& project) {
  json::object limits;
  for (const Counted& each : counted) limits[each.name] = limit_of(exchange, snapshot, each, project);
  return limits;
}

json::object details_of(const Exchange& exchange, const model::Snapshot& snapshot, const std::string& project) {
  json::object details;
  for (const Counted& each : counted) {
    details[each.name] = {{"limit", limit_of(exchange, snapshot, each, project)},
                          {"used", snapshot.count(each.kind, project)},
                          {"reserved", 0}};
  }
  return details;
}

void answer_quota(const Shared& exchange, json::object quota) {
  exchange->answer(json_response(200, {{"quota", std::move(quota)}}));
}

// {"quota": {"port": 10, …}} as what the model is given.
Result<json::object> quota_in(std::string_view body) {
  const auto parsed = parse_json(body);
  if (!parsed) return fail(parsed.error());
  const auto* root = parsed->is_object() ? parsed->get_object().if_contains("quota") : nullptr;
  if (!root || !root->is_object())
    return fail(ErrorCode::invalid, "HTTPBadRequest", "Unable to find 'quota' in request body");
  static const dialect::Type type = dialect::integer(-1, 0x7fff'ffff);
  json::object limits;
  json::object given;
  for (const auto& [key, value] : root->get_object()) {
    if (key == "tenant_id" || key == "project_id" || key == "force") continue;
    if (key == "check_limit") {
      given[key] = value == true;
      continue;
    }
    const auto* found = std::ranges::find(counted, std::string_view(key), &Counted::name);
    if (found == std::end(counted))
      return fail(ErrorCode::invalid, "HTTPBadRequest", "Unrecognized attribute(s) '" + std::string(key) + "'");
    auto limit = type.accept(value);
    if (!limit)
      return fail(ErrorCode::invalid, "InvalidInput",
                  "Invalid input for " + std::string(key) + ". Reason: " + limit.error().message + ".");
    limits[model::name_of(found->kind)] = std::move(*limit);
  }
  given["limits"] = std::move(limits);
  return given;
}

void change(const Shared& exchange, const std::string& project) {
  auto given = quota_in(exchange->request.body);
  if (!given) return exchange->answer(given.error());
  given->insert_or_assign("project_id", project);
  std::vector<model::Request> requests;
  requests.push_back(
      {model::Verb::update, model::Kind::quota, model::quota_id(project).uuid, std::move(*given), std::nullopt});
  exchange->core->cloud.write(std::move(requests), exchange->access->caller(),
                              [exchange, project](Result<Written> written) {
                                if (!written) return exchange->answer(written.error());
                                answer_quota(exchange, limits_of(*exchange, *written->after, project));
                              });
}

void reset(const Shared& exchange, const std::string& project) {
  std::vector<model::Request> requests;
  requests.push_back({model::Verb::remove, model::Kind::quota, model::quota_id(project).uuid, {}, std::nullopt});
  exchange->core->cloud.write(
      std::move(requests), exchange->access->caller(), [exchange, project](Result<Written> written) {
        if (written) return exchange->answer(Response{204, {}, {}});
        if (written.error().code != ErrorCode::not_found) return exchange->answer(written.error());
        exchange->answer(
            Error{ErrorCode::not_found, "TenantQuotaNotFound", "Quota for tenant " + project + " could not be found."});
      });
}

// What his own project may have everybody may know.
void of_project(const Shared& exchange, const std::string& project) {
  const std::string& method = exchange->request.method;
  const ProjectTarget target(project);
  const std::string rule = method == "PUT" ? "update_quota" : method == "DELETE" ? "delete_quota" : "get_quota";
  if (method != "GET" && method != "PUT" && method != "DELETE") return exchange->not_allowed("GET, PUT, DELETE");
  const bool own = project == exchange->access->caller().project_id;
  const auto may = own && method == "GET" ? Status{} : exchange->access->may(rule, target);
  if (!may) return exchange->answer(may.error());
  if (method == "PUT") return change(exchange, project);
  if (method == "DELETE") return reset(exchange, project);
  answer_quota(exchange, limits_of(*exchange, *exchange->core->cloud.snapshot(), project));
}

// The quotas of the projects that have some of their own.
void all(const Shared& exchange) {
  if (const auto may = exchange->access->may("get_quota", ProjectTarget("")); !may)
    return exchange->answer(may.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  json::array quotas;
  for (const auto& [id, quota] : snapshot->table<model::Quota>()) {
    const std::string& project = quota->standard.project_id;
    json::object shown = limits_of(*exchange, *snapshot, project);
    for (const std::string_view key : {"tenant_id", "project_id"}) shown[key] = project;
    quotas.push_back(std::move(shown));
  }
  exchange->answer(json_response(200, {{"quotas", std::move(quotas)}}));
}

}  // namespace

void quotas(const Shared& exchange, Rest rest) {
  const bool reads = exchange->request.method == "GET";
  if (rest.empty()) return reads ? all(exchange) : exchange->not_allowed("GET");
  const std::string& own = exchange->access->caller().project_id;
  if (rest.size() == 1 && (rest[0] == "tenant" || rest[0] == "project")) {
    if (!reads) return exchange->not_allowed("GET");
    return exchange->answer(json_response(200, {{std::string(rest[0]), {{rest[0] + "_id", own}}}}));
  }
  if (rest.size() == 1) return of_project(exchange, rest[0]);
  const bool known = rest.size() == 2 && (rest[1] == "default" || rest[1] == "details");
  if (!known) return exchange->not_there();
  if (!reads) return exchange->not_allowed("GET");
  const auto may = rest[0] == own ? Status{} : exchange->access->may("get_quota", ProjectTarget(rest[0]));
  if (!may) return exchange->answer(may.error());
  const auto snapshot = exchange->core->cloud.snapshot();
  if (rest[1] == "details") return answer_quota(exchange, details_of(*exchange, *snapshot, rest[0]));
  answer_quota(exchange, limits_of(*exchange, model::Snapshot(), rest[0]));
}

}  // namespace tarn::api
