// What the laws look at: the machines and the wish of a world as they are at this instant, and where a packet sent into
// it would come out. Values and functions; owns nothing and changes nothing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/cloud.h"
#include "sim/node.h"

namespace tarn::sim {

// A workload's interface: where the hypervisor plugged it, or in which VLAN of another one it stands ("tap-3.105"), and
// for which port.
struct Attachment {
  std::size_t node = 0;
  std::string interface;
  PortId port;
  auto operator<=>(const Attachment&) const = default;
};

// The tap of an interface, and the VLAN id that its frames have there (0: none).
struct TapVlan {
  std::string tap;
  std::uint32_t vlan_id = 0;
  [[nodiscard]] std::string text() const;
};
TapVlan tap_vlan_of(const std::string& interface);

// What the outside may ever have seen: packets that are on their way, and switches that were not told yet, know of it.
struct Outdoors {
  // An address of a gateway or a floating IP, where it is asked for.
  struct Address {
    std::uint64_t tci = 0;  // of frames on the segment
    Ip ip;
    Mac mac;
    auto operator<=>(const Address&) const = default;
  };
  std::set<Address> addresses;
  std::map<NetworkId, std::set<Ip>> of_networks;  // by which instances of the network left
  std::map<Ip, std::set<PortId>> behind;          // instances that are, or were, reached by an address
  // Behind a gateway that does not translate, by their own addresses of the family.
  std::set<std::pair<Family, NetworkId>> untranslated;
  std::set<std::pair<Family, NetworkId>> let_in;    // those of them that anybody may call
  std::set<PortId> proxied;                         // that may be called by IPv6 all the same
  std::set<std::pair<std::uint64_t, Ip>> answered;  // their addresses, on the segment
};

// What the checkers look at.
struct Scene {
  const Cloud& cloud;
  const std::vector<std::unique_ptr<Node>>& nodes;
  const std::set<Attachment>& attachments;
  const std::map<PortId, NetworkId>& networks;  // of every port there ever was
  const std::map<PortId, Mac>& macs;            // of these, too; a MAC is used once
  const std::map<std::string, PortId>& taps;    // every workload interface there ever was; names are for one port each
  const std::set<PortId>& listeners;            // every port that ever got copies of another network's traffic
  const std::map<NetworkId, std::set<NetworkId>>& met;  // by a router, now or ever; each network has met itself
  const std::map<NetworkId, std::set<Mac>>& doors;      // of every interface that a router ever had on the network
  const std::set<PortId>& open;  // ports without port security, or so lately that a switch may not know
  const Wires& wires;
  const Outdoors& outdoors;
};

// Where a packet sent into an interface comes out, through this node's datapath or over the tunnel through another's,
// and what has become of it on the way.
struct Delivery {
  std::size_t node = 0;
  std::string interface;
  Packet packet;
  [[nodiscard]] bool is_at(const Attachment& at) const { return node == at.node && interface == at.interface; }
};
// What leaves for the physical segment is a delivery, too, to the port there, and goes on to the hosts that it is for.
[[nodiscard]] bool is_outside(const Delivery& delivery);
// Without the copies for those who listen.
std::vector<Delivery> deliveries(const Scene& scene, const Attachment& from, const Packet& packet);
// Those copies.
std::vector<Delivery> copies(const Scene& scene, const Attachment& from, const Packet& packet);
// All of it, of a packet that is sent in earnest: switches remember the connections that it opens.
std::vector<Delivery> send(const Scene& scene, const Attachment& from, const Packet& packet);

// Where a frame comes out that the segment brings to a host, with the tag that it has there.
std::vector<Delivery> deliveries_from_outside(const Scene& scene, std::size_t node, std::uint64_t tci,
                                              const Packet& packet);
// One that comes in earnest.
std::vector<Delivery> send_from_outside(const Scene& scene, std::size_t node, std::uint64_t tci, const Packet& packet);

// The port as the cloud has it now; null when there is none.
const model::Port* port_of(const Scene& scene, const PortId& id);
// The machine's agent was given all that the cloud wishes of it now.
bool is_told(const Cloud& cloud, const Node& node);
// Nothing that it is still to hear or to do can change what it does with a packet: it was told, it has told its switch,
// and its datapath goes by that.
bool is_settled(const Cloud& cloud, const Node& node);
// Its switch is away, or refuses some changes and keeps what it had.
bool may_refuse(const Node& node);
// The interface is where the port is to be: its own, or its VLAN of the one of its trunk's parent.
bool is_place_of(const Scene& scene, const Attachment& at, const model::Port& port);
// Up, and plugged where it is bound.
bool wired(const Scene& scene, const Attachment& at);
// The wish of the cloud: both are wired, in one network.
bool allowed(const Scene& scene, const Attachment& from, const Attachment& to);

// "tap-1@host-1"
std::string text(const Scene& scene, const Attachment& at);

}  // namespace tarn::sim
