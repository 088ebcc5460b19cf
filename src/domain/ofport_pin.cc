#include "domain/ofport_pin.h"

#include "base/hash.h"

namespace tarn::domain {

reconcile::Drift OfportPin::drift(const Spec& want, const Seen& have) {
  const bool same = have.requested == std::int64_t{want.ofport} && have.recorded == std::to_string(want.ofport);
  return same ? reconcile::Drift::none : reconcile::Drift::adjust;
}

std::uint64_t OfportPin::group(const Key& key, const Spec&) {
  return ContentHash().add(key).value();
}
std::uint64_t OfportPin::group(const Key& key, const Seen&) {
  return ContentHash().add(key).value();
}

}  // namespace tarn::domain
