// Who answers: the virtual service of each network, the same on every node and after every boot, so that a workload
// that moves finds it unchanged.
#pragma once

#include "base/address.h"
#include "base/uuid.h"

namespace tarn::answer {

// A locally administered unicast MAC (0e:...) that is a function of the network's id.
Mac service_mac(const NetworkId& network);
// 169.254.169.254, where clouds serve metadata; also the source of DHCP replies where a subnet names no other.
Ip service_address();
Ip service_address6();  // fe80::a9fe:a9fe: the same, where instances ask by IPv6

}  // namespace tarn::answer
