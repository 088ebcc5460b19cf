// What networks show of the services around them.
#include <set>

#include "api/dialect/networks.h"
#include "api/dialect/qos.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::Network;
using model::Segment;

std::vector<Uuid> segments_of(const View& view) {
  return view.snapshot.referrers(view.as<Network>().id.uuid, model::Kind::segment);
}

// Whether the segment is the one that the network was made with.
bool is_own(const Network& network, const Segment& segment) {
  return segment.type == network.type && segment.physical_network == network.physical_network &&
         segment.segmentation_id == network.segmentation_id;
}

json::value show_segments(const View& view) {
  json::array shown(view.storage);
  const auto append = [&](const Segment& segment) {
    const bool wired = !segment.physical_network.empty();
    shown.push_back({{"provider:network_type", network_type_name(segment.type)},
                     {"provider:physical_network", wired ? json::value(segment.physical_network) : nullptr},
                     {"provider:segmentation_id",
                      segment.segmentation_id == 0 ? json::value(nullptr) : json::value(segment.segmentation_id)}});
  };
  for (const bool first : {true, false})
    for (const Uuid& id : segments_of(view))
      if (const Segment& segment = **view.snapshot.find<Segment>(id); is_own(view.as<Network>(), segment) == first)
        append(segment);
  return shown;
}

// The zones of the nodes that have ports of the network: each serves it by itself.
json::value zones(const View& view) {
  std::set<std::string> names;
  for (const std::string& host : view.snapshot.hosts_of(view.as<Network>().id))
    if (const auto* agent = view.snapshot.agent_on(host)) names.insert((*agent)->availability_zone);
  json::array shown(view.storage);
  for (const std::string& name : names) shown.emplace_back(name);
  return shown;
}

// Whether all ports of the network hear each other: not when its subnets are each on one segment.
json::value l2_adjacency(const View& view) {
  for (const SubnetId id : view.snapshot.subnets_of(view.as<Network>().id))
    if ((**view.snapshot.find(id)).segment) return false;
  return true;
}

// The switch passes no frames with a second tag, and nobody is promised so.
Attribute vlan_transparent() {
  Type type = boolean();
  type.words = "false or null";
  type.accept = [accept = boolean().accept](const json::value& value) -> Result<json::value> {
    if (value.is_null()) return value;
    auto good = accept(value);
    if (good && *good == true)
      return fail(ErrorCode::invalid, "VlanTransparencyDriverError", "the switch passes no frames with inner tags");
    return good;
  };
  return {.name = "vlan_transparent",
          .type = std::move(type),
          .model = derived([](const View&) { return json::value(nullptr); }),
          .given = Given::post,
          .absent = "null",
          .alias = "vlan-transparent"};
}

void add_zones(std::vector<Attribute>& rows) {
  rows.push_back({.name = "availability_zone_hints",
                  .type = texts(255),
                  .model = member(&Network::availability_zone_hints),
                  .given = Given::post,
                  .absent = "[]",
                  .filter = false,
                  .alias = "network_availability_zone"});
  rows.push_back({.name = "availability_zones",
                  .type = shown("list of strings"),
                  .model = derived(zones),
                  .filter = false,
                  .alias = "network_availability_zone"});
}

}  // namespace

json::value network_type_name(model::NetworkType type) {
  switch (type) {
    case model::NetworkType::vxlan:
      return "vxlan";
    case model::NetworkType::vlan:
      return "vlan";
    case model::NetworkType::flat:
      return "flat";
  }
  return nullptr;
}

bool has_segments(const View& network) {
  return segments_of(network).size() > 1;
}

void add_network_services(std::vector<Attribute>& rows) {
  rows.push_back(qos_policy_id(member(&Network::qos_policy)));
  rows.push_back({.name = "segments",
                  .type = network_segments(),
                  .model = {"segments", show_segments},
                  .given = Given::post,
                  .absent = "one, as provider:* say",
                  .filter = false,
                  .alias = "multi-provider",
                  .shown_if = has_segments});
  add_zones(rows);
  rows.push_back({.name = "dns_domain",
                  .type = dns_domain(),
                  .model = member(&Network::dns_domain),
                  .given = Given::both,
                  .absent = "\"\"",
                  .alias = "dns-integration"});
  rows.push_back({.name = "l2_adjacency",
                  .type = shown_boolean(),
                  .model = derived(l2_adjacency),
                  .filter = false,
                  .alias = "l2_adjacency"});
  rows.push_back(vlan_transparent());
}

}  // namespace tarn::api::dialect
