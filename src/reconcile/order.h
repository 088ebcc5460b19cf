// The order of domains as data: built upwards rank by rank, torn down in reverse. A domain may refer to one of an
// earlier rank, never the other way; each such reference is stated by a static_assert beside the list.
#pragma once

#include <cstddef>
#include <type_traits>

#include "reconcile/domain.h"

namespace tarn::reconcile {

// Domains that do not wait for each other.
template <Domain... Ds>
struct Rank {
  template <class D>
  static constexpr bool holds = (std::is_same_v<D, Ds> || ...);
};

template <class... Ranks>
struct Order {
  template <class D>
  static consteval std::size_t index_of() {
    static_assert((Ranks::template holds<D> || ...), "the domain is not in the order");
    std::size_t index = 0;
    bool found = false;
    ((found = found || Ranks::template holds<D>, index += found ? 0 : 1), ...);
    return index;
  }

  // True when every one of `Earlier` stands below `Later`.
  template <class Later, class... Earlier>
  static consteval bool after() {
    return ((index_of<Earlier>() < index_of<Later>()) && ...);
  }
};

}  // namespace tarn::reconcile
