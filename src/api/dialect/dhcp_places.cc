// Where DHCP is served: each node's agent answers the ports that are there, so a network's agents are those of the
// nodes that have its ports. Nobody chooses them, and nobody takes one away.
#include <memory>
#include <set>

#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::Agent;
using model::Network;

// The row as its own resource shows it.
Made shown(const std::vector<Attribute>& rows, const View& view) {
  Made made;
  for (const Attribute& each : rows)
    if (each.model.read && (!each.shown_if || each.shown_if(view))) made[each.name] = each.model.read(view);
  return made;
}

// Objects that look like those of `like` and can only be read.
Resource copies(Resource like, std::string path, Parent parent) {
  Resource resource{.singular = like.singular,
                    .plural = like.plural,
                    .path = path,
                    .rule = path,
                    .kind = like.kind,
                    .alias = "dhcp_agent_scheduler",
                    .create = false,
                    .update = false,
                    .remove = false,
                    .not_found = like.not_found};
  resource.parent = std::move(parent);
  resource.made.id = "id";
  for (Attribute& each : like.attributes) {
    if (!each.model.read) continue;
    if (each.shown_if) each.shown_if = [name = each.name](const View& view) { return view.as<Made>().contains(name); };
    each.model = made(each.name);
    each.given = Given::never;
    each.required = false;
    each.absent = {};
    each.alias = "dhcp_agent_scheduler";
    resource.attributes.push_back(std::move(each));
  }
  return resource;
}

Resource agents_of_network() {
  Resource like = agents();
  const auto rows = std::make_shared<const std::vector<Attribute>>(like.attributes);
  Resource resource = copies(std::move(like), "dhcp-agents", {.path = "networks"});
  resource.made.all = [rows](const View& parent) {
    std::vector<Made> all;
    for (const std::string& host : parent.snapshot.hosts_of(parent.as<Network>().id))
      if (const auto* agent = parent.snapshot.agent_on(host)) all.push_back(shown(*rows, parent.of(agent->row.get())));
    return all;
  };
  return resource;
}

Resource networks_of_agent() {
  Resource like = networks();
  const auto rows = std::make_shared<const std::vector<Attribute>>(like.attributes);
  Resource resource = copies(std::move(like), "dhcp-networks", {.path = "agents"});
  resource.made.all = [rows](const View& parent) {
    std::vector<Made> all;
    std::set<NetworkId> ids;
    for (const PortId id : parent.snapshot.ports_on(parent.as<Agent>().host))
      ids.insert((**parent.snapshot.find(id)).network);
    for (const NetworkId id : ids) {
      const bool bound = parent.snapshot.host_has(id, parent.as<Agent>().host);
      if (bound) all.push_back(shown(*rows, parent.of(parent.snapshot.find(id)->row.get())));
    }
    return all;
  };
  return resource;
}

}  // namespace

std::vector<Resource> dhcp_places() {
  return {agents_of_network(), networks_of_agent()};
}

}  // namespace tarn::api::dialect
