// Connections of instances that moved. What a gateway translates it knows on the host where the connection began, so
// the instance's host hands to those that it left what belongs to none of its own: they translate what they know and
// drop the rest, and hand the answers back. That is so of TCP alone, whose first packets can be told apart; whatever
// else the instance says gets a port of its own host.
#include <algorithm>
#include <iterator>

#include "render/outside.h"

namespace tarn::render {

namespace {

constexpr std::uint64_t protocol_tcp = 6;
constexpr std::uint64_t flag_syn = 2;  // RFC 9293 section 3.1
constexpr auto above_new = static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::middle) + 1);

// The destination of what goes to a host that the instance left, and of the answers.
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

// On the host of the instance now: connections that are not its own.
void add_where_it_is(FlowSink& flows, View& view, const Moved& moved, const Ip& address) {
  const auto& [row, gateway] = moved;
  Actions passes;
  tell_next_hop(passes);
  const std::size_t told = passes.size();
  for (const std::string& host : row->left_hosts)
    if (auto sent = send_to(view, host, moved_mac(gateway))) std::ranges::move(*sent, std::back_inserter(passes));
  if (passes.size() == told) return;
  flows.add(Stage::translation, above_new,
            new_at(gateway) & sent_from(address) & number(Field::ip_proto, protocol_tcp) &
                FieldValue::number(Field::tcp_flags, 0, flag_syn),
            std::move(passes));
  Actions enter{set(Field::metadata, gateway.number), set(reg::target, reg::landed)};
  append_entry(enter, {gateway.row->router, *gateway.v4, scope_of_translated});
  enter.push_back(set(reg::origin, static_cast<std::uint64_t>(Origin::local)));
  add_passed(flows, view, {answer_mac(gateway), ipv4() & destined_to(address)}, std::move(enter), Stage::router);
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
  flows.add(Stage::translated, Priority::middle,
            with_state(at_gateway(gateway), ct_dnat, ct_dnat) & destined_to(address), std::move(*answer));
}

}  // namespace

Tables render_moved(View& view, const UnitId& unit) {
  Tables tables;
  const model::MovedPort* row = view.moved({Table::moved, unit.id, unit.part, unit.name});
  const NodeConfig* config = view.config();
  if (row == nullptr || config == nullptr) return tables;
  const auto gateway = live_gateway(view, row->gateway);
  if (!gateway || !gateway->v4 || !gateway->row->enable_snat) return tables;
  FlowSink flows(tables, unit);
  const bool is_here = row->host == config->host;
  for (const Ip& address : row->addresses)
    (is_here ? add_where_it_is : add_where_it_was)(flows, view, {row, *gateway}, address);
  return tables;
}

}  // namespace tarn::render
