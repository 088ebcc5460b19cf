// Agents: what they report of themselves, and the little that an administrator may change.
#include "model/admit/binding.h"
#include "model/admit/port_blocks.h"
#include "model/admit/rules.h"

namespace tarn::model {
namespace admission {
namespace {

constexpr Attribute attributes[] = {
    {"admin_state_up", When::changed},
    {"description", When::changed},
};

Status create(Draft&, const Request&) {
  return fail(ErrorCode::unsupported, "Agents report themselves; they cannot be created.");
}

Status update(Draft& draft, const Request& request) {
  const Result<Agent> before = row_to_update<Agent>(draft, request, attributes);
  if (!before) return fail(before.error());
  Agent agent = *before;
  if (Status status = set_fields(agent, request.given); !status) return status;
  draft.update(agent);
  return {};
}

Status remove(Draft& draft, const Request& request) {
  if (const Result<Agent> agent = row_to_remove<Agent>(draft, request); !agent) return fail(agent.error());
  draft.remove(Kind::agent, request.id);
  return {};
}

// Ports that waited for what the agent now offers.
void bind_waiting_ports(Draft& draft, const std::string& host) {
  for (const PortId& id : draft.now().ports_on(host)) {
    Port port = **draft.now().find(id);
    if (port.vif_type != VifType::binding_failed) continue;
    port.vif_type = binding_of(draft.now(), port);
    if (port.vif_type == VifType::ovs) port.status = PortStatus::down;
    draft.update(std::move(port));
  }
}

}  // namespace

KindRules agent_rules() {
  return {create, update, remove};
}

}  // namespace admission

Result<Change> admit_agent(const Snapshot& before, const AgentReport& report) {
  Agent agent = report.agent;
  if (agent.host.empty()) return fail(ErrorCode::invalid, "InvalidInput", "An agent did not say what its host is.");
  if (!agent.tunnel_address.empty() && !Ip::parse(agent.tunnel_address)) {
    return fail(ErrorCode::invalid, "InvalidInput",
                "The agent of '" + agent.host + "' has no valid tunnel address: '" + agent.tunnel_address + "'.");
  }
  Batch batch;
  batch.now_ms = agent.created_at_ms;
  const Limits limits;
  admission::Draft draft(before, batch, limits);
  if (const Versioned<Agent>* held = before.find(agent.id)) {
    agent.created_at_ms = (*held)->created_at_ms;
    agent.admin_state_up = (*held)->admin_state_up;
    agent.description = (*held)->description;
    draft.update(agent);
  } else {
    draft.create(agent);
  }
  admission::bind_waiting_ports(draft, agent.host);
  admission::settle_port_blocks(draft, before, agent.host);
  return draft.finish();
}

Change admit_port_status(const Snapshot& before, const std::string& host, const std::map<PortId, PortStatus>& status,
                         std::int64_t now_ms) {
  Batch batch;
  batch.now_ms = now_ms;
  const Limits limits;
  admission::Draft draft(before, batch, limits);
  for (const auto& [id, said] : status) {
    const Versioned<Port>* held = before.find(id);
    if (held == nullptr || host.empty() || bound_host(**held) != host) continue;
    Port port = **held;
    port.status = said;
    draft.update(std::move(port));
  }
  return draft.finish();
}

}  // namespace tarn::model
