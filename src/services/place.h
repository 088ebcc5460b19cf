// Where the services of a node are, all of them: a network namespace with one interface, whose other end the agent puts
// on the switch. What is there already is left as it is, so that a service that starts again disturbs nobody.
#pragma once

#include <string>

#include "base/result.h"

namespace tarn::services {

struct Place {
  std::string netns = "tarn-metadata";      // in /run/netns; made where it is missing
  std::string interface = "tarn-metadata";  // the switch's end, in the namespace that this program runs in
};

inline constexpr const char* service_interface = "service";  // the other end, inside

// Needs root. Errors: unavailable, with what failed.
Status prepare(const Place& place);

}  // namespace tarn::services
