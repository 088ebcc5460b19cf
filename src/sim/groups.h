// What the security groups of a cloud let through, in the words of the Networking API and with nothing of the switch:
// an oracle for laws. Pure.
#pragma once

#include "model/snapshot.h"
#include "sim/pipeline.h"

namespace tarn::sim {

// Whether `from` may send the packet and `to` may get it, as the first of a connection. ARP and what makes a network
// work (neighbours, listeners, DHCP) is nobody's to forbid.
bool groups_let(const model::Snapshot& cloud, const model::Port& from, const model::Port& to, const Packet& packet);
// Somebody remembers connections for the port: it is secured, and its groups are stateful.
bool is_stateful(const model::Snapshot& cloud, const model::Port& port);
// One side of it.
bool may_send(const model::Snapshot& cloud, const model::Port& from, const Packet& packet);
bool may_get(const model::Snapshot& cloud, const model::Port& to, const Packet& packet);

}  // namespace tarn::sim
