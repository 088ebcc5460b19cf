// Random flows of Tarn's vocabulary that a switch accepts: prerequisites hold, jumps go forward.
// Owned by one test; its chance comes from the Choice it is given, never from anywhere else.
#pragma once

#include <vector>

#include "rt/choice.h"
#include "wire/openflow/flow.h"

namespace tarn::test {

class RandomFlow {
 public:
  explicit RandomFlow(rt::Choice& choice) : choice_(choice) {}

  wire::of::FlowKey key() {
    packet_ = static_cast<Packet>(choice_.below(6));
    tagged_ = false;
    return {static_cast<std::uint8_t>(choice_.below(200)), static_cast<std::uint16_t>(choice_.below(65536)), match()};
  }

  // For the key made last: what a flow may do depends on what it matches.
  wire::of::FlowSpec spec(std::uint8_t table) {
    wire::of::FlowSpec spec;
    spec.cookie = choice_.bits();
    if (choice_.below(8) == 0) {
      spec.actions = clauses();
      return spec;
    }
    spec.actions = actions(0);
    if (choice_.below(3) == 0) spec.goto_table = static_cast<std::uint8_t>(table + 1 + choice_.below(40));
    return spec;
  }

 private:
  using Field = wire::of::Field;
  using FieldValue = wire::of::FieldValue;
  using Match = wire::of::Match;
  enum class Packet : std::uint8_t { any, arp, tcp4, udp6, icmp4, nd };

  bool coin() { return choice_.below(2) == 0; }
  std::uint32_t tag() { return choice_.below(8) << 13U | 0x1000U | choice_.below(0x1000); }

  FieldValue value(Field field) {
    Bytes bytes(wire::of::width_of(field));
    for (Byte& byte : bytes) byte = static_cast<Byte>(choice_.below(256));
    return FieldValue::bytes(field, bytes);
  }
  FieldValue masked(Field field) {
    const FieldValue result = value(field);
    FieldValue mask = value(field);
    // ovs-ofctl takes an IPv6 mask that begins with a decimal digit for a prefix length.
    if (wire::of::width_of(field) == 16) mask.value[0] = 0xff;
    const std::size_t width = wire::of::width_of(field);
    return coin() ? result
                  : FieldValue::bytes(field, ByteView(result.value).first(width), ByteView(mask.value).first(width));
  }
  Field reg() { return static_cast<Field>(static_cast<unsigned>(Field::reg0) + choice_.below(16)); }

  void metadata(Match& match) {
    if (coin()) match.with(FieldValue::number(Field::in_port, coin() ? wire::of::port_local : choice_.below(0xff00)));
    if (coin()) match.with(masked(Field::metadata));
    for (std::uint32_t count = choice_.below(4); count > 0; --count) match.with(masked(reg()));
    if (choice_.below(4) == 0) match.with(value(Field::conj_id));
    if (coin()) match.with(masked(Field::tunnel_id));
    if (choice_.below(4) == 0) match.with(masked(Field::tunnel_src)).with(masked(Field::tunnel_dst));
    if (choice_.below(4) == 0) match.with(masked(Field::tunnel_ipv6_dst));
    if (coin()) match.with(masked(Field::eth_dst)).with(masked(Field::eth_src));
    if (choice_.below(4) == 0) {
      tagged_ = coin();
      const std::uint64_t mask = tagged_ && coin() ? 0xffff : 0x1fff;
      match.with(FieldValue::number(Field::vlan_tci, tagged_ ? tag() : 0, mask));
    }
  }
  void tracking(Match& match) {
    if (coin()) match.with(FieldValue::number(Field::ct_state, 0x20U | choice_.below(4), 0x23));
    if (coin()) match.with(value(Field::ct_zone)).with(masked(Field::ct_mark));
    if (choice_.below(4) == 0) match.with(masked(Field::ct_label));
  }
  // The first packet of the connection: a switch takes these of a valid, tracked one only, and passes over the ports of
  // no protocol.
  void original(Match& match, std::uint64_t protocol, Field from, Field to) {
    if (coin()) return;
    match.with(FieldValue::number(Field::ct_state, 0x20U | choice_.below(4), 0x33));
    addresses(match, from, to);
    if (coin()) return;
    match.with(FieldValue::number(Field::ct_ip_proto, protocol));
    addresses(match, Field::ct_tp_src, Field::ct_tp_dst);
  }
  void addresses(Match& match, Field from, Field to) {
    if (coin()) match.with(masked(from));
    if (coin()) match.with(masked(to));
  }

  Match match() {
    Match match;
    metadata(match);
    const auto exactly = [&match](Field field, std::uint64_t number) { match.with(FieldValue::number(field, number)); };
    switch (packet_) {
      case Packet::any:
        break;
      case Packet::arp:
        exactly(Field::eth_type, 0x0806);
        exactly(Field::arp_op, 1 + choice_.below(2));
        addresses(match, Field::arp_spa, Field::arp_tpa);
        addresses(match, Field::arp_sha, Field::arp_tha);
        break;
      case Packet::tcp4:
        exactly(Field::eth_type, 0x0800);
        exactly(Field::ip_proto, 6);
        tracking(match);
        original(match, 6, Field::ct_ipv4_src, Field::ct_ipv4_dst);
        addresses(match, Field::ipv4_src, Field::ipv4_dst);
        addresses(match, Field::tcp_src, Field::tcp_dst);
        if (coin()) match.with(value(Field::ip_ttl));
        if (coin()) match.with(FieldValue::number(Field::ip_frag, choice_.below(2), coin() ? 1 : 3));
        break;
      case Packet::udp6:
        exactly(Field::eth_type, 0x86dd);
        exactly(Field::ip_proto, 17);
        tracking(match);
        original(match, 17, Field::ct_ipv6_src, Field::ct_ipv6_dst);
        addresses(match, Field::ipv6_src, Field::ipv6_dst);
        addresses(match, Field::udp_src, Field::udp_dst);
        break;
      case Packet::icmp4:
        exactly(Field::eth_type, 0x0800);
        exactly(Field::ip_proto, 1);
        match.with(value(Field::icmp_type)).with(value(Field::icmp_code));
        original(match, 1, Field::ct_ipv4_src, Field::ct_ipv4_dst);
        break;
      case Packet::nd:
        exactly(Field::eth_type, 0x86dd);
        exactly(Field::ip_proto, 58);
        exactly(Field::icmpv6_type, 136);
        exactly(Field::icmpv6_code, 0);
        if (coin()) match.with(masked(Field::nd_target));
        if (coin()) match.with(masked(Field::nd_tll));
        if (coin()) match.with(value(Field::nd_reserved)).with(value(Field::nd_options_type));
        break;
    }
    return match;
  }

  [[nodiscard]] bool is_ip() const { return packet_ != Packet::any && packet_ != Packet::arp; }

  wire::of::Action set_field() {
    switch (choice_.below(6)) {
      case 0:
        return wire::of::SetField{masked(reg())};
      case 1:
        return wire::of::SetField{masked(coin() ? Field::eth_src : Field::eth_dst)};
      case 2:
        return wire::of::SetField{masked(coin() ? Field::metadata : Field::tunnel_id)};
      case 3:
        return wire::of::SetField{value(coin()   ? Field::tunnel_src
                                        : coin() ? Field::tunnel_dst
                                                 : Field::tunnel_ipv6_dst)};
      case 4:
        if (packet_ == Packet::tcp4) return wire::of::SetField{masked(coin() ? Field::ipv4_src : Field::ipv4_dst)};
        if (packet_ == Packet::arp)
          return wire::of::SetField{coin() ? FieldValue::number(Field::arp_op, 2) : masked(Field::arp_sha)};
        if (packet_ == Packet::nd) return wire::of::SetField{coin() ? value(Field::nd_tll) : value(Field::nd_reserved)};
        return wire::of::SetField{value(reg())};
      default:
        return wire::of::SetField{is_ip() ? value(Field::ip_ttl) : value(Field::metadata)};
    }
  }

  wire::of::Action move() {
    const auto bits = static_cast<std::uint16_t>(1 + choice_.below(32));
    const auto low = [&](std::uint32_t width) { return static_cast<std::uint16_t>(choice_.below(width - bits + 1)); };
    if (coin()) return wire::of::Move{reg(), reg(), low(32), low(32), bits};
    if (coin()) return wire::of::Move{Field::eth_src, Field::eth_dst, 0, 0, 48};
    if (coin()) return wire::of::Move{Field::tunnel_id, Field::metadata, low(64), low(64), bits};
    if (packet_ == Packet::arp) return wire::of::Move{Field::arp_spa, Field::arp_tpa, 0, 0, 32};
    return wire::of::Move{Field::in_port, reg(), 0, 0, 32};
  }

  wire::of::Action controller() {
    wire::of::Controller action;
    for (std::uint32_t count = choice_.below(20); count > 0; --count)
      action.userdata.push_back(static_cast<Byte>(choice_.below(256)));
    if (coin()) action.max_len = static_cast<std::uint16_t>(choice_.below(65536));
    // With neither, ovs-ofctl writes the standard output action instead.
    if (action.userdata.empty() || coin()) action.meter = 1 + choice_.below(100);
    return action;
  }

  wire::of::Action track() {
    wire::of::Ct ct;
    ct.commit = coin();
    ct.force = ct.commit && coin();
    if (coin())
      ct.zone_field = reg();
    else
      ct.zone = static_cast<std::uint16_t>(choice_.below(65536));
    if (coin()) ct.table = static_cast<std::uint8_t>(choice_.below(254));
    if (choice_.below(3) == 0) ct.nat = translation(ct.commit);
    if (ct.commit && coin()) ct.nested.emplace_back(wire::of::SetField{masked(Field::ct_mark)});
    if (ct.commit && coin()) ct.nested.emplace_back(wire::of::SetField{masked(Field::ct_label)});
    return ct;
  }

  // To an address only where the connection is committed, and of the packet's family.
  wire::of::Nat translation(bool commits) {
    using Side = wire::of::Nat::Side;
    wire::of::Nat nat{.side = Side::none, .address = {}};
    if (!commits || choice_.below(4) == 0) return nat;
    nat.side = coin() ? Side::source : Side::destination;
    if (choice_.below(4) == 0) return nat;
    const bool v4 = packet_ == Packet::tcp4 || packet_ == Packet::icmp4;
    Ip address{v4 ? Family::v4 : Family::v6, {}};
    for (std::size_t i = 0; i < address.size(); ++i) address.bytes[i] = static_cast<Byte>(1 + choice_.below(255));
    nat.address = address;
    if (coin()) return nat;
    nat.port_first = static_cast<std::uint16_t>(1 + choice_.below(65535));
    nat.port_last = nat.port_first;
    if (coin()) nat.port_last = static_cast<std::uint16_t>(nat.port_first + choice_.below(65536U - nat.port_first));
    return nat;
  }

  // What is matched of this packet needs its family twice: here, where it is read, and there, where it is asked for.
  wire::of::Action learn() {
    wire::of::Learn learn{.table = static_cast<std::uint8_t>(choice_.below(254)),
                          .priority = static_cast<std::uint16_t>(choice_.below(65536)),
                          .idle_timeout = static_cast<std::uint16_t>(choice_.below(3) * 300),
                          .cookie = choice_.bits() >> 1U,
                          .limit = coin() ? 0 : choice_.below(1000),
                          .matches = {},
                          .copied = {},
                          .loads = {}};
    const auto bits = static_cast<std::uint16_t>(1 + choice_.below(32));
    const auto low = [&](std::uint32_t width) { return static_cast<std::uint16_t>(choice_.below(width - bits + 1)); };
    if (coin()) learn.matches.push_back(value(coin() ? Field::metadata : reg()));
    if (packet_ == Packet::tcp4) {
      learn.matches.push_back(FieldValue::number(Field::eth_type, 0x0800));
      learn.matches.push_back(FieldValue::number(Field::ip_proto, 6));
      learn.copied.push_back({Field::ipv4_src, Field::ipv4_dst, 0, 0, 32});
      if (coin()) learn.matches.push_back(value(Field::tcp_dst));
      if (coin()) learn.copied.push_back({Field::tcp_src, Field::tcp_dst, 0, 0, 16});
    }
    if (coin()) learn.copied.push_back({reg(), reg(), low(32), low(32), bits});
    if (coin()) learn.copied.push_back({Field::eth_src, Field::eth_dst, 0, 0, 48});
    if (coin()) learn.loads.push_back({Field::tunnel_id, Field::metadata, low(64), low(64), bits});
    if (coin()) learn.loads.push_back({Field::eth_src, Field::eth_dst, 0, 0, 48});
    return learn;
  }

  // They stand with nothing but their like.
  std::vector<wire::of::Action> clauses() {
    std::vector<wire::of::Action> list;
    for (std::uint32_t count = 1 + choice_.below(3); count > 0; --count) {
      const std::uint32_t all = 2 + choice_.below(63);
      list.emplace_back(wire::of::Conjunction{static_cast<std::uint32_t>(choice_.bits()),
                                              static_cast<std::uint8_t>(1 + choice_.below(all)),
                                              static_cast<std::uint8_t>(all)});
    }
    return list;
  }

  std::vector<wire::of::Action> actions(int depth) {
    std::vector<wire::of::Action> list;
    for (std::uint32_t count = choice_.below(6); count > 0; --count) {
      switch (choice_.below(9)) {
        case 0:
          if (choice_.below(4) == 0) list.emplace_back(wire::of::ClearInPort{});
          if (is_ip() && choice_.below(8) == 0)
            list.emplace_back(wire::of::Multipath{static_cast<std::uint16_t>(choice_.below(0x10000)),
                                                  static_cast<std::uint16_t>(1 + choice_.below(16)), Field::reg6, 4});
          if (choice_.below(8) == 0) {
            wire::of::FirstAlive first{{}, reg()};
            for (std::uint32_t ports = 1 + choice_.below(5); ports > 0; --ports)
              first.ports.push_back(static_cast<std::uint16_t>(1 + choice_.below(1000)));
            list.emplace_back(std::move(first));
          }
          if (choice_.below(8) == 0)
            list.emplace_back(wire::of::CheckLarger{static_cast<std::uint16_t>(1 + choice_.below(9000)), Field::reg7,
                                                    static_cast<std::uint16_t>(choice_.below(32))});
          if (choice_.below(4) == 0) list.push_back(learn());
          list.emplace_back(wire::of::Output{coin() ? wire::of::port_in_port : 1 + choice_.below(1000)});
          break;
        case 1:
          list.push_back(controller());
          break;
        case 2:
        case 3:
          list.push_back(set_field());
          break;
        case 4:
          list.push_back(move());
          break;
        case 5:
          list.emplace_back(wire::of::Resubmit{static_cast<std::uint8_t>(choice_.below(254))});
          break;
        case 6:
          if (!is_ip()) break;
          list.push_back(coin()   ? track()
                         : coin() ? wire::of::Action(wire::of::DecTtl{})
                                  : wire::of::Action(wire::of::CtClear{}));
          break;
        case 7:
          if (depth < 2) list.emplace_back(wire::of::Clone{actions(depth + 1)});
          break;
        default:
          if (!tagged_) {
            list.emplace_back(wire::of::PushVlan{});
            list.emplace_back(wire::of::SetField{FieldValue::number(Field::vlan_tci, tag())});
            list.emplace_back(wire::of::PopVlan{});
          } else if (depth == 0) {
            list.emplace_back(wire::of::PopVlan{});
            tagged_ = false;
          }
          break;
      }
    }
    return list;
  }

  rt::Choice& choice_;
  Packet packet_ = Packet::any;
  bool tagged_ = false;
};

}  // namespace tarn::test
