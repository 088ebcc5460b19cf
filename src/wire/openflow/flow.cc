#include "wire/openflow/flow.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "base/check.h"
#include "wire/openflow/fields.h"

namespace tarn::wire::of {

namespace {

using Octets = std::array<std::uint8_t, 16>;

Octets low_bytes(std::uint64_t value, std::size_t width) {
  CHECK(width >= 8 || value >> (8 * width) == 0);
  Octets bytes{};
  for (std::size_t i = 0; i < std::min<std::size_t>(width, 8); ++i)
    bytes[width - 1 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  return bytes;
}

Octets full_mask(Field field) {
  Octets mask{};
  std::fill_n(mask.begin(), width_of(field), std::uint8_t{0xff});
  return mask;
}

FieldValue masked(Field field, Octets value, const Octets& mask) {
  for (std::size_t i = 0; i < value.size(); ++i) value[i] &= mask[i];
  return {field, value, mask};
}

Octets octets_of(Field field, ByteView bytes) {
  CHECK(bytes.size() == width_of(field));
  Octets result{};
  std::copy(bytes.begin(), bytes.end(), result.begin());
  return result;
}

// The switch keeps some fields narrower than the wire has them and reports the narrow form. Without this a table listed
// back would differ from the one that was sent:
//  * ct_state: eight bits exist (ovs-fields(7)), the mask comes back cut to them;
//  * tcp_flags: twelve bits exist;
//  * ip_frag: two bits exist, a fragment and a later one, and both asked for is the same as the whole byte;
//  * vlan_tci: priority bits mean something only when a tag is demanded, and come back as all three or none.
FieldValue normal(FieldValue wanted) {
  switch (wanted.field) {
    case Field::ct_state:
      wanted.mask[0] = wanted.mask[1] = wanted.mask[2] = 0;
      break;
    case Field::ip_frag:
      wanted.mask[0] &= 3;
      wanted.value[0] &= wanted.mask[0];
      // A later fragment is a fragment too: "not one at all" and "a later one" say as much as the exact value.
      if (wanted.mask[0] == 2 && wanted.value[0] == 2) wanted.value[0] = wanted.mask[0] = 3;
      if (wanted.mask[0] == 1 && wanted.value[0] == 0) wanted.mask[0] = 3;
      if (wanted.mask[0] == 3) wanted.mask[0] = 0xff;
      break;
    case Field::tcp_flags:
      wanted.mask[0] &= 0x0f;
      break;
    case Field::vlan_tci: {
      const bool demands_tag = (wanted.value[0] & wanted.mask[0] & 0x10) != 0;
      if (!demands_tag) wanted.mask[0] &= 0x1f;
      const std::uint8_t priority = wanted.mask[0] & 0xe0;
      CHECK(priority == 0 || priority == 0xe0);
      break;
    }
    default:
      break;
  }
  return masked(wanted.field, wanted.value, wanted.mask);
}

// By words, each mixed by a multiplication (the odd number is 2^64 divided by the golden ratio).
std::uint64_t hash_of(const FieldValue& value) {
  std::uint64_t hash = static_cast<std::uint64_t>(value.field) + 1;
  for (const Octets& half : {value.value, value.mask}) {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), half.data(), half.size());
    for (const std::uint64_t word : words) {
      hash = (hash ^ word) * 0x9e3779b97f4a7c15;
      hash ^= hash >> 32;
    }
  }
  return hash;
}

}  // namespace

bool FieldValue::exact() const {
  return mask == full_mask(field);
}

FieldValue FieldValue::number(Field field, std::uint64_t value) {
  return {field, low_bytes(value, width_of(field)), full_mask(field)};
}

FieldValue FieldValue::number(Field field, std::uint64_t value, std::uint64_t mask) {
  return masked(field, low_bytes(value, width_of(field)), low_bytes(mask, width_of(field)));
}

FieldValue FieldValue::mac(Field field, const Mac& mac) {
  return bytes(field, mac.bytes);
}

FieldValue FieldValue::mac(Field field, const Mac& mac, const Mac& mask) {
  return bytes(field, mac.bytes, mask.bytes);
}

FieldValue FieldValue::ip(Field field, const Ip& ip) {
  return bytes(field, ByteView(ip.bytes).first(ip.size()));
}

FieldValue FieldValue::prefix(Field field, const Prefix& prefix) {
  const Ip mask = prefix.mask();
  return bytes(field, ByteView(prefix.address.bytes).first(prefix.address.size()),
               ByteView(mask.bytes).first(mask.size()));
}

FieldValue FieldValue::bytes(Field field, ByteView value) {
  return {field, octets_of(field, value), full_mask(field)};
}

FieldValue FieldValue::bytes(Field field, ByteView value, ByteView mask) {
  return masked(field, octets_of(field, value), octets_of(field, mask));
}

Match::Match(std::initializer_list<FieldValue> fields) {
  for (const FieldValue& field : fields) with(field);
}

Match& Match::with(FieldValue field) {
  field = normal(field);
  std::vector<FieldValue>& fields = own().fields;
  const auto at = std::lower_bound(fields.begin(), fields.end(), field.field,
                                   [](const FieldValue& have, Field wanted) { return have.field < wanted; });
  const bool present = at != fields.end() && at->field == field.field;
  const bool wildcard = field.mask == Octets{};
  if (present) hash_ -= hash_of(*at);
  if (!wildcard) hash_ += hash_of(field);
  if (present && wildcard) fields.erase(at);
  if (present && !wildcard) *at = field;
  if (!present && !wildcard) fields.insert(at, field);
  return *this;
}

const FieldValue* Match::find(Field field) const {
  const auto at = std::ranges::find(fields(), field, &FieldValue::field);
  return at == fields().end() ? nullptr : &*at;
}

// Field values have no padding, and bytes compare as their members would: one comparison instead of three for each.
std::strong_ordering Match::operator<=>(const Match& other) const {
  static_assert(std::has_unique_object_representations_v<FieldValue>);
  if (content_ == other.content_) return std::strong_ordering::equal;
  if (hash_ != other.hash_) return hash_ <=> other.hash_;
  const std::span<const FieldValue> ours = fields();
  const std::span<const FieldValue> theirs = other.fields();
  const std::size_t common = std::min(ours.size(), theirs.size()) * sizeof(FieldValue);
  const int order = common == 0 ? 0 : std::memcmp(ours.data(), theirs.data(), common);
  if (order != 0) return order < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  if (ours.size() != theirs.size()) return ours.size() <=> theirs.size();
  return std::lexicographical_compare_three_way(unknown().begin(), unknown().end(), other.unknown().begin(),
                                                other.unknown().end());
}

Match& Match::with_unknown(ByteView oxm) {
  Bytes& unknown = own().unknown;
  unknown.insert(unknown.end(), oxm.begin(), oxm.end());
  return *this;
}

Match::Content& Match::own() {
  if (Content* content = content_.sole()) return *content;
  content_ = content_ ? SharedValue<Content>::make(*content_) : SharedValue<Content>::make();
  return *content_.sole();
}

Action::Action(const Action& other) = default;
Action::Action(Action&& other) noexcept = default;
Action& Action::operator=(const Action& other) = default;
Action& Action::operator=(Action&& other) noexcept = default;
Action::~Action() = default;

std::strong_ordering Action::operator<=>(const Action& other) const {
  return static_cast<const variant&>(*this) <=> static_cast<const variant&>(other);
}

bool Action::operator==(const Action& other) const {
  return static_cast<const variant&>(*this) == static_cast<const variant&>(other);
}

ActionList::ActionList(std::vector<Action> actions) {
  if (!actions.empty()) list_ = SharedValue<std::vector<Action>>::make(std::move(actions));
}

const std::vector<Action>& ActionList::list() const {
  static const std::vector<Action> none;
  return list_ ? *list_ : none;
}

bool FlowSpec::operator==(const FlowSpec& other) const = default;

std::strong_ordering Ct::operator<=>(const Ct& other) const {
  if (const auto order = commit <=> other.commit; order != 0) return order;
  if (const auto order = force <=> other.force; order != 0) return order;
  if (const auto order = zone_field <=> other.zone_field; order != 0) return order;
  if (const auto order = zone <=> other.zone; order != 0) return order;
  if (const auto order = table <=> other.table; order != 0) return order;
  if (const auto order = nat <=> other.nat; order != 0) return order;
  return nested <=> other.nested;
}

bool Ct::operator==(const Ct& other) const {
  return (*this <=> other) == 0;
}

std::strong_ordering Learn::operator<=>(const Learn& other) const = default;
bool Learn::operator==(const Learn& other) const = default;

std::strong_ordering Clone::operator<=>(const Clone& other) const {
  return actions <=> other.actions;
}

bool Clone::operator==(const Clone& other) const {
  return actions == other.actions;
}

}  // namespace tarn::wire::of
