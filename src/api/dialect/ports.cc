// The table's rows for ports.
#include <algorithm>

#include "api/dialect/answering.h"
#include "api/dialect/port_bindings.h"
#include "api/dialect/port_services.h"
#include "api/dialect/refusal.h"
#include "api/dialect/spelling.h"
#include "api/dialect/standard.h"
#include "model/gateways.h"

namespace tarn::api::dialect {
namespace {

using model::Port;
using Test = std::function<bool(const View&)>;

// The router that has the port for its interface; null for all others.
const model::Router* router_with(const View& view) {
  const auto id = model::router_of(view.as<Port>());
  const auto* router = id ? view.snapshot.find<model::Router>(id->uuid) : nullptr;
  return router ? router->row.get() : nullptr;
}

// A router's interface is wired wherever there is traffic for it, and nowhere in particular: whichever host is there
// will do. Its gateway is where one of several hosts answers for it.
// The port that holds a floating IP's or a local IP's address is no plug that anything could be wired to.
std::string_view shown_status(const View& view) {
  const auto word = [](bool up) { return status_name(up ? model::PortStatus::active : model::PortStatus::down); };
  const Port& port = view.as<Port>();
  const bool address_alone = port.device_owner == "network:floatingip" || port.device_owner == "network:local_ip";
  if (const auto* router = router_with(view))
    return word(port.admin_state_up && router->admin_state_up && is_somebody_there(view));
  if (const auto way = way_out_of(view)) return word(is_answered(view, *way));
  return address_alone ? "N/A" : status_name(port.status);
}

// What an interface is follows from what its router is, as Neutron's clients know it.
std::string_view shown_owner(const View& view) {
  const auto* router = router_with(view);
  if (router == nullptr) return view.as<Port>().device_owner;
  if (router->distributed) return "network:router_interface_distributed";
  return router->ha ? "network:ha_router_replicated_interface" : "network:router_interface";
}

std::string_view shown_host(const View& view) {
  const auto way = way_out_of(view);
  return way ? answering_host(view, *way->gateway).value_or("") : view.as<Port>().binding_host;
}

model::VifType shown_vif(const View& view) {
  const auto way = way_out_of(view);
  if (!way) return view.as<Port>().vif_type;
  return answering_host(view, *way->gateway) ? model::VifType::ovs : model::VifType::unbound;
}

std::vector<TextObject<2>> show_pairs(const View& view) {
  const Port& port = view.as<Port>();
  std::vector<TextObject<2>> shown;
  for (const auto& pair : port.allowed_address_pairs) {
    const bool single = pair.address.length == pair.address.address.bits();
    shown.push_back({{{"ip_address", single ? pair.address.address.text() : pair.address.text()},
                      {"mac_address", pair.mac.value_or(port.mac).text()}}});
  }
  return shown;
}

json::value show_options(const std::vector<model::DhcpOption>& options) {
  json::array shown;
  for (const auto& option : options)
    shown.push_back({{"opt_name", option.name}, {"opt_value", option.value}, {"ip_version", option.ip_version}});
  return shown;
}

// `fixed_ips=ip_address=A`, `fixed_ips=subnet_id=S`, `fixed_ips=ip_address_substr=T`: one word repeated is OR,
// different words are AND.
Result<Test> fixed_ips_test(const std::vector<std::string>& values) {
  std::vector<SubnetId> subnets;
  std::vector<Ip> addresses;
  std::vector<std::string> parts;
  bool by_subnet = false;
  bool by_address = false;
  for (const std::string& value : values) {
    const std::size_t cut = value.find('=');
    const std::string word = value.substr(0, cut);
    const std::string wanted = cut == std::string::npos ? "" : value.substr(cut + 1);
    if (word == "subnet_id") {
      by_subnet = true;
      if (const auto id = Uuid::parse(wanted)) subnets.push_back({*id});
    } else if (word == "ip_address") {
      by_address = true;
      if (const auto ip = Ip::parse(wanted)) addresses.push_back(*ip);
    } else if (word == "ip_address_substr") {
      parts.push_back(wanted);
    } else {
      return fail(ErrorCode::invalid, "HTTPBadRequest",
                  "'" + word + "' is not in ['subnet_id', 'ip_address', 'ip_address_substr']");
    }
  }
  return [=](const View& view) {
    const auto& fixed_ips = view.as<Port>().fixed_ips;
    const auto in_subnet = [&](const auto& fixed) { return std::ranges::find(subnets, fixed.subnet) != subnets.end(); };
    const auto at = [&](const auto& fixed) { return std::ranges::find(addresses, fixed.address) != addresses.end(); };
    const auto like = [&](const auto& fixed) {
      const std::string text = fixed.address.text();
      return std::ranges::any_of(parts, [&](const std::string& part) { return text.find(part) != std::string::npos; });
    };
    return (!by_subnet || std::ranges::any_of(fixed_ips, in_subnet)) &&
           (!by_address || std::ranges::any_of(fixed_ips, at)) &&
           (parts.empty() || std::ranges::any_of(fixed_ips, like));
  };
}

void add_core(std::vector<Attribute>& rows) {
  rows.push_back({.name = "network_id",
                  .type = uuid(),
                  .model = member(&Port::network),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "mac_address",
                  .type = or_null(mac()),
                  .model = member(&Port::mac),
                  .given = Given::both,
                  .absent = "chosen by the server, as another one is for a null",
                  .sort = true});
  rows.push_back({.name = "fixed_ips",
                  .type = fixed_ips(),
                  .model = member(&Port::fixed_ips, show_fixed_ips),
                  .given = Given::both,
                  .absent = "one address for each IP version of the network's subnets",
                  .filter = false});
  rows.push_back({.name = "admin_state_up",
                  .type = boolean(),
                  .model = member(&Port::admin_state_up),
                  .given = Given::both,
                  .absent = "true",
                  .sort = true});
  rows.push_back({.name = "status", .type = shown_text(), .model = derived(shown_status), .sort = true});
  rows.push_back({.name = "device_id",
                  .type = text(255),
                  .model = member(&Port::device_id),
                  .given = Given::both,
                  .absent = "\"\"",
                  .sort = true});
  rows.push_back({.name = "device_owner",
                  .type = text(255),
                  .model = {field_name(&Port::device_owner), shown_owner},
                  .given = Given::both,
                  .absent = "\"\"",
                  .sort = true});
  rows.push_back({.name = "security_groups",
                  .type = uuids(),
                  .model = member(&Port::security_groups),
                  .given = Given::both,
                  .absent = "the default group of the project, for ports with port security"});
}

void add_extensions(std::vector<Attribute>& rows) {
  rows.push_back({.name = "port_security_enabled",
                  .type = boolean(),
                  .model = member(&Port::port_security_enabled),
                  .given = Given::both,
                  .absent = "the network's",
                  .alias = "port-security"});
  rows.push_back({.name = "allowed_address_pairs",
                  .type = address_pairs(),
                  .model = {field_name(&Port::allowed_address_pairs), show_pairs},
                  .given = Given::both,
                  .absent = "[]",
                  .filter = false,
                  .alias = "allowed-address-pairs"});
  rows.push_back({.name = "extra_dhcp_opts",
                  .type = dhcp_options(),
                  .model = member(&Port::extra_dhcp_opts, show_options),
                  .given = Given::both,
                  .absent = "[]",
                  .filter = false,
                  .alias = "extra_dhcp_opt"});
}

void add_binding(std::vector<Attribute>& rows) {
  const Attribute common{.given = Given::both, .alias = "binding"};
  Attribute vnic = common;
  vnic.name = "binding:vnic_type";
  vnic.type = one_of({{"normal", "normal"}});
  vnic.model = member(&Port::vnic_type);
  vnic.absent = "\"normal\"";
  Attribute host = common;
  host.name = "binding:host_id";
  host.type = text(255);
  host.type.accept = [accept = host.type.accept](const json::value& value) -> Result<json::value> {
    return value.is_null() ? json::value("") : accept(value);  // Nova unbinds with null as well as with ""
  };
  host.model = {field_name(&Port::binding_host), shown_host};
  host.absent = "\"\"";
  Attribute profile = common;
  profile.name = "binding:profile";
  profile.type = dictionary(profile_bytes_max);
  profile.model = member(&Port::binding_profile, profile_in);
  profile.absent = "{}";
  profile.filter = false;
  Attribute type = common;
  type.name = "binding:vif_type";
  type.type = shown_text();
  type.model = derived([](const View& view) { return vif_name(shown_vif(view)); });
  type.given = Given::never;
  Attribute details = type;
  details.name = "binding:vif_details";
  details.type = shown("object");
  details.model = derived([](const View& view) { return vif_details(shown_vif(view)); });
  details.filter = false;
  rows.insert(rows.end(), {std::move(vnic), std::move(host), std::move(profile), std::move(type), std::move(details)});
}

std::vector<Uuid> uuids_of(const std::vector<PortId>& ports) {
  std::vector<Uuid> ids;
  for (const PortId port : ports) ids.push_back(port.uuid);
  return ids;
}

// The ports that are bound to the host, and those of gateways that it may answer for, perhaps among others.
std::vector<Uuid> ports_at(const model::Snapshot& snapshot, const std::string& host) {
  std::vector<Uuid> ids = uuids_of(snapshot.ports_on(host));
  for (const RouterId& id : model::routers_out_by(snapshot, model::offered(snapshot, host)))
    for (const auto& gateway : (**snapshot.find<model::Router>(id.uuid)).gateways) ids.push_back(gateway.port.uuid);
  return ids;
}

}  // namespace

Resource ports() {
  Resource resource{.singular = "port", .plural = "ports", .kind = model::Kind::port, .not_found = "PortNotFound"};
  add_standard<Port>(resource);
  add_core(resource.attributes);
  add_extensions(resource.attributes);
  add_binding(resource.attributes);
  add_services(resource.attributes);
  for (Attribute& each : resource.attributes)
    if (each.name == "tags") each.given = Given::post;  // alias tag-ports-during-bulk-creation
  resource.filters.push_back({"fixed_ips", "ip_address=A, subnet_id=S or ip_address_substr=T", fixed_ips_test, ""});
  resource.filters.push_back({"ip_address_substr", "a part of one of its addresses",
                              [](const std::vector<std::string>& values) {
                                std::vector<std::string> words;
                                for (const auto& value : values) words.push_back("ip_address_substr=" + value);
                                return fixed_ips_test(words);
                              },
                              "ip-substring-filtering"});
  resource.parent = {.word = "network", .kind = model::Kind::network, .id = member(&Port::network)};
  using Found = std::optional<std::vector<Uuid>>;
  resource.indexes.push_back({"network_id", [](const model::Snapshot& snapshot, const json::value& value) -> Found {
                                const auto network = Uuid::parse(value.get_string());
                                if (!network) return std::vector<Uuid>{};
                                return uuids_of(snapshot.ports_of(NetworkId{*network}));
                              }});
  resource.indexes.push_back(
      {"security_groups", [](const model::Snapshot& snapshot, const json::value& value) -> Found {
         return snapshot.referrers(Uuid::parse(value.get_string()).value(), model::Kind::port);
       }});
  resource.indexes.push_back(
      {"binding:host_id", [](const model::Snapshot& snapshot, const json::value& value) -> Found {
         if (value.get_string().empty()) return std::nullopt;  // the unbound are not listed
         return ports_at(snapshot, std::string(value.get_string()));
       }});
  return resource;
}

}  // namespace tarn::api::dialect
