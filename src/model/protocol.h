// The names of IP protocols that the Networking API knows, and the protocols that have ports. Constants only, for
// admission and for flows.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace tarn::model {

struct Protocol {
  std::string_view name;
  int number;  // IANA, "Assigned Internet Protocol Numbers"
};
std::span<const Protocol> protocols();

// Of a name or of a number as text; nullopt: neither.
std::optional<int> protocol_number(std::string_view protocol);

// DCCP, SCTP, TCP, UDP, UDP-Lite.
bool has_ports(int protocol);
// ICMP, of either IP version.
bool is_icmp(int protocol);

}  // namespace tarn::model
