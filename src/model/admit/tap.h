// Copies of traffic as other rules see them: whoever watches a port goes with it. The rules of ports and networks call
// this; those of tap services, tap flows and tap mirrors are in tap.cc.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// Before a port goes: its logs, the tap services that it is the port of with their flows, its tap flows and mirrors.
void drop_watchers(Draft& draft, PortId port);

// The VNI of a tap service that came from elsewhere: what the row says is not asked. 0 where none is left.
std::uint32_t adopted_vni(const Draft& draft, const TapService& service);
// Before a network that came from elsewhere is written with its number: a tap service that has it gets another.
void yield_vni(Draft& draft, const Snapshot::Segment& segment);

}  // namespace tarn::model::admission
