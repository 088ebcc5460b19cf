// The agent's view of the feed, as the brain sees it: whole slices in, reports out. The real one speaks gRPC
// (grpc_agent_edge.h) through the sans-I/O machine agent_end.h; the simulator joins two such machines by a pipe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "model/slice.h"
#include "reconcile/whole.h"

namespace tarn::feed {

// What the agent says of its node when it connects; also the content of its row in the agents table.
struct NodeFacts {
  std::string host;
  std::string version;                                 // of the agent's build
  std::string tunnel_address;                          // empty: none
  std::map<std::string, std::string> bridge_mappings;  // physical network → bridge
  std::int64_t started_at_ms = 0;
  bool speaks_bgp = false;  // it may tell a BGP daemon what to announce
  bool operator==(const NodeFacts&) const = default;
};

// How far the agent is, level-triggered: the newest report replaces all earlier ones, and after a reconnect the whole
// of it is sent again.
struct Report {
  model::Revision applied = 0;                // everything up to here is in the switch …
  std::optional<model::Revision> failing;     // … but for what first appeared at this revision or later
  std::map<PortId, model::PortStatus> ports;  // every port bound here that the agent knows: active or down
  bool operator==(const Report&) const = default;
};

class AgentFeed {
 public:
  struct Events {
    // A slice that is whole at `revision`: after the in-sync mark of a connection, and for each later revision.
    // `touched` names what may differ from the slice before (all names, the first time).
    std::function<void(const reconcile::Whole<model::Slice>& slice, model::Revision revision,
                       const std::set<model::SliceName>& touched)>
        on_slice;
    // The connection came or went; `why` is one clear line. The last slice stays valid: it was whole.
    std::function<void(bool connected, std::string why)> on_connection;
  };
  virtual ~AgentFeed() = default;

  // Connects, and reconnects for ever with growing, jittered delay. `held` is what a journal still knows, so that the
  // server sends only differences; it is not evidence of anything until the in-sync mark.
  virtual void start(NodeFacts facts, model::Slice held, Events events) = 0;
  // Bounded by construction: one report is remembered, the newest.
  virtual void report(Report report) = 0;
};

}  // namespace tarn::feed
