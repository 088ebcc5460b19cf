// ARP and neighbour discovery: who is where is known, so the network need not be asked. An ARP request is answered by
// the switch; a neighbour solicitation goes to the owner of the address alone, and the owner answers it. The switch
// cannot: the flags and the option's type of an advertisement are fields that only the userspace datapath can write.
#include "render/punt.h"
#include "render/render_units.h"

namespace tarn::render {

// A spare register carries the sender's address while the two change places.
void append_reply_to_request(Actions& actions) {
  const Actions reply{set(Field::arp_op, arp_reply),          move(Field::arp_sha, Field::arp_tha),
                      move(Field::arp_spa, reg::claim_ip[0]), move(Field::arp_tpa, Field::arp_spa),
                      move(reg::claim_ip[0], Field::arp_tpa), move(Field::eth_src, Field::arp_sha)};
  actions.insert(actions.end(), reply.begin(), reply.end());
}

namespace {

// Where the datapath cannot write what is left to do the agent does. So that nobody waits for it, the switch also asks
// back: who is solicited by the router from the address it looks for, with the router's MAC address in it, knows that
// address from then on (RFC 4861 section 7.2.3), though not that it was heard, and goes on asking now and then.
void add_question_back(FlowSink& flows, Tables& tables) {
  constexpr std::uint32_t rate = 1000;  // in a second, as of other questions
  tables.meters.emplace(domain::Meter::of_resolutions, of::MeterSpec{of::MeterSpec::Unit::packets, rate, rate});

  const Match advertisement = neighbour_discovery(icmpv6_neighbour_advertisement);
  const of::Controller complete{0xffff, encode(Punt{PuntReason::router_resolution, {}}), domain::Meter::of_resolutions};
  flows.add(Stage::nd_reply, Priority::low, advertisement,
            {complete, set(Field::icmpv6_type, icmpv6_neighbour_solicitation), call(Stage::nd_reply)});
  flows.add(Stage::nd_reply, Priority::middle, advertisement & FieldValue::ip(Field::ipv6_dst, all_nodes()),
            {complete});
  flows.add(Stage::nd_reply, Priority::low, neighbour_discovery(icmpv6_neighbour_solicitation),
            {move(Field::ipv6_dst, Field::nd_target), move(Field::eth_src, Field::nd_sll), of::ClearInPort{},
             set(reg::source, 0)},
            Stage::l2);
}

}  // namespace

// What is the same in the advertisement of every router's address (RFC 4861 section 4.4): flags, and the type of the
// option, which solicitations have too. The userspace datapath alone can write them.
void add_router_advertisement(FlowSink& flows, Tables& tables, const NodeConfig& config) {
  constexpr std::uint64_t router_solicited_override = 0xe0000000;
  constexpr std::uint64_t router_override = 0xa0000000;
  constexpr std::uint64_t target_option = 2;
  const Match advertisement = neighbour_discovery(icmpv6_neighbour_advertisement);
  if (!config.has_userspace_datapath()) return add_question_back(flows, tables);
  const auto complete = [&](Priority priority, const Match& match, std::uint64_t flags) {
    flows.add(Stage::nd_reply, priority, match,
              {set(Field::nd_reserved, flags), set(Field::nd_options_type, target_option),
               move(Field::eth_src, Field::nd_tll), of::ClearInPort{}, set(reg::source, 0)},
              Stage::l2);
  };
  complete(Priority::low, advertisement, router_solicited_override);
  complete(Priority::middle, advertisement & FieldValue::ip(Field::ipv6_dst, all_nodes()), router_override);
}

void add_resolution_rules(FlowSink& flows) {
  flows.add(Stage::answers, Priority::low, arp(arp_request), {}, Stage::arp_responder);
  flows.add(Stage::answers, Priority::low, neighbour_discovery(icmpv6_neighbour_solicitation), {}, Stage::nd_owner);
  // Duplicate address detection is for all to hear, as it was sent: the asker may be the owner itself, or a rival.
  flows.add(Stage::nd_owner, Priority::high,
            neighbour_discovery(icmpv6_neighbour_solicitation) & FieldValue::ip(Field::ipv6_src, Ip::from_v6({})), {},
            Stage::l2);
  Actions reply;
  append_reply_to_request(reply);
  reply.emplace_back(of::Output{of::port_in_port});
  constexpr std::uint64_t vlan_bits = 0xffff0000;
  flows.add(Stage::arp_reply, Priority::low, arp(arp_request) & FieldValue::number(reg::source, 0, vlan_bits),
            std::move(reply));
}

void add_own_reply(FlowSink& flows, const Attachment& at, const std::vector<Copy>& copies) {
  if (at.vlan_id == 0 && copies.empty()) return;
  Actions reply;
  append_reply_to_request(reply);
  append_copies(reply, copies, at.ofport);
  append_output(reply, at, of::port_in_port);
  flows.add(Stage::arp_reply, Priority::middle, arp(arp_request) & number(reg::source, at.number()), std::move(reply));
}

void add_resolution(FlowSink& flows, std::uint32_t network_number, const Mac& mac, const Ip& address) {
  if (address.is_v4()) {
    flows.add(Stage::arp_responder, Priority::low,
              arp(arp_request) & in_network(network_number) & FieldValue::ip(Field::arp_tpa, address),
              {move(Field::eth_src, Field::eth_dst), set(Field::eth_src, mac)}, Stage::arp_reply);
    return;
  }
  // A multicast packet in a frame to one host is to be accepted by it: RFC 6085 section 3.
  flows.add(Stage::nd_owner, Priority::low,
            neighbour_discovery(icmpv6_neighbour_solicitation) & in_network(network_number) &
                FieldValue::ip(Field::nd_target, address),
            {set(Field::eth_dst, mac)}, Stage::l2);
}

void append_advertisement(Actions& actions, const Mac& mac) {
  const Actions turned{move(Field::eth_src, Field::eth_dst), set(Field::eth_src, mac),
                       move(Field::ipv6_src, Field::ipv6_dst), move(Field::nd_target, Field::ipv6_src),
                       set(Field::icmpv6_type, icmpv6_neighbour_advertisement)};
  actions.insert(actions.end(), turned.begin(), turned.end());
}

void add_router_resolution(FlowSink& flows, std::uint32_t network_number, const Mac& mac, const Ip& address) {
  if (address.is_v4()) {
    add_resolution(flows, network_number, mac, address);
    return;
  }
  Actions actions;
  append_advertisement(actions, mac);
  flows.add(Stage::nd_owner, Priority::low,
            neighbour_discovery(icmpv6_neighbour_solicitation) & in_network(network_number) &
                FieldValue::ip(Field::nd_target, address),
            std::move(actions), Stage::nd_reply);
}

}  // namespace tarn::render
