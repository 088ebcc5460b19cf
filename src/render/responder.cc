// ARP and neighbour discovery, answered by the switch: who is where is known, so nobody needs to be asked. Of each
// address one flow says which MAC it has; the shared ends turn the request into the reply and send it back.
#include "render/render_units.h"

namespace tarn::render {

namespace {

constexpr std::uint64_t reply_is_router = 1;

// RFC 4861 section 7.2.2: a host that hears a router advertise itself without the R flag drops it as default router.
bool is_gateway(View& view, const model::Network& network, const Ip& address) {
  bool gateway = false;
  for (const auto& [key, count] : view.bucket(key_of(Table::subnets_of, network.id.uuid))) {
    const model::Subnet* subnet = view.subnet(SubnetId{key.id});
    gateway = gateway || (subnet != nullptr && subnet->gateway == address);
  }
  return gateway;
}

void add_nd_reply_end(FlowSink& flows, bool router) {
  constexpr std::uint64_t solicited_override = 0x60000000;  // RFC 4861 section 4.4: R, S, O are the top bits
  constexpr std::uint64_t router_flag = 0x80000000;
  constexpr std::uint64_t target_option = 2;  // target link-layer address
  flows.add(
      Stage::nd_reply_end, Priority::low,
      neighbour_discovery(icmpv6_neighbour_advertisement) & number(reg::reply, router ? reply_is_router : 0),
      {set(Field::nd_reserved, solicited_override | (router ? router_flag : 0)),
       set(Field::nd_options_type, target_option), move(Field::eth_src, Field::nd_tll), of::Output{of::port_in_port}});
}

}  // namespace

void add_reply_rules(FlowSink& flows) {
  flows.add(Stage::answers, Priority::low, arp(arp_request), {}, Stage::arp_responder);
  flows.add(Stage::answers, Priority::low, neighbour_discovery(icmpv6_neighbour_solicitation), {}, Stage::nd_responder);
  // Duplicate address detection is for the owner to answer, wherever it is: the reply goes to all nodes and so has
  // another form (RFC 4861 section 7.2.4), and the asker may be the owner itself.
  flows.add(Stage::nd_responder, Priority::high,
            neighbour_discovery(icmpv6_neighbour_solicitation) & FieldValue::ip(Field::ipv6_src, Ip::from_v6({})), {},
            Stage::l2);
  // Spare registers carry the sender's address while the two change places.
  flows.add(
      Stage::arp_reply, Priority::low, arp(arp_request),
      {set(Field::arp_op, arp_reply), move(Field::arp_sha, Field::arp_tha), move(Field::arp_spa, reg::claim_ip[0]),
       move(Field::arp_tpa, Field::arp_spa), move(reg::claim_ip[0], Field::arp_tpa),
       move(Field::eth_src, Field::arp_sha), of::Output{of::port_in_port}});
  constexpr std::uint64_t hop_limit = 255;  // RFC 4861 section 7.1.2
  flows.add(Stage::nd_reply, Priority::low, neighbour_discovery(icmpv6_neighbour_solicitation),
            {move(Field::ipv6_src, Field::ipv6_dst), move(Field::nd_target, Field::ipv6_src),
             set(Field::ip_ttl, hop_limit), set(Field::icmpv6_type, icmpv6_neighbour_advertisement)},
            Stage::nd_reply_end);
  add_nd_reply_end(flows, false);
  add_nd_reply_end(flows, true);
}

void add_responder(FlowSink& flows, View& view, const model::Network& network, std::uint32_t network_number,
                   const Mac& mac, const Ip& address) {
  Actions actions{move(Field::eth_src, Field::eth_dst), set(Field::eth_src, mac)};
  if (address.is_v4()) {
    flows.add(Stage::arp_responder, Priority::low,
              arp(arp_request) & in_network(network_number) & FieldValue::ip(Field::arp_tpa, address),
              std::move(actions), Stage::arp_reply);
    return;
  }
  if (is_gateway(view, network, address)) actions.push_back(set(reg::reply, reply_is_router));
  flows.add(Stage::nd_responder, Priority::low,
            neighbour_discovery(icmpv6_neighbour_solicitation) & in_network(network_number) &
                FieldValue::ip(Field::nd_target, address),
            std::move(actions), Stage::nd_reply);
}

}  // namespace tarn::render
