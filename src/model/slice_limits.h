// The QoS part of a slice: the rules of the policies that limit ports bound to a node. For slice.cc and
// slice_advance.cc only, whose laws (slice.h) hold of this part by itself.
#pragma once

#include <set>
#include <string>

#include "model/slice.h"
#include "model/slice_changes.h"

namespace tarn::model::limits {

// From scratch, into a slice that has nothing of it.
void add(Slice& slice, const Snapshot& cloud, const std::string& host);

// From `before` to `after`. Costs nothing while no policy, limited network or limited port changed; else a walk over
// the ports of the host.
void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::string& host);

// Adds the hosts whose QoS part may differ because a rule did. Ports and networks concern their hosts anyway.
void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts);

}  // namespace tarn::model::limits
