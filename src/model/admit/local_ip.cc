// Local IPs, and the ports that they stand for on the hosts of those.
#include <algorithm>

#include "model/admit/plain.h"
#include "model/admit/plug.h"
#include "model/admit/port_users.h"
#include "model/admit/routing.h"

namespace tarn::model::admission {
namespace {

// The address of the port that is meant: the one named, or its only one.
Result<Ip> address_of(const Port& port, const std::optional<Ip>& named) {
  if (port.fixed_ips.empty()) {
    return fail(ErrorCode::invalid, "LocalIPNoIP",
                "Specified Port " + port.id.text() + " has no fixed IPs configured.");
  }
  if (named && !has_address(port, *named)) {
    return fail(ErrorCode::invalid, "LocalIPRequestedIPNotFound",
                "Specified Port " + port.id.text() + " does not have requested IP address: " + named->text() + ".");
  }
  if (named) return *named;
  if (port.fixed_ips.size() == 1) return port.fixed_ips.front().address;
  return fail(ErrorCode::invalid, "LocalIPNoRequestedIP",
              "Specified Port " + port.id.text() + " has several IPs, should specify exact IP address to use.");
}

std::optional<Ip> address_named(const Request& request, std::string_view word, const Ip& address) {
  return is_given(request.given, word) ? std::optional(address) : std::nullopt;
}

Status plug_local_port(Draft& draft, const std::optional<Ip>& named, LocalIp& local) {
  if (const Result<Network> network = row_for<Network>(draft, local.network.uuid); !network) {
    return fail(network.error());
  }
  const std::vector<SubnetId> subnets = draft.now().subnets_of(local.network);
  const auto is_v4 = [&](const SubnetId& id) { return (**draft.now().find(id)).cidr.address.is_v4(); };
  if (std::ranges::none_of(subnets, is_v4)) {
    return bad_request("local_ip", "Network " + local.network.text() + " does not contain any IPv4 subnet.");
  }
  Plug plugged{local.network, local.standard.project_id, local.id.text(), std::string(owner_local_ip), {}};
  if (named) plugged.addresses = std::vector<WantedIp>{{{}, named}};
  const Result<Port> port = plug(draft, plugged);
  if (!port) return fail(port.error());
  local.local_port = port->id;
  local.address = named.value_or(port->fixed_ips.front().address);
  return {};
}

struct LocalIpRules {
  using Row = LocalIp;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"name", When::both},          {"description", When::both},
      {"network", When::created},    {"local_port", When::created}, {"address", When::created},
      {"mode", When::created},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request& request, const LocalIp* before, LocalIp& local) {
    if (before != nullptr) return {};
    const std::optional<Ip> named = address_named(request, "address", local.address);
    if (is_given(request.given, "local_port")) {
      const Result<Port> port = row_for<Port>(draft, local.local_port.uuid);
      if (!port)
        return fail(ErrorCode::invalid, "BadRequest",
                    "Bad local_ip request: Port " + local.local_port.text() + " not found.");
      const Result<Ip> address = address_of(*port, named);
      if (!address) return fail(address.error());
      local.network = port->network;
      local.address = *address;
      return {};
    }
    if (is_given(request.given, "network")) return plug_local_port(draft, named, local);
    return fail(ErrorCode::invalid, "LocalIPPortOrNetworkRequired",
                "Either Port ID or Network ID must be specified for Local IP create.");
  }

  static Status release(Draft& draft, const LocalIp& local) {
    if (draft.now().is_referred(local.id.uuid, Kind::local_ip_association)) {
      return fail(ErrorCode::conflict, "LocalIPInUse",
                  "Local IP " + local.id.text() + " is still associated with one or more ports.");
    }
    const Port port = **draft.now().find(local.local_port);
    if (port.device_owner != owner_local_ip || port.device_id != local.id.text()) return {};
    if (draft.now().referrers(port.id.uuid, Kind::local_ip).size() > 1) {
      return fail(ErrorCode::conflict, "LocalIPInUse",
                  "Local IP " + local.id.text() + " is in use: others stand on its port.");
    }
    draft.remove(Kind::port, port.id.uuid);
    drop_unfounded(draft, port.id);
    return {};
  }
};

struct LocalIpAssociationRules {
  using Row = LocalIpAssociation;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},
      {"local_ip", When::created},
      {"fixed_port", When::created},
      {"fixed_address", When::created},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request& request, const LocalIpAssociation*, LocalIpAssociation& row) {
    const Result<LocalIp> local = row_for<LocalIp>(draft, row.local_ip.uuid);
    if (!local) return fail(local.error());
    row.standard.project_id = local->standard.project_id;
    const Result<Port> port = row_for<Port>(draft, row.fixed_port.uuid);
    if (!port) return fail(port.error());
    const Result<Ip> address = address_of(*port, address_named(request, "fixed_address", row.fixed_address));
    if (!address) return fail(address.error());
    row.fixed_address = *address;
    for (const Uuid& id : draft.now().referrers(row.local_ip.uuid, Kind::local_ip_association)) {
      if ((**draft.now().find<LocalIpAssociation>(id)).fixed_port != row.fixed_port) continue;
      return fail(ErrorCode::conflict, "LocalIPAssociationExists",
                  "Local IP " + local->id.text() + " is associated with port " + port->id.text() + " already.");
    }
    return {};
  }
  static Status release(Draft&, const LocalIpAssociation&) { return {}; }
};

}  // namespace

KindRules local_ip_rules() {
  return plain_rules<LocalIpRules>();
}
KindRules local_ip_association_rules() {
  return plain_rules<LocalIpAssociationRules>();
}

}  // namespace tarn::model::admission
