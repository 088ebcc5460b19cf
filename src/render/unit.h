// The units of rendering: each is a pure function of the rows it reads, and owns what it wishes. The identity of a unit
// is content: it names the same unit on every node and after every boot.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "base/uuid.h"
#include "render/outputs.h"
#include "render/view.h"

namespace tarn::render {

// In the order in which claims win: what serves all beats what serves one. In this order flows are built, too: what a
// flow refers to stands before it.
enum class UnitClass : std::uint8_t {
  node,             // the bridge, its ports, what every table does by default
  numbers,          // local network numbers
  remote,           // one security group or address group that rules name as their remote
  rules,            // the rules of one security group of a port here
  member,           // one prefix of members of security groups and address groups
  policy,           // one set of security groups that a port here has
  local_flood,      // one chunk of the ports here of one network with one policy
  policy_flood,     // those chunks
  remote_flood,     // one chunk of a network's other nodes
  network,          // one network on this node
  port,             // one port bound here
  peer,             // one port of a network of ours bound elsewhere
  virtual_address,  // one address that ports of a network may take
  virtual_mac,      // one MAC address that they may send by besides their own
  tap,              // one tap service: what comes for its port, bound here, from other nodes
  routing,          // what all routers do
  router,           // the routes of one router within reach
  interface,        // one interface of one
  outside,          // one network that gateways are on
  gateway,          // one gateway of a router
  floating,         // one floating IP of a port here
  forwarding,       // the forwarded ports of one floating IP
  shifted,          // one chunk of forwarded ports that are others inside
  watch,            // one host that may answer for gateways, as this one may
  names,            // how the ports of one network are called
  bgp_map,          // one route map that BGP speakers name
  speaker,          // one BGP speaker that this node announces for
  speaker_peer,     // one peer of one
  routes_to,        // where one announces that a prefix is
  proxied,          // one address that is answered for outside by neighbour discovery
  moved,            // one port that came from other hosts, which know its connections
};

struct UnitId {
  UnitClass unit_class{};
  Uuid id = {};            // of the network, port or group; zero for the node's own
  std::uint32_t part = 0;  // the chunk
  std::string name = {};   // the policy (policy.h), the prefix
  auto operator<=>(const UnitId&) const = default;
};
// "port 6f1c…", "local_flood 6f1c…/3/00ab…". Stable for ever: the cookie is made of it.
std::string text(const UnitId& unit);
// The cookie of all flows of the unit: what they are grouped by when they are applied.
std::uint64_t cookie_of(const UnitId& unit);

// What the renderer needs to know of units, and nothing else of them.
struct Units {
  // The unit that exists exactly while this key has a row or a bucket that is not empty.
  std::optional<UnitId> (*unit_of)(const RowKey& key) = nullptr;
  Tables (*render)(View& view, const UnitId& unit) = nullptr;
};
// All units of a node; the one table of the product.
Units node_units();

// The units whose flows must all be acknowledged before a port's traffic flows: its own and what it stands on.
std::set<UnitId> units_behind(const model::Port& port);

}  // namespace tarn::render
