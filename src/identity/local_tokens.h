// The tokens of the built-in identity service: given out, judged, taken back. What a token is worth is looked up in the
// directory each time, so a role that was taken away is away at the next start, whatever tokens are about.
// Used from any thread; only `revoke` blocks.
#pragma once

#include <memory>

#include "identity/directory.h"
#include "identity/revocations.h"
#include "identity/signed_token.h"
#include "identity/verified.h"
#include "rt/clock.h"

namespace tarn::identity {

// A good token, and what it stands for. `user` belongs to the directory.
struct Session {
  Claims claims;
  const User* user = nullptr;
  std::vector<std::string> roles;  // in its scope, sorted
};

class LocalTokens {
 public:
  // `clock` outlives it.
  LocalTokens(Directory directory, std::string key, std::unique_ptr<Revocations> revocations, const rt::Clock& clock)
      : directory_(std::move(directory)), key_(std::move(key)), revocations_(std::move(revocations)), clock_(clock) {}

  struct Issued {
    std::string token;
    Session session;
  };
  // A token for a user whose password was right. `end_ms` bounds its life (a token got by a token does not outlive
  // it); 0: no bound. Errors: forbidden (no role in that scope).
  [[nodiscard]] Result<Issued> issue(const User& user, const Scope& scope, std::int64_t end_ms) const;

  // Errors: forbidden, whatever is wrong with it.
  [[nodiscard]] Result<Session> verify(std::string_view token) const;
  [[nodiscard]] Verified verified(const Session& session) const;

  Status revoke(const Claims& claims);

  [[nodiscard]] const Directory& directory() const { return directory_; }

 private:
  const Directory directory_;
  const std::string key_;
  const std::unique_ptr<Revocations> revocations_;
  const rt::Clock& clock_;
};

}  // namespace tarn::identity
