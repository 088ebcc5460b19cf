// The table's rows for local IPs and the ports they are associated with.
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::LocalIp;
using model::LocalIpAssociation;

json::value mode_name(model::LocalIpMode mode) {
  return mode == model::LocalIpMode::translate ? "translate" : "passthrough";
}

json::value address_of(const View& view) {
  const auto* local = view.snapshot.find<LocalIp>(view.as<LocalIpAssociation>().local_ip.uuid);
  return local ? json::value((*local)->address.text()) : json::value(nullptr);
}

json::value host_of(const View& view) {
  const auto* port = view.snapshot.find(view.as<LocalIpAssociation>().fixed_port);
  return port ? json::value((*port)->binding_host) : json::value("");
}

// An association has no id of its own: it is known by its port.
std::optional<Uuid> association_with(const View& parent, const std::string& port) {
  if (!parent.is_there()) return std::nullopt;
  for (const Uuid& id : parent.snapshot.referrers(parent.as<LocalIp>().id.uuid, model::Kind::local_ip_association))
    if ((**parent.snapshot.find<LocalIpAssociation>(id)).fixed_port.text() == port) return id;
  return std::nullopt;
}

}  // namespace

Resource local_ips() {
  Resource resource{.singular = "local_ip",
                    .plural = "local_ips",
                    .kind = model::Kind::local_ip,
                    .alias = "local_ip",
                    .not_found = "LocalIPNotFound"};
  add_identity<LocalIp>(resource);
  add_history<LocalIp>(resource);
  const auto post = [&](std::string name, Type type, Mapping model, std::string absent) {
    resource.attributes.push_back({.name = std::move(name),
                                   .type = std::move(type),
                                   .model = std::move(model),
                                   .given = Given::post,
                                   .null_is_absent = true,
                                   .absent = std::move(absent),
                                   .sort = true,
                                   .alias = "local_ip"});
  };
  post("local_port_id", uuid(), member(&LocalIp::local_port), "one made on the network");
  post("network_id", uuid(), member(&LocalIp::network), "the port's");
  post("local_ip_address", ip(), member(&LocalIp::address), "the port's only address");
  post("ip_mode", one_of({{"translate", "translate"}, {"passthrough", "passthrough"}}),
       member(&LocalIp::mode, mode_name), "\"translate\"");
  return resource;
}

Resource port_associations() {
  Resource resource{.singular = "port_association",
                    .plural = "port_associations",
                    .rule = "local_ip_port_association",
                    .kind = model::Kind::local_ip_association,
                    .alias = "local_ip",
                    .update = false,
                    .not_found = "LocalIPAssociationNotFound"};
  resource.parent = {.word = "ext_parent",
                     .kind = model::Kind::local_ip,
                     .id = member(&LocalIpAssociation::local_ip),
                     .path = "local_ips"};
  resource.named = association_with;
  auto& rows = resource.attributes;
  for (Attribute& each : project_attributes(Mapping("project_id"))) rows.push_back(std::move(each));
  rows.push_back(
      {.name = "local_ip_id", .type = shown_text(), .model = derived(member(&LocalIpAssociation::local_ip).read)});
  rows.push_back({.name = "local_ip_address", .type = shown_text(), .model = derived(address_of), .sort = true});
  rows.push_back({.name = "fixed_port_id",
                  .type = uuid(),
                  .model = member(&LocalIpAssociation::fixed_port),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "fixed_ip",
                  .type = ip(),
                  .model = member(&LocalIpAssociation::fixed_address),
                  .given = Given::post,
                  .null_is_absent = true,
                  .absent = "the port's only address",
                  .sort = true});
  rows.push_back({.name = "host", .type = shown_text(), .model = derived(host_of), .sort = true});
  for (Attribute& each : rows) each.alias = "local_ip";
  return resource;
}

}  // namespace tarn::api::dialect
