// The security part of a slice: the groups that a node uses, their rules, and what those name. For slice.cc and
// slice_advance.cc only, whose laws (slice.h) hold of this part by itself.
#pragma once

#include <set>
#include <string>

#include "model/slice.h"
#include "model/slice_changes.h"

namespace tarn::model::security {

// From scratch, into a slice that has nothing of it.
void add(Slice& slice, const Snapshot& cloud, const std::string& host);

// From `before` to `after`. Costs what changed, the rules of groups that the host begins or ceases to use, the members
// of remotes that begin or cease to be named here, and for each remote that a changed row names or is in, at worst all
// rules that name it. Never a walk over members for a change of one of them.
void advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
             const std::string& host);

// Adds the hosts whose security part may differ; one that differs only because a port came to the host or left it is
// not among them, for that concerns the host anyway.
void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts);

}  // namespace tarn::model::security
