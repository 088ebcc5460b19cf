#include "model/admit/prefix_set.h"

#include <algorithm>

namespace tarn::model::admission {
namespace {

bool within(const Prefix& outer, const Prefix& inner) {
  return outer.length <= inner.length && outer.contains(inner.address);
}

Prefix parent_of(const Prefix& prefix) {
  return Prefix::of(prefix.address, prefix.length - 1);
}

Prefix upper_half_of(const Prefix& prefix) {
  Ip address = prefix.address;
  const auto bit = static_cast<std::size_t>(prefix.length);
  address.bytes[bit / 8] = static_cast<std::uint8_t>(address.bytes[bit / 8] | (0x80U >> (bit % 8)));
  return Prefix::of(address, prefix.length + 1);
}

// `taken` holds what may overlap `prefix`, in order. At most one level deeper for each bit of an address.
void subtract(const Prefix& prefix, std::span<const Prefix> taken, Prefixes& rest) {
  const auto first = std::ranges::find_if(taken, [&](const Prefix& each) { return each.overlaps(prefix); });
  if (first == taken.end()) return rest.push_back(prefix);
  if (within(*first, prefix)) return;
  const auto end = std::find_if(first, taken.end(), [&](const Prefix& each) { return !each.overlaps(prefix); });
  const std::span<const Prefix> inside(first, end);
  subtract(Prefix::of(prefix.address, prefix.length + 1), inside, rest);
  subtract(upper_half_of(prefix), inside, rest);
}

// The prefix of the list that holds the address, if any.
const Prefix* holder_of(const Prefixes& prefixes, const Ip& address) {
  const auto after =
      std::ranges::upper_bound(prefixes, address, {}, [](const Prefix& each) -> const Ip& { return each.address; });
  if (after == prefixes.begin()) return nullptr;
  const Prefix& before = *std::prev(after);
  return before.contains(address) ? &before : nullptr;
}

}  // namespace

Prefixes compacted(Prefixes prefixes) {
  std::ranges::sort(prefixes);
  Prefixes compact;
  for (const Prefix& prefix : prefixes) {
    if (!compact.empty() && within(compact.back(), prefix)) continue;
    compact.push_back(prefix);
    while (compact.size() > 1 && compact.back().length > 0) {
      const Prefix& lower = compact[compact.size() - 2];
      if (lower.length != compact.back().length || parent_of(lower) != parent_of(compact.back())) break;
      compact.pop_back();
      compact.back() = parent_of(compact.back());
    }
  }
  return compact;
}

bool covers(const Prefixes& outer, const Prefix& inner) {
  const Prefix* holder = holder_of(outer, inner.address);
  return holder != nullptr && within(*holder, inner);
}

bool covers(const Prefixes& outer, const Prefixes& inner) {
  return std::ranges::all_of(inner, [&](const Prefix& each) { return covers(outer, each); });
}

bool overlap(const Prefixes& a, const Prefixes& b) {
  const auto reaches = [](const Prefixes& into, const Prefix& from) {
    return holder_of(into, from.address) != nullptr;
  };
  return std::ranges::any_of(a, [&](const Prefix& each) { return reaches(b, each); }) ||
         std::ranges::any_of(b, [&](const Prefix& each) { return reaches(a, each); });
}

Prefixes difference(const Prefixes& from, const Prefixes& taken) {
  Prefixes rest;
  for (const Prefix& prefix : from) subtract(prefix, taken, rest);
  return rest;
}

}  // namespace tarn::model::admission
