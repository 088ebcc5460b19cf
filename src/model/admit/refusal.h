// The refusals that clients know by name, where more than one rule gives them: each is worded in one place.
// A refusal that one rule alone gives stands in that rule.
#pragma once

#include <string>

#include "base/result.h"
#include "model/rows.h"

namespace tarn::model::admission {

using Refusal = std::unexpected<Error>;

inline Refusal invalid_input(std::string what) {
  return fail(ErrorCode::invalid, "InvalidInput", "Invalid input for operation: " + std::move(what));
}
inline Refusal not_found(Kind kind, const Uuid& id) {
  const std::string name(called(kind));
  return fail(ErrorCode::not_found, name + "NotFound", name + " " + id.text() + " could not be found.");
}
inline Refusal bad_request(std::string_view resource, std::string what) {
  return fail(ErrorCode::invalid, "BadRequest", "Bad " + std::string(resource) + " request: " + std::move(what));
}
inline Refusal bad_subnets_request(std::string what) {
  return bad_request("subnets", std::move(what));
}
inline Refusal scopes_differ() {
  return fail(ErrorCode::invalid, "NetworkAddressScopeAffinityError",
              "All subnets of an IP version on one network must be in the same address scope.");
}
inline Refusal already_allocated(SubnetId subnet, const Ip& address) {
  return fail(ErrorCode::conflict, "IpAddressAlreadyAllocated",
              "IP address " + address.text() + " already allocated in subnet " + subnet.text() + ".");
}

}  // namespace tarn::model::admission
