#include "model/address_scopes.h"

namespace tarn::model {

std::optional<AddressScopeId> address_scope_of(const Snapshot& cloud, SubnetId id) {
  const Versioned<Subnet>* subnet = cloud.find(id);
  if (subnet == nullptr || !(*subnet)->subnetpool) return std::nullopt;
  const Versioned<SubnetPool>* pool = cloud.find<SubnetPool>((*subnet)->subnetpool->uuid);
  return pool == nullptr ? std::nullopt : (*pool)->address_scope;
}

}  // namespace tarn::model
