// A kind of thing that exists somewhere outside and that we keep as wanted: what names one, what we want of it, what
// can be read back, whose it is, and how far it is from the wish. Pure; a concrete domain lives in src/domain.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <map>
#include <string_view>
#include <type_traits>

namespace tarn::reconcile {

enum class Ownership : std::uint8_t { ours, foreign };

enum class Drift : std::uint8_t {
  none,     // as wanted
  adjust,   // can be changed in place
  replace,  // must be removed and made again
};

// `ownership` judges from what is written on the object itself; it has no memory to consult.
// `group` names the set of objects (one unit's, usually) whose steps are applied together or not at all.
template <class D>
concept Domain = std::totally_ordered<typename D::Key> && std::equality_comparable<typename D::Spec> &&
                 requires(const typename D::Key& key, const typename D::Spec& want, const typename D::Seen& have) {
                   { D::name } -> std::convertible_to<std::string_view>;
                   { D::ownership(key, have) } -> std::same_as<Ownership>;
                   { D::drift(want, have) } -> std::same_as<Drift>;
                   { D::group(key, want) } -> std::same_as<std::uint64_t>;
                   { D::group(key, have) } -> std::same_as<std::uint64_t>;
                 };

// Ordered, so that two runs over the same values do the same things in the same order.
template <Domain D>
using Desired = std::map<typename D::Key, typename D::Spec>;
template <Domain D>
using Actual = std::map<typename D::Key, typename D::Seen>;

// A foreign object under a wanted key: some domains share the object (a bridge the hypervisor made, a row it plugged)
// and say so by `static constexpr bool shares_foreign = true`; for all others it is a conflict, reported, never
// touched.
template <class D>
constexpr bool shares_foreign() {
  if constexpr (requires { D::shares_foreign; }) {
    return D::shares_foreign;
  } else {
    return false;
  }
}

}  // namespace tarn::reconcile
