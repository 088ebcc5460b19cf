// What the two ends of the feed say to each other, as values. Made and read by the machines (server_end.h,
// agent_end.h); feed_wire.h alone knows how they look in protobuf.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "feed/agent_feed.h"

namespace tarn::feed {

// This build speaks its own protocol and the one before, so that servers and agents are upgraded in any order.
//   1  reports carry no `failing`: an agent that fails at a revision reports that it applied what came before it
//   2  reports carry the lowest revision that still fails
inline constexpr std::uint32_t protocol_oldest = 1;
inline constexpr std::uint32_t protocol_newest = 2;
inline constexpr std::uint32_t protocol_with_failing = 2;

struct Protocols {  // inclusive
  std::uint32_t oldest = protocol_oldest;
  std::uint32_t newest = protocol_newest;
};

// A row the agent still has. The hash tells apart equal versions of different histories (a store restored from a
// backup) and rows that an older build could not keep whole.
struct Held {
  model::Revision version = 0;
  std::uint64_t content = 0;  // content_of(body)
  bool operator==(const Held&) const = default;
};

struct Hello {  // the first message of an agent, once
  Protocols protocols;
  NodeFacts facts;
  std::map<model::SliceName, Held> held;
};
using ToServer = std::variant<Hello, Report>;

struct Welcome {  // the first message of a server
  std::uint32_t protocol = 0;
};
struct Refused {  // the last one: the connection ends
  std::string reason;
};
struct Put {
  model::SliceName name;
  model::Revision version = 0;
  std::string body;  // body_of(row)
};
// One page of the difference that leads to `revision`; with `more`, another page of the same revision follows.
struct Update {
  std::vector<Put> put;
  std::vector<model::SliceName> removed;
  model::Revision revision = 0;
  bool more = false;
};
struct InSync {  // everything up to `revision` has been sent: what the agent has is whole
  model::Revision revision = 0;
};
using ToAgent = std::variant<Welcome, Refused, Update, InSync>;

// A row as it travels: its JSON.
std::string body_of(const model::SliceRow& row);
Result<model::SliceRow> row_of(const Put& put);
std::uint64_t content_of(std::string_view body);

}  // namespace tarn::feed
