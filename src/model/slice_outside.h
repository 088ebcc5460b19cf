// The outer part of a slice: the ways out of the routers within reach, the floating IPs of the ports that are bound
// here, and what a node must know that answers for a gateway. For slice.cc and slice_advance.cc only, whose laws
// (slice.h) hold of this part by itself.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "model/reach.h"
#include "model/slice.h"
#include "model/slice_changes.h"

namespace tarn::model::outside {

// From scratch, into a slice that has nothing of it.
void add(Slice& slice, const Snapshot& cloud, const std::string& host, const Reach& reach);

// Whether a router was, and is, within reach; and those that came within it or left it.
struct Reached {
  std::function<bool(RouterId)> before;
  std::function<bool(RouterId)> after;
  std::set<RouterId> moved;
};
// What this part may have begun, or ceased, to name.
struct Mentioned {
  std::set<std::string> hosts;
  std::set<QosPolicyId> policies;
};
// From `before` to `after`. Costs what changed; of a router whose ways out changed, all of it.
Mentioned advance(Slice& slice, const Snapshot& before, const Snapshot& after, const Changes& changes,
                  const std::string& host, const Reached& reached);

// Adds the hosts whose outer part may differ; one that differs only because a router came within its reach or left it
// is not among them, for that concerns the host anyway.
void concern(const Snapshot& before, const Snapshot& after, const Changes& changes, std::set<std::string>& hosts);
// Adds the hosts whose outer part names the policy.
void concern(const Snapshot& cloud, QosPolicyId policy, std::set<std::string>& hosts);

// The hosts that the part names, which this node must know as nodes; and whether one of them is `host`.
std::set<std::string> hosts(const Slice& slice);
bool names(const Slice& slice, const std::string& host);
// The QoS policies that it names.
std::set<QosPolicyId> policies(const Slice& slice);

}  // namespace tarn::model::outside
