// Short words for writing flows: matches on registers, and a sink that puts the unit's cookie on each flow. Used by the
// units only.
#pragma once

#include <optional>
#include <vector>

#include "render/pipeline.h"
#include "render/policy.h"
#include "render/unit.h"
#include "wire/openflow/flow.h"

namespace tarn::render {

namespace of = wire::of;
using of::Field;
using of::FieldValue;
using of::Match;
using Actions = std::vector<of::Action>;

inline constexpr std::uint64_t ethertype_ipv4 = 0x0800;
inline constexpr std::uint64_t ethertype_arp = 0x0806;
inline constexpr std::uint64_t ethertype_ipv6 = 0x86dd;
inline constexpr std::uint64_t protocol_udp = 17;
inline constexpr std::uint64_t protocol_icmpv6 = 58;
inline constexpr std::uint64_t protocol_icmp = 1;
inline constexpr std::uint64_t icmp_echo_reply = 0;  // RFC 792
inline constexpr std::uint64_t icmp_echo_request = 8;
inline constexpr std::uint64_t icmpv6_echo_request = 128;  // RFC 4443, as the next
inline constexpr std::uint64_t icmpv6_echo_reply = 129;
inline constexpr std::uint64_t icmpv6_listener_query = 130;  // RFC 2710, as the next two
inline constexpr std::uint64_t icmpv6_listener_report = 131;
inline constexpr std::uint64_t icmpv6_listener_done = 132;
inline constexpr std::uint64_t icmpv6_listener_report2 = 143;     // RFC 3810
inline constexpr std::uint64_t icmpv6_router_solicitation = 133;  // RFC 4861 section 4, as the next four
inline constexpr std::uint64_t icmpv6_router_advertisement = 134;
inline constexpr std::uint64_t icmpv6_neighbour_solicitation = 135;
inline constexpr std::uint64_t icmpv6_neighbour_advertisement = 136;
inline constexpr std::uint64_t icmpv6_redirect = 137;
inline constexpr std::uint64_t dhcp4_server_port = 67;
inline constexpr std::uint64_t dhcp4_client_port = 68;
inline constexpr std::uint64_t dhcp6_server_port = 547;
inline constexpr std::uint64_t dhcp6_client_port = 546;
inline constexpr std::uint64_t arp_request = 1;
inline constexpr std::uint64_t arp_reply = 2;

inline constexpr std::uint64_t vlan_present = 0x1000;  // in vlan_tci (ovs-fields(7)), above the VLAN id

// Bits of ct_state (ovs-fields(7)).
inline constexpr std::uint64_t ct_new = 0x01;
inline constexpr std::uint64_t ct_reply = 0x08;
inline constexpr std::uint64_t ct_invalid = 0x10;
inline constexpr std::uint64_t ct_tracked = 0x20;
inline constexpr std::uint64_t ct_snat = 0x40;  // the source of this packet was rewritten
inline constexpr std::uint64_t ct_dnat = 0x80;

// Higher wins. The steps leave room between them.
enum class Priority : std::uint16_t { miss = 0, low = 100, middle = 200, high = 300, top = 400 };

FieldValue number(Field field, std::uint64_t value);
FieldValue in_network(std::uint32_t network_number);
FieldValue from(Origin origin);
FieldValue untagged();
FieldValue tagged(std::uint32_t vlan_id);
// Of a packet that has been through connection tracking and belongs, or could belong, to a connection.
FieldValue tracked();
of::SetField set(Field field, std::uint64_t value);
of::SetField set(Field field, const Mac& mac);
of::SetField set(Field field, const Ip& ip);
of::Move move(Field from, Field to);  // all of `from`, which is not wider than `to`

Match arp(std::uint64_t operation);
Match ipv4();
Match ipv6();
Match udp(std::uint64_t ethertype, std::uint64_t source, std::uint64_t destination);
Match icmpv6(std::uint64_t type);
Match neighbour_discovery(std::uint64_t type);  // with code 0, which makes its fields matchable
inline Ip all_nodes() {
  return Ip::parse("ff02::1").value();  // RFC 4291 section 2.7.1
}
Match operator&(Match match, FieldValue field);
Match operator&(Match match, const Match& more);

class FlowSink {
 public:
  FlowSink(Tables& tables, const UnitId& unit) : tables_(tables), cookie_(cookie_of(unit)) {}

  void add(Stage stage, Priority priority, const Match& match, Actions actions, std::optional<Stage> next = {}) {
    add(stage, static_cast<std::uint16_t>(priority), match, std::move(actions), next);
  }
  void add(Stage stage, std::uint16_t priority, const Match& match, Actions actions, std::optional<Stage> next = {});
  void drop(Stage stage, Priority priority, const Match& match) { add(stage, priority, match, {}); }

 private:
  Tables& tables_;
  std::uint64_t cookie_;
};

of::Resubmit call(Stage stage);
// The packet goes on in `stage` with what is known of its connection, in the zone of its network.
of::Ct track(Stage stage);

void append_policy(Actions& actions, Policy policy);  // set in the registers
Match& with_policy(Match& match, Policy policy);

std::uint64_t word_of(const std::array<std::uint8_t, 16>& bytes, std::size_t word);  // of four, the first is 0

}  // namespace tarn::render
