// What a router is made of beside its own row, each settled by the words that requests say of it. A refusal leaves
// nothing behind: the whole change is dropped with it.
#pragma once

#include <boost/json/object.hpp>

#include "model/admit/routing.h"

namespace tarn::model::admission {

// `gateway`: the first one, or null for none. `external_gateways`: all of them. `add_gateways`, `update_gateways`,
// `remove_gateways`: lists; a gateway is known by its network and, where there are several, by one of its addresses.
// Each is {network, enable_snat?, fixed_ips?, qos_policy?}.
Status settle_gateways(Draft& draft, const boost::json::object& given, Router& router);
// Refusals: RouterExternalGatewayInUseByFloatingIp, RouterGatewayInUseByNDPProxy.
Status release_gateways(Draft& draft, Router& router);
// Refusals: RouterGatewayNotValid, RouterIPv6GatewayInUse.
Status settle_ndp_proxying(const Draft& draft, const boost::json::object& given, const Router* before, Router& router);

// `add_interface`: {subnet} or {port}. `remove_interface`: {port, subnet?}, with all of its addresses. `remove_prefix`:
// {port, subnet}, where the port goes with its last address.
Status settle_interfaces(Draft& draft, const boost::json::object& given, const Router& router);

// Whether the provider that the router's flavor names has routers that are `distributed` and `ha` as the request says.
// Refusals: InvalidInput, FlavorNotFound, FlavorServiceProfileBindingNotFound, ServiceProfileDisabled,
// ServiceProfileDriverNotFound.
Status check_flavor(const Draft& draft, const boost::json::object& given, const Router* before, const Router& router);

// `choose_host`: a host that shall answer for the gateways before all others. `bar_host`: one that shall not. The last
// word on a host counts. Refusals: InvalidL3Agent, for a chosen one that cannot.
Status settle_hosts(const Draft& draft, const boost::json::object& given, Router& router);

// `add_routes`, `remove_routes`; and whether all routes can be reached. Refusals: InvalidRoutes, RoutesExhausted.
Status settle_routes(const Draft& draft, const boost::json::object& given, const Router* before, Router& router);

}  // namespace tarn::model::admission
