#include "domain/flow.h"

namespace tarn::domain {

using reconcile::Drift;
using reconcile::Ownership;

Ownership Flow::ownership(const Key&, const Seen& have) {
  return (have.spec.cookie & cookie_mark_mask) == cookie_mark ? Ownership::ours : Ownership::foreign;
}

Drift Flow::drift(const Spec& want, const Seen& have) {
  const bool lasting = have.idle_timeout == 0 && have.hard_timeout == 0 && have.importance == 0;
  return lasting && want == have.spec ? Drift::none : Drift::adjust;
}

bool Flow::is_permission(const Key&, const Seen& have) {
  constexpr std::uint64_t odd_class = 1ULL << 40;
  return (have.spec.cookie & odd_class) == 0;
}

std::uint64_t Flow::group(const Key&, const Spec& want) {
  return want.cookie;
}

std::uint64_t Flow::group(const Key&, const Seen& have) {
  return have.spec.cookie;
}

}  // namespace tarn::domain
