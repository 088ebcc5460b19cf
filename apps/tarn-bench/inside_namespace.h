// Sockets and files that belong to the network namespace in which they were opened, wherever they are used later.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "rt/descriptor.h"

namespace tarn::bench {

// Runs `open` in a thread of its own inside the namespace. Errors: there is no such namespace; nothing was opened
// (with errno's words).
Result<rt::Descriptor> open_inside(const std::string& network_namespace, const std::function<rt::Descriptor()>& open);

}  // namespace tarn::bench
