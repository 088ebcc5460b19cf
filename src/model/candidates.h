// Addresses that move between instances (virtual ones, of VRRP say): a port that is bound nowhere holds the address,
// and bound ones may take it, by an allowed address pair of it alone. Who has it now, nobody's rows say: switches learn
// it of ARP. Pure questions to a snapshot.
#pragma once

#include <set>
#include <string>

#include "model/snapshot.h"

namespace tarn::model {

// Where whoever has an address of the port may be: where the port is bound; of one that holds it for others, the hosts
// with a port that may take it.
std::set<std::string> hosts_for(const Snapshot& cloud, const Port& port, const Ip& address);

// The ports that hold an address for others that this one may take: visit(PortId).
template <class Visit>
void each_held_for(const Snapshot& cloud, const Port& taker, Visit&& visit) {
  for (const AddressPair& pair : single_pairs(taker))
    for (const PortId& holder : cloud.holders_of(taker.network, pair.address.address)) visit(holder);
}

}  // namespace tarn::model
