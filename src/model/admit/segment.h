// Which segment a new network gets: the one its creator names (administrators only), or a free one. Where the search
// for a free one begins is a hash of the id: the number of a network that just went is not given to the next, while
// some node may still send by it.
// Chooses only; the network's rules write it down, and the snapshot's index of segments is the record of what is taken.
#pragma once

#include <boost/json/object.hpp>

#include "model/admit/draft.h"

namespace tarn::model::admission {

// `wanted` carries the project, and type, physical network and segmentation id as far as `given` names them.
// Refusals: InvalidInput, VlanIdInUse, TunnelIdInUse, FlatNetworkInUse, NoNetworkAvailable (ErrorCode::exhausted).
Result<Snapshot::Segment> choose_segment(const Draft& draft, const boost::json::object& given, const Network& wanted);

// The VNI of a new tap service, from the numbers that networks of the project may get. Refusal: NoNetworkAvailable.
Result<std::uint32_t> choose_vni(const Draft& draft, const std::string& project, const Uuid& id);

// The largest MTU a network of this type can have: what the underlay carries, less the encapsulation.
std::uint32_t mtu_max(const Limits& limits, NetworkType type);

}  // namespace tarn::model::admission
