#include "services/rights.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace tarn::services {

Status become(const std::string& user) {
  const passwd* entry = getpwnam(user.c_str());
  if (entry == nullptr) return fail(ErrorCode::not_found, "there is no user " + user);
  if (setgroups(0, nullptr) != 0 || setgid(entry->pw_gid) != 0 || setuid(entry->pw_uid) != 0)
    return fail(ErrorCode::forbidden, "cannot become the user " + user);
  return {};
}

}  // namespace tarn::services
