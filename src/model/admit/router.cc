// Routers. Request-only words: those of router_parts.h.
#include "model/admit/plain.h"
#include "model/admit/router_parts.h"

namespace tarn::model::admission {
namespace {

// How a router is made may change only while it is down, and was down before the request.
Status check_mode(const Router& before, const Router& router) {
  if (!before.admin_state_up && !router.admin_state_up) return {};
  if (before.distributed != router.distributed) {
    return bad_request("router",
                       "Cannot change the 'distributed' attribute of active routers. Please set router "
                       "admin_state_up to False prior to upgrade.");
  }
  if (before.ha != router.ha) {
    return bad_request("router",
                       "Cannot change HA attribute of active routers. Please set router admin_state_up to False "
                       "prior to upgrade.");
  }
  return {};
}

Status check_zones(const Snapshot& cloud, const Router& router) {
  for (const std::string& zone : router.availability_zone_hints) {
    bool known = false;
    for (const auto& [id, agent] : cloud.agents()) known = known || agent->availability_zone == zone;
    if (!known)
      return fail(ErrorCode::not_found, "AvailabilityZoneNotFound",
                  "AvailabilityZone " + zone + " could not be found.");
  }
  return {};
}

// What is chosen once, when a router is made, by its client or else by the operator.
Status make_choices(const Draft& draft, const Request& request, Router& router) {
  if (!is_given(request.given, "distributed")) router.distributed = draft.limits().router_distributed;
  if (!is_given(request.given, "ha")) router.ha = draft.limits().router_ha;
  return check_zones(draft.now(), router);
}

struct RouterRules {
  using Row = Router;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},
      {"name", When::both},
      {"description", When::both},
      {"tags", When::both},
      {"admin_state_up", When::both},
      {"distributed", When::both},
      {"ha", When::both},
      {"enable_ndp_proxy", When::both},
      {"availability_zone_hints", When::created},
      {"flavor", When::created},
      {"routes", When::changed},
      {"gateway", When::both},
      {"external_gateways", When::both},
      {"add_gateways", When::changed},
      {"update_gateways", When::changed},
      {"remove_gateways", When::changed},
      {"add_interface", When::changed},
      {"remove_interface", When::changed},
      {"remove_prefix", When::changed},
      {"add_routes", When::changed},
      {"remove_routes", When::changed},
      {"choose_host", When::changed},
      {"bar_host", When::changed},
  };
  static constexpr std::string_view words[] = {
      "gateway",          "external_gateways", "add_gateways", "update_gateways", "remove_gateways", "add_interface",
      "remove_interface", "remove_prefix",     "add_routes",   "remove_routes",   "choose_host",     "bar_host"};

  static Status settle(Draft& draft, const Request& request, const Router* before, Router& router) {
    const Status allowed = before != nullptr ? check_mode(*before, router) : make_choices(draft, request, router);
    if (!allowed) return allowed;
    if (Status status = check_flavor(draft, request.given, before, router); !status) return status;
    if (Status status = settle_gateways(draft, request.given, router); !status) return status;
    if (Status status = settle_interfaces(draft, request.given, router); !status) return status;
    if (Status status = settle_hosts(draft, request.given, router); !status) return status;
    if (Status status = settle_routes(draft, request.given, before, router); !status) return status;
    return settle_ndp_proxying(draft, request.given, before, router);
  }

  static Status release(Draft& draft, const Router& router) {
    std::string attached;
    for (const Port* port : interfaces_of(draft.now(), router.id)) {
      attached += (attached.empty() ? "" : ", ") + port->id.text();
    }
    if (!attached.empty()) {
      return fail(ErrorCode::conflict, "RouterInUse",
                  "Router " + router.id.text() + " has ports still attached: " + attached + ".");
    }
    Router ending = router;
    if (Status status = release_gateways(draft, ending); !status) return status;
    for (const Kind kind : {Kind::conntrack_helper, Kind::topology}) {
      for (const Uuid& id : draft.now().referrers(router.id.uuid, kind)) draft.remove(kind, id);
    }
    return {};
  }
};

}  // namespace

KindRules router_rules() {
  return plain_rules<RouterRules>();
}

}  // namespace tarn::model::admission
