#include "model/topology.h"

#include "base/hash.h"
#include "model/admit/pool_allocation.h"
#include "model/admit/routing.h"
#include "model/admit/rules.h"

namespace tarn::model {
namespace admission {
namespace {

constexpr Attribute attributes[] = {{"project_id", When::both}};

std::unexpected<Error> failure(std::string_view why) {
  return fail(ErrorCode::conflict, "AutoAllocationFailure", "Deployment error: " + std::string(why) + ".");
}

std::optional<NetworkId> default_external(const Snapshot& cloud) {
  for (const auto& [id, network] : cloud.networks()) {
    if (network->external && network->is_default) return network->id;
  }
  return std::nullopt;
}

// What the parts lack is the deployment's fault; over a quota is the project's.
Status as_failure(const Status& status, std::string_view why) {
  if (status) return {};
  const ErrorCode code = status.error().code;
  if (code == ErrorCode::invalid || code == ErrorCode::not_found) return failure(why);
  return status;
}

// One request of another kind, in the same change.
Status ask(Draft& draft, Verb verb, Kind kind, const Uuid& id, boost::json::object given) {
  const KindRules rules = rules_of(kind);
  const auto rule = verb == Verb::create ? rules.create : verb == Verb::update ? rules.update : rules.remove;
  return rule(draft, {verb, kind, id, std::move(given), std::nullopt});
}

Status make_network(Draft& draft, const Topology& topology) {
  const std::string& project = topology.standard.project_id;
  Status status = ask(draft, Verb::create, Kind::network, topology.network.uuid,
                      {{"name", "auto_allocated_network"}, {"project_id", project}});
  for (const int version : {4, 6}) {
    const std::optional<SubnetPool> pool = default_pool(draft.now(), version);
    if (!status || !pool) continue;
    status = ask(draft, Verb::create, Kind::subnet, draft.new_id(Kind::subnet),
                 {{"name", "auto_allocated_subnet_v" + std::to_string(version)},
                  {"network", topology.network.text()},
                  {"subnetpool", pool->id.text()},
                  {"project_id", project}});
  }
  return as_failure(status, "Unable to provide tenant private network");
}

Status make_router(Draft& draft, const Topology& topology, NetworkId external) {
  Status status = ask(draft, Verb::create, Kind::router, topology.router.uuid,
                      {{"name", "auto_allocated_router"},
                       {"gateway", {{"network", external.text()}}},
                       {"project_id", topology.standard.project_id}});
  for (const SubnetId& subnet : draft.now().subnets_of(topology.network)) {
    if (!status) continue;
    status =
        ask(draft, Verb::update, Kind::router, topology.router.uuid, {{"add_interface", {{"subnet", subnet.text()}}}});
  }
  return as_failure(status, "Unable to provide external connectivity");
}

Status make(Draft& draft, const Request& request) {
  if (draft.now().find<Topology>(request.id) != nullptr) return {};
  const Result<std::string> project = project_of_new(draft, request, attributes);
  if (!project) return fail(project.error());
  if (request.id != topology_id(*project).uuid) return invalid_input("the id is not that of the project's topology.");
  if (Status status = check_topology(draft.now()); !status) return status;
  Topology topology;
  topology.id = {request.id};
  topology.standard.project_id = *project;
  topology.network = {draft.new_id(Kind::network)};
  topology.router = {draft.new_id(Kind::router)};
  if (Status status = make_network(draft, topology); !status) return status;
  if (Status status = make_router(draft, topology, *default_external(draft.now())); !status) return status;
  draft.create(topology);
  return {};
}

Status remove(Draft& draft, const Request& request) {
  const Result<Topology> topology = row_to_remove<Topology>(draft, request);
  if (!topology) return fail(topology.error());
  std::vector<std::string> ports;
  for (const Port* port : interfaces_of(draft.now(), topology->router)) ports.push_back(port->id.text());
  for (const std::string& port : ports) {
    Status status =
        ask(draft, Verb::update, Kind::router, topology->router.uuid, {{"remove_interface", {{"port", port}}}});
    if (!status) return status;
  }
  // The row goes with its router.
  if (Status status = ask(draft, Verb::remove, Kind::router, topology->router.uuid, {}); !status) return status;
  return ask(draft, Verb::remove, Kind::network, topology->network.uuid, {});
}

}  // namespace

KindRules topology_rules() {
  return {make, make, remove};
}

}  // namespace admission

TopologyId topology_id(const std::string& project) {
  const auto half = [&](std::string_view which) { return ContentHash().add(which).add(project).value(); };
  return {Uuid::random(half("topology high "), half("topology low "))};
}

Status check_topology(const Snapshot& cloud) {
  if (!admission::default_external(cloud)) return admission::failure("No default router:external network");
  for (const int version : {4, 6}) {
    if (admission::default_pool(cloud, version)) return {};
  }
  return admission::failure("No default subnetpools defined");
}

}  // namespace tarn::model
