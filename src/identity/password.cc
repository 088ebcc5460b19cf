#include "identity/password.h"

#include <crypt.h>

#include <array>
#include <memory>

#include "base/check.h"
#include "identity/secret.h"
#include "rt/choice.h"

namespace tarn::identity {
namespace {

constexpr const char* method = "$y$";  // yescrypt, crypt(5)
constexpr unsigned long cost = 0;      // the method's own default
constexpr std::size_t salt_bytes = 32;

bool fits(const std::string& password) {
  return !password.empty() && password.size() <= password_bytes_max && password.find('\0') == std::string::npos;
}

// Nothing when libxcrypt does not take the setting.
std::string crypted(const std::string& password, const std::string& setting) {
  const auto state = std::make_unique<crypt_data>();  // 32 KB
  const char* text = crypt_r(password.c_str(), setting.c_str(), state.get());
  return text && *text != '*' ? text : "";
}

}  // namespace

Result<std::string> hash_password(const std::string& password) {
  if (!fits(password)) {
    return fail(ErrorCode::invalid, "a password has 1 to " + std::to_string(password_bytes_max) + " bytes");
  }
  std::array<std::uint8_t, salt_bytes> salt{};
  rt::secret_bytes(salt);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  CHECK(crypt_gensalt_rn(method, cost, reinterpret_cast<const char*>(salt.data()), salt.size(), setting.data(),
                         setting.size()));
  std::string hash = crypted(password, setting.data());
  CHECK(!hash.empty());
  return hash;
}

bool is_password_hash(const std::string& text) {
  if (!text.starts_with('$') || text.find('\0') != std::string::npos) return false;
  const std::size_t salt_end = text.rfind('$');
  const bool whole = text.size() - salt_end > 20;  // the hash itself, behind method, cost and salt
  return whole && crypt_checksalt(text.c_str()) == CRYPT_SALT_OK;
}

bool is_password(const std::string& password, const std::string& hash) {
  if (!fits(password) || !is_password_hash(hash)) return false;
  return same_secret(crypted(password, hash), hash);
}

}  // namespace tarn::identity
