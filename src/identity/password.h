// Passwords as crypt(5) texts: yescrypt when written here; whatever strong method libxcrypt knows when read.
// Slow on purpose (some 30 ms and 16 MB each), so never on a network thread. Keeps no password.
#pragma once

#include <string>

#include "base/result.h"

namespace tarn::identity {

inline constexpr std::size_t password_bytes_max = 256;  // libxcrypt takes 512

// A new hash with a new salt. Errors: invalid (empty, too long, or with a zero byte).
Result<std::string> hash_password(const std::string& password);

// Whether a text is a whole hash of a method that libxcrypt holds for strong enough for new ones.
bool is_password_hash(const std::string& text);

// `hash` is one that is_password_hash takes; anything else is right for nobody.
bool is_password(const std::string& password, const std::string& hash);

}  // namespace tarn::identity
