// The six properties of a watch (etcd's documentation, "Watch APIs"), checked on the messages that each agent receives:
// ordered, unique, reliable, atomic, resumable, bookmarkable. Folds them by itself, apart from the product's two ends,
// and compares with the cloud as it was at the revision that the server named.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/cloud.h"
#include "sim/feed_line.h"
#include "sim/node.h"

namespace tarn::sim {

class FeedLaws {
 public:
  // Both outlive it.
  FeedLaws(FeedNetwork& lines, const Cloud& cloud);

  std::vector<std::string> take_violations() { return std::exchange(violations_, {}); }

 private:
  struct Follower {
    std::string host;
    std::map<model::SliceName, feed::Held> has;
    model::Revision revision = 0;
    bool in_sync = false;
  };
  void heard(std::uint64_t connection, const feed::ToAgent& message);
  void fold(Follower& follower, const feed::Update& update);
  void complete(Follower& follower, model::Revision revision);
  void broken(const Follower& follower, const std::string& law);

  const Cloud& cloud_;
  std::map<std::uint64_t, Follower> followers_;
  std::vector<std::string> violations_;
};

// What the agent took for a whole slice is what the node should have had at that revision.
std::vector<std::string> wish_is_whole(const Cloud& cloud, const Node& node);

}  // namespace tarn::sim
