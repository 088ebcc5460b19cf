// Which events a commit means for Nova: pure, and as much work as rows changed. Follows what Neutron 21 sends, where
// docs/nova.md does not say otherwise. Only ports that Nova made its own count: a `compute:` owner, a UUID as device.
#pragma once

#include <vector>

#include "model/snapshot.h"
#include "notify/event.h"

namespace tarn::notify {

// In the order in which they are to be told: for one port, what it is now before that it changed.
std::vector<Event> events_of(const model::Snapshot& before, const model::Snapshot& after);

// What may not have been told before a restart: the state of each such port that changed at `since_ms` (UTC, as
// Standard::updated_at_ms) or later, and of those behind a floating IP that did. Walks all rows.
std::vector<Event> events_since(const model::Snapshot& cloud, std::int64_t since_ms);

}  // namespace tarn::notify
