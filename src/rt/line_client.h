// The asking side of a LineServer, for a command that has nothing else to do meanwhile.
// Keeps nothing between two questions, and is never called from a loop, which would stand still.
#pragma once

#include <string>

#include "base/result.h"
#include "rt/clock.h"

namespace tarn::rt {

inline constexpr std::size_t answer_bytes_max = 64UL * 1024 * 1024;

// Sends one line to the unix socket at `path` and blocks until the answering line, which comes without its end.
// Neither may hold a newline. Errors, each naming the path: those of AsioDialer::dial; unavailable when the other side
// hangs up or `timeout` passes; corrupt when the answer is longer than answer_bytes_max.
Result<std::string> ask(const std::string& path, const std::string& request, Duration timeout);

}  // namespace tarn::rt
