// The table's rows for agents. Whether one is alive is asked of the cloud, not stored.
#include <algorithm>

#include "api/dialect/rows.h"
#include "api/dialect/types.h"

namespace tarn::api::dialect {
namespace {

using model::Agent;

json::value heartbeat(const View& view) {
  const auto presence = view.cloud.presence(view.as<Agent>().host);
  if (!presence) return json::value(plain_time(view.as<Agent>().started_at_ms));
  return json::value(plain_time(presence->connected ? view.now_ms : presence->heard_at_ms));
}

json::value configurations(const View& view) {
  const Agent& agent = view.as<Agent>();
  json::object mappings;
  for (const auto& [network, bridge] : agent.bridge_mappings) mappings[network] = bridge;
  json::array tunnels;
  if (!agent.tunnel_address.empty()) tunnels.emplace_back("vxlan");
  return {{"bridge_mappings", mappings},
          {"tunneling_ip", agent.tunnel_address},
          {"tunnel_types", tunnels},
          {"bgp", agent.speaks_bgp},
          {"version", agent.version}};
}

json::value show_time(std::int64_t unix_ms) {
  return json::value(plain_time(unix_ms));
}

constexpr const char* own_type = "Tarn agent";
constexpr std::string_view speaking_type = "BGP dynamic routing agent";

// One process does on its node what Neutron has an agent each for, and is found by what it does, too.
Filter type_filter() {
  const auto make = [](const std::vector<std::string>& values) -> Result<std::function<bool(const View&)>> {
    static constexpr std::string_view types[] = {own_type, "Open vSwitch agent", "DHCP agent", "L3 agent"};
    const auto named = [&](auto type) { return std::ranges::find(values, type) != values.end(); };
    const bool meant = std::ranges::any_of(types, named);
    const bool speakers_meant = named(speaking_type);
    return [=](const View& view) { return meant || (speakers_meant && view.as<Agent>().speaks_bgp); };
  };
  return {"agent_type",
          "'Tarn agent', or what it does: 'Open vSwitch agent', 'DHCP agent', 'L3 agent', 'BGP dynamic routing agent'",
          make, "agent"};
}

void add_identity(std::vector<Attribute>& rows) {
  const auto fixed = [](const char* word) { return derived([word](const View&) { return json::value(word); }); };
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&Agent::id), .sort = true});
  rows.push_back({.name = "agent_type", .type = shown_text(), .model = fixed(own_type), .filter = false, .sort = true});
  rows.push_back({.name = "binary", .type = shown_text(), .model = member(&Agent::binary), .sort = true});
  rows.push_back({.name = "topic", .type = shown_text(), .model = fixed("N/A"), .sort = true});
  rows.push_back({.name = "host", .type = shown_text(), .model = member(&Agent::host), .sort = true});
}

void add_state(std::vector<Attribute>& rows) {
  rows.push_back({.name = "admin_state_up",
                  .type = boolean(),
                  .model = member(&Agent::admin_state_up),
                  .given = Given::put,
                  .sort = true});
  rows.push_back({.name = "description",
                  .type = text(255),
                  .model = member(&Agent::description),
                  .given = Given::put,
                  .sort = true});
  rows.push_back({.name = "alive",
                  .type = shown_boolean(),
                  .model = derived([](const View& view) { return json::value(view.hears(view.as<Agent>().host)); }),
                  .sort = true});
  rows.push_back({.name = "heartbeat_timestamp", .type = shown_text(), .model = derived(heartbeat), .sort = true});
  rows.push_back(
      {.name = "created_at", .type = shown_text(), .model = member(&Agent::created_at_ms, show_time), .sort = true});
  rows.push_back(
      {.name = "started_at", .type = shown_text(), .model = member(&Agent::started_at_ms, show_time), .sort = true});
  rows.push_back(
      {.name = "configurations", .type = shown("object"), .model = derived(configurations), .filter = false});
  rows.push_back({.name = "availability_zone", .type = shown_text(), .model = member(&Agent::availability_zone)});
}

}  // namespace

Resource agents() {
  Resource resource{.singular = "agent",
                    .plural = "agents",
                    .kind = model::Kind::agent,
                    .alias = "agent",
                    .create = false,
                    .bulk = false,
                    .not_found = "AgentNotFound"};
  add_identity(resource.attributes);
  add_state(resource.attributes);
  for (Attribute& each : resource.attributes) each.alias = "agent";
  resource.filters.push_back(type_filter());
  // Of an agent that has nothing to tell placement (agent-resources-synced).
  resource.attributes.push_back({.name = "resources_synced",
                                 .type = shown("boolean or null"),
                                 .model = derived([](const View&) { return json::value(nullptr); }),
                                 .filter = false,
                                 .alias = "agent-resources-synced"});
  return resource;
}

}  // namespace tarn::api::dialect
