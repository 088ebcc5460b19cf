// Every rule of the API, as one pure function from a snapshot and a request to a change or an error.
// Addresses, MACs, segment numbers and quotas are decided inside the change that commits them, so nothing can be
// allocated twice. Knows no JSON spelling of the API, no store and no clock.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/existence.h"

namespace tarn::model {

enum class Verb : std::uint8_t { create, update, remove, adopt };  // adopt: admit/adopt.h

// One validated request. `given` holds only the attributes the client gave, in the model's field names and canonical
// spellings (codec.h), plus the request-only words documented in admit/ beside the rule that reads them:
// for a port, `fixed_ips` entries may lack `subnet` or `address`; for a subnet, `gateway` may be absent or null.
struct Request {
  Verb verb{};
  Kind kind{};
  Uuid id;  // of the new row too: chosen by the caller of admit
  boost::json::object given;
  std::optional<std::uint64_t> expected_revision_number;  // If-Match: revision_number=N
};

// What the operator allows; from the server's configuration file.
struct Limits {
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };
  Range vni{1, 65535};
  NetworkType default_network_type = NetworkType::vxlan;
  std::map<std::string, Range> vlan_ranges;     // physical network → VLAN ids for tenants; may be empty range
  std::vector<std::string> flat_networks;       // "*" for any
  std::uint32_t underlay_mtu = 1500;            // global_physnet_mtu
  std::map<std::string, std::uint32_t> quotas;  // by the word of a kind; -1u is unlimited; rows of Quota go before
  std::uint32_t fixed_ips_per_port_max = 5;
  std::uint32_t dns_servers_max = 5;
  std::uint32_t host_routes_max = 20;
  std::uint32_t address_pairs_max = 10;
  bool router_distributed = true;  // of a router that says nothing of it
  bool router_ha = true;           // likewise
  Mac base_mac{{0xfa, 0x16, 0x3e, 0, 0, 0}};  // first three octets are kept
};

// A batch is admitted whole or refused whole, in order; later requests see the effect of earlier ones.
struct Batch {
  std::vector<Request> requests;
  Caller caller;
  std::int64_t now_ms = 0;   // UTC, for the stamps
  std::uint64_t chance = 0;  // drawn by the caller: seeds the MACs of new ports
};

// Error reasons are the names clients know: NetworkNotFound, SubnetNotFound, PortNotFound, NetworkInUse, SubnetInUse,
// PortInUse, IpAddressInUse, IpAddressAlreadyAllocated, InvalidIpForNetwork, InvalidIpForSubnet, OverQuota,
// IpAddressGenerationFailure, MacAddressInUse, NoNetworkAvailable, InvalidInput, RevisionNumberConstraintFailed, …
Result<Change> admit(const Snapshot& before, const Batch& batch, const Limits& limits);

// What a project may have of a kind, by its word: of its own Quota, else the operator's. -1: no limit.
std::int64_t quota_of(const Snapshot& cloud, const Limits& limits, const std::string& word, const std::string& project);
QuotaId quota_id(const std::string& project);

// Changes that do not come from API clients.
struct AgentReport {  // an agent said hello
  // created_at_ms is the time of the report: it stays for a new agent and stamps the ports that the report binds. Of a
  // known agent created_at_ms, admin_state_up and description are kept from the stored row.
  Agent agent;
};
// Ports whose binding to this host had failed are bound in the same change where the agent now serves their network.
Result<Change> admit_agent(const Snapshot& before, const AgentReport& report);
// Ports of `host` that are wired now, and those that no longer are; others are left alone. Unknown ports are ignored.
Change admit_port_status(const Snapshot& before, const std::string& host, const std::map<PortId, PortStatus>& status,
                         std::int64_t now_ms);

}  // namespace tarn::model
