// An instance in the hands of a test that speaks for it, frame by frame, and what such tests say and listen for.
// Silence is proven by order: after what must not arrive, something that must is sent the same way, and when that is
// heard, the first is not coming any more.
#pragma once

#include <string>
#include <vector>

#include "live/nic.h"
#include "live/steps.h"
#include "wire/packet/transport.h"

namespace tarn::testing {

struct Guest {
  sandbox::Instance instance;
  Mac mac;
  Ip ip;
  Nic nic;
};

// Boots an instance and waits until its port is ACTIVE.
Guest guest(LiveCloud& cloud, const std::string& name, const std::string& network, int host);
// All hosts have heard of each other, by instances on a network of their own: a userspace tunnel loses the first
// packets to another host, until it knows that host's link address.
[[nodiscard]] bool hosts_meet(LiveCloud& cloud);
// The same as guest() of one that was booted before, whatever its port is.
Guest guest_of(const LiveCloud& cloud, const sandbox::Instance& instance);

constexpr wire::packet::UdpPorts some_ports{4000, 4001};
Bytes udp(const Mac& source, const Ip& from, const Mac& destination, const Ip& to, const std::string& words,
          const wire::packet::UdpPorts& ports = some_ports);
Bytes udp(const Guest& from, const Guest& to, const std::string& words,
          const wire::packet::UdpPorts& ports = some_ports);
Bytes tagged(const Bytes& frame, std::uint16_t vlan_id);  // IEEE 802.1Q
Bytes to_all(const Guest& from, const std::string& words);

// `speaker` says `word` twice, the second time when all have heard the first: the switch may put packets of one burst
// in another order, never packets of two. Whatever was sent before and is not heard by now never will be.
void all_hear(const Guest& speaker, const std::vector<Guest*>& listeners, const std::string& word);

}  // namespace tarn::testing
