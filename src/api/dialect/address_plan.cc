// The table's rows for address scopes, subnet pools and address groups.
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::AddressGroup;
using model::AddressScope;
using model::SubnetPool;

// What each of the actions here takes: one attribute, which is a word of its own to the model.
Action action(std::string name, std::string key, Type type, std::string word, std::string alias) {
  Attribute attribute{.name = std::move(key), .type = std::move(type), .model = {std::move(word)}, .required = true};
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

Attribute sharing(Given given) {
  return {.name = "shared", .type = boolean(), .model = shared(), .given = given, .absent = "false", .sort = true};
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
  rows.push_back(sharing(Given::both));
  for (Attribute& each : rows) each.alias = "address-scope";
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
  rows.push_back(sharing(Given::post));
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
  return resource;
}

Resource address_groups() {
  Resource resource{.singular = "address_group",
                    .plural = "address_groups",
                    .path = "address-groups",
                    .hides_refused = true,
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
  Attribute shown = sharing(Given::never);
  shown.alias = "address-group";
  rows.push_back(std::move(shown));
  for (const char* name : {"add_addresses", "remove_addresses"})
    resource.actions.push_back(action(name, "addresses", prefixes_or_addresses(), name, "address-group"));
  return resource;
}

}  // namespace tarn::api::dialect
