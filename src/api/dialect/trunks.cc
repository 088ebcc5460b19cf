// The table's rows for trunks, and what ports show of the one that they are the parent of.
#include <algorithm>
#include <memory>

#include "api/dialect/port_services.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::Port;
using model::Trunk;

json::object show_sub_port(const model::SubPort& sub) {
  return {{"port_id", sub.port.text()}, {"segmentation_type", "vlan"}, {"segmentation_id", sub.segmentation_id}};
}

json::value show_sub_ports(const std::vector<model::SubPort>& subs) {
  json::array shown;
  for (const auto& sub : subs) shown.push_back(show_sub_port(sub));
  return shown;
}

// A trunk works when all that it carries does; what its host still has to wire is being built.
json::value status(const View& view) {
  const Trunk& trunk = view.as<Trunk>();
  if (!is_active(view.snapshot, trunk.port)) return "DOWN";
  const auto works = [&](const model::SubPort& sub) { return is_active(view.snapshot, sub.port); };
  return std::ranges::all_of(trunk.sub_ports, works) ? "ACTIVE" : "BUILD";
}

const Trunk* trunk_below(const View& port) {
  const PortId id = port.as<Port>().id;
  for (const Uuid& each : port.snapshot.referrers(id.uuid, model::Kind::trunk)) {
    const Trunk* trunk = port.snapshot.find<Trunk>(each)->row.get();
    if (trunk->port == id) return trunk;
  }
  return nullptr;
}

json::value details(const View& view) {
  const Trunk* trunk = trunk_below(view);
  if (!trunk) return nullptr;
  json::array subs(view.storage);
  for (const auto& sub : trunk->sub_ports) {
    json::object shown = show_sub_port(sub);
    if (const auto* port = view.snapshot.find(sub.port)) shown["mac_address"] = (*port)->mac.text();
    subs.push_back(std::move(shown));
  }
  return {{"trunk_id", trunk->id.text()}, {"sub_ports", std::move(subs)}};
}

void add_attributes(std::vector<Attribute>& rows) {
  rows.push_back({.name = "admin_state_up",
                  .type = boolean(),
                  .model = member(&Trunk::admin_state_up),
                  .given = Given::both,
                  .absent = "true",
                  .sort = true,
                  .alias = "trunk"});
  rows.push_back({.name = "port_id",
                  .type = uuid(),
                  .model = member(&Trunk::port),
                  .given = Given::post,
                  .required = true,
                  .sort = true,
                  .alias = "trunk"});
  rows.push_back({.name = "status", .type = shown_text(), .model = derived(status), .sort = true, .alias = "trunk"});
  rows.push_back({.name = "sub_ports",
                  .type = sub_ports(),
                  .model = member(&Trunk::sub_ports, show_sub_ports),
                  .given = Given::post,
                  .absent = "[]",
                  .filter = false,
                  .alias = "trunk"});
}

// Answered with the trunk that comes of it, without a root: so clients have always read it.
Action change(std::string name, std::string word, std::shared_ptr<const std::vector<Attribute>> rows) {
  Attribute subs{.name = "sub_ports", .type = sub_ports(), .model = {std::move(word)}, .required = true};
  return {.name = std::move(name),
          .body = {std::move(subs)},
          .answer = [rows = std::move(rows)](const View& view) -> json::value {
            json::object shown;
            for (const Attribute& each : *rows) shown[each.name] = each.model.read(view);
            return shown;
          },
          .alias = "trunk"};
}

}  // namespace

void add_trunk_details(std::vector<Attribute>& rows) {
  rows.push_back({.name = "trunk_details",
                  .type = shown("object"),
                  .model = derived(details),
                  .filter = false,
                  .alias = "trunk-details",
                  .shown_if = [](const View& view) { return trunk_below(view) != nullptr; }});
}

Resource trunks() {
  Resource resource{.singular = "trunk",
                    .plural = "trunks",
                    .kind = model::Kind::trunk,
                    .alias = "trunk",
                    .not_found = "TrunkNotFound"};
  add_standard<Trunk>(resource);
  add_attributes(resource.attributes);
  const auto rows = std::make_shared<const std::vector<Attribute>>(resource.attributes);
  resource.actions.push_back(change("add_subports", "add_sub_ports", rows));
  resource.actions.push_back(change("remove_subports", "remove_sub_ports", rows));
  resource.actions.push_back({.name = "get_subports",
                              .answer = [](const View& view) -> json::value {
                                return {{"sub_ports", show_sub_ports(view.as<Trunk>().sub_ports)}};
                              },
                              .reads = true,
                              .alias = "trunk"});
  return resource;
}

}  // namespace tarn::api::dialect
