// Any file as the built-in identity service's: a directory in which everything that is referred to is there, or one
// line that says what is wrong.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "identity/directory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn::identity;
  const auto directory = parse_directory(std::string(reinterpret_cast<const char*>(data), size));
  if (!directory) {
    CHECK(!directory.error().message.empty());
    return 0;
  }
  for (const User& user : directory->users) {
    CHECK(directory->user(user.id) == &user && directory->domain(user.domain_id));
    CHECK(directory->user_named(user.domain_id, user.name) == &user);
    CHECK(directory->projects_of(user.id).size() <= directory->projects.size());
  }
  for (const Project& project : directory->projects)
    CHECK(directory->project(project.id) == &project && directory->domain(project.domain_id));
  for (const Grant& grant : directory->grants) {
    CHECK(directory->user(grant.user_id));
    CHECK(grant.scope.kind != ScopeKind::project || directory->project(grant.scope.id));
    CHECK(grant.scope.kind != ScopeKind::domain || directory->domain(grant.scope.id));
  }
  return 0;
}
