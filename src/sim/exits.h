// The ways to the outside that the cloud's wish opens for instances: by a router's gateway, by a floating IP, by ports
// of one that are forwarded. Functions of the scene; what the switches make of the wish they do not look at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/traffic.h"

namespace tarn::sim {

// Somebody far away, behind the router outside.
Ip far_away(Family family);
std::uint64_t tci_of(const model::Network& external);
// The host's agent told the cloud that it is on the physical segment.
bool offers_segment(const model::Snapshot& cloud, const std::string& host);

// How an instance gets outside by one gateway of a router. What has no longer prefix leaves by the first of them; by
// the others what is for their own link, and answers to what came in there.
struct Exit {
  RouterId router;
  PortId gateway;
  NetworkId network;      // outside
  Ip far;                 // who is spoken to by it: somebody far away, by the first; else the router outside
  Mac door;               // of the router, on the instance's network
  std::uint64_t tci = 0;  // of frames on the segment
  Ip address;             // as whom it is seen: its own where nothing is translated
  Ip inside;              // its own, of the same family
  Mac mac;                // by which the address is asked for outside; of one's own address the gateway's
  bool is_floating = false;
  bool is_translated = true;
  bool is_called = true;                  // by the address; else neither calls nor answers come in
  bool is_closed = false;                 // by address scopes: for forwarded ports alone
  bool is_central = false;                // by a host that answers for the gateway, not by its own wire
  std::vector<std::size_t> through = {};  // the nodes by whose wires it may leave now
  std::optional<model::PortBlock> block;  // of its host, where the gateway translates
  std::string terms;                      // all of the above, and what else it depends on: equal texts are the same way
};
std::vector<Exit> exits_of(const Scene& scene, const Attachment& from);
// The same way for whom a gateway translates, from another node: as it was seen there. Absent where it is none from
// there.
std::optional<Exit> exit_from(const Scene& scene, Exit exit, std::size_t node);

// A port of a floating IP that is an instance's.
struct Forwarded {
  RouterId router;
  std::uint64_t tci = 0;
  Ip address;
  Mac mac;
  std::uint16_t external_port = 0;
  std::uint16_t internal_port = 0;
  std::string terms;
};
std::vector<Forwarded> forwarded_to(const Scene& scene, const Attachment& at);

// Whether the router wants no answers from the host.
bool bars(const model::Snapshot& cloud, RouterId router, const std::string& host);
// Hosts that take what comes for the address of the router's gateway, and may now: by their number in the scene.
std::vector<std::size_t> landings(const Scene& scene, const Attachment& of, RouterId router);

Ip source_of(const Packet& packet);  // of IPv4 or IPv6
// What the flows of a port are made of beside its ways: equal texts are the same.
std::string terms_of(const model::Port& port);
// What an instance sends by its way out, and as what it left for the router outside; absent: it did not. What others
// let out for it is told without the address of their wire: they may take turns.
Packet outward(const model::Port& from, const Exit& by, std::uint16_t source_port);
std::optional<Packet> left_by(const std::vector<Delivery>& out, const Exit& by);
// The answer to what somebody far away sent by the gateway, from `source_port` to `destination_port`.
Packet answer_to_call(const model::Port& from, const Exit& by, std::uint16_t source_port,
                      std::uint16_t destination_port);
// What somebody far away sends to an address outside.
Packet inward(std::uint64_t tci, const Ip& address, const Mac& mac, std::uint16_t source_port,
              std::uint16_t destination_port);

// The ports that may take an address of one that holds it for others (taking.h).
std::set<PortId> takers_of(const model::Snapshot& cloud, const model::Port& holder);

// Neither its switch nor anything else of it does anything.
bool is_dead(const Node& node);
// Hosts that answer a question for an address when the segment brings it to them.
std::vector<std::size_t> answerers(const Scene& scene, std::uint64_t tci, const Ip& address);

// From now on the outside may have seen what is in the cloud.
void notice(Outdoors& outdoors, const model::Snapshot& cloud);

// Each instance that has a way out says something there, so that whoever is not known outside is asked for. A port that
// it has not used yet opens a connection.
void greet(const Scene& scene, std::uint16_t source_port);

// Law: no two hosts translate to the same port of one address.
std::vector<std::string> blocks_apart(const model::Snapshot& cloud);

}  // namespace tarn::sim
