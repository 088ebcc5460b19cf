// The table's rows for segments of networks and for the ranges that their numbers come from.
#include "api/dialect/networks.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::Segment;
using model::SegmentRange;

// A range of VXLAN numbers may hold millions: an answer lists no more than this of either sort.
constexpr std::size_t numbers_listed_max = 4096;

json::value or_nothing(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

Type network_types() {
  return one_of({{"vxlan", "vxlan"}, {"vlan", "vlan"}, {"flat", "flat"}});
}

// A name that may be null, which is the same as none.
Type name_or_null() {
  Type type = text(255);
  type.words += ", or null";
  type.accept = [accept = std::move(type.accept)](const json::value& value) -> Result<json::value> {
    return value.is_null() ? json::value("") : accept(value);
  };
  return type;
}

void add_place(std::vector<Attribute>& rows) {
  rows.push_back({.name = "network_id",
                  .type = uuid(),
                  .model = member(&Segment::network),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "network_type",
                  .type = network_types(),
                  .model = member(&Segment::type, network_type_name),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "physical_network",
                  .type = text(64),
                  .model = member(&Segment::physical_network, or_nothing),
                  .given = Given::post,
                  .null_is_absent = true,
                  .absent = "chosen by the server",
                  .sort = true});
  rows.push_back({.name = "segmentation_id",
                  .type = integer(1, 16'777'215),
                  .model = member(&Segment::segmentation_id,
                                  [](std::uint32_t id) { return id == 0 ? json::value(nullptr) : json::value(id); }),
                  .given = Given::post,
                  .null_is_absent = true,
                  .absent = "chosen by the server",
                  .sort = true});
}

// The numbers of the range that somebody has, as `visit(number, id)`.
template <class Visit>
void each_used(const View& view, Visit&& visit) {
  const SegmentRange& range = view.as<SegmentRange>();
  const auto& segments = view.snapshot.segments();
  const model::Snapshot::Segment last{range.type, range.physical_network, range.maximum};
  for (auto at = segments.lower_bound({range.type, range.physical_network, range.minimum}); at != segments.end();
       ++at) {
    const auto& [segment, owner] = *at;
    if (last < segment || !visit(segment.id, owner)) return;
  }
}

std::string project_of(const model::Snapshot& snapshot, const Uuid& owner) {
  if (const auto* network = snapshot.find(NetworkId{owner})) return (*network)->standard.project_id;
  const auto* service = snapshot.find<model::TapService>(owner);
  return service ? (*service)->standard.project_id : std::string();
}

json::value used(const View& view) {
  json::object shown(view.storage);
  each_used(view, [&](std::uint32_t number, const Uuid& id) {
    shown[std::to_string(number)] = project_of(view.snapshot, id);
    return shown.size() < numbers_listed_max;
  });
  return shown;
}

json::value available(const View& view) {
  const SegmentRange& range = view.as<SegmentRange>();
  json::array shown(view.storage);
  std::uint64_t next = range.minimum;
  const auto up_to = [&](std::uint64_t end) {
    for (; next < end && shown.size() < numbers_listed_max; ++next) shown.push_back(next);
    next = end + 1;
    return shown.size() < numbers_listed_max;
  };
  each_used(view, [&](std::uint32_t number, const Uuid&) { return up_to(number); });
  if (shown.size() < numbers_listed_max && next <= range.maximum) up_to(std::uint64_t{range.maximum} + 1);
  return shown;
}

void add_range(std::vector<Attribute>& rows) {
  rows.push_back({.name = "default",
                  .type = shown_boolean(),
                  .model = derived([](const View&) { return json::value(false); }),
                  .filter = false});
  rows.push_back({.name = "shared",
                  .type = boolean(),
                  .model = member(&SegmentRange::shared),
                  .given = Given::post,
                  .absent = "true"});
  rows.push_back({.name = "network_type",
                  .type = one_of({{"vxlan", "vxlan"}, {"vlan", "vlan"}}),
                  .model = member(&SegmentRange::type, network_type_name),
                  .given = Given::post,
                  .required = true});
  rows.push_back({.name = "physical_network",
                  .type = text(64),
                  .model = member(&SegmentRange::physical_network, or_nothing),
                  .given = Given::post,
                  .null_is_absent = true,
                  .absent = "null; VLANs need one"});
  for (const auto& [name, field] :
       {std::pair("minimum", &SegmentRange::minimum), std::pair("maximum", &SegmentRange::maximum)})
    rows.push_back({.name = name,
                    .type = integer(1, 4'294'967'295),
                    .model = member(field),
                    .given = Given::both,
                    .required = true});
  rows.push_back({.name = "used", .type = shown("object"), .model = derived(used), .filter = false});
  rows.push_back(
      {.name = "available", .type = shown("list of integers"), .model = derived(available), .filter = false});
}

}  // namespace

Resource segments() {
  Resource resource{.singular = "segment",
                    .plural = "segments",
                    .kind = model::Kind::segment,
                    .alias = "segment",
                    .not_found = "SegmentNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&Segment::id), .sort = true});
  rows.push_back({.name = "name",
                  .type = name_or_null(),
                  .model = {"name", [](const View& view) { return or_nothing(view.as<Segment>().standard.name); }},
                  .given = Given::both,
                  .absent = "null",
                  .sort = true});
  add_place(rows);
  for (Attribute& each : rows) each.alias = "segment";
  add_history<Segment>(resource);
  for (Attribute& each : rows)
    if (each.name == "description") each.type = name_or_null();
  resource.indexes.push_back(
      {"network_id", [](const model::Snapshot& snapshot, const json::value& value) -> std::optional<std::vector<Uuid>> {
         const auto network = Uuid::parse(value.get_string());
         return network ? snapshot.referrers(*network, model::Kind::segment) : std::vector<Uuid>{};
       }});
  return resource;
}

Resource network_segment_ranges() {
  Resource resource{.singular = "network_segment_range",
                    .plural = "network_segment_ranges",
                    .kind = model::Kind::network_segment_range,
                    .alias = "network-segment-range",
                    .not_found = "NetworkSegmentRangeNotFound"};
  add_identity<SegmentRange>(resource);
  add_range(resource.attributes);
  for (Attribute& each : resource.attributes) each.alias = "network-segment-range";
  add_history<SegmentRange>(resource);
  add_tags(resource, standard<SegmentRange>(&model::Standard::tags));
  return resource;
}

}  // namespace tarn::api::dialect
