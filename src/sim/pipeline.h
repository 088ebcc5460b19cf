// A packet walker over flow tables: what a switch with these flows and connections would do with this packet. Values
// only; it shares with the product the vocabulary of flows and nothing of how they are made. Groups, marks of
// connections and fragments on their way to one are not walked: meeting one is a fault of the walk, never passed over.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "sim/classifier.h"
#include "sim/conntrack.h"
#include "sim/learning.h"
#include "sim/packet.h"
#include "wire/openflow/flow.h"

namespace tarn::sim {

struct Emission {
  std::uint32_t port = 0;  // port_controller with userdata for a packet-in
  Packet packet;           // as it left
  Bytes userdata;
};

struct Walk {
  std::vector<Emission> emissions;      // in order
  std::vector<wire::of::FlowKey> path;  // the flows that matched
  Packet last;  // with what the tables left in its registers; where it went on after ct(), the last part to do so
  std::vector<Connection> commits;  // that were not known before, in order
  std::vector<Passage> passages;    // through each ct(), in order
  std::vector<Learned> learned;     // in order; later packets meet it, once somebody has put it into the tables
  std::vector<std::string> faults;  // two flows of one rank, limits of the switch exceeded, unknown actions

  // What the walk did to the connections that it began with. True: packets may be seen otherwise now.
  bool teach(Conntrack& conntrack) const;
};

// Of ports: what actions take for alive that ask for it. The others are not there, or BFD says so.
using LivePorts = std::set<std::uint32_t>;

class Pipeline {
 public:
  // Limits of ovs-vswitchd (ofproto-dpif-xlate: nesting and resubmits of one packet).
  static constexpr int depth_max = 64;
  static constexpr int resubmits_max = 4096;
  // MAX_RECIRC_DEPTH in lib/dpif-netdev.c: a packet goes on after ct() six times, one after the other.
  static constexpr int recirculations_max = 6;

  explicit Pipeline(const std::map<wire::of::FlowKey, wire::of::FlowSpec>& flows, LivePorts alive = {});
  // Leaves `conntrack` as it is; what one part of the packet commits, later parts of it meet. A packet that is sent on
  // by ct(table=…) is walked on after everything that was left to do without it. What ct(nat) rewrites, the tables see
  // in the packet that it sends on; what is left to do without it sees the packet as it was, and sends it out as it is
  // (so does ovs-vswitchd, whose datapath rewrites; live_oracle).
  [[nodiscard]] Walk walk(std::uint32_t in_port, Packet packet, const Conntrack& conntrack = Conntrack()) const;

  // What a controller does with a packet of its own (OpenFlow's packet-out).
  [[nodiscard]] Walk send(const std::vector<wire::of::Action>& actions, Packet packet) const;

 private:
  struct State;
  Walk finish(State& state) const;
  void run_table(State& state, std::uint8_t table, int depth) const;
  bool run_actions(State& state, const std::vector<wire::of::Action>& actions, int depth) const;

  std::map<std::uint8_t, Classifier> tables_;
  LivePorts alive_;
};

}  // namespace tarn::sim
