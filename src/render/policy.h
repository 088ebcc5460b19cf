// What security a port has, as flows name it: ports with the same set of security groups share a policy, so that a rule
// costs flows for each group and a port costs none. A number that is content: the same on every node and after every
// start. Values only.
#pragma once

#include <cstdint>
#include <string>

#include "model/rows.h"

namespace tarn::render {

// A hash of 64 bits of the set of groups. `unsecured`: no port security, so that nothing is asked. A secured port that
// is in no group has a policy, of which no rule lets anything through.
enum class Policy : std::uint64_t { unsecured = 0 };

Policy policy_of(const model::Port& port);

// 16 hex digits, by which rows are keyed and units named.
std::string text(Policy policy);
// Of such a text; CHECKs that it is one.
Policy policy_named(const std::string& text);

}  // namespace tarn::render
