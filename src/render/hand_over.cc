// By which host leaves what this one hands over: its switch takes the first that it sees there by BFD, packet by
// packet, so that nobody waits for an agent when one dies. Each gateway has the flows of those that may let out what
// leaves by it, found by the port that the host is watched by.
#include "render/names.h"
#include "render/outside.h"

namespace tarn::render {

namespace {

struct Outlet {
  std::uint32_t watch_port = 0;
  Actions sent;
};
std::vector<Outlet> outlets_of(View& view, const std::vector<std::string>& hosts) {
  std::vector<Outlet> outlets;
  for (const std::string& host : hosts) {
    const std::uint32_t* watch_port = view.number(key_of(Table::watch_port, watch_port_name(host)));
    auto sent = into_tunnel(view, host);
    if (watch_port != nullptr && sent) outlets.push_back({*watch_port, std::move(*sent)});
  }
  return outlets;
}

bool is_here(View& view, const GatewayDuty& duty) {
  return duty.otherwise == view.config()->host;
}

std::optional<Actions> otherwise_of(View& view, LiveGateway gateway, const GatewayDuty& duty) {
  if (!is_here(view, duty)) return into_tunnel(view, duty.otherwise);
  if (!gateway.uplink) return std::nullopt;
  gateway.passing.reset();
  return leave(gateway, gateway.mac);  // its source has told the next hop by now
}

}  // namespace

std::optional<Actions> choice_of(View& view, const LiveGateway& gateway) {
  const GatewayDuty duty = duty_of(view, *gateway.row);
  if (duty.before.empty() && is_here(view, duty)) return std::nullopt;
  of::FirstAlive first{{}, reg::lets_out};
  for (const Outlet& outlet : outlets_of(view, duty.before))
    first.ports.push_back(static_cast<std::uint16_t>(outlet.watch_port));
  Actions choice;
  if (first.ports.empty() && !otherwise_of(view, gateway, duty)) return choice;
  if (!first.ports.empty()) choice.emplace_back(std::move(first));
  choice.emplace_back(call(Stage::hand_over));
  return choice;
}

void add_hand_over(FlowSink& flows, View& view, const LiveGateway& gateway, Actions own_limits) {
  constexpr auto above_otherwise = static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::low) + 1);
  const GatewayDuty duty = duty_of(view, *gateway.row);
  const Match leaving{in_network(gateway.number)};
  for (Outlet& outlet : outlets_of(view, duty.before))
    flows.add(Stage::hand_over, Priority::middle,
              leaving & FieldValue::number(reg::lets_out, outlet.watch_port, reg::lets_out_port),
              std::move(outlet.sent));
  const auto otherwise = otherwise_of(view, gateway, duty);
  if (!otherwise) return;
  flows.add(Stage::hand_over, Priority::low, leaving, *otherwise);
  if (own_limits.empty() || !is_here(view, duty)) return;
  own_limits.insert(own_limits.end(), otherwise->begin(), otherwise->end());
  flows.add(Stage::hand_over, above_otherwise, at_gateway(gateway) & sent_from(*gateway.v4), std::move(own_limits));
}

}  // namespace tarn::render
