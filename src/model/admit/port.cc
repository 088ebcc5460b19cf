// Ports. Request-only spellings: `fixed_ips` (port_addresses.h), `allowed_address_pairs` and `extra_dhcp_opts`
// (port_options.h); `mac` null is one of our choosing; `binding_host` null or "" is nowhere; `binding_profile` is the
// text of a JSON object, or that object.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "model/admit/binding.h"
#include "model/admit/port_addresses.h"
#include "model/admit/port_options.h"
#include "model/admit/rules.h"

namespace tarn::model::admission {
namespace {

constexpr Attribute attributes[] = {
    {"project_id", Who::anyone, Who::nobody},
    {"name", Who::anyone, Who::anyone},
    {"description", Who::anyone, Who::anyone},
    {"tags", Who::anyone, Who::anyone},
    {"network", Who::anyone, Who::nobody},
    {"admin_state_up", Who::anyone, Who::anyone},
    {"mac", Who::network_owner, Who::admin},
    {"fixed_ips", Who::anyone, Who::anyone},  // check_fixed_ips_policy
    {"allowed_address_pairs", Who::network_owner, Who::network_owner},
    {"extra_dhcp_opts", Who::anyone, Who::anyone},
    {"device_id", Who::anyone, Who::anyone},
    {"device_owner", Who::anyone, Who::anyone},  // check_owner_policy
    {"port_security_enabled", Who::network_owner, Who::network_owner},
    {"dns_name", Who::anyone, Who::anyone},
    {"binding_host", Who::admin, Who::admin},
    {"vnic_type", Who::anyone, Who::anyone},
    {"binding_profile", Who::admin, Who::admin},
};

std::string rule(const Request& request, std::string_view attribute) {
  return (request.verb == Verb::create ? "create_port:" : "update_port:") + std::string(attribute);
}

// On another's network nobody picks addresses; a subnet of a shared one may be picked.
Status check_fixed_ips_policy(const Draft& draft, const Request& request, const Network& network) {
  if (owns(draft.caller(), network.standard) || !is_given(request.given, "fixed_ips")) return {};
  if (!network.shared) return forbidden(rule(request, "fixed_ips"));
  const Result<std::vector<WantedIp>> wanted = parse_fixed_ips(request.given.at("fixed_ips"));
  if (!wanted) return fail(wanted.error());
  for (const WantedIp& ip : *wanted) {
    if (ip.address) return forbidden(rule(request, "fixed_ips:ip_address"));
  }
  return {};
}

// Ports of network services are the network owner's to make.
Status check_owner_policy(const Draft& draft, const Request& request, const Network& network) {
  if (owns(draft.caller(), network.standard) || !is_given(request.given, "device_owner")) return {};
  const boost::json::string* owner = request.given.at("device_owner").if_string();
  if (owner == nullptr || !owner->starts_with("network:")) return {};
  return forbidden(rule(request, "device_owner"));
}

Status check_policy(const Draft& draft, const Request& request, const Network& network) {
  const bool owner = owns(draft.caller(), network.standard);
  if (Status status = check_given(draft, request, attributes, owner); !status) return status;
  if (Status status = check_fixed_ips_policy(draft, request, network); !status) return status;
  return check_owner_policy(draft, request, network);
}

Status set_profile(Port& port, const boost::json::value& given) {
  if (given.is_null()) {
    port.binding_profile = "{}";
  } else if (given.is_object()) {
    port.binding_profile = boost::json::serialize(given);
  } else {
    const boost::json::string* text = given.if_string();
    boost::system::error_code error;
    const bool object = text != nullptr && boost::json::parse(*text, error).is_object() && !error;
    if (!object) return invalid_input("binding:profile is not a JSON object.");
    port.binding_profile = std::string(*text);
  }
  return {};
}

// Everything but the addresses. Null means nothing for the MAC and the host.
Status set_plain(const Draft& draft, const Request& request, Port& port) {
  boost::json::object plain =
      without(request.given, {"fixed_ips", "allowed_address_pairs", "extra_dhcp_opts", "binding_profile"});
  for (const std::string_view name : {"mac", "device_id", "device_owner"}) {
    if (!is_given(plain, name)) plain.erase(name);
  }
  if (plain.contains("binding_host") && !is_given(plain, "binding_host")) plain["binding_host"] = "";
  if (Status status = set_fields(port, plain); !status) return status;
  if (const auto* profile = request.given.if_contains("binding_profile")) {
    if (Status status = set_profile(port, *profile); !status) return status;
  }
  if (const auto* pairs = request.given.if_contains("allowed_address_pairs")) {
    Result<std::vector<AddressPair>> parsed = parse_pairs(*pairs, port.mac, draft.limits());
    if (!parsed) return fail(parsed.error());
    port.allowed_address_pairs = std::move(*parsed);
  }
  if (const auto* options = request.given.if_contains("extra_dhcp_opts")) {
    Result<std::vector<DhcpOption>> merged = merge_dhcp_options(port.extra_dhcp_opts, *options);
    if (!merged) return fail(merged.error());
    port.extra_dhcp_opts = std::move(*merged);
  }
  return check_pairs(port);
}

Status set_addresses(const Draft& draft, const Request& request, Port& port) {
  const bool given = request.given.contains("fixed_ips");
  const bool asked = is_given(request.given, "fixed_ips");
  if (!asked && request.verb == Verb::update) {
    if (given) port.fixed_ips.clear();
    return {};
  }
  Result<std::vector<WantedIp>> wanted;
  if (asked) {
    wanted = parse_fixed_ips(request.given.at("fixed_ips"));
    if (!wanted) return fail(wanted.error());
  }
  Result<std::vector<FixedIp>> chosen = asked ? asked_addresses(draft, port, *wanted) : usual_addresses(draft, port);
  if (!chosen) return fail(chosen.error());
  port.fixed_ips = std::move(*chosen);
  return {};
}

Result<NetworkId> network_given(const Request& request) {
  const boost::json::value* network = request.given.if_contains("network");
  const boost::json::string* text = network ? network->if_string() : nullptr;
  if (text == nullptr) return invalid_input("a port needs 'network'.");
  const Result<Uuid> id = Uuid::parse({text->data(), text->size()});
  if (!id) return invalid_input(id.error().message);
  return NetworkId{*id};
}

Status create(Draft& draft, const Request& request) {
  const Result<NetworkId> id = network_given(request);
  if (!id) return fail(id.error());
  const Result<Network> network = visible_network(draft, *id);
  if (!network) return fail(network.error());
  if (Status status = check_policy(draft, request, *network); !status) return status;
  const Result<std::string> project = project_for(draft, request);
  if (!project) return fail(project.error());
  if (Status status = check_quota(draft, Kind::port, *project); !status) return status;
  Port port;
  port.id = {request.id};
  port.network = *id;
  port.port_security_enabled = network->port_security_enabled;
  if (!is_given(request.given, "mac")) {
    const Result<Mac> mac = new_mac(draft, *id);
    if (!mac) return fail(mac.error());
    port.mac = *mac;
  }
  if (Status status = set_plain(draft, request, port); !status) return status;
  port.standard.project_id = *project;
  if (Status status = check_mac(draft, port); !status) return status;
  if (Status status = set_addresses(draft, request, port); !status) return status;
  port.vif_type = binding_of(draft.now(), port);
  draft.create(port);
  return {};
}

// The port of the request, and whether this caller may do this with it. Its network's owner sees and removes it too.
Result<Port> writable_port(const Draft& draft, const Request& request) {
  const Versioned<Port>* port = draft.now().find(PortId{request.id});
  if (port == nullptr) return not_found(Kind::port, request.id);
  if (owns(draft.caller(), (*port)->standard)) return **port;
  const Versioned<Network>* network = draft.now().find((*port)->network);
  if (network == nullptr || !owns(draft.caller(), (*network)->standard)) return not_found(Kind::port, request.id);
  if (request.verb == Verb::remove) return **port;
  return forbidden("update_port");
}

Status change_mac(const Draft& draft, const Port& before, Port& port) {
  if (before.vif_type == VifType::ovs) {
    return fail(ErrorCode::conflict, "PortBound",
                "Unable to complete operation on port " + port.id.text() +
                    ", port is already bound, port type: ovs, old_mac " + before.mac.text() + ", new_mac " +
                    port.mac.text() + ".");
  }
  if (Status status = check_mac(draft, port); !status) return status;
  return follow_mac(draft.now(), port);
}

// A port bound anew is down until its new host says otherwise. A failed binding is tried again whenever it is named.
void rebind(const Draft& draft, const Request& request, const Port& before, Port& port) {
  const bool tried_again = before.vif_type == VifType::binding_failed && request.given.contains("binding_host");
  const bool moved = port.binding_host != before.binding_host || port.vnic_type != before.vnic_type;
  if (!moved && !tried_again) return;
  port.vif_type = binding_of(draft.now(), port);
  if (moved || port.vif_type != before.vif_type) port.status = PortStatus::down;
}

Status update(Draft& draft, const Request& request) {
  const Result<Port> before = writable_port(draft, request);
  if (!before) return fail(before.error());
  const Versioned<Network>* network = draft.now().find(before->network);
  if (network == nullptr) return not_found(Kind::network, before->network.uuid);
  if (Status status = check_policy(draft, request, **network); !status) return status;
  if (Status status = check_revision(before->standard, request); !status) return status;
  Port port = *before;
  if (Status status = set_plain(draft, request, port); !status) return status;
  if (port.mac != before->mac) {
    if (Status status = change_mac(draft, *before, port); !status) return status;
  }
  if (Status status = set_addresses(draft, request, port); !status) return status;
  rebind(draft, request, *before, port);
  draft.update(port);
  return {};
}

Status remove(Draft& draft, const Request& request) {
  const Result<Port> port = writable_port(draft, request);
  if (!port) return fail(port.error());
  if (Status status = check_revision(port->standard, request); !status) return status;
  draft.remove(Kind::port, request.id);
  return {};
}

}  // namespace

KindRules port_rules() {
  return {create, update, remove};
}

}  // namespace tarn::model::admission
