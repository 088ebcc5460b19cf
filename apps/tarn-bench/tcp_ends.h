// Both ends of one TCP connection between instances, or from one to somebody outside.
#pragma once

#include "path_side.h"
#include "rt/descriptor.h"

namespace tarn::bench {

struct TcpEnds {
  rt::Descriptor opened;  // by `from`
  rt::Descriptor taken;
};
// From that source port, or 0: from whichever is free. No call on them blocks longer than some seconds. Errors: it was
// not opened within these.
Result<TcpEnds> open_tcp(const PathEnd& from, const PathEnd& to, std::uint16_t source = 0);

}  // namespace tarn::bench
