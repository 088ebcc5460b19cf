// A port for a listener of a test or a sandbox. Another process may take it before whoever asked does: then that one
// fails to listen, and says so.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace tarn::sandbox {

// A TCP port of 127.0.0.1 that nobody listens on now. Errors: unavailable.
Result<std::uint16_t> free_port();

}  // namespace tarn::sandbox
