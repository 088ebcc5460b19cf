#include "model/slice_speakers.h"

#include <algorithm>

#include "model/gateways.h"
#include "model/slice_items.h"

namespace tarn::model::speakers {
namespace {

// What may be announced in another way: whole speakers, and of all speakers the routes that lead to a router.
struct Noticed {
  std::set<BgpSpeakerId> speakers;
  std::set<RouterId> routers;

  void of_network(const Snapshot& cloud, NetworkId network) {
    for (const Uuid& id : cloud.referrers(network.uuid, Kind::bgp_speaker)) speakers.insert({id});
  }
  void of_peer(const Snapshot& cloud, BgpPeerId peer) {
    for (const Uuid& id : cloud.referrers(peer.uuid, Kind::bgp_speaker)) speakers.insert({id});
  }
  // Its pool may be of another address scope: of a gateway's network all tenants' networks are asked again, of a
  // tenant's the routers that are on it.
  void of_subnet(const Snapshot& cloud, const Subnet& subnet) {
    for (const RouterId& router : routers_out_by(cloud, subnet.network)) routers.insert(router);
    for (const PortId& port : cloud.interfaces_on(subnet.network))
      if (const auto router = router_of(**cloud.find(port))) routers.insert(*router);
  }
  void of_pool(const Snapshot& cloud, const SubnetPool& pool) {
    for (const Uuid& id : cloud.referrers(pool.id.uuid, Kind::subnet)) of_subnet(cloud, **cloud.find<Subnet>(id));
  }
  void of_port(const Snapshot& cloud, const Port& port) {
    if (const auto router = router_of(port)) routers.insert(*router);
    for (const Uuid& id : cloud.referrers(port.id.uuid, Kind::router)) routers.insert({id});
  }
};

Noticed noticed(const Snapshot& before, const Snapshot& after, const Changes& changes) {
  Noticed all;
  each_side(changes.bgp_speakers, before, after,
            [&](const Snapshot&, const BgpSpeaker& speaker) { all.speakers.insert(speaker.id); });
  each_side(changes.bgp_peers, before, after,
            [&](const Snapshot& cloud, const BgpPeer& peer) { all.of_peer(cloud, peer.id); });
  each_side(changes.networks, before, after,
            [&](const Snapshot& cloud, const Network& network) { all.of_network(cloud, network.id); });
  each_side(changes.routers, before, after,
            [&](const Snapshot&, const Router& router) { all.routers.insert(router.id); });
  each_side(changes.floating_ips, before, after, [&](const Snapshot&, const FloatingIp& floating) {
    if (floating.router) all.routers.insert(*floating.router);
  });
  each_side(changes.ports, before, after, [&](const Snapshot& cloud, const Port& port) { all.of_port(cloud, port); });
  each_side(changes.subnets, before, after,
            [&](const Snapshot& cloud, const Subnet& subnet) { all.of_subnet(cloud, subnet); });
  each_side(changes.pools, before, after,
            [&](const Snapshot& cloud, const SubnetPool& pool) { all.of_pool(cloud, pool); });
  return all;
}

void put(Slice& slice, items::Named item) {
  slice = slice.with(std::move(item.first), std::move(item.second));
}

void drop_all(Slice& slice, const SliceName& prefix) {
  std::vector<SliceName> names;
  for (auto at = slice.lower_bound(prefix); at != slice.end() && (*at).first.starts_with(prefix); ++at)
    names.push_back((*at).first);
  for (const SliceName& name : names) slice = slice.without(name);
}

void add_routes(Slice& slice, const Snapshot& cloud, const BgpSpeaker& speaker, RouterId router) {
  for (const BgpRoute& route : routes_by(cloud, speaker, router))
    put(slice, items::of_route(speaker.id, router, route));
}

void drop_speaker(Slice& slice, BgpSpeakerId id) {
  slice = slice.without(items::name(id));
  drop_all(slice, items::peers_prefix(id));
  drop_all(slice, items::routes_prefix(id));
}

void add_speaker(Slice& slice, const Snapshot& cloud, const Versioned<BgpSpeaker>& speaker, const std::string& host) {
  if (!speaks_on(cloud, *speaker, host)) return;
  put(slice, items::of_speaker(speaker));
  for (const BgpPeerId& id : speaker->peers)
    if (const auto* peer = cloud.find<BgpPeer>(id.uuid)) put(slice, items::of_peer(speaker, *peer));
  for (const RouterId& router : routers_of(cloud, *speaker)) add_routes(slice, cloud, *speaker, router);
}

// Of a cloud without speakers nothing need be looked at.
bool has_none(const Snapshot& before, const Snapshot& after) {
  return before.table<BgpSpeaker>().empty() && after.table<BgpSpeaker>().empty();
}

}  // namespace

void add(Slice& slice, const Snapshot& cloud, const std::string& host) {
  for (const auto& [id, speaker] : cloud.table<BgpSpeaker>()) add_speaker(slice, cloud, speaker, host);
}

void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::string& host) {
  if (has_none(before, after)) return;
  Noticed all = noticed(before, after, changes);
  if (hosts_of(changes.agents).contains(host)) {
    for (const Snapshot* cloud : {&before, &after})
      for (const auto& [id, speaker] : cloud->table<BgpSpeaker>()) all.speakers.insert({id});
  }
  for (const BgpSpeakerId& id : all.speakers) {
    drop_speaker(slice, id);
    if (const auto* speaker = after.find<BgpSpeaker>(id.uuid)) add_speaker(slice, after, *speaker, host);
  }
  if (all.routers.empty()) return;
  for (const auto& [id, speaker] : after.table<BgpSpeaker>()) {
    if (all.speakers.contains({id}) || !speaks_on(after, *speaker, host)) continue;
    for (const RouterId& router : all.routers) {
      drop_all(slice, items::routes_prefix({id}, router));
      add_routes(slice, after, *speaker, router);
    }
  }
}

void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts) {
  if (has_none(before, after)) return;
  const Noticed all = noticed(before, after, changes);
  for (const std::string& host : hosts_of(changes.agents)) hosts.insert(host);
  for (const Snapshot* cloud : {&before, &after}) {
    for (const auto& [id, speaker] : cloud->table<BgpSpeaker>()) {
      const bool leads = all.speakers.contains({id}) || std::ranges::any_of(all.routers, [&](const RouterId& router) {
                           return !routes_by(*cloud, *speaker, router).empty();
                         });
      if (!leads) continue;
      hosts.merge(hosts_of(*cloud, *speaker));
    }
  }
}

}  // namespace tarn::model::speakers
