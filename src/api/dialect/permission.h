// What every security group rule of the API says, whether it stands in a group or among those that groups start with:
// its types, and the attributes that both kinds have.
#pragma once

#include "api/dialect/rows.h"
#include "api/dialect/spelling.h"
#include "api/dialect/types.h"

namespace tarn::api::dialect {

Type protocol();       // a name or a number; null is every protocol
Type ethertype();      // "IPv4" or "IPv6", in any case
Type port_number();    // 0 to 65535, or null
Type remote_prefix();  // an address or a CIDR, host bits cleared; null or "" is none
json::value ethertype_name(int ip_version);
json::value protocol_name(const std::string& protocol);

// Direction, ethertype, protocol, ports and the remote prefix and address group; the remote group differs.
template <class R>
void add_permission(std::vector<Attribute>& rows) {
  using model::Permission;
  const auto add = [&](std::string name, Type type, Mapping mapping, std::string absent) {
    rows.push_back({.name = std::move(name),
                    .type = std::move(type),
                    .model = std::move(mapping),
                    .given = Given::post,
                    .absent = std::move(absent),
                    .sort = true});
  };
  add("direction", one_of({{"ingress", "ingress"}, {"egress", "egress"}}),
      part(&R::permission, &Permission::direction, direction_name), {});
  rows.back().required = true;
  add("ethertype", ethertype(), part(&R::permission, &Permission::ip_version, ethertype_name), "\"IPv4\"");
  add("protocol", protocol(), part(&R::permission, &Permission::protocol, protocol_name), "null: every protocol");
  add("port_range_min", port_number(), part(&R::permission, &Permission::first), "null");
  add("port_range_max", port_number(), part(&R::permission, &Permission::last), "null");
  add("remote_ip_prefix", remote_prefix(), part(&R::permission, &Permission::remote_prefix), "null: everybody");
  add("remote_address_group_id", or_null(uuid()), part(&R::permission, &Permission::remote_address_group), "null");
  rows.back().alias = "security-groups-remote-address-group";
}

}  // namespace tarn::api::dialect
