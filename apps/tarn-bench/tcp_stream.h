// One TCP connection from one instance to another, on which either sends as much as it can.
#pragma once

#include "path_side.h"
#include "rt/clock.h"

namespace tarn::bench {

// Payload received, in megabits per second over `duration`, after a moment in which the connection finds its pace.
// Errors: it was not opened within some seconds, or it broke.
Result<double> tcp_mbit_s(const PathEnd& from, const PathEnd& to, Travel travel, rt::Duration duration);

}  // namespace tarn::bench
