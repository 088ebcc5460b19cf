#include "api/identity.h"

namespace tarn::api {

void OpenIdentity::identify(const Request& request, std::function<void(Result<model::Caller>)> done) {
  const auto* project = find_header(request.headers, "X-Project-Id");
  const auto* user = find_header(request.headers, "X-User-Id");
  done(model::Caller{.project_id = project ? *project : "", .user_id = user ? *user : "", .admin = true});
}

}  // namespace tarn::api
