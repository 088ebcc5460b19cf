#include "model/admit/rules.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "model/json_fields.h"

namespace tarn::model::admission {
namespace {

constexpr std::size_t tags_max = 50;  // Networking API, "tags" extension

struct Rules {
  Kind kind;
  KindRules (*make)();
};
constexpr Rules all_rules[] = {
    {Kind::network, network_rules},
    {Kind::subnet, subnet_rules},
    {Kind::port, port_rules},
    {Kind::agent, agent_rules},
    {Kind::address_scope, address_scope_rules},
    {Kind::subnetpool, subnetpool_rules},
    {Kind::address_group, address_group_rules},
    {Kind::rbac_policy, rbac_policy_rules},
    {Kind::quota, quota_rules},
    {Kind::security_group, security_group_rules},
    {Kind::security_group_rule, security_group_rule_rules},
    {Kind::default_security_group_rule, default_security_group_rule_rules},
    {Kind::default_statefulness, default_statefulness_rules},
    {Kind::router, router_rules},
    {Kind::floatingip, floatingip_rules},
    {Kind::port_forwarding, port_forwarding_rules},
    {Kind::conntrack_helper, conntrack_helper_rules},
    {Kind::ndp_proxy, ndp_proxy_rules},
    {Kind::local_ip, local_ip_rules},
    {Kind::local_ip_association, local_ip_association_rules},
    {Kind::topology, topology_rules},
    {Kind::qos_policy, qos_policy_rules},
    {Kind::qos_rule, qos_rule_rules},
    {Kind::trunk, trunk_rules},
    {Kind::segment, segment_rules},
    {Kind::network_segment_range, network_segment_range_rules},
    {Kind::metering_label, metering_label_rules},
    {Kind::metering_label_rule, metering_label_rule_rules},
    {Kind::service_profile, service_profile_rules},
    {Kind::flavor, flavor_rules},
    {Kind::log, log_rules},
    {Kind::tap_service, tap_service_rules},
    {Kind::tap_flow, tap_flow_rules},
    {Kind::tap_mirror, tap_mirror_rules},
    {Kind::port_block, port_block_rules},
    {Kind::bgp_peer, bgp_peer_rules},
    {Kind::bgp_speaker, bgp_speaker_rules},
};
static_assert(std::size(all_rules) == static_cast<std::size_t>(Kind::bgp_speaker) + 1, "every kind has its rules");

}  // namespace

KindRules rules_of(Kind kind) {
  const auto* found = std::ranges::find(all_rules, kind, &Rules::kind);
  CHECK(found != std::end(all_rules));
  return found->make();
}

Status check_given(const Request& request, std::span<const Attribute> attributes) {
  for (const auto& [key, value] : request.given) {
    const auto found = std::ranges::find(attributes, std::string_view(key), &Attribute::name);
    if (found == attributes.end()) return invalid_input("unrecognized attribute '" + std::string(key) + "'.");
    const When not_now = request.verb == Verb::create ? When::changed : When::created;
    if (found->when == not_now) return invalid_input("attribute '" + std::string(key) + "' cannot be set here.");
  }
  return {};
}

Result<std::string> project_of_new(const Draft& draft, const Request& request, std::span<const Attribute> attributes) {
  if (Status status = check_given(request, attributes); !status) return fail(status.error());
  const boost::json::value* given = request.given.if_contains("project_id");
  if (given == nullptr || given->is_null()) return draft.caller().project_id;
  const boost::json::string* project = given->if_string();
  if (project == nullptr) return invalid_input("'project_id' is not a string.");
  return std::string(*project);
}

Status check_quota(const Draft& draft, Kind kind, const std::string& project) {
  const std::string word(name_of(kind));
  const std::int64_t limit = quota_of(draft.now(), draft.limits(), word, project);
  if (limit < 0 || std::cmp_less(draft.now().count(kind, project), limit)) return {};
  return fail(ErrorCode::conflict, "OverQuota", "Quota exceeded for resources: ['" + word + "'].");
}

Status check_revision(const Standard& standard, const Request& request) {
  const auto& expected = request.expected_revision_number;
  if (!expected || *expected == standard.revision_number) return {};
  return fail(ErrorCode::stale, "RevisionNumberConstraintFailed",
              "Constrained to revision " + std::to_string(*expected) + ", but the current revision is " +
                  std::to_string(standard.revision_number) + ".");
}

bool is_given(const boost::json::object& given, std::string_view name) {
  const boost::json::value* value = given.if_contains(name);
  return value != nullptr && !value->is_null();
}

boost::json::object without(boost::json::object given, std::span<const std::string_view> names) {
  for (const std::string_view name : names) given.erase(name);
  return given;
}

boost::json::object without(boost::json::object given, std::initializer_list<std::string_view> names) {
  return without(std::move(given), std::span(names.begin(), names.size()));
}

Result<std::vector<Prefix>> prefixes_of(std::string_view word, const boost::json::value& given) {
  std::vector<Prefix> prefixes;
  if (Status status = fields::take(word, given, prefixes); !status) return invalid_input(status.error().message);
  return prefixes;
}

Uuid id_named(std::string_view what, std::string_view name) {
  const auto half = [&](std::string_view which) { return ContentHash().add(what).add(which).add(name).value(); };
  return Uuid::random(half(" high "), half(" low "));
}

bool is_auto_deleted(const Port& port) {
  static constexpr std::string_view owners[] = {"network:dhcp", "network:distributed",
                                                "network:floatingip_agent_gateway"};
  return std::ranges::find(owners, port.device_owner) != std::end(owners);
}

bool is_router_interface(const Port& port) {
  static constexpr std::string_view owners[] = {"network:router_interface", "network:router_interface_distributed",
                                                "network:ha_router_replicated_interface",
                                                "network:router_centralized_snat"};
  return std::ranges::find(owners, port.device_owner) != std::end(owners);
}

bool is_auto_address(const Subnet& subnet) {
  const auto automatic = [](Ipv6Mode mode) { return mode == Ipv6Mode::slaac || mode == Ipv6Mode::dhcpv6_stateless; };
  return automatic(subnet.ra_mode) || automatic(subnet.address_mode);
}

Status set_row_fields(Row& row, const boost::json::object& given) {
  if (Status status = merge(row, given); !status) return invalid_input(status.error().message);
  Standard* standard = standard_of(row);
  if (standard == nullptr) return {};
  std::vector<std::string>& tags = standard->tags;
  std::ranges::sort(tags);
  tags.erase(std::ranges::unique(tags).begin(), tags.end());
  if (tags.size() > tags_max) return invalid_input("a resource has at most " + std::to_string(tags_max) + " tags.");
  return {};
}

}  // namespace tarn::model::admission
