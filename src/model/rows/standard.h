// What the rows of all kinds have in common: the name of each kind, and what every resource of the API carries.
// Each row names its own `kind`, its `word` (on disk) and how clients know it (`called`: "NetworkNotFound").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tarn::model {

// The store's global commit counter. 0 is "before the first commit".
using Revision = std::uint64_t;

enum class Kind : std::uint8_t {
  network,
  subnet,
  port,
  agent,
  address_scope,
  subnetpool,
  address_group,
  rbac_policy,
  quota,
  security_group,
  security_group_rule,
  default_security_group_rule,
  default_statefulness,
  qos_policy,
  qos_rule,
  service_profile,
  flavor,
  metering_label,
  metering_label_rule,
  log,
  router,
  floatingip,
  port_forwarding,
  conntrack_helper,
  ndp_proxy,
  local_ip,
  local_ip_association,
  topology,
  segment,
  network_segment_range,
  trunk,
  tap_service,
  tap_flow,
  tap_mirror,
  port_block,
  bgp_peer,
  bgp_speaker,
};

// What every resource of the API carries.
struct Standard {
  static constexpr bool is_part = true;  // its fields stand among those of the row

  std::string project_id;
  std::string name;
  std::string description;
  std::uint64_t revision_number = 0;  // +1 with each change of the resource or of what counts as its child
  std::int64_t created_at_ms = 0;     // UTC, milliseconds since 1970
  std::int64_t updated_at_ms = 0;
  std::vector<std::string> tags;  // sorted
  bool operator==(const Standard&) const = default;
};

// Each `describe(visit)` calls visit("field_name", &Row::field) for every field, in a fixed order.
// The names are ours, stable for ever: they are what is on disk and on the wire.
template <class Visit>
void describe(Visit&& visit, const Standard*) {
  visit("project_id", &Standard::project_id);
  visit("name", &Standard::name);
  visit("description", &Standard::description);
  visit("revision_number", &Standard::revision_number);
  visit("created_at_ms", &Standard::created_at_ms);
  visit("updated_at_ms", &Standard::updated_at_ms);
  visit("tags", &Standard::tags);
}

}  // namespace tarn::model
