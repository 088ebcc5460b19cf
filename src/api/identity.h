// Who is asking. One small door for every way of knowing it: none (a lab), a token service, a local file.
// Belongs to the server, which lends it to the HTTP edge. Says who, never what they may do: that is policy's.
#pragma once

#include <functional>

#include "api/http.h"
#include "base/result.h"
#include "policy/credentials.h"

namespace tarn::api {

class Identity {
 public:
  virtual ~Identity() = default;
  // `done` runs once, on any thread, maybe before `identify` returns.
  // Errors: forbidden (nobody we know: 401), unavailable (the token service is away: 503).
  virtual void identify(const Request& request, std::function<void(Result<policy::Credentials>)> done) = 0;

  // What WWW-Authenticate tells a caller who is refused; `url_root` is the URL he came by.
  [[nodiscard]] virtual std::string challenge(const std::string& /*url_root*/) const { return "Keystone"; }
};

// Authentication mode `none`: every caller has the role admin, in the project named by X-Project-Id (or none).
class OpenIdentity final : public Identity {
 public:
  void identify(const Request& request, std::function<void(Result<policy::Credentials>)> done) override;
};

}  // namespace tarn::api
