// The order of domains as data: built upwards, torn down in reverse. A later domain may refer to an earlier one, never
// the other way; each such reference is stated by a static_assert beside the list.
#pragma once

#include <cstddef>
#include <type_traits>

#include "reconcile/domain.h"

namespace tarn::reconcile {

template <Domain... Ds>
struct Order {
  template <class D>
  static consteval std::size_t index_of() {
    static_assert((std::is_same_v<D, Ds> || ...), "the domain is not in the order");
    std::size_t index = 0;
    bool found = false;
    ((found = found || std::is_same_v<D, Ds>, index += found ? 0 : 1), ...);
    return index;
  }

  // True when every one of `Earlier` stands below `Later`.
  template <class Later, class... Earlier>
  static consteval bool after() {
    return ((index_of<Earlier>() < index_of<Later>()) && ...);
  }
};

}  // namespace tarn::reconcile
