// Ports that the rules of other kinds plug for a row of theirs: an interface of a router, the address of a gateway or
// of a floating IP. MAC and addresses come from where those of all ports come from. No quota is spent on them, and
// nobody is asked whether the network is there for him: the rules that plug have done that.
#pragma once

#include "model/admit/port_addresses.h"

namespace tarn::model::admission {

struct Plug {
  NetworkId network;
  std::string project;  // empty: nobody's, as Neutron has it for addresses on external networks
  std::string device_id;
  std::string device_owner;
  std::optional<std::vector<WantedIp>> addresses;  // nullopt: as usual
};
// Refusals: those of port_addresses.h.
Result<Port> plug(Draft& draft, const Plug& wanted);
Result<Port> readdress(Draft& draft, PortId port, const std::vector<WantedIp>& addresses);

// A word of a request that holds a UUID. Refusal: InvalidInput.
Result<Uuid> uuid_in(const boost::json::object& given, std::string_view word);

}  // namespace tarn::model::admission
