#include "identity/local_identity.h"

namespace tarn::identity {

void LocalIdentity::identify(const api::Request& request, std::function<void(Result<policy::Credentials>)> done) {
  const std::string* token = api::find_header(request.headers, "X-Auth-Token");
  const std::string* service_token = api::find_header(request.headers, "X-Service-Token");
  const Result<Session> session = token ? tokens_.verify(*token) : fail(unknown_token());
  const Result<Session> service = service_token ? tokens_.verify(*service_token) : Session{};
  if (!session || !service) return done(fail(unknown_token()));
  policy::Credentials who = tokens_.verified(*session).who;
  who.service_roles = service->roles;
  done(std::move(who));
}

std::string LocalIdentity::challenge(const std::string& url_root) const {
  return "Keystone uri=\"" + auth_url(url_root) + "\"";
}

std::string auth_url(const std::string& url_root) {
  return url_root + "/identity/v3";
}

}  // namespace tarn::identity
