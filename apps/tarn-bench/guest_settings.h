// What an instance of a benchmark is told by hand, the same on every side: its way out and its MTU. And whether it is
// answered.
#pragma once

#include "path_side.h"

namespace tarn::bench {

Status set_gateway(const PathEnd& end, const Ip& gateway);
// Room for every tunnel's header below the 1,500 octets of Ethernet.
Status leave_room_for_tunnels(const PathEnd& end);
// Waits for the first answer to a ping. Errors: none within ten seconds.
Status await_answer(const PathEnd& from, const Ip& to);

}  // namespace tarn::bench
