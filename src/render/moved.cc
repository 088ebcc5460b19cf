// Connections of instances that moved. Where they began they are known, so the instance's host asks the hosts that it
// left about what belongs to none of its own.
//
// What no rule lets in may be an answer. Who knows it as one says so, and it is delivered if a rule still lets the port
// open the connection, which is asked of what the packet answers: its addresses and ports turned. That opens it anew
// here, and nobody is asked from then on; but for TCP, since the sequence numbers are not turned: what the port says
// next opens it.
//
// What leaves by a gateway's own address is translated by who knows it, who drops the rest and hands the answers back.
// TCP that is no first packet is handed over to all whom the instance left. UDP has no first packets: it is handed over
// to whoever hands back answers to it, which the switch learns, and forgets when none have come for a while; until one
// has, it gets a port of its own host. So whatever begins asks nobody, and nobody who is dead is asked for long.
#include <algorithm>
#include <iterator>

#include "render/outside.h"

namespace tarn::render {

namespace {

constexpr std::uint64_t protocol_tcp = 6;
constexpr std::uint64_t flag_syn = 2;  // RFC 9293 section 3.1
constexpr auto above_new = static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::middle) + 1);
constexpr std::uint32_t sessions_max = 1024;  // of one address by one gateway
constexpr std::uint16_t session_hard_s = 30;  // as long as the userspace datapath remembers a UDP session

// The destination of what is translated by a host that the instance left, and of the answers.
Mac moved_mac(const LiveGateway& gateway) {
  return segment_mac("moved", gateway.row->id.uuid);
}
Mac answer_mac(const LiveGateway& gateway) {
  return segment_mac("answer to moved", gateway.row->id.uuid);
}

struct Moved {
  const model::MovedPort* row = nullptr;
  LiveGateway gateway;
};

Match segment_of_connection(const Match& family) {
  return family & number(Field::ip_proto, protocol_tcp) & FieldValue::number(Field::tcp_flags, 0, flag_syn);
}

Match datagram(Match match) {
  constexpr std::uint64_t later_fragment = 2;  // has no ports
  return match & number(Field::ip_proto, protocol_udp) & FieldValue::number(Field::ip_frag, 0, later_fragment);
}

// Of an answer: that what it answers is known by the host that handed it back.
of::Learn learn_session(const Moved& moved, const Ip& address) {
  of::Learn learned;
  learned.table = static_cast<std::uint8_t>(Stage::known_by);
  learned.priority = static_cast<std::uint16_t>(Priority::low);
  learned.hard_timeout = session_hard_s;
  learned.cookie =
      domain::cookie_of_learned(moved.row->id.text() + " " + moved.gateway.row->id.text() + " " + address.text());
  learned.limit = sessions_max;
  learned.matches = {in_network(moved.gateway.number), number(Field::eth_type, ethertype_ipv4),
                     number(Field::ip_proto, protocol_udp)};
  learned.copied = {move(Field::ipv4_dst, Field::ipv4_src), move(Field::ipv4_src, Field::ipv4_dst),
                    move(Field::udp_dst, Field::udp_src), move(Field::udp_src, Field::udp_dst)};
  learned.loads = {move(Field::tunnel_src, Field::tunnel_dst)};
  return learned;
}

// What the switch learned of its answers goes before what is known here, which began when no answer had come yet.
void add_sessions(FlowSink& flows, View& view, const Moved& moved, const Ip& address) {
  const auto* tunnel = view.number(key_of(Table::tunnel_port));
  if (tunnel == nullptr) return;
  const Match said = datagram(at_gateway(moved.gateway)) & sent_from(address);
  flows.add(Stage::outward, Priority::high, said, {of::CtClear{}, call(Stage::known_by)}, Stage::translation);
  const Match asked = said & FieldValue::number(Field::ct_state, 0, ct_tracked);
  flows.add(Stage::translation, Priority::middle, asked & number(Field::tunnel_dst, 0),
            {translate(Stage::translation)});
  Actions passes;
  tell_next_hop(passes);
  passes.insert(passes.end(), {set(Field::eth_dst, moved_mac(moved.gateway)), set(Field::tunnel_id, passing_vni),
                               of::Output{*tunnel}});
  flows.add(Stage::translation, Priority::low, asked, std::move(passes));
}

// On the host of the instance now: connections that are not its own.
void add_where_it_is(FlowSink& flows, View& view, const Moved& moved, const Ip& address) {
  const auto& [row, gateway] = moved;
  Actions passes;
  tell_next_hop(passes);
  const std::size_t told = passes.size();
  for (const std::string& host : row->left_hosts)
    if (auto sent = send_to(view, host, moved_mac(gateway))) std::ranges::move(*sent, std::back_inserter(passes));
  if (passes.size() == told) return;
  flows.add(Stage::translation, above_new, segment_of_connection(new_at(gateway)) & sent_from(address),
            std::move(passes));
  Actions enter{set(Field::metadata, gateway.number), set(reg::target, reg::landed)};
  append_entry(enter, {gateway.row->router, *gateway.v4, scope_of_translated});
  enter.push_back(set(reg::origin, static_cast<std::uint64_t>(Origin::local)));
  const Match answers = ipv4() & destined_to(address);
  add_passed(flows, view, {answer_mac(gateway), answers}, enter, Stage::router);
  enter.insert(enter.begin(), learn_session(moved, address));
  add_passed(flows, view, {answer_mac(gateway), datagram(answers), Priority::middle}, std::move(enter), Stage::router);
  add_sessions(flows, view, moved, address);
}

// On a host that it left.
void add_where_it_was(FlowSink& flows, View& view, const Moved& moved, const Ip& address) {
  const auto& [row, gateway] = moved;
  auto answer = send_to(view, row->host, answer_mac(gateway));
  if (!answer) return;
  add_passed(flows, view, {moved_mac(gateway), ipv4() & sent_from(address)},
             {set(Field::metadata, gateway.number), set(reg::origin, static_cast<std::uint64_t>(Origin::tunnel)),
              told_next_hop(), set(Field::eth_src, gateway.mac), of::ClearInPort{}, translate(Stage::translation)});
  answer->insert(answer->begin(), {of::CtClear{}, of::ClearInPort{}});
  const Match known = with_state(at_gateway(gateway), ct_dnat, ct_dnat) & destined_to(address);
  flows.add(Stage::translated, Priority::middle, known, std::move(*answer));
  // They come to all, and the port's host knows them as soon as it asks again: nobody hears them twice.
  flows.drop(Stage::translated, Priority::high,
             known & number(Field::ip_proto, protocol_icmp) & number(Field::icmp_type, icmp_echo_reply));
}

// The destination of what a host that the port left is asked about, and of what it knows.
Mac asked_mac(const PortId& port) {
  return segment_mac("asked", port.uuid);
}
Mac known_mac(const PortId& port) {
  return segment_mac("known", port.uuid);
}

// To and from whom, and by which ports: what it answers.
void append_turned(Actions& actions, bool v4, Field source_port, Field destination_port) {
  constexpr std::uint16_t port_bits = 16;
  const Field source = v4 ? Field::ipv4_src : Field::ipv6_src;
  const Field destination = v4 ? Field::ipv4_dst : Field::ipv6_dst;
  const std::uint16_t words = v4 ? 1 : 4;
  const auto place = [words](std::uint16_t word) { return static_cast<std::uint16_t>(32 * (words - 1 - word)); };
  for (std::uint16_t i = 0; i < words; ++i) actions.emplace_back(of::Move{source, reg::claim_ip[i], place(i), 0, 32});
  actions.emplace_back(move(destination, source));
  for (std::uint16_t i = 0; i < words; ++i)
    actions.emplace_back(of::Move{reg::claim_ip[i], destination, 0, place(i), 32});
  actions.insert(actions.end(),
                 {of::Move{source_port, reg::chunk, 0, 0, port_bits}, move(destination_port, source_port),
                  of::Move{reg::chunk, destination_port, 0, 0, port_bits}});
}

// On the port's host: what no rule lets in, and what a host that it left says it knows.
void add_asking(FlowSink& flows, View& view, const model::MovedPort& row) {
  const model::Port* port = view.port(row.id);
  const auto network = live_network(view, row.network);
  const auto at = port == nullptr ? std::nullopt : live_attachment(view, *port);
  if (!network || !at || !port->port_security_enabled) return;
  Actions asks{of::Meter{domain::Meter::of_moved}, of::CtClear{}, of::ClearInPort{}};
  const std::size_t before = asks.size();
  for (const std::string& host : row.left_hosts)
    if (auto sent = send_to(view, host, asked_mac(row.id))) std::ranges::move(*sent, std::back_inserter(asks));
  if (asks.size() == before) return;
  for (const Match& family : {ipv4(), ipv6()})
    for (const Match& match : {segment_of_connection(family), family & number(Field::ip_proto, protocol_udp)})
      flows.add(Stage::receiver_verdict, Priority::middle,
                match & number(reg::target, at->number()) & refused() & opening(), asks);
  Actions known{set(Field::metadata, network->number), set(Field::eth_dst, row.mac),
                set(reg::origin, static_cast<std::uint64_t>(Origin::tunnel)), set(reg::target, at->number())};
  append_policy(known, policy_of(*port));
  add_passed(flows, view, {known_mac(row.id), Match{}}, std::move(known), Stage::reopened);
}

// On a host that it left, whether it has anything else of the network or not.
void add_answering(FlowSink& flows, View& view, const model::MovedPort& row) {
  const auto network = usable_number(view, row.network);
  auto known = send_to(view, row.host, known_mac(row.id));
  if (!network || !known) return;
  for (const Match& family : {ipv4(), ipv6()})
    add_passed(flows, view, {asked_mac(row.id), family}, {set(Field::metadata, *network), track(Stage::known)});
  known->insert(known->begin(), {of::CtClear{}, of::ClearInPort{}});
  flows.add(Stage::known, Priority::low,
            {in_network(*network), FieldValue::mac(Field::eth_dst, asked_mac(row.id)),
             FieldValue::number(Field::ct_state, ct_tracked | ct_reply, ct_tracked | ct_reply | ct_invalid)},
            std::move(*known));
}

}  // namespace

void add_moved_rules(FlowSink& flows, Tables& tables, View& view) {
  if (view.bucket(key_of(Table::moves)).empty()) return;
  constexpr std::uint32_t asked_rate = 1000;  // in a second
  tables.meters.emplace(domain::Meter::of_moved, of::MeterSpec{of::MeterSpec::Unit::packets, asked_rate, asked_rate});
  for (const bool v4 : {true, false}) {
    const Match family = v4 ? ipv4() : ipv6();
    for (const Transport& transport : transports()) {
      if (transport.protocol != protocol_tcp && transport.protocol != protocol_udp) continue;
      const Match match = family & number(Field::ip_proto, transport.protocol);
      Actions turned;
      append_turned(turned, v4, transport.source_port, transport.destination_port);
      Actions restored;
      if (transport.protocol == protocol_udp) restored.emplace_back(call(Stage::commit));
      restored.insert(restored.end(), turned.begin(), turned.end());
      restored.emplace_back(of::CtClear{});
      flows.add(Stage::restored, Priority::low, match & allowed(), std::move(restored), Stage::output);
      turned.emplace_back(track(Stage::reopened));
      flows.add(Stage::reopened, Priority::low, match & FieldValue::number(Field::ct_state, 0, ct_tracked),
                std::move(turned));
    }
  }
  flows.add(Stage::reopened, Priority::middle, {opening()},
            {set(reg::judgement, static_cast<std::uint64_t>(Question::connection_out)), call(Stage::policy)},
            Stage::restored);
  // By the packet before this one.
  flows.add(Stage::reopened, Priority::middle,
            {FieldValue::number(Field::ct_state, ct_tracked, ct_tracked | ct_new | ct_invalid)},
            {set(reg::judgement, judged_allowed)}, Stage::restored);
}

Tables render_moved(View& view, const UnitId& unit) {
  Tables tables;
  const model::MovedPort* row = view.moved(unit.id);
  const NodeConfig* config = view.config();
  if (row == nullptr || config == nullptr) return tables;
  FlowSink flows(tables, unit);
  const bool is_here = row->host == config->host;
  (is_here ? add_asking : add_answering)(flows, view, *row);
  for (const PortId& id : row->gateways) {
    const auto gateway = live_gateway(view, id);
    if (!gateway || !gateway->v4 || !gateway->row->enable_snat) continue;
    for (const Ip& address : row->addresses)
      (is_here ? add_where_it_is : add_where_it_was)(flows, view, {row, *gateway}, address);
  }
  return tables;
}

}  // namespace tarn::render
