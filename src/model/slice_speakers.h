// The BGP speakers that a host announces for, in its slice: to whom, and what. For slice.cc and slice_advance.cc only,
// whose laws (slice.h) hold of this part by itself.
#pragma once

#include <set>
#include <string>

#include "model/slice.h"
#include "model/slice_changes.h"

namespace tarn::model::speakers {

// From scratch, into a slice that has nothing of it.
void add(Slice& slice, const Snapshot& cloud, const std::string& host);

// From `before` to `after`. Costs the speakers that changed, and of a router whose ways, networks or floating IPs
// changed the routes that lead to it.
void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::string& host);

// Adds the hosts whose part may differ.
void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts);

}  // namespace tarn::model::speakers
