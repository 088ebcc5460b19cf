// Anti-spoof. A packet claims (MAC, IP) pairs for its sender: in its Ethernet and IP header, in an ARP message, in a
// neighbour message. Shared rules lift each claim into registers and ask one table whether the port owns it; so a port
// costs one flow for each pair it owns, whatever the ways to claim it.
#include "render/render_units.h"

namespace tarn::render {

namespace {

constexpr Stage after = Stage::sender;

Ip unspecified4() {
  return Ip::from_v4(0);
}
Ip unspecified6() {
  return Ip::from_v6({});
}

std::uint64_t claim_state(ClaimKind kind, unsigned needed) {
  return static_cast<std::uint64_t>(kind) << 8 | std::uint64_t{needed} << 16;
}
constexpr std::uint64_t claim_kind_mask = 0xff00;

// What no instance may say is a claim that nothing proves.
void forbid(FlowSink& flows, std::uint16_t priority, const Match& match) {
  flows.add(Stage::source_claim, priority, match, {set(reg::claim, claim_state(ClaimKind{}, 1))},
            Stage::source_verdict);
}
void forbid(FlowSink& flows, Priority priority, const Match& match) {
  forbid(flows, static_cast<std::uint16_t>(priority), match);
}

void append_claim(Actions& actions, Field mac, std::optional<Field> address) {
  actions.push_back(of::Move{mac, reg::claim_mac_high, 16, 0, 32});
  actions.push_back(of::Move{mac, reg::claim_mac_low, 0, 0, 16});
  if (address && of::width_of(*address) == 4) actions.push_back(move(*address, reg::claim_ip[0]));
  if (address && of::width_of(*address) == 16)
    for (std::uint16_t word = 0; word < 4; ++word)
      actions.push_back(of::Move{*address, reg::claim_ip[word], static_cast<std::uint16_t>(96 - 32 * word), 0, 32});
  actions.push_back(call(Stage::claim));
}

void add_claim_rule(FlowSink& flows, Priority priority, const Match& match, ClaimKind kind, Field mac,
                    std::optional<Field> address) {
  Actions actions{set(reg::claim, claim_state(kind, 1))};
  append_claim(actions, mac, address);
  flows.add(Stage::source_claim, priority, match, std::move(actions), Stage::source_verdict);
}

void add_ipv4_rules(FlowSink& flows) {
  forbid(flows, Priority::top, udp(ethertype_ipv4, dhcp4_server_port, dhcp4_client_port));
  // Before it has an address a client sends from 0.0.0.0 (RFC 2131 section 4.1).
  flows.add(Stage::source_claim, Priority::high,
            udp(ethertype_ipv4, dhcp4_client_port, dhcp4_server_port) & FieldValue::ip(Field::ipv4_src, unspecified4()),
            {}, after);
  add_claim_rule(flows, Priority::low, ipv4(), ClaimKind::ipv4, Field::eth_src, Field::ipv4_src);
  // A probe asks with an unspecified sender address (RFC 5227 section 2.1.1).
  add_claim_rule(flows, Priority::middle, arp(arp_request) & FieldValue::ip(Field::arp_spa, unspecified4()),
                 ClaimKind::link, Field::arp_sha, std::nullopt);
  add_claim_rule(flows, Priority::low, {number(Field::eth_type, ethertype_arp)}, ClaimKind::ipv4, Field::arp_sha,
                 Field::arp_spa);
}

void add_advertisement_rule(FlowSink& flows, Priority priority, const Match& match, Field mac) {
  Actions actions{set(reg::claim, claim_state(ClaimKind::ipv6, 2))};
  append_claim(actions, mac, Field::nd_target);
  append_claim(actions, Field::eth_src, Field::ipv6_src);
  flows.add(Stage::source_claim, priority, match, std::move(actions), Stage::source_verdict);
}

// A link-layer address option that is absent reads as zero.
void add_neighbour_rules(FlowSink& flows) {
  const Match solicitation = neighbour_discovery(icmpv6_neighbour_solicitation);
  const Match advertisement = neighbour_discovery(icmpv6_neighbour_advertisement);
  const FieldValue no_source_option = FieldValue::mac(Field::nd_sll, Mac{});
  const FieldValue no_target_option = FieldValue::mac(Field::nd_tll, Mac{});
  // Duplicate address detection claims its target, and carries no option (RFC 4862 section 5.4.2).
  const Match detection = solicitation & FieldValue::ip(Field::ipv6_src, unspecified6());
  add_claim_rule(flows, Priority::top, detection & no_source_option, ClaimKind::ipv6, Field::eth_src, Field::nd_target);
  constexpr std::uint16_t below_top = static_cast<std::uint16_t>(Priority::top) - 10;
  forbid(flows, below_top, detection);
  add_claim_rule(flows, Priority::high, solicitation & no_source_option, ClaimKind::ipv6, Field::eth_src,
                 Field::ipv6_src);
  add_claim_rule(flows, Priority::middle, solicitation, ClaimKind::ipv6, Field::nd_sll, Field::ipv6_src);
  add_advertisement_rule(flows, Priority::high, advertisement & no_target_option, Field::eth_src);
  add_advertisement_rule(flows, Priority::middle, advertisement, Field::nd_tll);
  // With another code they are no neighbour messages (RFC 4861 section 7.1) and must not pass as something else.
  constexpr std::uint16_t below_middle = static_cast<std::uint16_t>(Priority::middle) - 10;
  forbid(flows, below_middle, icmpv6(icmpv6_neighbour_solicitation));
  forbid(flows, below_middle, icmpv6(icmpv6_neighbour_advertisement));
}

void add_ipv6_rules(FlowSink& flows) {
  forbid(flows, Priority::top, udp(ethertype_ipv6, dhcp6_server_port, dhcp6_client_port));
  forbid(flows, Priority::top, icmpv6(icmpv6_router_advertisement));
  forbid(flows, Priority::top, icmpv6(icmpv6_redirect));
  add_neighbour_rules(flows);
  // Sent before there is an address: a router solicitation (RFC 4861 section 4.1) and listener messages (RFC 3590).
  for (const std::uint64_t type :
       {icmpv6_listener_report, icmpv6_listener_done, icmpv6_router_solicitation, icmpv6_listener_report2})
    flows.add(Stage::source_claim, Priority::high, icmpv6(type) & FieldValue::ip(Field::ipv6_src, unspecified6()), {},
              after);
  add_claim_rule(flows, Priority::low, ipv6(), ClaimKind::ipv6, Field::eth_src, Field::ipv6_src);
}

void add_owned_claim(FlowSink& flows, const Attachment& at, const Mac& mac, ClaimKind kind,
                     const std::optional<Prefix>& prefix) {
  const auto& octets = mac.bytes;
  Match match{number(reg::source, at.number()), FieldValue::number(reg::claim, claim_state(kind, 0), claim_kind_mask),
              FieldValue::bytes(reg::claim_mac_high, ByteView(octets).first(4)),
              number(reg::claim_mac_low, static_cast<std::uint64_t>(octets[4]) << 8 | octets[5])};
  std::uint16_t priority = static_cast<std::uint16_t>(Priority::low);
  if (prefix) {
    // The longer prefix above the shorter: nested pairs must not be two flows of one rank that match one packet.
    priority = static_cast<std::uint16_t>(priority + prefix->length);
    const Ip mask = prefix->mask();
    for (std::size_t word = 0; word < prefix->address.size() / 4; ++word)
      match.with(
          FieldValue::number(reg::claim_ip[word], word_of(prefix->address.bytes, word), word_of(mask.bytes, word)));
  }
  // Shifts in one more proof; the way back is the caller's.
  flows.add(Stage::claim, priority, match,
            {of::Move{reg::claim, reg::claim, 0, 1, 1}, of::SetField{FieldValue::number(reg::claim, 1, 1)}});
}

}  // namespace

void add_source_rules(FlowSink& flows) {
  add_ipv4_rules(flows);
  add_ipv6_rules(flows);
  constexpr std::uint64_t both_bits = 0x3;
  constexpr std::uint64_t needed_bits = 0x30000;
  flows.add(Stage::source_verdict, Priority::low,
            {FieldValue::number(reg::claim, claim_state(ClaimKind{}, 1) | 0x1, needed_bits | both_bits)}, {}, after);
  flows.add(Stage::source_verdict, Priority::low,
            {FieldValue::number(reg::claim, claim_state(ClaimKind{}, 2) | both_bits, needed_bits | both_bits)}, {},
            after);
}

void add_source_claims(FlowSink& flows, const model::Port& port, const Attachment& at) {
  std::set<std::pair<Mac, Prefix>> pairs;
  std::set<Mac> macs{port.mac};
  for (const auto& fixed : port.fixed_ips) pairs.emplace(port.mac, Prefix::of(fixed.address, fixed.address.bits()));
  for (const auto& pair : port.allowed_address_pairs) {
    const Mac mac = pair.mac.value_or(port.mac);
    macs.insert(mac);
    pairs.emplace(mac, pair.address);
  }
  for (const Mac& mac : macs) {
    pairs.emplace(mac, Prefix::of(Ip::link_local(mac), 128));
    flows.add(Stage::source_mac, Priority::low,
              {number(reg::source, at.number()), FieldValue::mac(Field::eth_src, mac)}, {}, Stage::source_claim);
    add_owned_claim(flows, at, mac, ClaimKind::link, std::nullopt);
  }
  for (const auto& [mac, prefix] : pairs)
    add_owned_claim(flows, at, mac, prefix.address.is_v4() ? ClaimKind::ipv4 : ClaimKind::ipv6, prefix);
}

}  // namespace tarn::render
