// Small files that only their owner may read: keys, passwords, what was revoked. Written whole or not at all.
// Blocks for the disk; belongs to start-up and to worker threads.
#pragma once

#include <string>

#include "base/result.h"

namespace tarn::identity {

// Errors: not_found (no such file), unavailable (it cannot be read).
Result<std::string> read_secret_file(const std::string& path);

// Mode 0600, on the disk when this returns. Errors: unavailable, naming the file.
Status write_secret_file(const std::string& path, const std::string& text);

// What the file holds; at the first time `bytes` random bytes as text, which are then kept.
Result<std::string> kept_secret(const std::string& path, std::size_t bytes);

}  // namespace tarn::identity
