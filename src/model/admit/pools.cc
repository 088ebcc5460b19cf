#include "model/admit/pools.h"

#include <algorithm>
#include <limits>

namespace tarn::model::admission {
namespace {

std::string text(const AddressRange& range) {
  return range.first.text() + "-" + range.last.text();
}

}  // namespace

AddressRange usable(const Prefix& cidr) {
  const Ip first = cidr.first();
  const Ip last = cidr.last();
  if (cidr.length >= first.bits() - 1) return {first, last};
  return {first.plus(1), first.is_v4() ? last.minus_one() : last};
}

std::uint64_t addresses_in(const AddressRange& range) {
  std::uint64_t distance = 0;  // of the leading bytes so far: never negative, as first <= last
  bool beyond = false;         // the distance does not fit: some byte was shifted out
  for (std::size_t i = 0; i < range.first.size(); ++i) {
    beyond = beyond || distance >> 56 != 0;
    distance = distance * 256 + range.last.bytes[i] - range.first.bytes[i];
  }
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return beyond || distance == most ? most : distance + 1;
}

std::vector<AddressRange> default_pools(const Prefix& cidr, const std::optional<Ip>& gateway) {
  const AddressRange all = usable(cidr);
  if (!gateway || *gateway < all.first || all.last < *gateway) return {all};
  std::vector<AddressRange> pools;
  if (all.first < *gateway) pools.push_back({all.first, gateway->minus_one()});
  if (*gateway < all.last) pools.push_back({gateway->plus(1), all.last});
  return pools;
}

Status settle_pools(const Prefix& cidr, std::vector<AddressRange>& pools) {
  const AddressRange all = usable(cidr);
  for (const AddressRange& pool : pools) {
    if (pool.first.family != cidr.address.family || pool.last.family != cidr.address.family || pool.last < pool.first) {
      return fail(ErrorCode::invalid, "InvalidAllocationPool", "The allocation pool " + text(pool) + " is not valid.");
    }
    if (pool.first < all.first || all.last < pool.last) {
      return fail(ErrorCode::invalid, "OutOfBoundsAllocationPool",
                  "The allocation pool " + text(pool) + " spans beyond the subnet cidr " + cidr.text() + ".");
    }
  }
  std::ranges::sort(pools, {}, &AddressRange::first);
  for (std::size_t i = 1; i < pools.size(); ++i) {
    if (pools[i - 1].last < pools[i].first) continue;
    return fail(ErrorCode::conflict, "OverlappingAllocationPools",
                "Found overlapping allocation pools: " + text(pools[i - 1]) + " " + text(pools[i]) + " for subnet " +
                    cidr.text() + ".");
  }
  return {};
}

Status check_gateway_outside(const Ip& gateway, const std::vector<AddressRange>& pools) {
  for (const AddressRange& pool : pools) {
    if (gateway < pool.first || pool.last < gateway) continue;
    return fail(ErrorCode::conflict, "GatewayConflictWithAllocationPools",
                "Gateway ip " + gateway.text() + " conflicts with allocation pool " + text(pool) + ".");
  }
  return {};
}

}  // namespace tarn::model::admission
