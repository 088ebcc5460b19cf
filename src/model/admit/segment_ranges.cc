// Network segment ranges. `project_id` is whose a range is, when it is not `shared`; a shared one is nobody's.
#include "model/admit/segment_ranges.h"

#include "model/admit/plain.h"

namespace tarn::model::admission {
namespace {

using Range = Limits::Range;

constexpr std::uint32_t vlan_id_max = 4094;  // IEEE 802.1Q: 0 and 4095 are reserved
constexpr std::uint32_t vni_max = 0xffffff;  // RFC 7348 section 5: 24 bits

bool is_some(const Range& range) {
  return range.first != 0 && range.first <= range.last;
}

// What is left of the ranges without the numbers of `gone`.
std::vector<Range> less(const std::vector<Range>& ranges, const Range& gone) {
  std::vector<Range> left;
  for (const Range& each : ranges) {
    if (gone.last < each.first || gone.first > each.last) {
      left.push_back(each);
      continue;
    }
    if (gone.first > each.first) left.push_back({each.first, gone.first - 1});
    if (gone.last < each.last) left.push_back({gone.last + 1, each.last});
  }
  return left;
}

Range configured(const Limits& limits, NetworkType type, const std::string& physical) {
  if (type == NetworkType::vxlan) return limits.vni;
  const auto found = limits.vlan_ranges.find(physical);
  return found == limits.vlan_ranges.end() ? Range{} : found->second;
}

Status check_numbers(const SegmentRange& range) {
  const bool vlan = range.type == NetworkType::vlan;
  const std::uint32_t most = vlan ? vlan_id_max : vni_max;
  const bool good = range.minimum >= 1 && range.minimum <= range.maximum && range.maximum <= most;
  if (good) return {};
  return fail(ErrorCode::invalid, vlan ? "NetworkVlanRangeError" : "NetworkTunnelRangeError",
              "The range from " + std::to_string(range.minimum) + " to " + std::to_string(range.maximum) +
                  " is not between 1 and " + std::to_string(most) + ".");
}

Status check_type(const SegmentRange& range) {
  switch (range.type) {
    case NetworkType::vxlan:
      if (range.physical_network.empty()) return {};
      return invalid_input("a range of VXLAN numbers is on no physical network.");
    case NetworkType::vlan:
      if (!range.physical_network.empty()) return {};
      return fail(ErrorCode::invalid, "BadRequest",
                  "Bad network_segment_range request: a range of VLANs needs its 'physical_network'.");
    case NetworkType::flat:
      break;
  }
  return fail(ErrorCode::invalid, "NetworkSegmentRangeNetTypeNotSupported",
              "Network type flat does not support network segment ranges.");
}

Status check_alone(const Snapshot& cloud, const SegmentRange& range) {
  for (const auto& [id, other] : cloud.table<SegmentRange>()) {
    const bool same_wire = other->type == range.type && other->physical_network == range.physical_network;
    if (other->id == range.id || !same_wire) continue;
    if (range.maximum < other->minimum || range.minimum > other->maximum) continue;
    return fail(ErrorCode::conflict, "NetworkSegmentRangeOverlaps",
                "Network segment range overlaps with range(s) with id " + id.text() + ".");
  }
  return {};
}

// Whether a network has one of these numbers.
bool is_used(const Snapshot& cloud, const SegmentRange& range, const Range& numbers) {
  if (!is_some(numbers)) return false;
  const auto& segments = cloud.segments();
  const auto at = segments.lower_bound({range.type, range.physical_network, numbers.first});
  return at != segments.end() && (*at).first <= Snapshot::Segment{range.type, range.physical_network, numbers.last};
}

Refusal referenced(const SegmentRange& range) {
  return fail(ErrorCode::conflict, "NetworkSegmentRangeReferencedByProject",
              "Network Segment Range " + range.id.text() + " is referenced by one or more tenant networks.");
}

struct SegmentRangeRules {
  using Row = SegmentRange;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},
      {"name", When::both},
      {"description", When::both},
      {"tags", When::both},
      {"shared", When::created},
      {"type", When::created},
      {"physical_network", When::created},
      {"minimum", When::both},
      {"maximum", When::both},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const SegmentRange* before, SegmentRange& range) {
    if (before == nullptr && range.shared) range.standard.project_id.clear();
    if (Status status = check_type(range); !status) return status;
    if (Status status = check_numbers(range); !status) return status;
    if (Status status = check_alone(draft.now(), range); !status) return status;
    if (before == nullptr) return {};
    for (const Range& gone : less({{before->minimum, before->maximum}}, {range.minimum, range.maximum}))
      if (is_used(draft.now(), range, gone)) return referenced(range);
    return {};
  }
  static Status release(Draft& draft, const SegmentRange& range) {
    if (is_used(draft.now(), range, {range.minimum, range.maximum})) return referenced(range);
    return {};
  }
};

}  // namespace

std::vector<Range> ranges_for(const Draft& draft, NetworkType type, const std::string& physical_network,
                              const std::string& project) {
  std::vector<Range> own;
  std::vector<Range> open{configured(draft.limits(), type, physical_network)};
  if (!is_some(open.front())) open.clear();
  std::vector<Range> kept;
  for (const auto& [id, range] : draft.now().table<SegmentRange>()) {
    if (range->type != type || range->physical_network != physical_network) continue;
    const bool mine = !range->shared && range->standard.project_id == project;
    (mine ? own : range->shared ? open : kept).push_back({range->minimum, range->maximum});
  }
  for (const Range& each : kept) open = less(open, each);
  own.insert(own.end(), open.begin(), open.end());
  return own;
}

std::set<std::string> vlan_wires(const Draft& draft) {
  std::set<std::string> wires;
  for (const auto& [wire, range] : draft.limits().vlan_ranges) wires.insert(wire);
  for (const auto& [id, range] : draft.now().table<SegmentRange>())
    if (range->type == NetworkType::vlan) wires.insert(range->physical_network);
  return wires;
}

KindRules network_segment_range_rules() {
  return plain_rules<SegmentRangeRules>();
}

}  // namespace tarn::model::admission
