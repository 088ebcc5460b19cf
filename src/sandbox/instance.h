// An instance: a namespace that stands for a virtual machine, plugged into its host's br-int exactly as Nova's os-vif
// plugs a machine's tap, with a real DHCP client inside.
#pragma once

#include "base/result.h"
#include "sandbox/host.h"
#include "sandbox/state.h"

namespace tarn::sandbox {

// The words of ovs-vsctl that put an interface on br-int with the external ids that Nova's os-vif writes; `more` are
// further settings of its row. Several may be joined to one command.
Argv plug_words(const std::string& interface, const std::string& port_id, const std::string& mac, Argv more = {});

// Makes the namespace and its wire, and puts the tap on br-int with the external ids Nova writes (iface-id,
// iface-status, attached-mac, vm-uuid). The interface inside is "eth0" with the port's MAC; no address yet.
Status plug(const Layout& layout, const Host& host, const Instance& instance);

// Takes the tap off br-int and removes the namespace.
Status unplug(const Layout& layout, const Host& host, const Instance& instance);

// Runs a real DHCP client until it has configured eth0 (address, routes, MTU). Errors: no lease in time.
Status take_lease(const Layout& layout, const Instance& instance, std::chrono::seconds timeout);

// Gives eth0 the addresses of the port by hand, for crowds of instances that do not need the ceremony.
Status set_addresses(const Layout& layout, const Instance& instance, int prefix_length);

}  // namespace tarn::sandbox
