// The watched part of a slice: logs of what security groups let through, and who gets copies of the traffic of ports
// that are bound here. For slice.cc and slice_advance.cc only, whose laws (slice.h) hold of this part by itself.
#pragma once

#include <set>
#include <string>

#include "model/slice.h"
#include "model/slice_changes.h"

namespace tarn::model::watch {

// From scratch, into a slice that has nothing of it.
void add(Slice& slice, const Snapshot& cloud, const std::string& host);

// From `before` to `after`. Costs what changed, what watches the ports that changed and the groups that the host begins
// or ceases to use; all logs when the host gets its first port or loses its last one.
void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::string& host);

// Adds the hosts whose watched part may differ; one that differs only because a port came to the host or left it is not
// among them, for that concerns the host anyway.
void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts);

// The hosts that the taps of a slice are on, this one too.
std::set<std::string> tap_hosts(const Slice& slice);

}  // namespace tarn::model::watch
