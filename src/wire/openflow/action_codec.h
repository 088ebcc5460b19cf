// Actions as OpenFlow 1.5 bytes (section 7.2.6) with Open vSwitch's extensions (NXAST_*), both ways. Pure.
// An action this build does not know, or knows only in another form, becomes Opaque: its bytes, header included.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/openflow/flow.h"

namespace tarn::wire::of {

// Actions may hold actions (ct, clone); deeper than this they stay Opaque. The switch itself recurses no deeper.
inline constexpr int action_depth_max = 8;

void put_actions(ByteWriter& out, const std::vector<Action>& actions);
// Fails only when an action's length is impossible.
Result<std::vector<Action>> decode_actions(ByteView bytes);
// Whether an Opaque stands anywhere in them, also inside ct and clone.
bool holds_opaque(const std::vector<Action>& actions);

}  // namespace tarn::wire::of
