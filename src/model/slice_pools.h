// The subnet pools of a slice: those that its subnets have their addresses from, for the address scopes they say. For
// slice.cc and slice_advance.cc only, whose laws (slice.h) hold of this part by itself.
#pragma once

#include <set>

#include "model/slice.h"
#include "model/slice_changes.h"

namespace tarn::model::pools {

// From scratch, into a slice that has its subnets and nothing of this.
void add(Slice& slice, const Snapshot& cloud);

// From `before` to `after`, in a slice whose subnets are those of `after`. `moved`: the networks that came or went.
void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::set<NetworkId>& moved);

// Adds the networks that have addresses of a pool that changed.
void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<NetworkId>& networks);

}  // namespace tarn::model::pools
