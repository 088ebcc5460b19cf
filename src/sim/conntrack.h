// The connections that one datapath knows, and what it says of a packet by them: new, established, a reply, invalid.
// A value, owned by a datapath and outliving its flows; packets are told to it, and it never looks at tables. Time does
// not pass in it: nothing expires.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "base/address.h"
#include "base/persistent_map.h"
#include "sim/packet.h"
#include "wire/openflow/flow.h"

namespace tarn::sim {

// Bits of ct_state (ovs-fields(7)).
inline constexpr std::uint32_t ct_new = 0x01;
inline constexpr std::uint32_t ct_established = 0x02;
inline constexpr std::uint32_t ct_reply = 0x08;
inline constexpr std::uint32_t ct_invalid = 0x10;
inline constexpr std::uint32_t ct_tracked = 0x20;
inline constexpr std::uint32_t ct_source_translated = 0x40;  // of this packet, as the next
inline constexpr std::uint32_t ct_destination_translated = 0x80;

// Whose connection tracking it is. To both a connection is new until its first answer; they differ in what is invalid,
// and in what ct_state says of a packet whose destination was translated.
enum class Tracker : std::uint8_t {
  kernel,
  userspace  // refuses ports of 0 and echoes with a code
};

// Who speaks to whom. Of ICMP the ports are type and code, as in ct_tp_src and ct_tp_dst; the walker's packets have no
// identifier, so all echoes between two addresses are one connection. Of protocols without ports they are 0.
struct Tuple {
  std::uint8_t protocol = 0;
  Ip source;
  Ip destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  auto operator<=>(const Tuple&) const = default;

  [[nodiscard]] Tuple reversed() const;
};

// Absent: no connection can be of such a packet (no IP, an ICMP message that is neither a question nor an answer …). An
// ICMP error is one of these: that it is about a connection, and is translated with it, the walker does not know.
std::optional<Tuple> tuple_of(const Packet& packet, Tracker tracker);
// Writes addresses and ports; of ICMP the addresses only.
void readdress(Packet& packet, const Tuple& tuple);

struct Connection {
  std::uint16_t zone = 0;
  Tuple original;  // of its first packet
  auto operator<=>(const Connection&) const = default;
};

// How a connection is translated: the first packet's source or destination was rewritten, so it is answered by `reply`
// and not by the reverse of what it was.
struct Translation {
  wire::of::Nat::Side side = wire::of::Nat::Side::source;
  Tuple reply;
  auto operator<=>(const Translation&) const = default;
};

// What ct() did with one packet.
struct Passage {
  Connection connection;  // by the packet's own tuple, whichever its direction
  bool commit = false;
  std::optional<Translation> translation = {};  // of the connection, when it is committed by this
  auto operator<=>(const Passage&) const = default;
};

// Translates as Open vSwitch's own tracker does (nat_get_unique_tuple() in lib/conntrack.c), which is asked in
// live_oracle; only that one begins anywhere in a range of ports, and this one with the lowest.
// Copies are cheap: they share what is in them.
class Conntrack {
 public:
  enum class Age : std::uint8_t { unanswered, answered };
  struct Standing {
    Age age = Age::unanswered;
    std::optional<Translation> translation;
    bool operator==(const Standing&) const = default;
  };

  explicit Conntrack(Tracker tracker = Tracker::kernel) : tracker_(tracker) {}

  struct Verdict {
    std::uint32_t state = 0;        // bits of ct_state
    std::optional<Tuple> original;  // of the connection, or of the packet when it would be its first; absent: invalid
    bool operator==(const Verdict&) const = default;
  };
  // Of a packet that comes now.
  [[nodiscard]] Verdict verdict(std::uint16_t zone, const std::optional<Tuple>& tuple) const;
  [[nodiscard]] Verdict verdict(std::uint16_t zone, const Packet& packet) const {
    return verdict(zone, tuple_of(packet, tracker_));
  }

  // What ct() is about to do. A connection that is new and to be translated, but finds no free port, is not committed.
  [[nodiscard]] Passage passage(const Connection& connection, bool commit,
                                const std::optional<wire::of::Nat>& nat) const;
  // What ct(nat) makes of a packet of a translated connection, and the bits of ct_state that say so.
  struct Rewriting {
    Tuple to;
    std::uint32_t bit = 0;
  };
  [[nodiscard]] std::optional<Rewriting> rewriting(const Connection& connection) const;

  // A packet that was not invalid went through. True: its connection is new, and known from now on.
  bool passed(const Passage& passage);
  // The connection is known from now on, if it was in neither direction. True: it was not.
  bool commit(const Connection& connection, const std::optional<Translation>& translation = {});

  [[nodiscard]] Tracker tracker() const { return tracker_; }
  [[nodiscard]] const PersistentMap<Connection, Standing>& connections() const { return connections_; }
  // Another number: the next packet may hear otherwise.
  [[nodiscard]] std::uint64_t version() const { return version_; }

 private:
  struct Found {
    Connection connection;  // by its original tuple
    Standing standing;
    bool reply = false;
  };
  // Of a packet's own tuple.
  [[nodiscard]] std::optional<Found> find(const Connection& packet) const;
  [[nodiscard]] std::optional<Translation> choose(const Connection& connection, const wire::of::Nat& nat) const;
  // The first number from `first` to `last` that makes the translation's reply nobody's.
  [[nodiscard]] bool settle(std::uint16_t zone, Translation& translation, std::uint16_t Tuple::* port,
                            std::uint32_t first, std::uint32_t last) const;
  void turn(const Connection& connection, const Standing& standing);

  Tracker tracker_;
  PersistentMap<Connection, Standing> connections_;
  PersistentMap<Connection, Tuple> replies_;  // of translated connections: zone and reply, and what they are known by
  std::uint64_t version_ = 0;
};

}  // namespace tarn::sim
