// The table's rows for BGP: speakers, their peers, and which agents announce for which speaker.
#include "api/dialect/copies.h"
#include "api/dialect/standard.h"
#include "model/bgp_routes.h"

namespace tarn::api::dialect {
namespace {

using model::Agent;
using model::BgpPeer;
using model::BgpSpeaker;

constexpr const char* alias = "bgp";
constexpr const char* wide_alias = "bgp_4byte_asn";
constexpr const char* places_alias = "bgp_dragent_scheduler";

// RFC 6793; 0 is nobody's (RFC 7607).
Type as_number() {
  return integer(1, 0xffff'ffff);
}

json::value auth_name(model::BgpAuth auth) {
  return auth == model::BgpAuth::md5 ? "md5" : "none";
}

void belong(Resource& resource) {
  for (Attribute& each : resource.attributes)
    if (each.alias.empty()) each.alias = resource.alias;
}

Attribute needed(std::string name, Type type, Mapping model, std::string owner = {}) {
  return {.name = std::move(name),
          .type = std::move(type),
          .model = std::move(model),
          .given = Given::post,
          .required = true,
          .sort = true,
          .alias = std::move(owner)};
}

Resource peers() {
  Resource resource{.singular = "bgp_peer",
                    .plural = "bgp_peers",
                    .path = "bgp-peers",
                    .kind = model::Kind::bgp_peer,
                    .alias = alias,
                    .not_found = "BgpPeerNotFound"};
  add_identity<BgpPeer>(resource);
  auto& rows = resource.attributes;
  rows.push_back(needed("peer_ip", ip(), member(&BgpPeer::address)));
  rows.push_back(needed("remote_as", as_number(), member(&BgpPeer::remote_as), wide_alias));
  rows.push_back(needed("auth_type", one_of({{"none", "none"}, {"md5", "md5"}}), member(&BgpPeer::auth, auth_name)));
  rows.push_back({.name = "password",
                  .type = or_null(text(255)),
                  .model = {field_name(&BgpPeer::password)},  // never shown
                  .given = Given::both,
                  .absent = "null",
                  .filter = false});
  belong(resource);
  return resource;
}

Attribute flag(std::string name, bool BgpSpeaker::* field) {
  return {.name = std::move(name),
          .type = boolean(),
          .model = member(field),
          .given = Given::both,
          .absent = "true",
          .sort = true};
}

// A change by one id, answered with that id.
Action change(std::string name, std::string word, std::string field) {
  return {.name = std::move(name),
          .body = {{.name = word, .type = uuid(), .model = {field}, .required = true}},
          .told = [word, field](const View&, const View&, const json::object& given) -> json::value {
            return {{word, given.at(field)}};
          },
          .alias = alias};
}

json::value routes(const View& view) {
  json::array shown(view.storage);
  for (const auto& [destination, next_hop] : model::advertised_routes(view.snapshot, view.as<BgpSpeaker>()))
    shown.push_back({{"destination", destination.text()}, {"next_hop", next_hop.text()}});
  return {{"advertised_routes", std::move(shown)}};
}

Resource speakers() {
  Resource resource{.singular = "bgp_speaker",
                    .plural = "bgp_speakers",
                    .path = "bgp-speakers",
                    .kind = model::Kind::bgp_speaker,
                    .alias = alias,
                    .not_found = "BgpSpeakerNotFound"};
  add_identity<BgpSpeaker>(resource);
  auto& rows = resource.attributes;
  rows.push_back(needed("local_as", as_number(), member(&BgpSpeaker::local_as), wide_alias));
  rows.push_back(needed("ip_version", ip_version(), member(&BgpSpeaker::ip_version)));
  rows.push_back(flag("advertise_floating_ip_host_routes", &BgpSpeaker::advertise_floating_ips));
  rows.push_back(flag("advertise_tenant_networks", &BgpSpeaker::advertise_tenant_networks));
  for (Attribute each : {Attribute{.name = "networks", .type = uuids(), .model = member(&BgpSpeaker::networks)},
                         Attribute{.name = "peers", .type = uuids(), .model = member(&BgpSpeaker::peers)}}) {
    each.filter = false;
    rows.push_back(std::move(each));
  }
  belong(resource);
  resource.actions = {change("add_bgp_peer", "bgp_peer_id", "add_peer"),
                      change("remove_bgp_peer", "bgp_peer_id", "remove_peer"),
                      change("add_gateway_network", "network_id", "add_network"),
                      change("remove_gateway_network", "network_id", "remove_network"),
                      {.name = "get_advertised_routes", .answer = routes, .reads = true, .alias = alias}};
  return resource;
}

std::vector<Made> agents_of_speaker(const View& parent, const Show& show) {
  std::vector<Made> all;
  for (const std::string& host : model::hosts_of(parent.snapshot, parent.as<BgpSpeaker>()))
    all.push_back(show(parent.of(parent.snapshot.agent_on(host)->row.get())));
  return all;
}

std::vector<Made> speakers_of_agent(const View& parent, const Show& show) {
  std::vector<Made> all;
  for (const auto& [id, speaker] : parent.snapshot.table<BgpSpeaker>())
    if (model::speaks_on(parent.snapshot, *speaker, parent.as<Agent>().host))
      all.push_back(show(parent.of(speaker.row.get())));
  return all;
}

}  // namespace

std::vector<Resource> bgp() {
  Resource of_agent = copies(speakers(), "agents", "bgp-drinstances", places_alias, speakers_of_agent);
  of_agent.choosing = by_host("bgp-speakers", "bgp_speaker_id", "bgp-drinstance");
  return {peers(), speakers(), copies(agents(), "bgp-speakers", "bgp-dragents", places_alias, agents_of_speaker),
          std::move(of_agent)};
}

}  // namespace tarn::api::dialect
