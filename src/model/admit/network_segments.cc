#include "model/admit/network_segments.h"

#include "model/admit/plain.h"
#include "model/admit/segment.h"

namespace tarn::model::admission {
namespace {

constexpr std::string_view provider_names[] = {"type", "physical_network", "segmentation_id"};

const boost::json::array* segments_given(const Request& request) {
  const boost::json::value* given = request.given.if_contains("segments");
  return given == nullptr ? nullptr : given->if_array();
}

// One of those that the word `segments` names, as far as it says.
Result<Snapshot::Segment> named_segment(const Draft& draft, const boost::json::value& entry, const Network& of) {
  const boost::json::object* object = entry.if_object();
  if (object == nullptr) return invalid_input("a segment is an object.");
  boost::json::object given;
  for (const std::string_view name : provider_names)
    if (is_given(*object, name)) given[name] = object->at(name);
  Network wanted;
  if (Status status = set_fields(wanted, given); !status) return fail(status.error());
  wanted.id = of.id;
  wanted.standard.project_id = of.standard.project_id;
  return choose_segment(draft, given, wanted);
}

void write(Draft& draft, const Network& network, const Snapshot::Segment& chosen) {
  Segment segment;
  segment.id = {draft.new_id(Kind::segment)};
  segment.standard.project_id = network.standard.project_id;
  segment.network = network.id;
  segment.type = chosen.type;
  segment.physical_network = chosen.physical_network;
  segment.segmentation_id = chosen.id;
  draft.create(std::move(segment));
}

Refusal in_use(const Segment& segment, const std::string& reason) {
  return fail(ErrorCode::conflict, "SegmentInUse",
              "Segment '" + segment.id.text() + "' cannot be deleted: " + reason + ".");
}

struct SegmentRules {
  using Row = Segment;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},      {"name", When::both},    {"description", When::both},
      {"network", When::created},         {"type", When::created}, {"physical_network", When::created},
      {"segmentation_id", When::created},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request& request, const Segment* before, Segment& segment) {
    if (before != nullptr) return {};
    const Result<Network> network = row_for<Network>(draft, segment.network.uuid);
    if (!network) return fail(network.error());
    if (!is_given(request.given, "type")) return invalid_input("a segment needs 'network_type'.");
    segment.standard.project_id = network->standard.project_id;
    Network wanted;
    wanted.id = segment.network;
    wanted.standard.project_id = segment.standard.project_id;
    wanted.type = segment.type;
    wanted.physical_network = segment.physical_network;
    wanted.segmentation_id = segment.segmentation_id;
    const Result<Snapshot::Segment> chosen = choose_segment(draft, request.given, wanted);
    if (!chosen) return fail(chosen.error());
    segment.physical_network = chosen->physical_network;
    segment.segmentation_id = chosen->id;
    return {};
  }
  static Status release(Draft& draft, const Segment& segment) {
    const Snapshot::Segment own = Snapshot::segment_of(**draft.now().find(segment.network));
    if (own == Snapshot::Segment{segment.type, segment.physical_network, segment.segmentation_id})
      return in_use(segment, "it is the one that network " + segment.network.text() + " was made with");
    for (const Uuid& id : draft.now().referrers(segment.id.uuid, Kind::subnet))
      return in_use(segment, "The segment is still associated with subnet(s) " + id.text());
    return {};
  }
};

Refusal not_all_associated(NetworkId network) {
  return fail(ErrorCode::invalid, "SubnetsNotAllAssociatedWithSegments",
              "All of the subnets on network '" + network.text() +
                  "' must either all be associated with segments or all not associated with any segment.");
}

Status check_change(const Draft& draft, const Subnet& before, const Subnet& subnet, bool alone) {
  if (!alone) return not_all_associated(subnet.network);
  if (before.segment)
    return fail(ErrorCode::invalid, "SubnetSegmentAssociationChangeNotAllowed",
                "A subnet that is already associated with a segment cannot have its segment association changed.");
  if (draft.now().referrers(subnet.network.uuid, Kind::segment).size() > 1)
    return fail(ErrorCode::invalid, "NoUpdateSubnetWhenMultipleSegmentsOnNetwork",
                "The network '" + subnet.network.text() +
                    "' has multiple segments, it is only possible to associate an existing subnet with a segment on "
                    "networks with a single segment.");
  return {};
}

}  // namespace

Result<Snapshot::Segment> first_segment(const Draft& draft, const Request& request, const Network& wanted) {
  const boost::json::array* segments = segments_given(request);
  if (segments == nullptr || segments->empty()) return choose_segment(draft, request.given, wanted);
  for (const std::string_view name : provider_names) {
    if (!is_given(request.given, name)) continue;
    return fail(ErrorCode::invalid, "SegmentsSetInConjunctionWithProviders",
                "Segments and provider values cannot both be set.");
  }
  return named_segment(draft, segments->front(), wanted);
}

Status make_segments(Draft& draft, const Request& request, const Network& network) {
  write(draft, network, Snapshot::segment_of(network));
  const boost::json::array* segments = segments_given(request);
  for (std::size_t i = 1; segments != nullptr && i < segments->size(); ++i) {
    const Result<Snapshot::Segment> chosen = named_segment(draft, (*segments)[i], network);
    if (!chosen) return fail(chosen.error());
    write(draft, network, *chosen);
  }
  return {};
}

void remove_segments(Draft& draft, NetworkId network) {
  for (const Uuid& id : draft.now().referrers(network.uuid, Kind::segment)) draft.remove(Kind::segment, id);
}

Status check_subnet_segment(const Draft& draft, const Subnet* before, const Subnet& subnet) {
  if (before != nullptr && before->segment == subnet.segment) return {};
  if (subnet.segment) {
    const Result<Segment> segment = row_for<Segment>(draft, subnet.segment->uuid);
    if (!segment) return fail(segment.error());
    if (segment->network != subnet.network)
      return fail(ErrorCode::invalid, "NetworkIdsDontMatch",
                  "The subnet's network id, '" + subnet.network.text() +
                      "', doesn't match the network_id of segment '" + segment->id.text() + "'.");
  }
  bool alone = true;
  bool alike = true;
  for (const SubnetId id : draft.now().subnets_of(subnet.network)) {
    if (id == subnet.id) continue;
    alone = false;
    alike = alike && (**draft.now().find(id)).segment.has_value() == subnet.segment.has_value();
  }
  if (before != nullptr) return check_change(draft, *before, subnet, alone);
  if (alike) return {};
  return not_all_associated(subnet.network);
}

KindRules segment_rules() {
  return plain_rules<SegmentRules>();
}

}  // namespace tarn::model::admission
