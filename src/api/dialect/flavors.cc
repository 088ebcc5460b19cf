// The table's rows for flavors: service profiles, the flavors that they are in, and who provides what.
#include "api/dialect/standard.h"
#include "model/router_providers.h"

namespace tarn::api::dialect {
namespace {

using model::Flavor;
using model::ServiceProfile;

Type description_text() {
  Type type = text(1024);
  type.words += ", or null";
  type.accept = [accept = std::move(type.accept)](const json::value& value) -> Result<json::value> {
    return value.is_null() ? json::value("") : accept(value);
  };
  return type;
}

template <class R>
Attribute description() {
  return {.name = "description",
          .type = description_text(),
          .model = standard<R>(&model::Standard::description),
          .given = Given::both,
          .absent = "\"\"",
          .sort = true};
}

// Taken for the sake of clients that name the project of everything; what a cloud offers is nobody's.
void add_project(std::vector<Attribute>& rows) {
  for (Attribute& each : project_attributes({})) {
    each.filter = each.sort = false;
    rows.push_back(std::move(each));
  }
}

Resource profiles() {
  Resource resource{.singular = "service_profile",
                    .plural = "service_profiles",
                    .kind = model::Kind::service_profile,
                    .alias = "flavors",
                    .not_found = "ServiceProfileNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&ServiceProfile::id), .sort = true});
  add_project(rows);
  rows.push_back(description<ServiceProfile>());
  rows.push_back({.name = "driver",
                  .type = text(1024),
                  .model = member(&ServiceProfile::driver),
                  .given = Given::both,
                  .absent = "\"\"",
                  .sort = true});
  rows.push_back({.name = "metainfo",
                  .type = text(4096),
                  .model = member(&ServiceProfile::metainfo),
                  .given = Given::both,
                  .absent = "\"\"",
                  .filter = false,
                  .sort = true});
  rows.push_back({.name = "enabled",
                  .type = boolean(),
                  .model = member(&ServiceProfile::enabled),
                  .given = Given::both,
                  .absent = "true",
                  .sort = true});
  for (Attribute& each : rows) each.alias = "flavors";
  return resource;
}

Resource flavor() {
  Resource resource{.singular = "flavor",
                    .plural = "flavors",
                    .kind = model::Kind::flavor,
                    .alias = "flavors",
                    .not_found = "FlavorNotFound"};
  auto& rows = resource.attributes;
  rows.push_back({.name = "id", .type = shown_text(), .model = member(&Flavor::id), .sort = true});
  rows.push_back({.name = "name",
                  .type = text(255),
                  .model = standard<Flavor>(&model::Standard::name),
                  .given = Given::both,
                  .absent = "\"\"",
                  .sort = true});
  add_project(rows);
  rows.push_back(description<Flavor>());
  rows.push_back({.name = "service_type",
                  .type = text(255),
                  .model = member(&Flavor::service_type),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  rows.push_back({.name = "enabled",
                  .type = boolean(),
                  .model = member(&Flavor::enabled),
                  .given = Given::both,
                  .absent = "true",
                  .sort = true});
  rows.push_back({.name = "service_profiles",
                  .type = uuids(),
                  .model = member(&Flavor::profiles),
                  .given = Given::both,
                  .absent = "[]",
                  .filter = false});
  for (Attribute& each : rows) each.alias = "flavors";
  return resource;
}

// The profiles in a flavor: one is put in by its id, and taken out again.
Resource profiles_in_flavor() {
  Resource resource{.singular = "service_profile",
                    .plural = "service_profiles",
                    .rule = "flavor_service_profile",
                    .kind = model::Kind::flavor,
                    .alias = "flavors",
                    .update = false,
                    .bulk = false,
                    .not_found = "FlavorServiceProfileBindingNotFound"};
  resource.attributes.push_back(
      {.name = "id", .type = uuid(), .model = made("id"), .given = Given::post, .required = true, .alias = "flavors"});
  resource.parent = {.word = "flavor", .kind = model::Kind::flavor, .path = "flavors"};
  resource.made.id = "id";
  resource.made.all = [](const View& parent) {
    std::vector<Made> all;
    for (const ServiceProfileId& id : parent.as<Flavor>().profiles) all.push_back({{"id", id.text()}});
    return all;
  };
  resource.made.change = [](model::Verb verb, const std::string& id, json::object given) -> json::object {
    if (verb == model::Verb::remove) return {{"remove_profile", id}};
    return {{"add_profile", given.at("id")}};
  };
  return resource;
}

// Who would do what the flavor says: its first profile's driver, while both are enabled.
Resource next_providers() {
  Resource resource{.singular = "next_provider",
                    .plural = "next_providers",
                    .rule = "flavor_next_provider",
                    .kind = model::Kind::flavor,
                    .alias = "flavors",
                    .create = false,
                    .update = false,
                    .remove = false,
                    .not_found = "FlavorServiceProfileBindingNotFound"};
  for (const char* name : {"driver", "provider"})
    resource.attributes.push_back(
        {.name = name, .type = shown_text(), .model = made(name), .filter = false, .alias = "flavors"});
  resource.parent = {.word = "flavor", .kind = model::Kind::flavor, .path = "flavors"};
  resource.made.id = "provider";
  resource.made.all = [](const View& parent) -> std::vector<Made> {
    const Flavor& flavor = parent.as<Flavor>();
    if (!flavor.enabled || flavor.profiles.empty()) return {};
    const auto* profile = parent.snapshot.find<ServiceProfile>(flavor.profiles.front().uuid);
    if (!profile || !(*profile)->enabled) return {};
    const std::string& driver = (*profile)->driver;
    for (const model::RouterProvider& provider : model::router_providers)
      if (provider.driver == driver) return {{{"driver", driver}, {"provider", provider.name}}};
    return {};
  };
  return resource;
}

Resource providers() {
  Resource resource{.singular = "service_provider",
                    .plural = "service_providers",
                    .path = "service-providers",
                    .kind = model::Kind::service_profile,
                    .alias = "service-type",
                    .create = false,
                    .update = false,
                    .remove = false,
                    .not_found = "ServiceProviderNotFound"};
  for (const char* name : {"service_type", "name"})
    resource.attributes.push_back(
        {.name = name, .type = shown_text(), .model = made(name), .sort = true, .alias = "service-type"});
  resource.attributes.push_back(
      {.name = "default", .type = shown_boolean(), .model = made("default"), .alias = "service-type"});
  resource.made.id = "name";
  resource.made.all = [](const View&) -> std::vector<Made> {
    std::vector<Made> all;
    for (const model::RouterProvider& provider : model::router_providers)
      all.push_back({{"service_type", "L3_ROUTER_NAT"}, {"name", provider.name}, {"default", false}});
    return all;
  };
  return resource;
}

}  // namespace

std::vector<Resource> flavors() {
  return {flavor(), profiles_in_flavor(), next_providers(), profiles(), providers()};
}

}  // namespace tarn::api::dialect
