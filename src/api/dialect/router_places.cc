// Where routers are: the agents of one, and the routers of an agent. A router is in the switch of every node that needs
// it, so what is shown, and chosen, is who answers for its gateways outside and who stands by.
#include "api/dialect/answering.h"
#include "api/dialect/copies.h"
#include "api/dialect/rows.h"
#include "api/dialect/types.h"

namespace tarn::api::dialect {
namespace {

std::string_view word_of(Duty duty) {
  switch (duty) {
    case Duty::standby:
      return "standby";
    case Duty::unknown:
      return "unknown";
    case Duty::active:
      return "active";
  }
  return {};
}

std::vector<Made> agents_of_router(const View& parent, const Show& show) {
  std::vector<Made> all;
  for (const Place& place : places_of(parent, parent.as<model::Router>())) {
    const auto* agent = parent.snapshot.agent_on(place.host);
    if (agent == nullptr) continue;
    all.push_back(show(parent.of(agent->row.get())));
    all.back()["ha_state"] = word_of(place.duty);
  }
  return all;
}

std::vector<Made> routers_of_agent(const View& parent, const Show& show) {
  std::vector<Made> all;
  for (const model::Router* router : routers_at(parent, parent.as<model::Agent>().host))
    all.push_back(show(parent.of(router)));
  return all;
}

}  // namespace

std::vector<Resource> router_places() {
  const std::string alias = "l3_agent_scheduler";
  Resource of_router = copies(agents(), "routers", "l3-agents", alias, agents_of_router);
  of_router.attributes.push_back({.name = "ha_state", .type = shown_text(), .model = made("ha_state"), .alias = alias});
  Resource of_agent = copies(routers(), "agents", "l3-routers", alias, routers_of_agent);
  of_agent.choosing = by_host("routers", "router_id", "l3-router");
  return {std::move(of_router), std::move(of_agent)};
}

}  // namespace tarn::api::dialect
