// Speakers as other rules see them: who leaves the cloud leaves them. The rules of networks call this; those of
// speakers and peers are in bgp.cc.
#pragma once

#include "model/admit/draft.h"

namespace tarn::model::admission {

// Before a network or a peer goes: no speaker names it any more.
void leave_speakers(Draft& draft, const Uuid& gone);

}  // namespace tarn::model::admission
