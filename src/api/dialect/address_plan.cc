// The table's rows for address scopes, subnet pools and address groups.
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::AddressGroup;
using model::AddressScope;
using model::SubnetPool;

// There for its project and, when shared, for everybody.
template <class R>
void add_sharing(Resource& resource) {
  resource.visible = [](const View& view, const model::Caller& caller) {
    return view.as<R>().shared || view.as<R>().standard.project_id == caller.project_id;
  };
}

// What each of the actions here takes: one attribute, which is a word of its own to the model.
Action action(std::string name, std::string key, Type type, std::string word, std::string alias) {
  Attribute attribute{.name = std::move(key), .type = std::move(type), .model = {std::move(word), {}}};
  return {.name = std::move(name), .body = {std::move(attribute)}, .alias = std::move(alias)};
}

// Given as a number, shown as text: clients have always seen it so.
Attribute prefix_length(std::string name, std::uint32_t SubnetPool::* field, std::string absent) {
  Type type = integer(0, 128);
  type.from_text = shown_text().from_text;
  return {.name = std::move(name),
          .type = std::move(type),
          .model = member(field, [](std::uint32_t length) { return json::value(std::to_string(length)); }),
          .given = Given::both,
          .absent = std::move(absent),
          .sort = true};
}

Attribute shared(Mapping model, Given given) {
  return {
      .name = "shared", .type = boolean(), .model = std::move(model), .given = given, .absent = "false", .sort = true};
}

}  // namespace

Resource address_scopes() {
  Resource resource{.singular = "address_scope",
                    .plural = "address_scopes",
                    .path = "address-scopes",
                    .kind = model::Kind::address_scope,
                    .alias = "address-scope",
                    .not_found = "AddressScopeNotFound"};
  add_identity<AddressScope>(resource);
  auto& rows = resource.attributes;
  rows.push_back({.name = "ip_version",
                  .type = ip_version(),
                  .model = member(&AddressScope::ip_version),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back(shared(member(&AddressScope::shared), Given::both));
  for (Attribute& each : rows) each.alias = "address-scope";
  add_sharing<AddressScope>(resource);
  return resource;
}

Resource subnetpools() {
  Resource resource{.singular = "subnetpool",
                    .plural = "subnetpools",
                    .kind = model::Kind::subnetpool,
                    .not_found = "SubnetPoolNotFound"};
  add_standard<SubnetPool>(resource);
  auto& rows = resource.attributes;
  rows.push_back({.name = "prefixes",
                  .type = prefixes(),
                  .model = member(&SubnetPool::prefixes),
                  .given = Given::both,
                  .required = true,
                  .filter = false});
  rows.push_back(
      {.name = "ip_version", .type = shown_number(), .model = member(&SubnetPool::ip_version), .sort = true});
  rows.push_back(prefix_length("default_prefixlen", &SubnetPool::default_prefixlen, "min_prefixlen"));
  rows.push_back(prefix_length("min_prefixlen", &SubnetPool::min_prefixlen, "8 for IPv4, 64 for IPv6"));
  rows.push_back(prefix_length("max_prefixlen", &SubnetPool::max_prefixlen, "32 for IPv4, 128 for IPv6"));
  rows.push_back({.name = "default_quota",
                  .type = integer(0, 0xffff'ffff),
                  .model = member(&SubnetPool::default_quota),
                  .given = Given::both,
                  .absent = "null: unlimited",
                  .sort = true});
  rows.push_back({.name = "address_scope_id",
                  .type = or_null(uuid()),
                  .model = member(&SubnetPool::address_scope),
                  .given = Given::both,
                  .absent = "null",
                  .sort = true,
                  .alias = "address-scope"});
  rows.push_back(shared(member(&SubnetPool::shared), Given::post));
  rows.push_back({.name = "is_default",
                  .type = boolean(),
                  .model = member(&SubnetPool::is_default),
                  .given = Given::both,
                  .absent = "false",
                  .sort = true});
  for (const char* name : {"add_prefixes", "remove_prefixes"}) {
    resource.actions.push_back(action(name, "prefixes", prefixes(), name, "subnetpool-prefix-ops"));
    resource.actions.back().answer = [](const View& view) -> json::value {
      return {{"prefixes", value_of(view.as<SubnetPool>().prefixes, view.storage)}};
    };
  }
  resource.actions.push_back(
      action("onboard_network_subnets", "network_id", uuid(), "onboard_network", "subnet_onboard"));
  resource.actions.back().answer = [](const View&) { return json::value(json::object()); };
  add_sharing<SubnetPool>(resource);
  return resource;
}

Resource address_groups() {
  Resource resource{.singular = "address_group",
                    .plural = "address_groups",
                    .path = "address-groups",
                    .kind = model::Kind::address_group,
                    .alias = "address-group",
                    .not_found = "AddressGroupNotFound"};
  add_identity<AddressGroup>(resource);
  add_history<AddressGroup>(resource);
  auto& rows = resource.attributes;
  rows.push_back({.name = "addresses",
                  .type = prefixes(),
                  .model = member(&AddressGroup::addresses),
                  .given = Given::post,
                  .absent = "[]",
                  .filter = false,
                  .alias = "address-group"});
  Attribute sharing = shared(member(&AddressGroup::shared), Given::never);
  sharing.alias = "address-group";
  rows.push_back(std::move(sharing));
  for (const char* name : {"add_addresses", "remove_addresses"})
    resource.actions.push_back(action(name, "addresses", prefixes(), name, "address-group"));
  add_sharing<AddressGroup>(resource);
  return resource;
}

}  // namespace tarn::api::dialect
