#include "sim/ways.h"

#include <algorithm>

#include "model/address_scopes.h"

namespace tarn::sim {
namespace {

const model::Router* router_that_is_up(const model::Snapshot& cloud, const model::Port& interface) {
  const auto* router = cloud.find<model::Router>(model::router_of(interface)->uuid);
  const bool up = router != nullptr && (*router)->admin_state_up && interface.admin_state_up;
  return up ? router->row.get() : nullptr;
}

// The interface by which the router is on the network, and with an address in the subnet.
const model::Port* interface_on(const model::Snapshot& cloud, RouterId router, NetworkId network, SubnetId subnet) {
  for (const PortId& id : cloud.interfaces_on(network)) {
    const model::Port* port = cloud.find(id)->row.get();
    if (model::router_of(*port) != router) continue;
    if (std::ranges::find(port->fixed_ips, subnet, &model::FixedIp::subnet) != port->fixed_ips.end()) return port;
  }
  return nullptr;
}

// A router that is up and there, by whatever address, passes on what is sent to it by whatever family.
bool leads_into(const model::Snapshot& cloud, NetworkId from, const Mac& door, NetworkId to) {
  const auto port = cloud.owner_of(from, door);
  const auto router = port ? model::router_of(**cloud.find(*port)) : std::nullopt;
  if (!router || !(**cloud.find<model::Router>(router->uuid)).admin_state_up) return false;
  return std::ranges::any_of(cloud.interfaces_of(*router),
                             [&](const PortId& id) { return (**cloud.find(id)).network == to; });
}

std::optional<SubnetId> subnet_of(const model::Port& port, Family family) {
  const auto found =
      std::ranges::find_if(port.fixed_ips, [&](const auto& each) { return each.address.family == family; });
  return found == port.fixed_ips.end() ? std::nullopt : std::optional(found->subnet);
}

// The router is on both networks by addresses of the family, and these are of different address scopes.
bool keeps_apart(const model::Snapshot& cloud, const Mac& door, const model::Port& from, const model::Port& to,
                 Family family) {
  const auto router = model::router_of(**cloud.find(*cloud.owner_of(from.network, door)));
  const auto of_sender = subnet_of(from, family);
  const auto of_receiver = subnet_of(to, family);
  return of_sender && of_receiver && interface_on(cloud, *router, from.network, *of_sender) != nullptr &&
         interface_on(cloud, *router, to.network, *of_receiver) != nullptr &&
         model::address_scope_of(cloud, *of_sender) != model::address_scope_of(cloud, *of_receiver);
}

}  // namespace

std::vector<const model::Port*> routers_at(const Scene& scene, const Attachment& at) {
  const model::Snapshot& cloud = scene.cloud.snapshot();
  std::vector<const model::Port*> interfaces;
  for (const PortId& id : cloud.interfaces_on(port_of(scene, at.port)->network)) {
    const model::Port* port = cloud.find(id)->row.get();
    if (router_that_is_up(cloud, *port) != nullptr) interfaces.push_back(port);
  }
  return interfaces;
}

std::optional<Crossing> crossing(const Scene& scene, const Attachment& from, const Attachment& to, Family family) {
  const model::Snapshot& cloud = scene.cloud.snapshot();
  if (cloud.table<model::Router>().empty() || !wired(scene, from) || !wired(scene, to)) return std::nullopt;
  const model::Port& sender = *port_of(scene, from.port);
  const model::Port& receiver = *port_of(scene, to.port);
  const auto of_sender = subnet_of(sender, family);
  const auto of_receiver = subnet_of(receiver, family);
  if (sender.network == receiver.network || !of_sender || !of_receiver) return std::nullopt;
  if (model::address_scope_of(cloud, *of_sender) != model::address_scope_of(cloud, *of_receiver)) return std::nullopt;
  std::optional<Crossing> found;
  std::optional<RouterId> lowest;
  for (const model::Port* port : routers_at(scene, from)) {
    const RouterId router = *model::router_of(*port);
    const model::Port* here = interface_on(cloud, router, sender.network, *of_sender);
    const model::Port* there = interface_on(cloud, router, receiver.network, *of_receiver);
    if (here == nullptr || there == nullptr || (lowest && *lowest < router)) continue;
    lowest = router;
    found = {here->mac, there->mac};
  }
  return found;
}

std::optional<Packet> sent(const Scene& scene, Traffic kind, const Attachment& from, const Attachment& to) {
  if (allowed(scene, from, to)) return packet_of(kind, *port_of(scene, from.port), *port_of(scene, to.port));
  const bool routable = kind == Traffic::datagram4 || kind == Traffic::datagram6 || kind == Traffic::answer;
  const auto by =
      routable ? crossing(scene, from, to, kind == Traffic::datagram6 ? Family::v6 : Family::v4) : std::nullopt;
  if (!by) return std::nullopt;
  auto packet = packet_of(kind, *port_of(scene, from.port), *port_of(scene, to.port));
  if (packet) packet->set(Field::eth_dst, kind == Traffic::answer ? by->back : by->there);
  return packet;
}

std::vector<std::string> crossings_at_rest(const Scene& scene) {
  std::vector<std::string> broken;
  for (const Attachment& from : scene.attachments) {
    const model::Port* sender = port_of(scene, from.port);
    const auto doors = sender == nullptr ? scene.doors.end() : scene.doors.find(sender->network);
    if (doors == scene.doors.end() || !is_settled(scene.cloud, *scene.nodes[from.node])) continue;
    for (const Attachment& to : scene.attachments) {
      const model::Port* receiver = port_of(scene, to.port);
      if (receiver == nullptr || receiver->network == sender->network ||
          !is_settled(scene.cloud, *scene.nodes[to.node]))
        continue;
      for (const Traffic kind : {Traffic::datagram4, Traffic::datagram6}) {
        auto packet = packet_of(kind, *sender, *receiver);
        if (!packet || sent(scene, kind, from, to)) continue;
        for (const Mac& door : doors->second) {
          const model::Snapshot& cloud = scene.cloud.snapshot();
          const Family family = kind == Traffic::datagram6 ? Family::v6 : Family::v4;
          if (leads_into(cloud, sender->network, door, receiver->network) &&
              !keeps_apart(cloud, door, *sender, *receiver, family))
            continue;
          packet->set(Field::eth_dst, door);
          if (times(kind, deliveries(scene, from, *packet), from, to, *receiver) == 0) continue;
          broken.push_back("isolation: " + text(scene, from) + " reaches " + text(scene, to) +
                           " in another network, and no router leads there, or not in its address scope");
        }
      }
    }
  }
  return broken;
}

}  // namespace tarn::sim
