// The QoS part of a slice: the rules of the policies that limit ports bound to a node, and of those that its outer part
// (slice_outside.h) names, which is there before. For slice.cc and slice_advance.cc only, whose laws (slice.h) hold of
// this part by itself.
#pragma once

#include <set>
#include <string>

#include "model/slice.h"
#include "model/slice_changes.h"

namespace tarn::model::limits {

// From scratch, into a slice that has nothing of it.
void add(Slice& slice, const Snapshot& cloud, const std::string& host);

// From `before` to `after`; `outer` are the policies whose being named by the outer part may have changed. Costs
// nothing while no policy changed, nor what is limited; else a walk over the ports of the host and its outer part.
void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::string& host, std::set<QosPolicyId> outer);

// Adds the hosts whose QoS part may differ because a rule did. Ports and networks concern their hosts anyway.
void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts);

}  // namespace tarn::model::limits
