#include "wire/openflow/fields.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace tarn::wire::of {

namespace {

constexpr std::uint16_t nxm_of = 0x0000;    // NXM_OF_*, OVS's oldest spelling
constexpr std::uint16_t nxm_nx = 0x0001;    // NXM_NX_*
constexpr std::uint16_t ericsson = 0x1000;  // ERICOXM_OF_*, the neighbour discovery fields
constexpr std::uint16_t basic = 0x8000;     // OXM_OF_*

// In the order of Field: the index is the field.
constexpr std::array<FieldTraits, field_count> table{{
    {Field::in_port, "in_port", basic, 0, 4, FieldForm::decimal},
    {Field::metadata, "metadata", basic, 2, 8, FieldForm::hex},
    {Field::reg0, "reg0", nxm_nx, 0, 4, FieldForm::hex},
    {Field::reg1, "reg1", nxm_nx, 1, 4, FieldForm::hex},
    {Field::reg2, "reg2", nxm_nx, 2, 4, FieldForm::hex},
    {Field::reg3, "reg3", nxm_nx, 3, 4, FieldForm::hex},
    {Field::reg4, "reg4", nxm_nx, 4, 4, FieldForm::hex},
    {Field::reg5, "reg5", nxm_nx, 5, 4, FieldForm::hex},
    {Field::reg6, "reg6", nxm_nx, 6, 4, FieldForm::hex},
    {Field::reg7, "reg7", nxm_nx, 7, 4, FieldForm::hex},
    {Field::reg8, "reg8", nxm_nx, 8, 4, FieldForm::hex},
    {Field::reg9, "reg9", nxm_nx, 9, 4, FieldForm::hex},
    {Field::reg10, "reg10", nxm_nx, 10, 4, FieldForm::hex},
    {Field::reg11, "reg11", nxm_nx, 11, 4, FieldForm::hex},
    {Field::reg12, "reg12", nxm_nx, 12, 4, FieldForm::hex},
    {Field::reg13, "reg13", nxm_nx, 13, 4, FieldForm::hex},
    {Field::reg14, "reg14", nxm_nx, 14, 4, FieldForm::hex},
    {Field::reg15, "reg15", nxm_nx, 15, 4, FieldForm::hex},
    {Field::ct_state, "ct_state", nxm_nx, 105, 4, FieldForm::ct_state},
    {Field::ct_zone, "ct_zone", nxm_nx, 106, 2, FieldForm::decimal},
    {Field::ct_mark, "ct_mark", nxm_nx, 107, 4, FieldForm::hex},
    {Field::ct_label, "ct_label", nxm_nx, 108, 16, FieldForm::hex},
    {Field::conj_id, "conj_id", nxm_nx, 37, 4, FieldForm::decimal},
    {Field::tunnel_id, "tun_id", basic, 38, 8, FieldForm::hex},
    {Field::tunnel_src, "tun_src", nxm_nx, 31, 4, FieldForm::ipv4},
    {Field::tunnel_dst, "tun_dst", nxm_nx, 32, 4, FieldForm::ipv4},
    {Field::tunnel_ipv6_dst, "tun_ipv6_dst", nxm_nx, 110, 16, FieldForm::ipv6},
    {Field::eth_dst, "eth_dst", basic, 3, 6, FieldForm::mac},
    {Field::eth_src, "eth_src", basic, 4, 6, FieldForm::mac},
    {Field::eth_type, "eth_type", basic, 5, 2, FieldForm::hex},
    {Field::vlan_tci, "vlan_tci", nxm_of, 4, 2, FieldForm::hex},
    {Field::ip_proto, "nw_proto", basic, 10, 1, FieldForm::decimal},
    {Field::ip_ttl, "nw_ttl", nxm_nx, 29, 1, FieldForm::decimal},
    {Field::ip_dscp, "ip_dscp", basic, 8, 1, FieldForm::decimal},
    {Field::ip_frag, "ip_frag", nxm_nx, 26, 1, FieldForm::ip_frag},
    {Field::ct_ip_proto, "ct_nw_proto", nxm_nx, 119, 1, FieldForm::decimal},
    {Field::ct_ipv4_src, "ct_nw_src", nxm_nx, 120, 4, FieldForm::ipv4},
    {Field::ct_ipv4_dst, "ct_nw_dst", nxm_nx, 121, 4, FieldForm::ipv4},
    {Field::ct_ipv6_src, "ct_ipv6_src", nxm_nx, 122, 16, FieldForm::ipv6},
    {Field::ct_ipv6_dst, "ct_ipv6_dst", nxm_nx, 123, 16, FieldForm::ipv6},
    {Field::ct_tp_src, "ct_tp_src", nxm_nx, 124, 2, FieldForm::decimal},
    {Field::ct_tp_dst, "ct_tp_dst", nxm_nx, 125, 2, FieldForm::decimal},
    {Field::ipv4_src, "nw_src", basic, 11, 4, FieldForm::ipv4},
    {Field::ipv4_dst, "nw_dst", basic, 12, 4, FieldForm::ipv4},
    {Field::ipv6_src, "ipv6_src", basic, 26, 16, FieldForm::ipv6},
    {Field::ipv6_dst, "ipv6_dst", basic, 27, 16, FieldForm::ipv6},
    {Field::tcp_src, "tcp_src", basic, 13, 2, FieldForm::decimal},
    {Field::tcp_dst, "tcp_dst", basic, 14, 2, FieldForm::decimal},
    {Field::tcp_flags, "tcp_flags", basic, 42, 2, FieldForm::hex},
    {Field::udp_src, "udp_src", basic, 15, 2, FieldForm::decimal},
    {Field::udp_dst, "udp_dst", basic, 16, 2, FieldForm::decimal},
    {Field::sctp_src, "sctp_src", basic, 17, 2, FieldForm::decimal},
    {Field::sctp_dst, "sctp_dst", basic, 18, 2, FieldForm::decimal},
    {Field::icmp_type, "icmp_type", basic, 19, 1, FieldForm::decimal},
    {Field::icmp_code, "icmp_code", basic, 20, 1, FieldForm::decimal},
    {Field::icmpv6_type, "icmpv6_type", basic, 29, 1, FieldForm::decimal},
    {Field::icmpv6_code, "icmpv6_code", basic, 30, 1, FieldForm::decimal},
    {Field::arp_op, "arp_op", basic, 21, 2, FieldForm::decimal},
    {Field::arp_spa, "arp_spa", basic, 22, 4, FieldForm::ipv4},
    {Field::arp_tpa, "arp_tpa", basic, 23, 4, FieldForm::ipv4},
    {Field::arp_sha, "arp_sha", basic, 24, 6, FieldForm::mac},
    {Field::arp_tha, "arp_tha", basic, 25, 6, FieldForm::mac},
    {Field::nd_target, "nd_target", basic, 31, 16, FieldForm::ipv6},
    {Field::nd_sll, "nd_sll", basic, 32, 6, FieldForm::mac},
    {Field::nd_tll, "nd_tll", basic, 33, 6, FieldForm::mac},
    {Field::nd_reserved, "nd_reserved", ericsson, 1, 4, FieldForm::hex},
    {Field::nd_options_type, "nd_options_type", ericsson, 2, 1, FieldForm::decimal},
}};

constexpr bool table_in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].field != static_cast<Field>(i)) return false;
  return true;
}
static_assert(table_in_order());

struct Alias {
  std::uint16_t oxm_class;
  std::uint8_t oxm_number;
  Field field;
};

// Same field, same width, older header. The switch writes these where an action names a field without a version
// (the zone of NXAST_CT), and other programs' flows may carry them.
constexpr auto aliases = std::to_array<Alias>({
    {nxm_of, 1, Field::eth_dst},      {nxm_of, 2, Field::eth_src},    {nxm_of, 3, Field::eth_type},
    {nxm_of, 6, Field::ip_proto},     {nxm_of, 7, Field::ipv4_src},   {nxm_of, 8, Field::ipv4_dst},
    {nxm_of, 9, Field::tcp_src},      {nxm_of, 10, Field::tcp_dst},   {nxm_of, 11, Field::udp_src},
    {nxm_of, 12, Field::udp_dst},     {nxm_of, 13, Field::icmp_type}, {nxm_of, 14, Field::icmp_code},
    {nxm_of, 15, Field::arp_op},      {nxm_of, 16, Field::arp_spa},   {nxm_of, 17, Field::arp_tpa},
    {nxm_nx, 16, Field::tunnel_id},   {nxm_nx, 17, Field::arp_sha},   {nxm_nx, 18, Field::arp_tha},
    {nxm_nx, 19, Field::ipv6_src},    {nxm_nx, 20, Field::ipv6_dst},  {nxm_nx, 21, Field::icmpv6_type},
    {nxm_nx, 22, Field::icmpv6_code}, {nxm_nx, 23, Field::nd_target}, {nxm_nx, 24, Field::nd_sll},
    {nxm_nx, 25, Field::nd_tll},      {nxm_nx, 34, Field::tcp_flags},
});

}  // namespace

const FieldTraits& traits_of(Field field) {
  const auto index = static_cast<std::size_t>(field);
  CHECK(index < table.size());
  return table[index];
}

std::size_t width_of(Field field) {
  return traits_of(field).width;
}

std::string_view name_of(Field field) {
  return traits_of(field).name;
}

std::optional<Field> field_at(std::uint16_t oxm_class, std::uint8_t oxm_number) {
  for (const FieldTraits& traits : table)
    if (traits.oxm_class == oxm_class && traits.oxm_number == oxm_number) return traits.field;
  for (const Alias& alias : aliases)
    if (alias.oxm_class == oxm_class && alias.oxm_number == oxm_number) return alias.field;
  return std::nullopt;
}

std::uint32_t oxm_header(Field field, bool masked) {
  const FieldTraits& traits = traits_of(field);
  const std::uint32_t length = traits.width * (masked ? 2U : 1U);
  return static_cast<std::uint32_t>(traits.oxm_class) << 16 | static_cast<std::uint32_t>(traits.oxm_number) << 9 |
         (masked ? 0x100U : 0U) | length;
}

}  // namespace tarn::wire::of
