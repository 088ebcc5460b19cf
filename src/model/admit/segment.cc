#include "model/admit/segment.h"

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"
#include "model/admit/gap.h"
#include "model/admit/rules.h"
#include "model/admit/segment_ranges.h"

namespace tarn::model::admission {
namespace {

using Segment = Snapshot::Segment;

constexpr std::uint32_t vlan_id_max = 4094;   // IEEE 802.1Q: 0 and 4095 are reserved
constexpr std::uint32_t vni_max = 0xffffff;   // RFC 7348 section 5: 24 bits
constexpr std::uint32_t vxlan_overhead = 50;  // outer IPv4 20, UDP 8, VXLAN 8, inner Ethernet 14 octets

Refusal exhausted() {
  return fail(ErrorCode::exhausted, "NoNetworkAvailable",
              "Unable to create the network: no segment is available for allocation.");
}

// For whom a segment is looked for.
struct Seeker {
  std::string project;
  Uuid id;
};
Seeker seeker_of(const Network& network) {
  return {network.standard.project_id, network.id.uuid};
}

std::optional<Segment> free_in(const Draft& draft, NetworkType type, const std::string& physical, Limits::Range range,
                               const Seeker& seeker) {
  const std::uint64_t size = std::uint64_t{range.last} - range.first + 1;
  const std::uint64_t begin = ContentHash().add(ByteView(seeker.id.bytes)).value() % size;
  const auto at = [&](std::uint64_t i) { return Segment{type, physical, range.first + static_cast<std::uint32_t>(i)}; };
  const auto later = [&](std::uint64_t i) { return at(begin + i); };
  if (const auto gap = first_gap(draft.now().segments(), size - begin, later)) return later(*gap);
  const auto gap = first_gap(draft.now().segments(), begin, at);
  return gap ? std::optional(at(*gap)) : std::nullopt;
}

std::optional<Segment> any_free(const Draft& draft, NetworkType type, const std::string& physical,
                                const Seeker& seeker) {
  for (const Limits::Range& range : ranges_for(draft, type, physical, seeker.project)) {
    if (auto segment = free_in(draft, type, physical, range, seeker)) return segment;
  }
  return std::nullopt;
}

Result<Segment> any_free_vni(const Draft& draft, const Seeker& seeker) {
  if (auto segment = any_free(draft, NetworkType::vxlan, {}, seeker)) return *segment;
  return exhausted();
}

Result<Segment> any_free_vlan(const Draft& draft, const Seeker& seeker) {
  for (const std::string& physical : vlan_wires(draft)) {
    if (auto segment = any_free(draft, NetworkType::vlan, physical, seeker)) return *segment;
  }
  return exhausted();
}

Result<Segment> tenant_segment(const Draft& draft, const Seeker& seeker) {
  switch (draft.limits().default_network_type) {
    case NetworkType::vxlan:
      return any_free_vni(draft, seeker);
    case NetworkType::vlan:
      return any_free_vlan(draft, seeker);
    case NetworkType::flat:
      return exhausted();  // a flat network is a wire of the operator's; tenants get none by themselves
  }
  CHECK(false);
  return exhausted();
}

Result<Segment> vxlan_segment(const Draft& draft, const Network& wanted, bool numbered) {
  if (!wanted.physical_network.empty()) {
    return invalid_input("provider:physical_network specified for vxlan network.");
  }
  if (!numbered) return any_free_vni(draft, seeker_of(wanted));
  const std::uint32_t vni = wanted.segmentation_id;
  if (vni == 0 || vni > vni_max) {
    return invalid_input("segmentation_id out of range (1 through " + std::to_string(vni_max) + ").");
  }
  const Segment segment{NetworkType::vxlan, {}, vni};
  if (!draft.now().owner_of(segment)) return segment;
  return fail(ErrorCode::conflict, "TunnelIdInUse",
              "Unable to create the network. The tunnel ID " + std::to_string(vni) + " is in use.");
}

Result<Segment> vlan_segment(const Draft& draft, const Network& wanted, bool numbered) {
  const std::string& physical = wanted.physical_network;
  if (physical.empty() && numbered) {
    return invalid_input("segmentation_id requires physical_network for VLAN provider network.");
  }
  if (physical.empty()) return any_free_vlan(draft, seeker_of(wanted));
  if (!vlan_wires(draft).contains(physical)) {
    return invalid_input("physical_network '" + physical + "' unknown for VLAN provider network.");
  }
  if (!numbered) {
    if (ranges_for(draft, NetworkType::vlan, physical, wanted.standard.project_id).empty()) {
      return invalid_input("physical network '" + physical + "' has no VLANs to choose from: give segmentation_id.");
    }
    if (auto segment = any_free(draft, NetworkType::vlan, physical, seeker_of(wanted))) return *segment;
    return exhausted();
  }
  const std::uint32_t vlan = wanted.segmentation_id;
  if (vlan == 0 || vlan > vlan_id_max) {
    return invalid_input("segmentation_id out of range (1 through " + std::to_string(vlan_id_max) + ").");
  }
  const Segment segment{NetworkType::vlan, physical, vlan};
  if (!draft.now().owner_of(segment)) return segment;
  return fail(ErrorCode::conflict, "VlanIdInUse",
              "Unable to create the network. The VLAN " + std::to_string(vlan) + " on physical network " + physical +
                  " is in use.");
}

Result<Segment> flat_segment(const Draft& draft, const Network& wanted, bool numbered) {
  const std::string& physical = wanted.physical_network;
  const std::vector<std::string>& known = draft.limits().flat_networks;
  if (physical.empty()) return invalid_input("physical_network required for flat provider network.");
  if (std::ranges::find(known, "*") == known.end() && std::ranges::find(known, physical) == known.end()) {
    return invalid_input("physical_network '" + physical + "' unknown for flat provider network.");
  }
  if (numbered && wanted.segmentation_id != 0) {
    return invalid_input("segmentation_id prohibited for flat provider network.");
  }
  const Segment segment{NetworkType::flat, physical, 0};
  if (!draft.now().owner_of(segment)) return segment;
  return fail(ErrorCode::conflict, "FlatNetworkInUse",
              "Unable to create the flat network. Physical network " + physical + " is in use.");
}

}  // namespace

Result<std::uint32_t> choose_vni(const Draft& draft, const std::string& project, const Uuid& id) {
  const Result<Segment> segment = any_free_vni(draft, {project, id});
  if (!segment) return fail(segment.error());
  return segment->id;
}

Result<Segment> choose_segment(const Draft& draft, const boost::json::object& given, const Network& wanted) {
  const bool numbered = is_given(given, "segmentation_id");
  if (!is_given(given, "type")) {
    if (numbered || is_given(given, "physical_network")) return invalid_input("provider:network_type required.");
    return tenant_segment(draft, seeker_of(wanted));
  }
  switch (wanted.type) {
    case NetworkType::vxlan:
      return vxlan_segment(draft, wanted, numbered);
    case NetworkType::vlan:
      return vlan_segment(draft, wanted, numbered);
    case NetworkType::flat:
      return flat_segment(draft, wanted, numbered);
  }
  CHECK(false);
  return exhausted();
}

std::uint32_t mtu_max(const Limits& limits, NetworkType type) {
  const std::uint32_t overhead = type == NetworkType::vxlan ? vxlan_overhead : 0;
  return limits.underlay_mtu > overhead ? limits.underlay_mtu - overhead : 0;
}

}  // namespace tarn::model::admission
