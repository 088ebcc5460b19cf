// What this node's BGP daemon announces: a view for each speaker, its peers and routes, and the maps that they name.
#include "model/bgp_routes.h"
#include "render/render_units.h"

namespace tarn::render {

using domain::BgpItem;

namespace {

BgpItem::Key key_for(BgpItem::Kind kind, const model::Speaker& speaker, std::string name = {}) {
  return {kind, speaker.id.uuid, speaker.local_as, std::move(name)};
}

bool speaks(View& view) {
  const NodeConfig* config = view.config();
  return config != nullptr && config->bgp_router_id;
}

}  // namespace

Tables render_bgp_map(View& view, const UnitId& unit) {
  Tables tables;
  if (speaks(view)) tables.bgp.emplace(BgpItem::Key{.kind = BgpItem::Kind::map, .name = unit.name}, BgpItem::Spec{});
  return tables;
}

Tables render_speaker(View& view, const UnitId& unit) {
  Tables tables;
  const model::Speaker* speaker = view.speaker(unit.id);
  if (speaker == nullptr || !speaks(view)) return tables;
  tables.bgp.emplace(key_for(BgpItem::Kind::view, *speaker), BgpItem::Spec{.address = view.config()->bgp_router_id});
  return tables;
}

Tables render_speaker_peer(View& view, const UnitId& unit) {
  Tables tables;
  const model::Speaker* speaker = view.speaker(unit.id);
  const model::SpeakerPeer* peer = view.speaker_peer({Table::speaker_peer, unit.id, 0, unit.name});
  if (speaker == nullptr || peer == nullptr || !speaks(view)) return tables;
  tables.bgp.emplace(
      key_for(BgpItem::Kind::peer, *speaker, peer->address.text()),
      BgpItem::Spec{.ip_version = speaker->ip_version, .remote_as = peer->remote_as, .password = peer->password});
  return tables;
}

Tables render_routes_to(View& view, const UnitId& unit) {
  Tables tables;
  const model::Speaker* speaker = view.speaker(unit.id);
  model::BgpTable routes;
  for (const auto& [key, count] : view.bucket({Table::routes_to, unit.id, 0, unit.name}))
    if (const auto* route = view.speaker_route(key)) model::add_route(routes, {route->destination, route->next_hop});
  if (speaker == nullptr || !speaks(view)) return tables;
  for (const auto& [destination, next_hop] : routes)
    tables.bgp.emplace(key_for(BgpItem::Kind::route, *speaker, destination.text()),
                       BgpItem::Spec{.address = next_hop, .ip_version = speaker->ip_version});
  return tables;
}

}  // namespace tarn::render
