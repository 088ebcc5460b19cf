#include <algorithm>

#include "model/admit/router_parts.h"
#include "model/admit/rules.h"
#include "model/router_providers.h"

namespace tarn::model::admission {
namespace {

// By the driver of the flavor's first profile.
Result<RouterProvider> provider_of(const Draft& draft, FlavorId id) {
  const Result<Flavor> flavor = row_for<Flavor>(draft, id.uuid);
  if (!flavor) return fail(flavor.error());
  if (flavor->profiles.empty())
    return fail(ErrorCode::not_found, "FlavorServiceProfileBindingNotFound",
                "No service profile is associated with flavor " + id.text() + ".");
  const Result<ServiceProfile> profile = row_for<ServiceProfile>(draft, flavor->profiles.front().uuid);
  if (!profile) return fail(profile.error());
  if (!profile->enabled)
    return fail(ErrorCode::unavailable, "ServiceProfileDisabled", "Service Profile is not enabled.");
  const auto found = std::ranges::find(router_providers, std::string_view(profile->driver), &RouterProvider::driver);
  if (found == std::end(router_providers))
    return fail(ErrorCode::not_found, "ServiceProfileDriverNotFound",
                "Service Profile driver " + profile->driver + " could not be found.");
  return *found;
}

// The word of which the request asks something else than the provider's routers are; empty: of none.
std::string_view unsupported(const boost::json::object& given, const Router& router, const RouterProvider& provider) {
  if (is_given(given, "distributed") && router.distributed != provider.distributed) return "distributed";
  if (is_given(given, "ha") && router.ha != provider.ha) return "ha";
  return {};
}

}  // namespace

Status check_flavor(const Draft& draft, const boost::json::object& given, const Router* before, const Router& router) {
  const bool asks = is_given(given, "distributed") || is_given(given, "ha");
  if (!router.flavor || (before != nullptr && !asks)) return {};
  const Result<RouterProvider> provider = provider_of(draft, *router.flavor);
  if (!provider) return fail(provider.error());
  const std::string_view word = unsupported(given, router, *provider);
  if (word.empty()) return {};
  if (before != nullptr)
    return invalid_input(
        "Changing the 'ha' and 'distributed' attributes on a router associated with a flavor is not supported.");
  const bool asked = word == "ha" ? router.ha : router.distributed;
  return invalid_input("Provider " + std::string(provider->name) + " does not support " + std::string(word) + "=" +
                       (asked ? "True" : "False") + ".");
}

}  // namespace tarn::model::admission
