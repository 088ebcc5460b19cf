// Packets that instances send each other, as the laws of traffic send them through the datapaths.
// Functions of the ports; they know no law.
#pragma once

#include "sim/scene.h"

namespace tarn::sim {

std::optional<Ip> address_of(const model::Port& port);
Packet udp(const Mac& from, const Mac& to, const Ip& source, const Ip& destination);
// A datagram of the first port to the second, as both are now; absent while one has no IPv4 address.
std::optional<Packet> datagram(const Scene& scene, const PortId& from, const PortId& to);

}  // namespace tarn::sim
