#include "model/admit/rule_number.h"

#include "base/hash.h"

namespace tarn::model {
namespace admission {
namespace {

std::uint32_t folded(const Uuid& id, std::uint64_t attempt) {
  const std::uint64_t hash = ContentHash().add(ByteView(id.bytes)).add(attempt).value();
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

bool is_held(const Snapshot& cloud, std::uint32_t number) {
  const Uuid id = rule_number_id(number);
  return cloud.is_referred(id, Kind::security_group) || cloud.is_referred(id, Kind::address_group);
}

}  // namespace

// Ends: a cloud holds far fewer groups than there are numbers.
std::uint32_t new_rule_number(const Snapshot& cloud, const Uuid& id) {
  std::uint64_t attempt = 0;
  std::uint32_t number = folded(id, attempt);
  while (number == 0 || is_held(cloud, number)) number = folded(id, ++attempt);
  return number;
}

}  // namespace admission

// The number is spelt in the id, so that no two numbers have one id.
Uuid rule_number_id(std::uint32_t number) {
  constexpr std::uint64_t space = 0x7275'6c65'206e'756d;  // "rule num"; no row is made with an id of this space
  return Uuid::random(space, number);
}

}  // namespace tarn::model
