#include "model/slice_pools.h"

#include "model/slice_items.h"

namespace tarn::model::pools {
namespace {

void settle(Slice& slice, const Snapshot& cloud, SubnetPoolId id) {
  const auto* pool = cloud.find<SubnetPool>(id.uuid);
  const bool shown = pool != nullptr && cloud.any_referrer(id.uuid, Kind::subnet, [&](const Uuid& subnet) {
    return slice.find(items::name(SubnetId{subnet})) != nullptr;
  });
  if (!shown) {
    slice = slice.without(items::name(id));
    return;
  }
  items::Named item = items::of(*pool);
  slice = slice.with(std::move(item.first), std::move(item.second));
}

void notice(std::set<SubnetPoolId>& pools, const Subnet& subnet) {
  if (subnet.subnetpool) pools.insert(*subnet.subnetpool);
}

void notice(std::set<SubnetPoolId>& pools, const Snapshot& cloud, NetworkId network) {
  for (const SubnetId& subnet : cloud.subnets_of(network)) notice(pools, **cloud.find(subnet));
}

}  // namespace

void add(Slice& slice, const Snapshot& cloud) {
  std::set<SubnetPoolId> pools;
  for (const auto& [name, item] : slice)
    if (const auto* subnet = std::get_if<Subnet>(item.row.get())) notice(pools, *subnet);
  for (const SubnetPoolId& pool : pools) settle(slice, cloud, pool);
}

void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::set<NetworkId>& moved) {
  std::set<SubnetPoolId> pools;
  each_side(changes.pools, before, after, [&](const Snapshot&, const SubnetPool& pool) { pools.insert(pool.id); });
  each_side(changes.subnets, before, after, [&](const Snapshot&, const Subnet& subnet) { notice(pools, subnet); });
  for (const NetworkId& network : moved)
    for (const Snapshot* cloud : {&before, &after}) notice(pools, *cloud, network);
  for (const SubnetPoolId& pool : pools) settle(slice, after, pool);
}

void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<NetworkId>& networks) {
  each_side(changes.pools, before, after, [&](const Snapshot& cloud, const SubnetPool& pool) {
    for (const Uuid& subnet : cloud.referrers(pool.id.uuid, Kind::subnet))
      networks.insert((**cloud.find<Subnet>(subnet)).network);
  });
}

}  // namespace tarn::model::pools
