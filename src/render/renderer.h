// The engine of rendering: keeps what each unit wished and what it read, renders again only units that read something
// touched, and joins all wishes to one table for each domain. Owned by the brain; knows no unit by name, does no I/O.
// Much to render is rendered in pieces, so that who renders can do other things between them; rows may change
// meanwhile.
//
// Law: after any sequence of edits, however the pieces fell, the tables equal those of a new renderer that saw only the
// last rows.
#pragma once

#include <boost/container/flat_set.hpp>
#include <boost/container/small_vector.hpp>
#include <map>
#include <set>
#include <vector>

#include "reconcile/whole.h"
#include "render/rows.h"
#include "render/unit.h"

namespace tarn::render {

class Renderer {
 public:
  explicit Renderer(Units units) : units_(units) {}

  // Notes what `touched` concerns. The first time it must be all keys of `rows` (Rows::keys).
  void touch(const Rows& rows, const std::set<RowKey>& touched);
  // Renders so many of the units that are due, at least one, from the rows as they are now. True when none is left.
  bool render_some(const Rows& rows, std::size_t units_max);
  // What changed in the joined tables since the last time; equal wishes change nothing. Only while nothing is due.
  Patches take_patches();
  // All three, to the end.
  Patches update(const Rows& rows, const std::set<RowKey>& touched);

  // The union of all wishes as they were rendered last; where two units wish one key, the lowest (class, id) wins,
  // whenever it came.
  [[nodiscard]] Tables tables() const;

  struct Shard {
    Tables wishes;
    std::set<RowKey> reads;
    model::Revision version = 0;  // of the newest slice row it read
  };
  // Null when there is no such unit.
  [[nodiscard]] const Shard* shard(const UnitId& unit) const;
  [[nodiscard]] const std::map<UnitId, Shard>& shards() const { return shards_; }

  [[nodiscard]] std::uint64_t updates() const { return updates_; }  // made so far

  // Keys wished by more than one unit: a mistake of ours or two rows that contradict each other. For the operator.
  [[nodiscard]] std::size_t contested() const;

 private:
  // Nearly every key has one claimant: it stands in the table's own node.
  using Claimants = boost::container::flat_set<UnitId, std::less<>, boost::container::small_vector<UnitId, 1>>;
  template <class Key, class Spec>
  using ClaimsOf = std::map<Key, Claimants>;

  void replace(const UnitId& unit, std::optional<Shard> fresh);
  void forget_reads(const UnitId& unit, const std::set<RowKey>& reads);

  Units units_;
  std::uint64_t updates_ = 0;
  std::map<UnitId, Shard> shards_;
  std::map<RowKey, std::set<UnitId>> readers_;
  Outputs<ClaimsOf> claims_;
  std::set<UnitId> due_;   // to be rendered
  std::set<UnitId> gone_;  // to be forgotten; never due
  Patches before_;         // what stood in the joined tables when patches were last taken, for the keys that may move
};

// All wishes of a node from scratch: whole only because the slice and the facts are.
reconcile::Whole<Tables> render_whole(const reconcile::Whole<model::Slice>& slice,
                                      const reconcile::Whole<Facts>& facts);

}  // namespace tarn::render
