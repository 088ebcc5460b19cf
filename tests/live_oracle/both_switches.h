// A real Open vSwitch (userspace datapath) and the walker with the same flows: one packet after the other is sent to
// both, and leaves both by the same ports. Both remember connections, and nothing is ever forgotten on purpose.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "live_oracle/random_tables.h"
#include "sim/pipeline.h"
#include "support/private_switch.h"

namespace tarn::test {

using sim::Field;
using sim::Packet;
using wire::of::FieldValue;
using wire::of::Match;

// What of TCP the walker's packets do not have and a tracker looks at.
struct Segment {
  std::string flags;
  std::uint16_t sequence = 0;
  std::uint16_t acknowledged = 0;
};
inline const Segment syn{"syn"};
inline const Segment syn_ack{"syn|ack", 0, 1};
inline const Segment ack{"ack", 1, 1};

// Host n stands at port n.
Mac mac(std::uint64_t host);
Packet ip_packet(std::uint64_t from, std::uint64_t to, std::uint64_t protocol, bool v4 = true);
Packet udp(std::uint64_t from, std::uint64_t to, std::uint64_t source, std::uint64_t destination, bool v4 = true);
Packet tcp(std::uint64_t from, std::uint64_t to, std::uint64_t source, std::uint64_t destination, bool v4 = true);
Packet icmp(std::uint64_t from, std::uint64_t to, std::uint64_t type, std::uint64_t code = 0, bool v4 = true);

class BothSwitches : public testing::Test {
 protected:
  static constexpr std::uint32_t ports_max = 6;
  static constexpr std::uint8_t rules = 1;
  static constexpr std::uint8_t delivery = 2;

  // Both families go through the tracker of zone 7, come back to the table that sent them, and go on to `rules`.
  // `delivery` knows where the hosts stand.
  void SetUp() override;

  static FieldValue tracked(std::uint64_t bits, std::uint64_t mask) {
    return FieldValue::number(Field::ct_state, bits, mask);
  }
  static wire::of::Ct remember() { return {.commit = true, .zone_field = Field::metadata, .table = {}, .nested = {}}; }
  void add(std::uint8_t table, std::uint16_t priority, Match match, std::vector<wire::of::Action> actions,
           std::optional<std::uint8_t> next = {});
  // The bridge has exactly the flows that were added, and so has what it made of them for its datapath.
  void load();

  using Ports = std::vector<std::uint32_t>;
  Ports sent_by_switch(const Packet& packet, const Segment& segment);  // sorted
  Ports sent_by_walker(const Packet& packet);                          // sorted
  Ports agree(const Packet& packet, const Segment& segment = {});      // answers the walker's

  Flows flows_;
  std::optional<sim::Pipeline> walker_;

 private:
  void learn(const std::vector<sim::Learned>& all);
  std::string bridge() { return "unix:" + switch_.management_socket("br-int"); }
  std::string ask(const std::string& command);  // ovs-appctl(8)
  Bytes frame_of(const Packet& packet, const Segment& segment);
  std::map<std::uint32_t, std::uint64_t> counters();

  PrivateSwitch switch_{"ct"};
  std::map<std::uint32_t, std::uint64_t> counted_;  // sent by each port so far
  std::string last_;                                // what the walker made of the packet
  bool learned_ = false;                            // of it
  sim::Conntrack conntrack_{sim::Tracker::userspace};
};

}  // namespace tarn::test
