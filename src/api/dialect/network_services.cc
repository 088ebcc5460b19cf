// What networks show of the services around them.
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

// Whether all ports of the network hear each other: not when its subnets are each on one segment.
json::value l2_adjacency(const View& view) {
  for (const SubnetId id : view.snapshot.subnets_of(view.as<Network>().id))
    if ((**view.snapshot.find(id)).segment) return false;
  return true;
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
  rows.push_back({.name = "l2_adjacency",
                  .type = shown_boolean(),
                  .model = derived(l2_adjacency),
                  .filter = false,
                  .alias = "l2_adjacency"});
}

}  // namespace tarn::api::dialect
