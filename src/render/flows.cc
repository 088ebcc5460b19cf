#include "render/flows.h"

#include "base/check.h"
#include "render/punt.h"

namespace tarn::render {

namespace {
constexpr std::uint64_t vlan_identity = 0x1fff;
}  // namespace

FieldValue number(Field field, std::uint64_t value) {
  return FieldValue::number(field, value);
}

FieldValue in_network(std::uint32_t network_number) {
  return number(Field::metadata, network_number);
}

FieldValue from(Origin origin) {
  return number(reg::origin, static_cast<std::uint64_t>(origin));
}

FieldValue untagged() {
  return FieldValue::number(Field::vlan_tci, 0, vlan_identity);
}

FieldValue tagged(std::uint32_t vlan_id) {
  return FieldValue::number(Field::vlan_tci, vlan_present | vlan_id, vlan_identity);
}

FieldValue tracked() {
  return FieldValue::number(Field::ct_state, ct_tracked, ct_tracked | ct_invalid);
}

of::SetField set(Field field, std::uint64_t value) {
  return {number(field, value)};
}

of::SetField set(Field field, const Mac& mac) {
  return {FieldValue::mac(field, mac)};
}

of::SetField set(Field field, const Ip& ip) {
  return {FieldValue::ip(field, ip)};
}

of::Move move(Field from, Field to) {
  CHECK(of::width_of(from) <= of::width_of(to));
  return {from, to, 0, 0, static_cast<std::uint16_t>(8 * of::width_of(from))};
}

Match arp(std::uint64_t operation) {
  return {number(Field::eth_type, ethertype_arp), number(Field::arp_op, operation)};
}

Match ipv4() {
  return {number(Field::eth_type, ethertype_ipv4)};
}

Match ipv6() {
  return {number(Field::eth_type, ethertype_ipv6)};
}

Match udp(std::uint64_t ethertype, std::uint64_t source, std::uint64_t destination) {
  return {number(Field::eth_type, ethertype), number(Field::ip_proto, protocol_udp), number(Field::udp_src, source),
          number(Field::udp_dst, destination)};
}

Match icmpv6(std::uint64_t type) {
  return {number(Field::eth_type, ethertype_ipv6), number(Field::ip_proto, protocol_icmpv6),
          number(Field::icmpv6_type, type)};
}

Match neighbour_discovery(std::uint64_t type) {
  return icmpv6(type) & number(Field::icmpv6_code, 0);
}

Match operator&(Match match, FieldValue field) {
  match.with(field);
  return match;
}

Match operator&(Match match, const Match& more) {
  for (const FieldValue& field : more.fields()) match.with(field);
  return match;
}

void FlowSink::add(Stage stage, std::uint16_t priority, const Match& match, Actions actions,
                   std::optional<Stage> next) {
  std::optional<std::uint8_t> goto_table;
  if (next) goto_table = static_cast<std::uint8_t>(*next);
  of::FlowKey key{static_cast<std::uint8_t>(stage), priority, match};
  tables_.flows.insert_or_assign(std::move(key), of::FlowSpec{cookie_, std::move(actions), goto_table});
}

of::Resubmit call(Stage stage) {
  return {static_cast<std::uint8_t>(stage)};
}

of::Ct track(Stage stage) {
  of::Ct ct;
  ct.zone_field = Field::metadata;
  ct.table = static_cast<std::uint8_t>(stage);
  return ct;
}

void append_policy(Actions& actions, Policy policy) {
  const auto number = static_cast<std::uint64_t>(policy);
  actions.push_back(set(reg::policy_high, number >> 32));
  actions.push_back(set(reg::policy_low, number & 0xffffffff));
}

Match& with_policy(Match& match, Policy policy) {
  const auto policy_number = static_cast<std::uint64_t>(policy);
  match.with(number(reg::policy_high, policy_number >> 32));
  return match.with(number(reg::policy_low, policy_number & 0xffffffff));
}

std::uint64_t word_of(const std::array<std::uint8_t, 16>& bytes, std::size_t word) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes[4 * word + i];
  return value;
}

Bytes encode(const Punt& punt) {
  ByteWriter writer;
  writer.u8(static_cast<std::uint8_t>(punt.reason)).put(punt.port.uuid.bytes);
  return std::move(writer).finish();
}

std::optional<Punt> decode_punt(ByteView userdata) {
  constexpr std::size_t uuid_bytes = 16;
  if (userdata.size() != 1 + uuid_bytes || userdata[0] < static_cast<Byte>(PuntReason::dhcp4) ||
      userdata[0] > static_cast<Byte>(PuntReason::unresolved))
    return std::nullopt;
  Punt punt{static_cast<PuntReason>(userdata[0]), {}};
  std::copy(userdata.begin() + 1, userdata.end(), punt.port.uuid.bytes.begin());
  return punt;
}

namespace {

// What the registers of a packet hold.
std::uint32_t word_in(const of::PacketIn& packet, Field field) {
  const FieldValue* value = packet.metadata.find(field);
  return value == nullptr ? 0 : ByteReader(value->value).u32();
}

Ip address_in(const of::PacketIn& packet, const Field (&registers)[4], Family family) {
  Ip address{family, {}};
  for (std::size_t i = 0; i < address.size(); ++i)
    address.bytes[i] = static_cast<std::uint8_t>(word_in(packet, registers[i / 4]) >> (24 - 8 * (i % 4)));
  return address;
}

std::uint32_t network_in(const of::PacketIn& packet) {
  const FieldValue* value = packet.metadata.find(Field::metadata);
  return value == nullptr ? 0 : static_cast<std::uint32_t>(ByteReader(value->value).u64());
}

}  // namespace

std::uint32_t sender_of(const of::PacketIn& packet) {
  return word_in(packet, reg::source);
}

Routed routed(const of::PacketIn& packet, Family family) {
  Routed routed{sender_of(packet),
                std::nullopt,
                word_in(packet, reg::way) & reg::way_mtu,
                std::uint64_t{word_in(packet, reg::router_high)} << 32 | word_in(packet, reg::router_low),
                network_in(packet),
                word_in(packet, reg::scope)};
  const Ip own = address_in(packet, reg::router_address, family);
  if (!own.is_zero()) routed.own = own;
  return routed;
}

Unresolved unresolved(const of::PacketIn& packet, Family family) {
  return {network_in(packet), address_in(packet, reg::next_hop, family)};
}

std::vector<of::Action> dispatch_answer(const Routed& to) {
  return {set(reg::router_high, to.router >> 32), set(reg::router_low, to.router & 0xffffffff),
          set(reg::scope, to.scope), set(reg::origin, static_cast<std::uint64_t>(Origin::local)), call(Stage::router)};
}

std::vector<of::Action> departure_of(std::uint32_t network_number) {
  return {set(Field::metadata, network_number), set(reg::origin, static_cast<std::uint64_t>(Origin::local)),
          call(Stage::uplink)};
}

std::vector<of::Action> delivery_to(std::uint32_t target) {
  return {set(reg::target, target), call(Stage::output)};
}

}  // namespace tarn::render
