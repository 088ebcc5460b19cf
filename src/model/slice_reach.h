// What a change brings within reach of a node, or takes from it (reach.h), found by looking at what the change touches
// alone: a node may have a thousand routers within reach, and nearly every change moves one or none. For the files that
// advance slices.
#pragma once

#include <set>
#include <string>

#include "model/slice.h"
#include "model/slice_changes.h"

namespace tarn::model {

class SliceReach {
 public:
  // `old` is the slice of `host` as of `before`, and with the others outlives this.
  SliceReach(const Slice& old, const Snapshot& before, const Snapshot& after, const std::string& host,
             const Changes& changes);

  // Within reach in the snapshot before, and after.
  [[nodiscard]] bool had(NetworkId network) const;
  [[nodiscard]] bool had(RouterId router) const;
  [[nodiscard]] bool has(NetworkId network) const;
  [[nodiscard]] bool has(RouterId router) const;

  [[nodiscard]] const std::set<NetworkId>& left() const { return left_; }
  [[nodiscard]] const std::set<NetworkId>& joined() const { return joined_; }
  [[nodiscard]] const std::set<RouterId>& left_routers() const { return left_routers_; }
  [[nodiscard]] const std::set<RouterId>& joined_routers() const { return joined_routers_; }

 private:
  [[nodiscard]] bool is_near(RouterId router, NetworkId network) const;
  [[nodiscard]] bool is_way_out(NetworkId network) const;
  [[nodiscard]] bool may_move_far(const Changes& changes) const;
  void compare_all();
  std::set<RouterId> touched_routers(const Changes& changes, std::set<NetworkId>& networks) const;
  void compare(const std::set<RouterId>& routers, std::set<NetworkId> networks);

  const Slice& old_;
  const Snapshot& before_;
  const Snapshot& after_;
  const std::string& host_;
  std::set<NetworkId> left_, joined_;
  std::set<RouterId> left_routers_, joined_routers_;
};

}  // namespace tarn::model
