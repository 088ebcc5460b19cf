// What every kind's rules are made of: which words a request may hold, what a caller can stand on, quotas and revision
// constraints; and the table of the three verbs of each kind. A new kind is one file that defines its `…_rules()` and
// its line in rules.cc. Who may do what was decided before (api/access.h); here a caller matters only for which rows of
// others exist for him.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string_view>

#include "model/admit/draft.h"
#include "model/admit/refusal.h"
#include "model/codec.h"

namespace tarn::model::admission {

struct KindRules {
  Status (*create)(Draft& draft, const Request& request);
  Status (*update)(Draft& draft, const Request& request);
  Status (*remove)(Draft& draft, const Request& request);
};
KindRules rules_of(Kind kind);

KindRules network_rules();
KindRules subnet_rules();
KindRules port_rules();
KindRules agent_rules();
KindRules address_scope_rules();
KindRules subnetpool_rules();
KindRules address_group_rules();
KindRules rbac_policy_rules();
KindRules quota_rules();
KindRules security_group_rules();
KindRules security_group_rule_rules();
KindRules default_security_group_rule_rules();
KindRules default_statefulness_rules();
KindRules router_rules();
KindRules floatingip_rules();
KindRules port_forwarding_rules();
KindRules conntrack_helper_rules();
KindRules ndp_proxy_rules();
KindRules local_ip_rules();
KindRules local_ip_association_rules();
KindRules topology_rules();
KindRules qos_policy_rules();
KindRules qos_rule_rules();
KindRules trunk_rules();
KindRules segment_rules();
KindRules network_segment_range_rules();
KindRules metering_label_rules();
KindRules metering_label_rule_rules();
KindRules service_profile_rules();
KindRules flavor_rules();
KindRules log_rules();
KindRules tap_service_rules();
KindRules tap_flow_rules();
KindRules tap_mirror_rules();
KindRules bgp_peer_rules();
KindRules bgp_speaker_rules();
KindRules port_block_rules();  // no request makes, changes or removes one

// When a word may be given: with a new row, to change one, or both.
enum class When : std::uint8_t { created, changed, both };
struct Attribute {
  std::string_view name;
  When when;
};

// How the three verbs begin: the words that were given, that the row is there, the revision that was expected.
// The row as it is; of a new one its project, the caller's unless another is given.
// Errors: InvalidInput for a word that is unknown or not given at this time.
template <class R>
Result<R> row_to_update(const Draft& draft, const Request& request, std::span<const Attribute> attributes);
template <class R>
Result<R> row_to_remove(const Draft& draft, const Request& request);
Result<std::string> project_of_new(const Draft& draft, const Request& request, std::span<const Attribute> attributes);

Status check_given(const Request& request, std::span<const Attribute> attributes);
Status check_quota(const Draft& draft, Kind kind, const std::string& project);
// If-Match: revision_number=N.
Status check_revision(const Standard& standard, const Request& request);

// A row that a request stands on. Errors: not_found, also when it exists only for others.
template <class R>
Result<R> row_for(const Draft& draft, const Uuid& id);

bool is_given(const boost::json::object& given, std::string_view name);  // present and not null
boost::json::object without(boost::json::object given, std::span<const std::string_view> names);
boost::json::object without(boost::json::object given, std::initializer_list<std::string_view> names);

// A list of prefixes as a request-only word gives it.
Result<std::vector<Prefix>> prefixes_of(std::string_view word, const boost::json::value& given);

// The id of a row of which there is one for each name: always the same, and nobody else's.
Uuid id_named(std::string_view what, std::string_view name);

// Ports that the network's own services plug, and that go when the network goes.
bool is_auto_deleted(const Port& port);
// Ports by which a router joins a network; they take no automatic address.
bool is_router_interface(const Port& port);
bool is_auto_address(const Subnet& subnet);  // addresses follow from the MAC (SLAAC, DHCPv6 stateless)

// Sets `given` on `row` by the codec, and brings tags into their normal form.
template <class R>
Status set_fields(R& row, const boost::json::object& given);

Status set_row_fields(Row& row, const boost::json::object& given);
template <class R>
Status set_fields(R& row, const boost::json::object& given) {
  Row any = row;
  Status status = set_row_fields(any, given);
  if (status) row = std::get<R>(std::move(any));
  return status;
}

template <class R>
Result<R> row_for(const Draft& draft, const Uuid& id) {
  const Versioned<R>* row = draft.now().find<R>(id);
  if (row == nullptr || !exists_for(draft.now(), **row, draft.caller())) return not_found(R::kind, id);
  return **row;
}

template <class R>
Result<R> row_to_remove(const Draft& draft, const Request& request) {
  const Versioned<R>* row = draft.now().find<R>(request.id);
  if (row == nullptr) return not_found(R::kind, request.id);
  if constexpr (requires { (*row)->standard; }) {
    if (Status status = check_revision((*row)->standard, request); !status) return fail(status.error());
  }
  return **row;
}

template <class R>
Result<R> row_to_update(const Draft& draft, const Request& request, std::span<const Attribute> attributes) {
  if (Status status = check_given(request, attributes); !status) return fail(status.error());
  return row_to_remove<R>(draft, request);
}

}  // namespace tarn::model::admission
