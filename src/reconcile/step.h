// The difference between a wish and the world, as steps that a target can apply.
// Plain values, made by diff.h and handed to a target; a step never carries itself out.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "base/result.h"
#include "reconcile/domain.h"

namespace tarn::reconcile {

template <Domain D>
struct Create {
  typename D::Key key;
  typename D::Spec want;
};
template <Domain D>
struct Change {
  typename D::Key key;
  typename D::Spec want;
  typename D::Seen have;  // what the plan was computed from: a target that can, refuses when it is no longer so
  Drift drift = Drift::none;
};
template <Domain D>
struct Remove {
  typename D::Key key;
  typename D::Seen have;
};
template <Domain D>
using Step = std::variant<Create<D>, Change<D>, Remove<D>>;

template <Domain D>
const typename D::Key& key_of(const Step<D>& step) {
  return std::visit([](const auto& one) -> const typename D::Key& { return one.key; }, step);
}

template <Domain D>
bool is_removal(const Step<D>& step) {
  return std::holds_alternative<Remove<D>>(step);
}

struct Applied {};  // the target acknowledged this step
struct Refused {    // this step alone failed: it stays due and is tried later
  Error why;
};
struct Unknown {};  // the line broke: list again before believing anything
using Outcome = std::variant<Applied, Refused, Unknown>;

}  // namespace tarn::reconcile
