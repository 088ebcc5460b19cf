// Tap services, tap flows and tap mirrors. Whom one may listen to is asked here: a port's traffic is copied for its own
// project, or by an administrator. Request-only word: `directions` of a mirror, an object of keys by direction.
#include "model/admit/tap.h"

#include "model/admit/log.h"
#include "model/admit/plain.h"
#include "model/admit/segment.h"
#include "model/json_fields.h"
#include "model/taps.h"

namespace tarn::model::admission {
namespace {

constexpr std::uint32_t erspan_session_max = 1023;  // ten bits (draft-foschiano-erspan-03 section 4.1)

Refusal foreign_port() {
  return fail(ErrorCode::forbidden, "PortDoesNotBelongToTenant", "The specified port does not belong to the tenant.");
}

Status check_port_of(const Draft& draft, PortId id, const std::string& project) {
  const Result<Port> port = row_for<Port>(draft, id.uuid);
  if (!port) return fail(port.error());
  if (port->standard.project_id != project) return foreign_port();
  return {};
}

void drop_flows(Draft& draft, const Uuid& service) {
  for (const Uuid& id : draft.now().referrers(service, Kind::tap_flow)) draft.remove(Kind::tap_flow, id);
}

struct TapServiceRules {
  using Row = TapService;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"name", When::both}, {"description", When::both}, {"port", When::created}};
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const TapService* before, TapService& service) {
    if (before != nullptr) return {};
    if (Status status = check_port_of(draft, service.port, service.standard.project_id); !status) return status;
    const Result<std::uint32_t> vni = choose_vni(draft, service.standard.project_id, service.id.uuid);
    if (!vni) return fail(vni.error());
    service.segmentation_id = *vni;
    return {};
  }
  static Status release(Draft& draft, const TapService& service) {
    drop_flows(draft, service.id.uuid);
    return {};
  }
};

struct TapFlowRules {
  using Row = TapFlow;
  static constexpr Attribute attributes[] = {{"project_id", When::created}, {"name", When::both},
                                             {"description", When::both},   {"service", When::created},
                                             {"source", When::created},     {"direction", When::created},
                                             {"vlan_filter", When::created}};
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const TapFlow* before, TapFlow& flow) {
    if (before != nullptr) return {};
    const Result<TapService> service = row_for<TapService>(draft, flow.service.uuid);
    if (!service) return fail(service.error());
    if (service->standard.project_id != flow.standard.project_id)
      return fail(ErrorCode::forbidden, "TapServiceNotBelongToTenant",
                  "Specified Tap Service does not belong to the tenant.");
    const Result<Port> source = row_for<Port>(draft, flow.source.uuid);
    if (!source) return fail(source.error());
    if (source->standard.project_id != flow.standard.project_id && !draft.caller().everywhere) return foreign_port();
    if (flow.vlan_filter && !is_vlan_filter(*flow.vlan_filter))
      return invalid_input("'" + *flow.vlan_filter + "' is not a list of VLAN ids like '9,18,27-36'.");
    return {};
  }
  static Status release(Draft&, const TapFlow&) { return {}; }
};

// `{"in": 5, "both": 7}`; without any key nothing would be copied.
Status take_directions(const boost::json::object& given, TapMirror& mirror) {
  const boost::json::value* directions = given.if_contains("directions");
  if (directions == nullptr || !directions->is_object()) return invalid_input("a tap mirror needs 'directions'.");
  std::size_t taken = 0;
  for (const auto& [name, key] :
       {std::pair("in", &TapMirror::key_in), {"out", &TapMirror::key_out}, {"both", &TapMirror::key_both}}) {
    const boost::json::value* number = directions->get_object().if_contains(name);
    if (number == nullptr) continue;
    if (Status status = fields::take(name, *number, (mirror.*key).emplace()); !status)
      return invalid_input(status.error().message);
    ++taken;
  }
  if (taken == 0) return invalid_input("a tap mirror is for one direction at least.");
  if (taken < directions->get_object().size()) return invalid_input("there is no such direction.");
  return {};
}

Status check_keys(const Draft& draft, const TapMirror& mirror) {
  const auto keys = {mirror.key_in, mirror.key_out, mirror.key_both};
  const auto has = [&](const TapMirror& other, std::uint32_t key) {
    return other.key_in == key || other.key_out == key || other.key_both == key;
  };
  for (const std::optional<std::uint32_t>& key : keys) {
    if (!key) continue;
    if (mirror.type == MirrorType::erspan_v1 && *key > erspan_session_max)
      return invalid_input("the session id of ERSPAN is at most " + std::to_string(erspan_session_max) + ".");
    for (const auto& [id, other] : draft.now().table<TapMirror>()) {
      if (!has(*other, *key)) continue;
      return fail(ErrorCode::conflict, "TapMirrorTunnelConflict",
                  "Tap Mirror with tunnel_id " + std::to_string(*key) + " already exists.");
    }
  }
  return {};
}

struct TapMirrorRules {
  using Row = TapMirror;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"name", When::both},    {"description", When::both},  {"port", When::created},
      {"remote", When::created},     {"type", When::created}, {"directions", When::created}};
  static constexpr std::string_view words[] = {"directions"};

  static Status settle(Draft& draft, const Request& request, const TapMirror* before, TapMirror& mirror) {
    if (before != nullptr) return {};
    if (Status status = take_directions(request.given, mirror); !status) return status;
    if (Status status = check_port_of(draft, mirror.port, mirror.standard.project_id); !status) return status;
    return check_keys(draft, mirror);
  }
  static Status release(Draft&, const TapMirror&) { return {}; }
};

}  // namespace

void drop_watchers(Draft& draft, PortId port) {
  drop_logs(draft, port.uuid);
  for (const Uuid& service : draft.now().referrers(port.uuid, Kind::tap_service)) {
    drop_flows(draft, service);
    draft.remove(Kind::tap_service, service);
  }
  for (const Kind kind : {Kind::tap_flow, Kind::tap_mirror})
    for (const Uuid& id : draft.now().referrers(port.uuid, kind)) draft.remove(kind, id);
}

std::uint32_t adopted_vni(const Draft& draft, const TapService& service) {
  const Versioned<TapService>* held = draft.now().find<TapService>(service.id.uuid);
  if (held != nullptr) return (*held)->segmentation_id;
  return choose_vni(draft, service.standard.project_id, service.id.uuid).value_or(0);
}

void yield_vni(Draft& draft, const Snapshot::Segment& segment) {
  const std::optional<Uuid> owner = draft.now().owner_of(segment);
  const Versioned<TapService>* held = owner ? draft.now().find<TapService>(*owner) : nullptr;
  if (held == nullptr) return;
  TapService service = **held;
  service.segmentation_id = choose_vni(draft, service.standard.project_id, service.id.uuid).value_or(0);
  draft.put(std::move(service));
}

KindRules tap_service_rules() {
  return plain_rules<TapServiceRules>();
}
KindRules tap_flow_rules() {
  return plain_rules<TapFlowRules>();
}
KindRules tap_mirror_rules() {
  return plain_rules<TapMirrorRules>();
}

}  // namespace tarn::model::admission
