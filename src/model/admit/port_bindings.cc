#include "model/admit/port_bindings.h"

#include <algorithm>

#include "model/admit/binding.h"
#include "model/admit/refusal.h"
#include "model/json_fields.h"

namespace tarn::model::admission {
namespace {

std::string named(const Port& port, const std::string& host) {
  return "Binding for port " + port.id.text() + " for host " + host;
}

VifType vif_of(const Draft& draft, Port port, const PortBinding& binding) {
  port.binding_host = binding.host;
  port.vnic_type = binding.vnic_type;
  return binding_of(draft.now(), port);
}

auto place_of(Port& port, const std::string& host) {
  return std::ranges::find(port.other_bindings, host, &PortBinding::host);
}

// The port's own binding as one of the others, and the other way round.
PortBinding own_of(const Port& port) {
  return {port.binding_host, port.vnic_type, port.binding_profile, port.vif_type};
}

void make_own(Port& port, const PortBinding& binding) {
  port.binding_host = binding.host;
  port.vnic_type = binding.vnic_type;
  port.binding_profile = binding.profile;
  port.vif_type = binding.vif_type;
  port.status = PortStatus::down;  // until the new host says otherwise
}

Result<PortBinding> taken(const Draft& draft, const Port& port, PortBinding binding, const boost::json::value& given) {
  if (Status status = fields::take("binding", given, binding); !status) return invalid_input(status.error().message);
  if (binding.host.empty()) return invalid_input("a binding needs a host.");
  binding.vif_type = vif_of(draft, port, binding);
  if (binding.vif_type != VifType::binding_failed) return binding;
  return fail(ErrorCode::conflict, "PortBindingError", named(port, binding.host) + " could not be created or updated.");
}

Result<std::string> host_in(const boost::json::value& given) {
  if (const auto* object = given.if_object())
    if (const auto* host = object->if_contains("host"))
      if (const auto* text = host->if_string()) return std::string(*text);
  if (const auto* text = given.if_string()) return std::string(*text);
  return invalid_input("a binding needs a host.");
}

Status add(const Draft& draft, const boost::json::value& given, Port& port) {
  const Result<PortBinding> binding = taken(draft, port, {}, given);
  if (!binding) return fail(binding.error());
  if (binding->host == port.binding_host || place_of(port, binding->host) != port.other_bindings.end()) {
    return fail(ErrorCode::conflict, "PortBindingAlreadyExists", named(port, binding->host) + " already exists.");
  }
  if (port.binding_host.empty()) {
    make_own(port, *binding);
  } else {
    const auto after = std::ranges::upper_bound(port.other_bindings, binding->host, {}, &PortBinding::host);
    port.other_bindings.insert(after, *binding);
  }
  return {};
}

Refusal no_binding(const Port& port, const std::string& host) {
  return fail(ErrorCode::not_found, "PortBindingNotFound", named(port, host) + " could not be found.");
}

Status change(const Draft& draft, const boost::json::value& given, Port& port) {
  const Result<std::string> host = host_in(given);
  if (!host) return fail(host.error());
  const bool own = *host == port.binding_host;
  const auto place = place_of(port, *host);
  if (!own && place == port.other_bindings.end()) return no_binding(port, *host);
  const Result<PortBinding> binding = taken(draft, port, own ? own_of(port) : *place, given);
  if (!binding) return fail(binding.error());
  if (own && *binding != own_of(port)) make_own(port, *binding);
  if (!own) *place = *binding;
  return {};
}

Status take_away(const Draft&, const boost::json::value& given, Port& port) {
  const Result<std::string> host = host_in(given);
  if (!host) return fail(host.error());
  if (*host == port.binding_host) {
    make_own(port, {});
    return {};
  }
  const auto place = place_of(port, *host);
  if (place == port.other_bindings.end()) return no_binding(port, *host);
  port.other_bindings.erase(place);
  return {};
}

// The binding that was active goes: the instance is no longer there.
Status activate(const Draft& draft, const boost::json::value& given, Port& port) {
  const Result<std::string> host = host_in(given);
  if (!host) return fail(host.error());
  if (*host == port.binding_host) {
    return fail(ErrorCode::conflict, "PortBindingAlreadyActive", named(port, *host) + " is already active.");
  }
  const auto place = place_of(port, *host);
  if (place == port.other_bindings.end()) return no_binding(port, *host);
  PortBinding active = *place;
  *place = own_of(port);
  place->vif_type = VifType::unbound;
  std::ranges::sort(port.other_bindings, {}, &PortBinding::host);
  active.vif_type = vif_of(draft, port, active);
  make_own(port, active);
  return {};
}

}  // namespace

Status settle_bindings(const Draft& draft, const Request& request, Port& port) {
  static constexpr std::pair<std::string_view, Status (*)(const Draft&, const boost::json::value&, Port&)> edits[] = {
      {"add_binding", add},
      {"change_binding", change},
      {"remove_binding", take_away},
      {"activate_binding", activate},
  };
  for (const auto& [word, edit] : edits) {
    const boost::json::value* given = request.given.if_contains(word);
    if (given == nullptr) continue;
    if (!port.device_owner.starts_with("compute:")) {
      return fail(ErrorCode::invalid, "BadRequest",
                  "Invalid port " + port.id.text() + ". Operation only valid on compute ports.");
    }
    if (Status status = edit(draft, *given, port); !status) return status;
  }
  return {};
}

}  // namespace tarn::model::admission
