// The brain seen from outside, as JSON: what it would change, how it is, and why a port is as it is. Reads only; field
// names are stable, programs rely on them.
#pragma once

#include <boost/json/object.hpp>

#include "agent/brain.h"

namespace tarn::agent {

// {"complete", "why", "empty", "steps": [{"domain", "action", "what"}], "conflicts": [{"domain", "what"}]}. Complete
// and empty: a restart is safe. A conflict is a foreign object where one of ours is wanted: never overwritten.
boost::json::object plan_of(const Brain& brain);

// {"host", "version", "in_sync", "journal", "feed": {...}, "answers": {...}, "domains": [{"domain", "whole", "wanted",
// "installed", "foreign", "due", "failing", "plans", "writes_attempted", "writes_applied", "refused", "resyncs",
// "problem"}], "writes_attempted"}.
boost::json::object stats_of(const Brain& brain);

// {"port", "state", "reason", "wish", "fact", "flows": [{"flow", "unit", "installed": same|different|missing,
// "packets", "bytes", "refused"}]}.
boost::json::object explanation_of(const Brain& brain, const PortId& port);

}  // namespace tarn::agent
