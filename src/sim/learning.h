// Flows that packets make (the learn action), and flows that go with what made them. Pure functions over a table of
// flows, which a model switch or a datapath owns.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "sim/packet.h"
#include "wire/openflow/flow.h"

namespace tarn::sim {

using FlowTable = std::map<wire::of::FlowKey, wire::of::FlowSeen>;

struct Learned {
  wire::of::FlowKey key;
  wire::of::FlowSpec spec;
  std::uint16_t idle_timeout = 0;  // seconds, as the next: shown, and never over here
  std::uint16_t hard_timeout = 0;
  std::uint32_t limit = 0;  // as in Learn
  bool operator==(const Learned&) const = default;
};

// Of a packet as the tables see it. What is loaded is written by a SetField under a mask, as the switch lists it in
// OpenFlow 1.5.
Learned learned_of(const wire::of::Learn& learn, const Packet& packet);

// Nothing is learned, not even anew, where so many flows of its cookie are in its table as may be. A flow that was
// there keeps its timeout (ofproto_flow_mod_learn_start() in Open vSwitch: it is modified, strictly).
void learn(FlowTable& flows, const Learned& learned);

// A flow with these actions is there no more, or does something else now. Where no flow is left that learns into a
// table by a cookie, everything in that table with that cookie goes, whoever wrote it (NX_LEARN_F_DELETE_LEARNED). A
// Learn inside of a clone learns, and is not counted here (rule_actions_create() looks at outer actions only).
void unlearn(FlowTable& flows, const std::vector<wire::of::Action>& gone);

}  // namespace tarn::sim
