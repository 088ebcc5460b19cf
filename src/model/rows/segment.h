// What networks are made of on the wire, and trunks: segments, the ranges their numbers come from, ports that carry
// several networks. Rows only, as in model/rows.h; their rules are in model/admit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.h"
#include "model/rows/standard.h"

namespace tarn {
using SegmentId = Id<struct SegmentTag>;
using SegmentRangeId = Id<struct SegmentRangeTag>;
using TrunkId = Id<struct TrunkTag>;
}  // namespace tarn

namespace tarn::model {

enum class NetworkType : std::uint8_t { vxlan, vlan, flat };

// One of the wires of a network, which is made with its first.
struct Segment {
  static constexpr Kind kind = Kind::segment;
  static constexpr std::string_view word = "segment";
  static constexpr std::string_view called = "Segment";

  SegmentId id;
  Standard standard;
  NetworkId network;
  NetworkType type = NetworkType::vxlan;
  std::string physical_network;       // for vlan and flat; empty for vxlan
  std::uint32_t segmentation_id = 0;  // VNI or VLAN id; 0 for flat
  bool operator==(const Segment&) const = default;
};

// Numbers that new networks get, beside those of the configuration.
struct SegmentRange {
  static constexpr Kind kind = Kind::network_segment_range;
  static constexpr std::string_view word = "network_segment_range";
  static constexpr std::string_view called = "NetworkSegmentRange";

  SegmentRangeId id;
  Standard standard;   // whose networks get them, unless shared
  bool shared = true;  // every project's networks do
  NetworkType type = NetworkType::vxlan;
  std::string physical_network;  // for vlan
  std::uint32_t minimum = 0;
  std::uint32_t maximum = 0;  // inclusive
  bool operator==(const SegmentRange&) const = default;
};

enum class SubPortSegmentation : std::uint8_t { vlan };

struct SubPort {
  PortId port;
  SubPortSegmentation segmentation = SubPortSegmentation::vlan;
  std::uint32_t segmentation_id = 0;  // VLAN id by which the instance knows it
  bool operator==(const SubPort&) const = default;
};

struct Trunk {
  static constexpr Kind kind = Kind::trunk;
  static constexpr std::string_view word = "trunk";
  static constexpr std::string_view called = "Trunk";

  TrunkId id;
  Standard standard;
  bool admin_state_up = true;
  PortId port;  // whose frames have no tag
  std::vector<SubPort> sub_ports;
  bool operator==(const Trunk&) const = default;
};

template <class Visit>
void describe(Visit&& visit, const Segment*) {
  visit("id", &Segment::id);
  visit("standard", &Segment::standard);
  visit("network", &Segment::network);
  visit("type", &Segment::type);
  visit("physical_network", &Segment::physical_network);
  visit("segmentation_id", &Segment::segmentation_id);
}
template <class Visit>
void describe(Visit&& visit, const SegmentRange*) {
  visit("id", &SegmentRange::id);
  visit("standard", &SegmentRange::standard);
  visit("shared", &SegmentRange::shared);
  visit("type", &SegmentRange::type);
  visit("physical_network", &SegmentRange::physical_network);
  visit("minimum", &SegmentRange::minimum);
  visit("maximum", &SegmentRange::maximum);
}
template <class Visit>
void describe(Visit&& visit, const SubPort*) {
  visit("port", &SubPort::port);
  visit("segmentation", &SubPort::segmentation);
  visit("segmentation_id", &SubPort::segmentation_id);
}
template <class Visit>
void describe(Visit&& visit, const Trunk*) {
  visit("id", &Trunk::id);
  visit("standard", &Trunk::standard);
  visit("admin_state_up", &Trunk::admin_state_up);
  visit("port", &Trunk::port);
  visit("sub_ports", &Trunk::sub_ports);
}

template <class Visit>
void refer(Visit&& visit, const Segment& segment) {
  visit(segment.network.uuid);
}
template <class Visit>
void refer(Visit&& visit, const Trunk& trunk) {
  visit(trunk.port.uuid);
  for (const SubPort& sub : trunk.sub_ports) visit(sub.port.uuid);
}

}  // namespace tarn::model
