// Source ports of gateways, given to hosts: each host whose packets may leave by a gateway has a block of its own, as
// long as they may, or as ports that left it may still have connections there (moves.h), whether it needs its ports or
// not: by that the gateway's hosts know whom to expect. Nobody asks for one: whatever a batch did, its draft ends with
// the blocks that it comes to.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// A block once given never moves, so no connection loses its ports. The first 15 hosts or so get 2,048 ports each,
// later ones fewer, down to 64; who comes after some 110 hosts gets none. `host`, unless empty, is looked at whatever
// changed.
void settle_port_blocks(Draft& draft, const Snapshot& before, const std::string& host = {});

}  // namespace tarn::model::admission
