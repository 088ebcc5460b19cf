// The table's rows for copies of what ports get and send: services and flows for a port of the cloud, mirrors for an
// address outside.
#include "api/dialect/port_services.h"
#include "api/dialect/records.h"
#include "api/dialect/refusal.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::TapFlow;
using model::TapMirror;
using model::TapService;

// Copies are made and taken where the ports are: both ends have to be there.
std::string_view service_status(const View& view) {
  return is_active(view.snapshot, view.as<TapService>().port) ? "ACTIVE" : "DOWN";
}
std::string_view flow_status(const View& view) {
  const TapFlow& flow = view.as<TapFlow>();
  const auto* service = view.snapshot.find<TapService>(flow.service.uuid);
  return is_active(view.snapshot, flow.source) && service && is_active(view.snapshot, (*service)->port) ? "ACTIVE"
                                                                                                        : "DOWN";
}

json::value direction_name(model::TapDirection direction) {
  switch (direction) {
    case model::TapDirection::in:
      return "IN";
    case model::TapDirection::out:
      return "OUT";
    case model::TapDirection::both:
      return "BOTH";
  }
  return nullptr;
}

json::value mirror_name(model::MirrorType type) {
  return type == model::MirrorType::gre ? "gre" : "erspanv1";
}

json::value show_directions(const View& view) {
  const TapMirror& mirror = view.as<TapMirror>();
  json::object shown(view.storage);
  for (const auto& [name, key] : {std::pair("IN", mirror.key_in), {"OUT", mirror.key_out}, {"BOTH", mirror.key_both}})
    if (key) shown[name] = *key;
  return shown;
}

Type directions() {
  const Type key = integer(0, 0xffff'ffff);  // RFC 2890 section 2: a key is 32 bits
  Type type = shown("object of tunnel keys: {IN?, OUT?, BOTH?}, at least one");
  type.accept = [key](const json::value& value) -> Result<json::value> {
    auto good = record(value, "direction",
                       {{"IN", "in", key, false}, {"OUT", "out", key, false}, {"BOTH", "both", key, false}});
    if (good && good->get_object().empty()) return refuse("a mirror is for one direction at least");
    return good;
  };
  return type;
}

// These resources know no revisions and no times.
template <class R>
void add_names(Resource& resource) {
  add_identity<R>(resource);
  resource.attributes.push_back({.name = "description",
                                 .type = text(1024),
                                 .model = standard<R>(&model::Standard::description),
                                 .given = Given::both,
                                 .absent = "\"\""});
}

Attribute needed(std::string name, Type type, Mapping model) {
  return {.name = std::move(name),
          .type = std::move(type),
          .model = std::move(model),
          .given = Given::post,
          .required = true};
}

Attribute status(std::string_view (*of)(const View&)) {
  return {.name = "status", .type = shown_text(), .model = derived(of)};
}

void belong(Resource& resource) {
  for (Attribute& each : resource.attributes) each.alias = resource.alias;
}

Resource tap_services() {
  Resource resource{.singular = "tap_service",
                    .plural = "tap_services",
                    .path = "taas/tap_services",
                    .kind = model::Kind::tap_service,
                    .alias = "taas",
                    .not_found = "TapServiceNotFound"};
  add_names<TapService>(resource);
  resource.attributes.push_back(needed("port_id", uuid(), member(&TapService::port)));
  resource.attributes.push_back(status(service_status));
  belong(resource);
  return resource;
}

Resource tap_flows() {
  Resource resource{.singular = "tap_flow",
                    .plural = "tap_flows",
                    .path = "taas/tap_flows",
                    .kind = model::Kind::tap_flow,
                    .alias = "taas",
                    .not_found = "TapFlowNotFound"};
  add_names<TapFlow>(resource);
  auto& rows = resource.attributes;
  rows.push_back(needed("tap_service_id", uuid(), member(&TapFlow::service)));
  rows.push_back(needed("source_port", uuid(), member(&TapFlow::source)));
  rows.push_back(needed("direction", one_of({{"IN", "in"}, {"OUT", "out"}, {"BOTH", "both"}}),
                        member(&TapFlow::direction, direction_name)));
  rows.push_back(status(flow_status));
  belong(resource);
  rows.push_back({.name = "vlan_filter",
                  .type = or_null(text(1024)),
                  .model = member(&TapFlow::vlan_filter),
                  .given = Given::post,
                  .absent = "null",
                  .filter = false,
                  .alias = "taas-vlan-filter"});
  return resource;
}

Resource tap_mirrors() {
  Resource resource{.singular = "tap_mirror",
                    .plural = "tap_mirrors",
                    .path = "taas/tap_mirrors",
                    .kind = model::Kind::tap_mirror,
                    .alias = "tap-mirror",
                    .not_found = "TapMirrorNotFound"};
  add_names<TapMirror>(resource);
  auto& rows = resource.attributes;
  rows.push_back(needed("port_id", uuid(), member(&TapMirror::port)));
  rows.push_back(needed("directions", directions(), {"directions", show_directions}));
  rows.back().filter = false;
  rows.push_back(needed("remote_ip", ip(), member(&TapMirror::remote)));
  rows.push_back(needed("mirror_type", one_of({{"erspanv1", "erspan_v1"}, {"gre", "gre"}}),
                        member(&TapMirror::type, mirror_name)));
  belong(resource);
  return resource;
}

}  // namespace

std::vector<Resource> taps() {
  return {tap_services(), tap_flows(), tap_mirrors()};
}

}  // namespace tarn::api::dialect
