#include "api/dialect/router_interfaces.h"

#include "api/dialect/rows.h"
#include "api/dialect/types.h"

namespace tarn::api::dialect {
namespace {

using model::Port;
using model::Router;

bool has_subnet(const Port& port, SubnetId subnet) {
  return std::ranges::find(port.fixed_ips, subnet, &model::FixedIp::subnet) != port.fixed_ips.end();
}

const Port* interface_in(const View& router, SubnetId subnet) {
  for (const Uuid& id : router.snapshot.referrers(router.as<Router>().id.uuid, model::Kind::port)) {
    const Port* port = router.snapshot.find<Port>(id)->row.get();
    if (port->device_owner.starts_with("network:router_interface") && has_subnet(*port, subnet)) return port;
  }
  return nullptr;
}

std::optional<Uuid> named(const json::object& given, std::string_view word) {
  const auto* value = given.if_contains(word);
  if (!value || !value->is_string()) return std::nullopt;
  const auto id = Uuid::parse(value->get_string());
  return id ? std::optional(*id) : std::nullopt;
}

// `subnet` is the one that the interface was known by; none: all of the port's count.
json::value told(const View& router, const Port* port, const std::optional<Uuid>& subnet, bool added) {
  json::object shown{{"id", router.as<Router>().id.text()}};
  if (!port) return shown;
  json::array subnets;
  for (const auto& ip : port->fixed_ips)
    if (!subnet || ip.subnet.uuid == *subnet) subnets.emplace_back(ip.subnet.text());
  shown["tenant_id"] = port->standard.project_id;
  shown["port_id"] = port->id.text();
  shown["network_id"] = port->network.text();
  shown["subnet_id"] = subnets.empty() ? json::value(nullptr) : added ? subnets.back() : subnets.front();
  shown["subnet_ids"] = std::move(subnets);
  return shown;
}

const Port* port_at(const model::Snapshot& snapshot, const std::optional<Uuid>& id) {
  const auto* port = id ? snapshot.find<Port>(*id) : nullptr;
  return port ? port->row.get() : nullptr;
}

json::value told_of_added(const View&, const View& after, const json::object& given) {
  const auto& interface = given.at("add_interface").as_object();
  const auto subnet = named(interface, "subnet");
  const Port* port = subnet ? interface_in(after, {*subnet}) : port_at(after.snapshot, named(interface, "port"));
  return told(after, port, subnet, true);
}

json::value told_of_removed(const View& before, const View&, const json::object& given) {
  const bool whole = given.contains("remove_interface");
  const auto& interface = given.at(whole ? "remove_interface" : "remove_prefix").as_object();
  const auto subnet = whole ? std::nullopt : named(interface, "subnet");
  return told(before, port_at(before.snapshot, named(interface, "port")), subnet, false);
}

// A subnet alone stands for the router's port in it, so that this very port goes or none.
Result<json::object> given_to_remove(json::object given, const View& router) {
  if (given.contains("port")) return json::object{{"remove_interface", std::move(given)}};
  const auto subnet = named(given, "subnet");
  if (!subnet)
    return fail(ErrorCode::invalid, "BadRequest", "Bad router request: Either subnet_id or port_id must be specified.");
  if (!router.snapshot.find<model::Subnet>(*subnet))
    return fail(ErrorCode::not_found, "SubnetNotFound", "Subnet " + subnet->text() + " could not be found.");
  const Port* port = interface_in(router, {*subnet});
  if (!port)
    return fail(ErrorCode::not_found, "RouterInterfaceNotFoundForSubnet",
                "Router " + router.as<Router>().id.text() + " has no interface on subnet " + subnet->text() + ".");
  given["port"] = port->id.text();
  return json::object{{"remove_prefix", std::move(given)}};
}

std::vector<Attribute> body() {
  return {{.name = "subnet_id", .type = uuid(), .model = {"subnet"}},
          {.name = "port_id", .type = uuid(), .model = {"port"}}};
}

}  // namespace

std::vector<Action> interface_actions() {
  Action add{.name = "add_router_interface", .body = body(), .told = told_of_added};
  add.given = [](json::object given, const View&) -> Result<json::object> {
    return json::object{{"add_interface", std::move(given)}};
  };
  Action remove{.name = "remove_router_interface", .body = body(), .given = given_to_remove, .told = told_of_removed};
  return {std::move(add), std::move(remove)};
}

}  // namespace tarn::api::dialect
