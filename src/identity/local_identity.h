// Identity by the tokens that this very server gave out. Answers at once: a signature costs some microseconds.
// Borrows the tokens; gives none out (identity_service.h does).
#pragma once

#include "api/identity.h"
#include "identity/local_tokens.h"

namespace tarn::identity {

class LocalIdentity final : public api::Identity {
 public:
  explicit LocalIdentity(const LocalTokens& tokens) : tokens_(tokens) {}

  void identify(const api::Request& request, std::function<void(Result<policy::Credentials>)> done) override;
  [[nodiscard]] std::string challenge(const std::string& url_root) const override;

 private:
  const LocalTokens& tokens_;
};

// Where clients log in, below the URL that they came by.
std::string auth_url(const std::string& url_root);

}  // namespace tarn::identity
