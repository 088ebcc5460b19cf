// What the machine says when a call on a file fails, in the words of who called. Reads errno: ask before anything else
// is called.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

#include "base/result.h"

namespace tarn::rt {

// "cannot open /var/log/x: No such file or directory"
inline Error system_error(const std::string& what, const std::string& path) {
  return {ErrorCode::unavailable, {}, "cannot " + what + " " + path + ": " + std::generic_category().message(errno)};
}

}  // namespace tarn::rt
