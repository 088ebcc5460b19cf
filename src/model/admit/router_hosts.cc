#include <algorithm>

#include "model/admit/router_parts.h"
#include "model/admit/rules.h"
#include "model/gateways.h"
#include "model/json_fields.h"

namespace tarn::model::admission {
namespace {

// None where the word was not given.
Result<std::string> host_in(const boost::json::object& given, std::string_view word) {
  std::string host;
  if (!is_given(given, word)) return host;
  if (Status status = fields::take(word, given.at(word), host); !status) return invalid_input(status.error().message);
  return host;
}

// Whether the host could answer for one of the router's gateways; any could while it has none.
bool is_able(const Snapshot& cloud, const Router& router, const Agent& agent) {
  if (!agent.admin_state_up) return false;
  return router.gateways.empty() || std::ranges::any_of(router.gateways, [&](const Gateway& gateway) {
           const Versioned<Network>* network = cloud.find(gateway.network);
           return network != nullptr && (*network)->type != NetworkType::vxlan &&
                  agent.bridge_mappings.contains((*network)->physical_network);
         });
}

}  // namespace

Status settle_hosts(const Draft& draft, const boost::json::object& given, Router& router) {
  const Result<std::string> more = host_in(given, "choose_host");
  if (!more) return fail(more.error());
  const Result<std::string> less = host_in(given, "bar_host");
  if (!less) return fail(less.error());
  if (!more->empty()) {
    const Versioned<Agent>* agent = draft.now().agent_on(*more);
    if (agent == nullptr || !is_able(draft.now(), router, **agent)) {
      return fail(ErrorCode::not_found, "InvalidL3Agent",
                  "Agent " + (agent == nullptr ? *more : (*agent)->id.text()) +
                      " is not a L3 Agent for the router or has been disabled");
    }
    std::erase(router.barred_hosts, *more);
    std::erase(router.chosen_hosts, *more);
    router.chosen_hosts.insert(router.chosen_hosts.begin(), *more);
    if (router.chosen_hosts.size() > gateway_hosts_max) router.chosen_hosts.resize(gateway_hosts_max);
  }
  if (!less->empty()) {
    std::erase(router.chosen_hosts, *less);
    const auto place = std::ranges::lower_bound(router.barred_hosts, *less);
    if (place == router.barred_hosts.end() || *place != *less) router.barred_hosts.insert(place, *less);
  }
  return {};
}

}  // namespace tarn::model::admission
