// The difference of two whole tables, and of a journaled wish that may only create and repair. Pure.
// Pure: asks nobody, keeps nothing, and never makes a removal from half a table.
#pragma once

#include <optional>
#include <vector>

#include "reconcile/step.h"
#include "reconcile/whole.h"

namespace tarn::reconcile {

template <Domain D>
struct Diff {
  std::vector<Create<D>> creates;
  std::vector<Change<D>> changes;
  std::vector<Remove<D>> removes;          // ours, and wanted by nobody
  std::vector<typename D::Key> conflicts;  // wanted, but a foreign object sits there: reported, never overwritten

  [[nodiscard]] bool empty() const { return creates.empty() && changes.empty() && removes.empty(); }
  [[nodiscard]] std::size_t steps() const { return creates.size() + changes.size() + removes.size(); }
};

namespace detail {

template <Domain D>
void judge(Diff<D>& diff, const typename D::Key& key, const typename D::Spec* want, const typename D::Seen* have) {
  if (have == nullptr) {
    if (want != nullptr) diff.creates.push_back({key, *want});
    return;
  }
  const bool ours = D::ownership(key, *have) == Ownership::ours;
  if (want == nullptr) {
    if (ours) diff.removes.push_back({key, *have});
    return;
  }
  if (!ours && !shares_foreign<D>()) {
    diff.conflicts.push_back(key);
    return;
  }
  const Drift drift = D::drift(*want, *have);
  if (drift != Drift::none) diff.changes.push_back({key, *want, *have, drift});
}

template <class Table>
auto* value_of(Table& table, const typename Table::key_type& key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

}  // namespace detail

// Everything that differs. Applying the result and asking again gives nothing.
template <Domain D>
Diff<D> diff(const Whole<Desired<D>>& desired, const Whole<Actual<D>>& actual) {
  Diff<D> result;
  auto want = desired->begin();
  auto have = actual->begin();
  while (want != desired->end() || have != actual->end()) {
    const bool only_want = have == actual->end() || (want != desired->end() && want->first < have->first);
    const bool only_have = !only_want && (want == desired->end() || have->first < want->first);
    const auto& key = only_have ? have->first : want->first;
    detail::judge<D>(result, key, only_have ? nullptr : &want->second, only_want ? nullptr : &have->second);
    if (!only_have) ++want;
    if (!only_want) ++have;
  }
  return result;
}

// The same, looking at one key only. Equal to the full diff restricted to that key.
template <Domain D>
Diff<D> diff(const Whole<Desired<D>>& desired, const Whole<Actual<D>>& actual, const typename D::Key& key) {
  Diff<D> result;
  detail::judge<D>(result, key, detail::value_of(*desired, key), detail::value_of(*actual, key));
  return result;
}

// A wish remembered on disk: it may create and repair, and is never evidence for a removal. That is why this type has
// no way to become a Whole.
template <Domain D>
struct Journaled {
  Desired<D> wish;
};

template <Domain D>
Diff<D> repair(const Journaled<D>& remembered, const Whole<Actual<D>>& actual) {
  Diff<D> result;
  for (const auto& [key, want] : remembered.wish) {
    detail::judge<D>(result, key, &want, detail::value_of(*actual, key));
  }
  return result;
}

template <Domain D>
Diff<D> repair(const Journaled<D>& remembered, const Whole<Actual<D>>& actual, const typename D::Key& key) {
  Diff<D> result;
  const typename D::Spec* want = detail::value_of(remembered.wish, key);
  if (want != nullptr) detail::judge<D>(result, key, want, detail::value_of(*actual, key));
  return result;
}

}  // namespace tarn::reconcile
