// What a service may do once it listens: nothing that its user may not. What it opened before stays open, files and
// sockets in other namespaces alike.
#pragma once

#include <string>

#include "base/result.h"

namespace tarn::services {

// Gives the rights of root up for those of `user`, for ever. Errors: not_found, forbidden.
Status become(const std::string& user);

}  // namespace tarn::services
