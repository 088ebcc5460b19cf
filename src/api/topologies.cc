// /auto-allocated-topology: the network of a project that asked for no more than to be connected, known by the
// project's name. A GET makes it where there is none.
#include "model/topology.h"

#include "api/exchange.h"
#include "api/policy_target.h"

namespace tarn::api {
namespace {

namespace json = boost::json;

Response shown(const std::string& id, const std::string& project) {
  return json_response(200,
                       {{"auto_allocated_topology", {{"id", id}, {"tenant_id", project}, {"project_id", project}}}});
}

void write(const Shared& exchange, model::Verb verb, const std::string& project,
           std::function<void(Result<Written>)> done) {
  json::object given;
  if (verb == model::Verb::update) given["project_id"] = project;
  std::vector<model::Request> requests;
  requests.push_back({verb, model::Kind::topology, model::topology_id(project).uuid, std::move(given), std::nullopt});
  exchange->core->cloud.write(std::move(requests), exchange->access->caller(), std::move(done));
}

const model::Topology* topology_of(const model::Snapshot& snapshot, const std::string& project) {
  const auto* found = snapshot.find<model::Topology>(model::topology_id(project).uuid);
  return found ? found->row.get() : nullptr;
}

void get(const Shared& exchange, const std::string& project) {
  const auto snapshot = exchange->core->cloud.snapshot();
  for (const auto& [name, value] : exchange->target.params) {
    if (name != "fields") continue;
    if (value != "dry-run")
      return exchange->answer(error_response(400, "BadRequest", "Bad auto_allocate request: Unrecognized field."));
    if (const auto possible = model::check_topology(*snapshot); !possible) return exchange->answer(possible.error());
    return exchange->answer(shown("dry-run=pass", project));
  }
  if (const auto* topology = topology_of(*snapshot, project))
    return exchange->answer(shown(topology->network.text(), project));
  write(exchange, model::Verb::update, project, [exchange, project](Result<Written> written) {
    if (!written) return exchange->answer(written.error());
    const auto* topology = topology_of(*written->after, project);
    if (!topology) return exchange->answer(Error{ErrorCode::unavailable, {}, "It is gone again."});
    exchange->answer(shown(topology->network.text(), project));
  });
}

void remove(const Shared& exchange, const std::string& project) {
  if (!topology_of(*exchange->core->cloud.snapshot(), project)) return exchange->answer(Response{204, {}, {}});
  write(exchange, model::Verb::remove, project, [exchange](Result<Written> written) {
    if (!written && written.error().reason != "AutoAllocatedTopologyNotFound") return exchange->answer(written.error());
    exchange->answer(Response{204, {}, {}});
  });
}

}  // namespace

void topologies(const Shared& exchange, std::span<const std::string> rest) {
  if (rest.size() != 1) return exchange->not_there();
  const std::string& method = exchange->request.method;
  if (method != "GET" && method != "DELETE") return exchange->not_allowed("GET, DELETE");
  const std::string project = rest[0] == "None" ? exchange->access->caller().project_id : rest[0];
  const std::string rule = (method == "GET" ? "get_" : "delete_") + std::string("auto_allocated_topology");
  if (const auto may = exchange->access->may(rule, ProjectTarget(project)); !may) return exchange->answer(may.error());
  if (method == "GET") return get(exchange, project);
  remove(exchange, project);
}

}  // namespace tarn::api
