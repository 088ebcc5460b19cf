// What ofproto/trace says of one packet, as values: the flows it met, where it left and how it looked there, and what
// stood in the registers at the end. Reads text only; the test asks the switch.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/pipeline.h"

namespace tarn::test {

using DatapathPorts = std::map<std::string, std::uint32_t>;  // number in the datapath → OpenFlow port

// From the text of dpif/show.
DatapathPorts datapath_ports(const std::string& show);

// The packet as ofproto/trace takes it: of ct_state it wants the flags that are set, not which are not.
std::string trace_text(const sim::Packet& packet);

struct Course {
  std::vector<std::pair<int, int>> flows;                         // table and priority of each flow met
  std::vector<std::pair<std::uint32_t, sim::Packet>> departures;  // in order; port_controller for packet-ins
  std::vector<std::string> userdata;                              // of the packet-ins, as "01.02"
  std::map<std::string, std::string> metadata;                    // registers and tunnel fields that are not zero
  bool operator==(const Course&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Course& course);

// `sent` is the packet that the trace was asked about.
Course course_of(const std::string& trace, const sim::Packet& sent, const DatapathPorts& ports);
Course course_of(const sim::Walk& walk);

}  // namespace tarn::test
