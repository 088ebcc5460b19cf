// Port forwardings of floating IPs. Request-only words: `external_ports` and `internal_ports`, each [first, last].
// A forwarding is of its floating IP's project, whoever makes it.
#include <algorithm>

#include "model/admit/plain.h"
#include "model/admit/port_users.h"
#include "model/admit/routing.h"
#include "model/json_fields.h"

namespace tarn::model::admission {
namespace {

constexpr std::uint32_t port_max = 65535;

Refusal bad(std::string what) {
  return bad_request("port_forwarding", std::move(what));
}

Status take_ports(const Request& request, std::string_view word, std::uint32_t& first, std::uint32_t& last) {
  if (!is_given(request.given, word)) return {};
  std::vector<std::uint32_t> ports;
  if (Status status = fields::take(word, request.given.at(word), ports); !status) {
    return invalid_input(status.error().message);
  }
  if (ports.size() != 2 || ports[0] < 1 || ports[0] > ports[1] || ports[1] > port_max) {
    return bad("Invalid port value, the port value must be a value between 1 and 65535.");
  }
  first = ports[0];
  last = ports[1];
  return {};
}

// One internal port for all external ones, or one for each.
Status settle_ports(const Request& request, PortForwarding& forwarding) {
  if (Status status = take_ports(request, "external_ports", forwarding.external_first, forwarding.external_last);
      !status)
    return status;
  if (Status status = take_ports(request, "internal_ports", forwarding.internal_first, forwarding.internal_last);
      !status)
    return status;
  if (forwarding.external_first == 0 || forwarding.internal_first == 0) {
    return bad("external and internal ports are needed.");
  }
  const std::uint32_t internal = forwarding.internal_last - forwarding.internal_first;
  if (internal == 0 || internal == forwarding.external_last - forwarding.external_first) return {};
  return bad(
      "Invalid ranges of internal and/or external ports. The relation between internal and external ports must "
      "be N-N or 1-N.");
}

Status check_unassociated(const Snapshot& cloud, const FloatingIp& floating, const PortForwarding& forwarding) {
  if (floating.port) {
    return fail(ErrorCode::conflict, "FloatingIPPortAlreadyAssociated",
                "Floating IP " + floating.address.text() + " (" + floating.id.text() + ") is associated with port " +
                    floating.port->text() + " on external network " + floating.network.text() + ".");
  }
  for (const Uuid& id : cloud.referrers(forwarding.internal_port.uuid, Kind::floatingip)) {
    const FloatingIp& other = **cloud.find<FloatingIp>(id);
    if (other.port != forwarding.internal_port) continue;
    return fail(ErrorCode::conflict, "PortHasBindingFloatingIP",
                "Cannot create port forwarding to floating IP " + other.address.text() + " (" + id.text() +
                    ") with port " + forwarding.internal_port.text() + " because the port already has a floating IP.");
  }
  return {};
}

bool collides(std::uint32_t a_first, std::uint32_t a_last, std::uint32_t b_first, std::uint32_t b_last) {
  return std::max(a_first, b_first) <= std::min(a_last, b_last);
}

Status check_collisions(const Snapshot& cloud, const PortForwarding& mine) {
  for (const Uuid& id : cloud.referrers(mine.floatingip.uuid, Kind::port_forwarding)) {
    const PortForwarding& other = **cloud.find<PortForwarding>(id);
    if (other.id == mine.id || other.protocol != mine.protocol) continue;
    if (collides(mine.external_first, mine.external_last, other.external_first, other.external_last)) {
      return bad("There is a port collision with the external_port_range of port forwarding " + id.text() + ".");
    }
  }
  for (const Uuid& id : cloud.referrers(mine.internal_port.uuid, Kind::port_forwarding)) {
    const PortForwarding& other = **cloud.find<PortForwarding>(id);
    if (other.id == mine.id || other.protocol != mine.protocol || other.internal_address != mine.internal_address)
      continue;
    if (collides(mine.internal_first, mine.internal_last, other.internal_first, other.internal_last)) {
      return bad("There is a port collision with the internal_port_range of port forwarding " + id.text() + ".");
    }
  }
  return {};
}

// The internal address on its port, and the router by which the floating IP reaches it.
Result<RouterId> settle_target(const Draft& draft, const Request& request, const FloatingIp& floating,
                               PortForwarding& forwarding) {
  const Result<Port> port = row_for<Port>(draft, forwarding.internal_port.uuid);
  if (!port) return fail(port.error());
  if (!has_family(*port, Family::v4)) {
    return bad("Requested internal port " + port->id.text() + " must allocate an IPv4 address at least.");
  }
  if (request.verb == Verb::create && !is_given(request.given, "internal_address")) {
    const auto v4 = [](const FixedIp& ip) { return ip.address.is_v4(); };
    forwarding.internal_address = std::ranges::find_if(port->fixed_ips, v4)->address;
  }
  const std::optional<SubnetId> subnet = subnet_with(*port, forwarding.internal_address);
  if (!subnet || !forwarding.internal_address.is_v4()) {
    return bad("The internal IP does not correspond to an IPv4 address on the internal port.");
  }
  const std::optional<RouterId> router = router_between(draft.now(), *port, *subnet, floating.network);
  if (!router) {
    return bad("External network " + floating.network.text() + " is not reachable from subnet " + subnet->text() +
               ". Cannot set Port forwarding for port " + port->id.text() + " with Floating IP " + floating.id.text() +
               ".");
  }
  if (floating.router && floating.router != router) {
    return bad("The Floating IP " + floating.id.text() + " had been set on router " + floating.router->text() +
               ", the internal Neutron port " + port->id.text() + " can not reach it.");
  }
  return *router;
}

struct PortForwardingRules {
  using Row = PortForwarding;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},  {"description", When::both},      {"floatingip", When::created},
      {"internal_port", When::both},  {"internal_address", When::both}, {"protocol", When::both},
      {"external_ports", When::both}, {"internal_ports", When::both},
  };
  static constexpr std::string_view words[] = {"external_ports", "internal_ports"};

  static Status settle(Draft& draft, const Request& request, const PortForwarding* before, PortForwarding& forwarding) {
    const Result<FloatingIp> parent = row_for<FloatingIp>(draft, forwarding.floatingip.uuid);
    if (!parent) return fail(parent.error());
    forwarding.standard.project_id = parent->standard.project_id;
    if (Status status = settle_ports(request, forwarding); !status) return status;
    if (Status status = check_unassociated(draft.now(), *parent, forwarding); !status) return status;
    const Result<RouterId> router = settle_target(draft, request, *parent, forwarding);
    if (!router) return fail(router.error());
    if (Status status = check_collisions(draft.now(), forwarding); !status) return status;
    if (before != nullptr && *before == forwarding) return {};
    FloatingIp floating = *parent;
    floating.router = *router;
    if (floating == *parent)
      draft.bump<FloatingIp>(floating.id.uuid);
    else
      draft.update(std::move(floating));
    draft.bump<Port>(forwarding.internal_port.uuid);
    return {};
  }

  static Status release(Draft& draft, const PortForwarding& forwarding) {
    release_forwarding(draft, forwarding);
    return {};
  }
};

}  // namespace

KindRules port_forwarding_rules() {
  return plain_rules<PortForwardingRules>();
}

}  // namespace tarn::model::admission
