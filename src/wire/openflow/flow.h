// Flows as values: what a match and an action say, independent of their bytes (codec.h).
// A Match is always in normal form (fields sorted, value bits outside the mask zero), so equal matches are equal values
// and a table listed from a switch compares directly with a table that was wanted.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/shared_value.h"

namespace tarn::wire::of {

// The packet and metadata fields Tarn uses. OpenFlow 1.5 section 7.2.3.8 (OXM_OF_*) and OVS's Nicira extensions
// (NXM_NX_*, ovs-fields(7)). The order here is the order inside a Match: prerequisites come before what needs them.
enum class Field : std::uint8_t {
  in_port,
  metadata,
  reg0,
  reg1,
  reg2,
  reg3,
  reg4,
  reg5,
  reg6,
  reg7,
  reg8,
  reg9,
  reg10,
  reg11,
  reg12,
  reg13,
  reg14,
  reg15,
  ct_state,
  ct_zone,
  ct_mark,
  ct_label,
  conj_id,
  tunnel_id,
  tunnel_src,
  tunnel_dst,
  tunnel_ipv6_dst,
  eth_dst,
  eth_src,
  eth_type,
  vlan_tci,
  ip_proto,
  ip_ttl,
  ip_dscp,
  ip_frag,
  ct_ip_proto,  // of the first packet of the connection, as the next six (ovs-fields(7), CT original tuple)
  ct_ipv4_src,
  ct_ipv4_dst,
  ct_ipv6_src,
  ct_ipv6_dst,
  ct_tp_src,  // or the ICMP type
  ct_tp_dst,  // or the ICMP code
  ipv4_src,
  ipv4_dst,
  ipv6_src,
  ipv6_dst,
  tcp_src,
  tcp_dst,
  tcp_flags,  // 12 bits (RFC 9293 section 3.1): FIN is 1, SYN 2
  udp_src,
  udp_dst,
  sctp_src,
  sctp_dst,
  icmp_type,
  icmp_code,
  icmpv6_type,
  icmpv6_code,
  arp_op,
  arp_spa,
  arp_tpa,
  arp_sha,
  arp_tha,
  nd_target,
  nd_sll,
  nd_tll,
  nd_reserved,
  nd_options_type,
};
inline constexpr std::size_t field_count = static_cast<std::size_t>(Field::nd_options_type) + 1;

std::size_t width_of(Field field);      // bytes on the wire: 1 to 16
std::string_view name_of(Field field);  // the name ovs-ofctl prints and parses, e.g. "arp_spa"

// One field's value, network byte order, left aligned in the array; bytes past width_of(field) are zero.
// A field without a mask has all mask bits of its width set.
struct FieldValue {
  Field field{};
  std::array<std::uint8_t, 16> value{};
  std::array<std::uint8_t, 16> mask{};

  auto operator<=>(const FieldValue&) const = default;
  [[nodiscard]] bool exact() const;

  static FieldValue number(Field field, std::uint64_t value);  // CHECKs that the value fits the width
  static FieldValue number(Field field, std::uint64_t value, std::uint64_t mask);
  static FieldValue mac(Field field, const Mac& mac);
  static FieldValue mac(Field field, const Mac& mac, const Mac& mask);
  static FieldValue ip(Field field, const Ip& ip);
  static FieldValue prefix(Field field, const Prefix& prefix);
  static FieldValue bytes(Field field, ByteView value);
  static FieldValue bytes(Field field, ByteView value, ByteView mask);
};

// A value like any other; copies share their fields until one of them is changed.
class Match {
 public:
  Match() = default;
  // Any order; normalised. Setting a field twice keeps the last.
  Match(std::initializer_list<FieldValue> fields);
  Match& with(FieldValue field);

  [[nodiscard]] std::span<const FieldValue> fields() const {
    return content_ ? std::span<const FieldValue>(content_->fields) : std::span<const FieldValue>();
  }
  [[nodiscard]] const FieldValue* find(Field field) const;
  // Match fields this build does not know, as the switch listed them (OXM headers included). Only a decoder adds them:
  // they keep the keys of foreign flows apart, and a strict delete of such a key names exactly that flow.
  [[nodiscard]] ByteView unknown() const { return content_ ? ByteView(content_->unknown) : ByteView(); }
  Match& with_unknown(ByteView oxm);
  // An order for tables, the same at every run, that says nothing else: most matches of a table begin alike, so their
  // hashes are compared before their fields.
  std::strong_ordering operator<=>(const Match& other) const;
  bool operator==(const Match& other) const { return (*this <=> other) == 0; }

 private:
  struct Content {
    std::vector<FieldValue> fields;  // sorted by field; an all-zero mask is not stored
    Bytes unknown;
  };
  Content& own();  // shared with nobody

  std::uint64_t hash_ = 0;        // the sum of the known fields' hashes
  SharedValue<Content> content_;  // null: nothing is asked of a packet
};

// Reserved port numbers (OpenFlow 1.5 section 7.2.1.2).
inline constexpr std::uint32_t port_in_port = 0xfffffff8;
inline constexpr std::uint32_t port_controller = 0xfffffffd;
inline constexpr std::uint32_t port_local = 0xfffffffe;

struct Action;

struct Output {
  std::uint32_t port = 0;
  auto operator<=>(const Output&) const = default;
};
// Sends the packet to us as a packet-in carrying `userdata` (NXAST_CONTROLLER2); rate-limited by `meter` when not 0.
struct Controller {
  std::uint16_t max_len = 0xffff;
  Bytes userdata;
  std::uint32_t meter = 0;
  auto operator<=>(const Controller&) const = default;
};
struct SetField {
  FieldValue value;
  auto operator<=>(const SetField&) const = default;
};
// Copies `bits` bits; offsets count from the least significant bit (NXAST_REG_MOVE).
struct Move {
  Field from{};
  Field to{};
  std::uint16_t from_bit = 0;
  std::uint16_t to_bit = 0;
  std::uint16_t bits = 0;
  auto operator<=>(const Move&) const = default;
};
struct Resubmit {
  std::uint8_t table = 0;
  auto operator<=>(const Resubmit&) const = default;
};  // in_port unchanged
struct Group {
  std::uint32_t group = 0;
  auto operator<=>(const Group&) const = default;
};
// Drops the packet when the meter says that there are too many (OpenFlow 1.5 section 7.2.6.10).
struct Meter {
  std::uint32_t meter = 0;
  auto operator<=>(const Meter&) const = default;
};
struct PushVlan {
  auto operator<=>(const PushVlan&) const = default;
};  // 802.1Q, vid 0
struct PopVlan {
  auto operator<=>(const PopVlan&) const = default;
};
struct DecTtl {
  auto operator<=>(const DecTtl&) const = default;
};
// What connection tracking rewrites of a packet (NXAST_NAT, inside of ct). Without an address: what the connection was
// committed with, in the direction of the packet.
struct Nat {
  enum class Side : std::uint8_t { none, source, destination };
  Side side = Side::none;  // none: `address` is absent
  std::optional<Ip> address;
  // The ports to choose from, both inclusive; both 0: not said, and never said without an address.
  std::uint16_t port_first = 0;
  std::uint16_t port_last = 0;
  auto operator<=>(const Nat&) const = default;
};
// Connection tracking (NXAST_CT). `nested` holds the exec() actions (set_field of ct_mark and ct_label only).
struct Ct {
  bool commit = false;
  bool force = false;
  std::optional<Field> zone_field;    // zone taken from the low 16 bits of this field …
  std::uint16_t zone = 0;             // … or this constant
  std::optional<std::uint8_t> table;  // recirculate here
  std::optional<Nat> nat = {};        // on the wire the first of the nested actions
  std::vector<Action> nested;
  std::strong_ordering operator<=>(const Ct&) const;
  bool operator==(const Ct&) const;
};
// What connection tracking said of the packet is forgotten (NXAST_CT_CLEAR): it may be tracked anew, in another zone.
struct CtClear {
  auto operator<=>(const CtClear&) const = default;
};
// One bit of a field: is the packet, Ethernet header included, longer than so many octets (NXAST_CHECK_PKT_LARGER).
struct CheckLarger {
  std::uint16_t octets = 0;
  Field to{};
  std::uint16_t bit = 0;
  auto operator<=>(const CheckLarger&) const = default;
};
// The low `bits` of a field become one of 0 to `links` - 1, the same for all packets of a connection: a hash of
// addresses, protocol and ports (NXAST_MULTIPATH, symmetric_l3l4+udp, modulo_n).
struct Multipath {
  std::uint16_t basis = 0;
  std::uint16_t links = 0;  // 1 to 2^bits
  Field to{};
  std::uint16_t bits = 0;  // 1 to 32
  auto operator<=>(const Multipath&) const = default;
};
// The low 16 bits of a field become the number of the first of these ports that is alive, which one with BFD is while
// that says so; 0xffff when none is (NXAST_BUNDLE_LOAD, active_backup).
struct FirstAlive {
  std::vector<std::uint16_t> ports;
  Field to{};
  auto operator<=>(const FirstAlive&) const = default;
};
// From now on the packet came from nowhere, and may go out where it came in, too (ovs-fields(7): in_port 0 is no
// port's; only NXM_OF_IN_PORT can be written).
struct ClearInPort {
  auto operator<=>(const ClearInPort&) const = default;
};
// Makes a flow of the packet, or makes it anew (NXAST_LEARN2 with NX_LEARN_F_DELETE_LEARNED). What was learned goes
// when no flow is left that holds a Learn of this table and cookie, and not in a clone. An older NXAST_LEARN reads as
// the same without a limit.
struct Learn {
  std::uint8_t table = 0;
  std::uint16_t priority = 0;
  std::uint16_t idle_timeout = 0;   // seconds, 0 is forever
  std::uint16_t hard_timeout = 0;   // seconds since it was last learned, 0 is forever
  std::uint64_t cookie = 0;         // of the flow that is made
  std::uint32_t limit = 0;          // flows with this cookie in the table at most; 0: any number
  std::vector<FieldValue> matches;  // constants that the new flow matches, each exact, prerequisites first
  std::vector<Move> copied;         // fields of the packet that it matches: `to` has what `from` has
  std::vector<Move> loads;          // what it does: `to` of the later packet gets what `from` of this one has
  std::strong_ordering operator<=>(const Learn&) const;
  bool operator==(const Learn&) const;
};
// Runs the actions on a copy of the packet (NXAST_CLONE).
struct Clone {
  std::vector<Action> actions;
  std::strong_ordering operator<=>(const Clone&) const;
  bool operator==(const Clone&) const;
};
// One clause of several that must all hold (NXAST_CONJUNCTION, ovs-fields(7) "Conjunctive match fields"): a packet that
// matches a flow of each clause of `id` is looked up again with conj_id = id. Stands alone or with its like.
struct Conjunction {
  std::uint32_t id = 0;
  std::uint8_t clause = 0;   // from 1 to `clauses`
  std::uint8_t clauses = 0;  // 2 to 64
  auto operator<=>(const Conjunction&) const = default;
};
// An action this build does not know, kept as its bytes (header included) so that a foreign flow still lists whole.
struct Opaque {
  Bytes bytes;
  auto operator<=>(const Opaque&) const = default;
};

// What a variant of twenty needs to be copied and compared is compiled once, in flow.cc, not wherever a flow is
// held.
struct Action
    : std::variant<Output, Controller, SetField, Move, Resubmit, Group, Meter, PushVlan, PopVlan, DecTtl, Ct, CtClear,
                   ClearInPort, CheckLarger, Multipath, FirstAlive, Learn, Clone, Conjunction, Opaque> {
  using variant::variant;
  Action(const Action& other);
  Action(Action&& other) noexcept;
  Action& operator=(const Action& other);
  Action& operator=(Action&& other) noexcept;
  ~Action();
  std::strong_ordering operator<=>(const Action& other) const;
  bool operator==(const Action& other) const;
};

// Actions in their order. A value like any other; copies share them until one of them is changed.
class ActionList {
 public:
  ActionList() = default;
  ActionList(std::vector<Action> actions);
  ActionList(std::initializer_list<Action> actions) : ActionList(std::vector<Action>(actions)) {}

  operator const std::vector<Action>&() const { return list(); }
  [[nodiscard]] const std::vector<Action>& list() const;
  [[nodiscard]] bool empty() const { return list().empty(); }
  [[nodiscard]] std::size_t size() const { return list().size(); }
  [[nodiscard]] auto begin() const { return list().begin(); }
  [[nodiscard]] auto end() const { return list().end(); }
  bool operator==(const ActionList& other) const { return list_ == other.list_ || list() == other.list(); }

 private:
  SharedValue<std::vector<Action>> list_;  // null: none
};

// The switch's own uniqueness: no two flows of a bridge share a key.
struct FlowKey {
  std::uint8_t table = 0;
  std::uint16_t priority = 0;
  Match match;
  auto operator<=>(const FlowKey&) const = default;
};

// What a flow does, and the mark that says whose it is.
struct FlowSpec {
  std::uint64_t cookie = 0;
  ActionList actions;                      // applied at once, in order
  std::optional<std::uint8_t> goto_table;  // afterwards; nothing and no output means drop
  bool operator==(const FlowSpec& other) const;
};

// What the switch reports of one flow.
struct FlowSeen {
  FlowSpec spec;
  std::uint16_t idle_timeout = 0;  // seconds, 0 is forever: ours are always 0
  std::uint16_t hard_timeout = 0;
  std::uint16_t importance = 0;
  bool opaque = false;  // holds a field, action or instruction this build does not know
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  bool operator==(const FlowSeen&) const = default;
};

// Text in the syntax of ovs-ofctl(8): "table=10, priority=100,in_port=3,arp actions=…".
std::string text(const Match& match);
std::string text(const std::vector<Action>& actions, std::optional<std::uint8_t> goto_table);
std::string text(const FlowKey& key, const FlowSpec& spec);

}  // namespace tarn::wire::of
