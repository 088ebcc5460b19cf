// The number by which flows call a security group or an address group: given with the row, kept as long as it lives.
// The rule that a group's rows keep their numbers through updates follows from `number` being no word of any request.
#pragma once

#include <cstdint>

#include "model/snapshot.h"

namespace tarn::model::admission {

// The one with which a group of this id may be made: never 0, and no group's of the cloud. The same cloud and id give
// the same number.
std::uint32_t new_rule_number(const Snapshot& cloud, const Uuid& id);

// The one of a group that came from elsewhere: a number means something in this cloud only, so what the row says is
// not asked.
template <class Group>
std::uint32_t adopted_rule_number(const Snapshot& cloud, const Group& group) {
  const Versioned<Group>* held = cloud.find<Group>(group.id.uuid);
  return held != nullptr && (*held)->number != 0 ? (*held)->number : new_rule_number(cloud, group.id.uuid);
}

}  // namespace tarn::model::admission
