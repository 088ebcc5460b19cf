// Ports. Request-only spellings: `fixed_ips` (port_addresses.h), `allowed_address_pairs` and `extra_dhcp_opts`
// (port_options.h), the words of port_bindings.h; `mac` null is one of our choosing; `binding_host` null or "" is
// nowhere; `binding_profile` is the text of a JSON object, or that object; `security_groups` null is none
// (port_groups.h).
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "model/admit/binding.h"
#include "model/admit/port_addresses.h"
#include "model/admit/port_bindings.h"
#include "model/admit/port_groups.h"
#include "model/admit/port_options.h"
#include "model/admit/port_users.h"
#include "model/admit/qos.h"
#include "model/admit/rules.h"
#include "model/admit/tap.h"
#include "model/admit/trunk.h"

namespace tarn::model::admission {
namespace {

constexpr Attribute attributes[] = {
    {"project_id", When::created},
    {"name", When::both},
    {"description", When::both},
    {"tags", When::both},
    {"network", When::created},
    {"admin_state_up", When::both},
    {"mac", When::both},
    {"fixed_ips", When::both},
    {"allowed_address_pairs", When::both},
    {"extra_dhcp_opts", When::both},
    {"device_id", When::both},
    {"device_owner", When::both},
    {"port_security_enabled", When::both},
    {"dns_name", When::both},
    {"binding_host", When::both},
    {"vnic_type", When::both},
    {"binding_profile", When::both},
    {"add_binding", When::changed},
    {"change_binding", When::changed},
    {"remove_binding", When::changed},
    {"activate_binding", When::changed},
    {"security_groups", When::both},
    {"qos_policy", When::both},
    {"dns_domain", When::both},
    {"data_plane_status", When::changed},
    {"propagate_uplink_status", When::created},
    {"device_profile", When::created},
    {"numa_affinity_policy", When::both},
};

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
      without(without(request.given, {"fixed_ips", "allowed_address_pairs", "extra_dhcp_opts", "binding_profile"}),
              binding_words);
  for (const std::string_view name : {"mac", "device_id", "device_owner"}) {
    if (!is_given(plain, name)) plain.erase(name);
  }
  if (plain.contains("binding_host") && !is_given(plain, "binding_host")) plain["binding_host"] = "";
  if (plain.contains("security_groups") && !is_given(plain, "security_groups"))
    plain["security_groups"] = boost::json::array();
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

// A network that a project sees as a way out only holds ports of routers and floating IPs for it, none of its own.
Status check_may_plug(const Draft& draft, const Network& network) {
  const Caller& caller = draft.caller();
  if (belongs_to(network, caller) || is_shared_with(draft.now(), network.id.uuid, caller.project_id)) return {};
  return fail(ErrorCode::forbidden, "HTTPForbidden",
              "Tenant " + caller.project_id + " not allowed to create port on this network");
}

// A port that is made without a MAC gets one; a null for the MAC of one that is there gets it another.
Status choose_mac(Draft& draft, const Request& request, Port& port) {
  const bool asked = request.verb == Verb::create || request.given.contains("mac");
  if (!asked || is_given(request.given, "mac")) return {};
  const Result<Mac> mac = new_mac(draft, port.network);
  if (!mac) return fail(mac.error());
  port.mac = *mac;
  return {};
}

Status create(Draft& draft, const Request& request) {
  const Result<std::string> project = project_of_new(draft, request, attributes);
  if (!project) return fail(project.error());
  const Result<NetworkId> id = network_given(request);
  if (!id) return fail(id.error());
  const Result<Network> network = row_for<Network>(draft, id->uuid);
  if (!network) return fail(network.error());
  if (Status status = check_may_plug(draft, *network); !status) return status;
  if (Status status = check_quota(draft, Kind::port, *project); !status) return status;
  Port port;
  port.id = {request.id};
  port.network = *id;
  port.port_security_enabled = network->port_security_enabled;
  if (Status status = choose_mac(draft, request, port); !status) return status;
  if (Status status = set_plain(draft, request, port); !status) return status;
  port.standard.project_id = *project;
  if (Status status = settle_groups(draft, request, nullptr, port); !status) return status;
  if (Status status = check_qos_policy(draft, std::nullopt, port.qos_policy); !status) return status;
  if (Status status = check_mac(draft, port); !status) return status;
  if (Status status = set_addresses(draft, request, port); !status) return status;
  if (Status status = check_device(draft, nullptr, port); !status) return status;
  port.vif_type = binding_of(draft.now(), port);
  draft.create(port);
  return {};
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
  const Result<Port> before = row_to_update<Port>(draft, request, attributes);
  if (!before) return fail(before.error());
  Port port = *before;
  if (Status status = choose_mac(draft, request, port); !status) return status;
  if (Status status = set_plain(draft, request, port); !status) return status;
  if (Status status = settle_groups(draft, request, &*before, port); !status) return status;
  if (Status status = check_qos_policy(draft, before->qos_policy, port.qos_policy); !status) return status;
  if (port.mac != before->mac) {
    if (Status status = change_mac(draft, *before, port); !status) return status;
  }
  if (Status status = set_addresses(draft, request, port); !status) return status;
  if (Status status = check_device(draft, &*before, port); !status) return status;
  rebind(draft, request, *before, port);
  if (Status status = settle_bindings(draft, request, port); !status) return status;
  note_left_host(*before, port);
  const bool unfounded = port.fixed_ips != before->fixed_ips && is_stood_on(draft.now(), port.id);
  draft.update(port);
  if (unfounded) drop_unfounded(draft, port.id);
  if (port.binding_host != before->binding_host) bind_sub_ports(draft, port);
  return {};
}

Status remove(Draft& draft, const Request& request) {
  const Result<Port> port = row_to_remove<Port>(draft, request);
  if (!port) return fail(port.error());
  if (Status status = check_removable(draft.now(), *port); !status) return status;
  if (Status status = check_in_no_trunk(draft.now(), port->id); !status) return status;
  const bool unfounded = is_stood_on(draft.now(), port->id);
  drop_watchers(draft, port->id);
  draft.remove(Kind::port, request.id);
  if (unfounded) drop_unfounded(draft, port->id);
  return {};
}

}  // namespace

KindRules port_rules() {
  return {create, update, remove};
}

}  // namespace tarn::model::admission
