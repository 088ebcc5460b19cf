// The keys of one lane that differ now, in their groups, and the groups in their phases. Owned by the lane, which says
// what is due; here it is only kept so that "what may start now" costs the same with ten keys and with a million.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>

#include "reconcile/lane_base.h"

namespace tarn::reconcile {

enum class Due : std::uint8_t { create, change, remove, revoke };  // revoke: a removal that must not wait

template <class Key>
class DueSteps {
 public:
  // `key` is not due yet.
  void add(const Key& key, Due what, std::uint64_t group_id) {
    due_.emplace(key, Entry{what, group_id});
    Group& group = groups_[group_id];
    if (!group.keys.empty()) phases_[index_of(group)].erase(group_id);
    group.keys.insert(key);
    count(group, what, true);
    phases_[index_of(group)].insert(group_id);
  }
  // Nothing happens when it is not due.
  void drop(const Key& key) {
    const auto found = due_.find(key);
    if (found == due_.end()) return;
    const auto group = groups_.find(found->second.group);
    phases_[index_of(group->second)].erase(group->first);
    group->second.keys.erase(key);
    count(group->second, found->second.what, false);
    if (group->second.keys.empty()) {
      groups_.erase(group);
    } else {
      phases_[index_of(group->second)].insert(group->first);
    }
    due_.erase(found);
  }
  void clear() { *this = DueSteps(); }

  [[nodiscard]] bool contains(const Key& key) const { return due_.contains(key); }
  [[nodiscard]] Due what(const Key& key) const { return due_.at(key).what; }
  [[nodiscard]] std::size_t size() const { return due_.size(); }
  [[nodiscard]] std::size_t removals() const { return removals_; }
  // A group that builds anything takes its removals along: made before broken, in one batch.
  [[nodiscard]] const std::set<std::uint64_t>& groups_of(Phase phase) const {
    return phases_[static_cast<std::size_t>(phase)];
  }
  [[nodiscard]] const std::set<Key>& keys_of(std::uint64_t group) const { return groups_.at(group).keys; }

 private:
  struct Entry {
    Due what{};
    std::uint64_t group = 0;
  };
  struct Group {
    std::set<Key> keys;
    std::size_t builds = 0;
    std::size_t revocations = 0;
  };

  static std::size_t index_of(const Group& group) {
    const Phase removal = group.revocations > 0 ? Phase::revoke : Phase::tear_down;
    return static_cast<std::size_t>(group.builds > 0 ? Phase::build : removal);
  }
  void count(Group& group, Due what, bool in) {
    const std::size_t one = in ? 1 : static_cast<std::size_t>(-1);
    const bool builds = what == Due::create || what == Due::change;
    (builds ? group.builds : removals_) += one;
    if (what == Due::revoke) group.revocations += one;
  }

  std::map<Key, Entry> due_;
  std::map<std::uint64_t, Group> groups_;
  std::array<std::set<std::uint64_t>, 3> phases_;  // ids of groups_
  std::size_t removals_ = 0;
};

}  // namespace tarn::reconcile
