// What a port is called in its network: what the API shows, what instances are told about themselves, and what the
// names service answers are the same, because they all ask here.
#pragma once

#include <string>

#include "base/address.h"

namespace tarn {

// The name that the port was given, else one of its address: "web", "host-10-0-0-3", as in Neutron.
std::string host_name(const std::string& given, const Ip& address);
// The domain of a network, with a dot at its end; where it was given none, the cloud's: "openstacklocal.", as in
// Neutron.
std::string domain_of_network(const std::string& given);
// "web.openstacklocal.". A name that ends with a dot is whole already.
std::string whole_name(const std::string& name, const std::string& domain);

}  // namespace tarn
