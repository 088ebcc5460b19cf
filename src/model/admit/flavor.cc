// Flavors and the service profiles in them. Request-only words of a flavor's update, each the id of a profile:
// `add_profile`, `remove_profile`.
#include <algorithm>

#include "model/admit/plain.h"
#include "model/json_fields.h"
#include "model/router_providers.h"

namespace tarn::model::admission {
namespace {

// The services that there are, by the names that Neutron's plugins have.
constexpr std::string_view service_types[] = {"CORE",
                                              "L3_ROUTER_NAT",
                                              "QOS",
                                              "METERING",
                                              "FLAVORS",
                                              "LOGGING",
                                              "PORTFORWARDING",
                                              "FLOATINGIPPOOL",
                                              "CONNTRACKHELPER",
                                              "LOCAL_IP",
                                              "NETWORK_SEGMENT_RANGE",
                                              "NDPPROXY"};

struct ProfileRules {
  using Row = ServiceProfile;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created}, {"description", When::both}, {"enabled", When::both},
      {"driver", When::both},        {"metainfo", When::both},
  };
  static constexpr std::initializer_list<std::string_view> words = {};

  static Status settle(Draft& draft, const Request&, const ServiceProfile* before, ServiceProfile& profile) {
    profile.standard.project_id.clear();
    if (before != nullptr)
      if (Status status = release(draft, *before); !status) return status;
    const auto has = [&profile](const RouterProvider& provider) { return provider.driver == profile.driver; };
    if (!profile.driver.empty() && std::ranges::none_of(router_providers, has))
      return fail(ErrorCode::not_found, "ServiceProfileDriverNotFound",
                  "Service Profile driver " + profile.driver + " could not be found.");
    if (before == nullptr && profile.driver.empty() && profile.metainfo.empty())
      return fail(ErrorCode::invalid, "ServiceProfileEmpty", "Service Profile needs either a driver or metainfo.");
    return {};
  }
  static Status release(Draft& draft, const ServiceProfile& profile) {
    if (!draft.now().is_referred(profile.id.uuid, Kind::flavor)) return {};
    return fail(ErrorCode::conflict, "ServiceProfileInUse",
                "Service Profile " + profile.id.text() + " is used by some service instance.");
  }
};

Result<ServiceProfileId> profile_named(const Request& request, std::string_view word) {
  ServiceProfileId id;
  if (Status status = fields::take(word, request.given.at(word), id); !status)
    return invalid_input(status.error().message);
  return id;
}

Status add(const Draft& draft, const Request& request, Flavor& flavor) {
  const Result<ServiceProfileId> id = profile_named(request, "add_profile");
  if (!id) return fail(id.error());
  if (const Result<ServiceProfile> profile = row_for<ServiceProfile>(draft, id->uuid); !profile)
    return fail(profile.error());
  if (std::ranges::find(flavor.profiles, *id) != flavor.profiles.end())
    return fail(ErrorCode::conflict, "FlavorServiceProfileBindingExists",
                "Service Profile " + id->text() + " is already associated with flavor " + flavor.id.text() + ".");
  flavor.profiles.push_back(*id);
  return {};
}

Status drop(const Request& request, Flavor& flavor) {
  const Result<ServiceProfileId> id = profile_named(request, "remove_profile");
  if (!id) return fail(id.error());
  if (std::erase(flavor.profiles, *id) > 0) return {};
  return fail(ErrorCode::not_found, "FlavorServiceProfileBindingNotFound",
              "Service Profile " + id->text() + " is not associated with flavor " + flavor.id.text() + ".");
}

struct FlavorRules {
  using Row = Flavor;
  static constexpr Attribute attributes[] = {
      {"project_id", When::created},  {"name", When::both},
      {"description", When::both},    {"service_type", When::created},
      {"enabled", When::both},        {"profiles", When::both},
      {"add_profile", When::changed}, {"remove_profile", When::changed},
  };
  static constexpr std::string_view words[] = {"add_profile", "remove_profile"};

  static Status settle(Draft& draft, const Request& request, const Flavor* before, Flavor& flavor) {
    flavor.standard.project_id.clear();
    if (before == nullptr && std::ranges::find(service_types, flavor.service_type) == std::end(service_types))
      return fail(ErrorCode::invalid, "InvalidServiceType", "Invalid service type: " + flavor.service_type + ".");
    if (request.given.contains("profiles"))
      for (const ServiceProfileId& id : flavor.profiles)
        if (const auto profile = row_for<ServiceProfile>(draft, id.uuid); !profile) return fail(profile.error());
    if (request.given.contains("add_profile")) return add(draft, request, flavor);
    if (request.given.contains("remove_profile")) return drop(request, flavor);
    return {};
  }
  static Status release(Draft& draft, const Flavor& flavor) {
    if (!draft.now().is_referred(flavor.id.uuid, Kind::router)) return {};
    return fail(ErrorCode::conflict, "FlavorInUse",
                "Flavor " + flavor.id.text() + " is used by some service instance.");
  }
};

}  // namespace

KindRules service_profile_rules() {
  return plain_rules<ProfileRules>();
}
KindRules flavor_rules() {
  return plain_rules<FlavorRules>();
}

}  // namespace tarn::model::admission
