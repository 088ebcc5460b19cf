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

namespace tarn::sim {

// Bits of ct_state (ovs-fields(7)).
inline constexpr std::uint32_t ct_new = 0x01;
inline constexpr std::uint32_t ct_established = 0x02;
inline constexpr std::uint32_t ct_reply = 0x08;
inline constexpr std::uint32_t ct_invalid = 0x10;
inline constexpr std::uint32_t ct_tracked = 0x20;

// Whose connection tracking it is. To both a connection is new until its first answer; they differ in what is invalid.
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

// Absent: no connection can be of such a packet (no IP, an ICMP message that is neither a question nor an answer …).
std::optional<Tuple> tuple_of(const Packet& packet, Tracker tracker);

struct Connection {
  std::uint16_t zone = 0;
  Tuple original;  // of its first packet
  auto operator<=>(const Connection&) const = default;
};

// What ct() did with one packet.
struct Passage {
  Connection connection;  // by the packet's own tuple, whichever its direction
  bool commit = false;
  auto operator<=>(const Passage&) const = default;
};

// Copies are cheap: they share what is in them.
class Conntrack {
 public:
  enum class Age : std::uint8_t { unanswered, answered };

  explicit Conntrack(Tracker tracker = Tracker::kernel) : tracker_(tracker) {}

  struct Verdict {
    std::uint32_t state = 0;        // bits of ct_state
    std::optional<Tuple> original;  // of the connection, or of the packet when it would be its first; absent: invalid
    bool operator==(const Verdict&) const = default;
  };
  // Of a packet that comes now.
  [[nodiscard]] Verdict verdict(std::uint16_t zone, const Packet& packet) const;

  // A packet that was not invalid went through. True: its connection is new, and known from now on.
  bool passed(const Passage& passage);
  // The connection is known from now on, if it was in neither direction. True: it was not.
  bool commit(const Connection& connection);

  [[nodiscard]] Tracker tracker() const { return tracker_; }
  [[nodiscard]] const PersistentMap<Connection, Age>& connections() const { return connections_; }
  // Another number: the next packet may hear otherwise.
  [[nodiscard]] std::uint64_t version() const { return version_; }

 private:
  void turn(const Connection& connection, Age age);

  Tracker tracker_;
  PersistentMap<Connection, Age> connections_;
  std::uint64_t version_ = 0;
};

}  // namespace tarn::sim
