// Random histories of a cloud, and what a slice says, as comparable values.
// Belongs to the feed's tests; obeys no rule of admission.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "feed/messages.h"
#include "model/random_cloud.h"

namespace tarn::feed {

using Flat = std::map<model::SliceName, std::pair<model::Revision, std::string>>;

inline Flat flat(const model::Slice& slice) {
  Flat rows;
  for (const auto& [name, item] : slice) rows.emplace(name, std::pair(item.version, body_of(*item.row)));
  return rows;
}

// Every snapshot of a cloud, by revision.
class History {
 public:
  explicit History(unsigned seed) : chance_(seed) { snapshots_.push_back(std::make_shared<model::Snapshot>()); }

  void edit() {
    const model::Snapshot& before = *snapshots_.back();
    snapshots_.push_back(std::make_shared<model::Snapshot>(before.with(chance_.change(before), before.revision() + 1)));
  }
  [[nodiscard]] const std::shared_ptr<const model::Snapshot>& newest() const { return snapshots_.back(); }
  [[nodiscard]] const model::Snapshot& at(model::Revision revision) const { return *snapshots_.at(revision); }
  [[nodiscard]] std::size_t size() const { return snapshots_.size(); }
  unsigned below(unsigned bound) { return chance_.below(bound); }

 private:
  model::test::RandomCloud chance_;
  std::vector<std::shared_ptr<const model::Snapshot>> snapshots_;
};

inline NodeFacts node(std::string host) {
  NodeFacts facts;
  facts.host = std::move(host);
  facts.version = "1.0";
  return facts;
}

}  // namespace tarn::feed
