// Who answers outside for routers and floating IPs, and where routers are: from the rows and from who is heard, for
// each answer. Nothing of it is stored, so an agent that dies or comes back changes no row. What hosts settle among
// themselves is not known here: where the agent is heard, its switch is taken to be there, and the other way round.
#pragma once

#include "api/dialect/attribute.h"
#include "model/gateways.h"

namespace tarn::api::dialect {

// What was found out for one row of an answer and is asked again by the next one, of thousands.
struct Answering {
  std::optional<model::GatewayHosts> ranking;
  std::optional<PortId> gateway;  // of which `hosts` are
  std::vector<std::string> hosts;
  std::optional<bool> somebody;  // whether any host is heard
};

// Whether there is a host that could route.
bool is_somebody_there(const View& view);

// One of a router's ways out.
struct WayOut {
  const model::Router* router = nullptr;
  const model::Gateway* gateway = nullptr;
};
// The one whose addresses the port has; absent for all ports that are no gateway's.
std::optional<WayOut> way_out_of(const View& port);

// The host that answers for the gateway: of those that may, the first that is heard. Absent: none is. It is there until
// another gateway is asked for.
std::optional<std::string_view> answering_host(const View& view, const model::Gateway& gateway);
// Whether there is one, and everything that it answers for is up.
bool is_answered(const View& view, const WayOut& way);
// The same for a floating IP: for the port of an instance its own host answers; for forwarded ports, and for a port
// that is bound nowhere and whose address instances may take, who does for the gateway.
bool is_answered(const View& view, const model::FloatingIp& floating);

// How a host has to do with a router, in the words of Neutron's highly available routers.
enum class Duty : std::uint8_t { standby, unknown, active };
struct Place {
  std::string host;
  Duty duty = Duty::standby;
};
// The hosts that may answer for the router's gateways, by rank: who answers for one of them is active; of those for
// which nobody does, the first is unknown. Of a router for which nobody may: all that have ports on its networks, each
// of which routes for itself, but those that it bars. They are active, or unknown while they are not heard. Those that
// it chose stand by.
std::vector<Place> places_of(const View& view, const model::Router& router);
// The routers that have the host among their places, in id order.
std::vector<const model::Router*> routers_at(const View& view, const std::string& host);

}  // namespace tarn::api::dialect
