#include "api/dialect/answering.h"

#include <algorithm>
#include <set>

#include "model/candidates.h"
#include "model/gateways.h"

namespace tarn::api::dialect {
namespace {

using model::Gateway;
using model::Router;

// None for a gateway on a network that nobody can offer.
const std::vector<std::string>& hosts_for(const View& view, const Gateway& gateway) {
  Answering& found = *view.answering;
  if (found.gateway == gateway.port) return found.hosts;
  found.gateway = gateway.port;
  if (!found.ranking) found.ranking.emplace(view.snapshot);
  found.hosts = found.ranking->of(gateway);
  return found.hosts;
}

bool is_up(const View& view, const Router& router, NetworkId outside) {
  const auto* network = view.snapshot.find(outside);
  return router.admin_state_up && network != nullptr && (*network)->admin_state_up;
}

// Whether what comes for the host's instances from outside reaches it. Its agent may be administratively down: then it
// answers for no gateway, and still for its own.
bool is_reached(const View& view, const std::string& host, NetworkId outside) {
  const auto* agent = host.empty() ? nullptr : view.snapshot.agent_on(host);
  return agent != nullptr && view.hears(host) &&
         (*agent)->bridge_mappings.contains((**view.snapshot.find(outside)).physical_network);
}

void add_place(std::vector<Place>& places, Place place) {
  const auto there = std::ranges::find(places, place.host, &Place::host);
  if (there == places.end())
    places.push_back(std::move(place));
  else
    there->duty = std::max(there->duty, place.duty);
}

std::set<std::string> hosts_beside(const View& view, const Router& router) {
  std::set<std::string> hosts;
  for (const PortId& id : view.snapshot.interfaces_of(router.id))
    for (std::string& host : view.snapshot.hosts_of((**view.snapshot.find(id)).network)) hosts.insert(std::move(host));
  return hosts;
}

}  // namespace

bool is_somebody_there(const View& view) {
  std::optional<bool>& somebody = view.answering->somebody;
  if (!somebody) {
    const auto is_heard = [&](const auto& entry) { return view.hears(entry.second->host); };
    somebody = std::ranges::any_of(view.snapshot.agents(), is_heard);
  }
  return *somebody;
}

std::optional<WayOut> way_out_of(const View& view) {
  const auto& port = view.as<model::Port>();
  if (port.device_owner != "network:router_gateway") return std::nullopt;
  for (const Uuid& id : view.snapshot.referrers(port.id.uuid, model::Kind::router)) {
    const Router& router = **view.snapshot.find<Router>(id);
    const auto gateway = std::ranges::find(router.gateways, port.id, &Gateway::port);
    if (gateway != router.gateways.end()) return WayOut{&router, &*gateway};
  }
  return std::nullopt;
}

std::optional<std::string_view> answering_host(const View& view, const Gateway& gateway) {
  const auto& hosts = hosts_for(view, gateway);
  const auto first = std::ranges::find_if(hosts, [&](const std::string& host) { return view.hears(host); });
  return first == hosts.end() ? std::nullopt : std::optional<std::string_view>(*first);
}

bool is_answered(const View& view, const WayOut& way) {
  const auto* port = view.snapshot.find(way.gateway->port);
  return port != nullptr && (*port)->admin_state_up && is_up(view, *way.router, way.gateway->network) &&
         answering_host(view, *way.gateway);
}

bool is_answered(const View& view, const model::FloatingIp& floating) {
  const auto* router = floating.router ? view.snapshot.find<Router>(floating.router->uuid) : nullptr;
  if (router == nullptr) return false;
  const auto gateway = std::ranges::find((*router)->gateways, floating.network, &Gateway::network);
  if (gateway == (*router)->gateways.end()) return false;
  const auto* port = floating.port ? view.snapshot.find(*floating.port) : nullptr;
  if (port == nullptr) return is_answered(view, WayOut{router->row.get(), &*gateway});
  if (model::holds_for_others(**port) && floating.fixed_address) {
    const std::set<std::string> hosts = model::hosts_for(view.snapshot, **port, *floating.fixed_address);
    return std::ranges::any_of(hosts, [&](const std::string& host) { return view.hears(host); }) &&
           is_up(view, **router, floating.network) && answering_host(view, *gateway);
  }
  return is_up(view, **router, floating.network) && is_reached(view, model::bound_host(**port), floating.network);
}

std::vector<Place> places_of(const View& view, const Router& router) {
  std::vector<Place> places;
  for (const Gateway& gateway : router.gateways) {
    const auto answers = answering_host(view, gateway);
    const auto& hosts = hosts_for(view, gateway);
    for (const std::string& host : hosts) {
      const bool is_first = host == hosts.front();
      const Duty duty = host == answers ? Duty::active : is_first && !answers ? Duty::unknown : Duty::standby;
      add_place(places, {host, duty});
    }
  }
  if (!places.empty()) return places;
  for (const std::string& host : hosts_beside(view, router))
    places.push_back({host, view.hears(host) ? Duty::active : Duty::unknown});
  std::erase_if(places, [&](const Place& place) {
    return std::ranges::find(router.barred_hosts, place.host) != router.barred_hosts.end();
  });
  if (!router.gateways.empty()) return places;
  for (const std::string& host : router.chosen_hosts) {
    const auto* agent = view.snapshot.agent_on(host);
    if (agent != nullptr && (*agent)->admin_state_up) add_place(places, {host, Duty::standby});
  }
  return places;
}

std::vector<const Router*> routers_at(const View& view, const std::string& host) {
  std::set<RouterId> near = model::routers_out_by(view.snapshot, model::offered(view.snapshot, host));
  for (const PortId& port : view.snapshot.ports_on(host))
    for (const PortId& interface : view.snapshot.interfaces_on((**view.snapshot.find(port)).network))
      if (const auto router = model::router_of(**view.snapshot.find(interface))) near.insert(*router);
  for (const auto& [id, router] : view.snapshot.table<Router>())
    if (std::ranges::find(router->chosen_hosts, host) != router->chosen_hosts.end()) near.insert(router->id);
  std::vector<const Router*> routers;
  for (const RouterId& id : near) {
    const auto* router = view.snapshot.find<Router>(id.uuid);
    if (router == nullptr) continue;
    const auto places = places_of(view, **router);
    if (std::ranges::find(places, host, &Place::host) != places.end()) routers.push_back(router->row.get());
  }
  return routers;
}

}  // namespace tarn::api::dialect
