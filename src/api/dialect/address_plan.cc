// The table's rows for address scopes, subnet pools and address groups.
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::AddressGroup;
using model::AddressScope;
using model::SubnetPool;

// Seen by its project and, when shared, by everybody; changed by its project.
template <class R>
void add_sharing(Resource& resource) {
  resource.visible = [](const View& view, const model::Caller& caller) {
    return view.as<R>().shared || view.as<R>().standard.project_id == caller.project_id;
  };
  resource.owned = [](const View& view, const model::Caller& caller) {
    return view.as<R>().standard.project_id == caller.project_id;
  };
}

// A body {"prefixes": […]} as the request-only word of the model.
Action list_action(std::string name, std::string key) {
  Action action{.name = name, .words = "{" + key + ": " + prefixes().words + "}"};
  action.given = [name, key](const json::object& body) -> Result<json::object> {
    const auto* list = body.if_contains(key);
    if (!list || body.size() != 1) {
      return fail(ErrorCode::invalid, "HTTPBadRequest", "The body of " + name + " is {\"" + key + "\": [...]}.");
    }
    auto good = prefixes().accept(*list);
    if (!good) {
      return fail(ErrorCode::invalid, "InvalidInput",
                  "Invalid input for " + key + ". Reason: " + good.error().message + ".");
    }
    return json::object{{name, std::move(*good)}};
  };
  return action;
}

// A body {"network_id": …}; all subnets of that network come into the pool.
Action onboard_network_subnets() {
  Action action{.name = "onboard_network_subnets", .words = "{network_id: UUID}", .alias = "subnet_onboard"};
  action.given = [](const json::object& body) -> Result<json::object> {
    const auto* network = body.if_contains("network_id");
    if (!network || body.size() != 1) {
      return fail(ErrorCode::invalid, "HTTPBadRequest", "The body of an onboarding is {\"network_id\": \"...\"}.");
    }
    auto good = uuid().accept(*network);
    if (!good) {
      return fail(ErrorCode::invalid, "InvalidInput",
                  "Invalid input for network_id. Reason: " + good.error().message + ".");
    }
    return json::object{{"onboard_network", std::move(*good)}};
  };
  action.answer = [](const View&) { return json::value(json::object()); };
  return action;
}

Attribute ip_version(Mapping model) {
  return {.name = "ip_version", .type = shown_number(), .model = std::move(model), .sort = true};
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
  return {.name = "shared",
          .type = boolean(),
          .model = std::move(model),
          .given = given,
          .absent = "false",
          .set = Who::admin,
          .sort = true};
}

}  // namespace

Resource address_scopes() {
  Resource resource{.singular = "address_scope",
                    .plural = "address_scopes",
                    .path = "address-scopes",
                    .kind = model::Kind::address_scope,
                    .alias = "address-scope",
                    .not_found = "AddressScopeNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&AddressScope::id), .sort = true});
  rows.push_back({.name = "name",
                  .type = text(255),
                  .model = standard<AddressScope>(&model::Standard::name),
                  .given = Given::both,
                  .absent = "\"\"",
                  .sort = true});
  for (Attribute& each : project_attributes(standard<AddressScope>(&model::Standard::project_id)))
    rows.push_back(std::move(each));
  Attribute version = ip_version(member(&AddressScope::ip_version));
  version.type = integer(4, 6);
  version.type.words = "4 or 6";
  version.given = Given::post;
  version.required = true;
  rows.push_back(std::move(version));
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
  rows.push_back(ip_version(member(&SubnetPool::ip_version)));
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
                  .type = uuid(),
                  .model = member(&SubnetPool::address_scope),
                  .given = Given::both,
                  .absent = "null",
                  .sort = true,
                  .alias = "address-scope"});
  rows.back().type.accept = [accept = uuid().accept](const json::value& value) {
    return value.is_null() ? Result<json::value>(nullptr) : accept(value);
  };
  rows.back().type.words = "UUID or null";
  rows.push_back(shared(member(&SubnetPool::shared), Given::post));
  rows.push_back({.name = "is_default",
                  .type = boolean(),
                  .model = member(&SubnetPool::is_default),
                  .given = Given::both,
                  .absent = "false",
                  .set = Who::admin,
                  .sort = true});
  for (const char* name : {"add_prefixes", "remove_prefixes"}) {
    resource.actions.push_back(list_action(name, "prefixes"));
    resource.actions.back().answer = [](const View& view) -> json::value {
      return {{"prefixes", value_of(view.as<SubnetPool>().prefixes, view.storage)}};
    };
    resource.actions.back().alias = "subnetpool-prefix-ops";
  }
  resource.actions.push_back(onboard_network_subnets());
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
  add_standard<AddressGroup>(resource);
  auto& rows = resource.attributes;
  std::erase_if(rows, [](const Attribute& each) { return each.name == "tags"; });
  std::erase_if(resource.filters, [](const Filter& each) { return each.alias == "standard-attr-tag"; });
  resource.tagged = false;
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
  for (const char* name : {"add_addresses", "remove_addresses"}) {
    resource.actions.push_back(list_action(name, "addresses"));
    resource.actions.back().alias = "address-group";
  }
  add_sharing<AddressGroup>(resource);
  return resource;
}

}  // namespace tarn::api::dialect
