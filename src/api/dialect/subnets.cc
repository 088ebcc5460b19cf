// The table's rows for subnets.
#include "api/dialect/spelling.h"
#include "api/dialect/standard.h"

namespace tarn::api::dialect {
namespace {

using model::Subnet;

json::value mode_name(model::Ipv6Mode mode) {
  switch (mode) {
    case model::Ipv6Mode::none:
      return nullptr;
    case model::Ipv6Mode::slaac:
      return "slaac";
    case model::Ipv6Mode::dhcpv6_stateful:
      return "dhcpv6-stateful";
    case model::Ipv6Mode::dhcpv6_stateless:
      return "dhcpv6-stateless";
  }
  return nullptr;
}

Type mode_type() {
  return one_of({{"slaac", "slaac"}, {"dhcpv6-stateful", "dhcpv6_stateful"}, {"dhcpv6-stateless", "dhcpv6_stateless"}},
                "none");
}

json::value show_pools(const std::vector<model::AddressRange>& pools) {
  json::array shown;
  for (const auto& pool : pools) shown.push_back({{"start", pool.first.text()}, {"end", pool.last.text()}});
  return shown;
}

// What the model cannot see, because it knows the address family from the CIDR alone.
Status check_version(const json::object& body) {
  const auto* version = body.if_contains("ip_version");
  const auto* cidr = body.if_contains("cidr");
  if (!version || !cidr || !cidr->is_string()) return {};
  const auto prefix = Prefix::parse(cidr->get_string());
  const bool six = *version == 6 || *version == "6";
  if (!prefix || prefix->address.is_v4() != six) return {};
  return fail(ErrorCode::invalid, "BadRequest",
              "Bad subnet request: ip_version '" + std::string(six ? "6" : "4") + "' does not match cidr '" +
                  prefix->text() + "'.");
}

void add_addressing(std::vector<Attribute>& rows) {
  rows.push_back(
      {.name = "ip_version",
       .type = ip_version(),
       .model = {"ip_version",
                 [](const View& view) { return json::value(view.as<Subnet>().cidr.address.is_v4() ? 4 : 6); }},
       .given = Given::post,
       .required = true,
       .sort = true});
  rows.push_back({.name = "cidr",
                  .type = prefix(),
                  .model = member(&Subnet::cidr),
                  .given = Given::post,
                  .null_is_absent = true,
                  .absent = "one of the subnet pool",
                  .sort = true});
  rows.push_back({.name = "gateway_ip",
                  .type = or_null(ip()),
                  .model = member(&Subnet::gateway),
                  .given = Given::both,
                  .absent = "the first address of the CIDR; null is no gateway",
                  .sort = true});
  rows.push_back({.name = "allocation_pools",
                  .type = allocation_pools(),
                  .model = member(&Subnet::pools, show_pools),
                  .given = Given::both,
                  .absent = "the whole CIDR but the gateway",
                  .filter = false});
  rows.push_back({.name = "dns_nameservers",
                  .type = dns_nameservers(),
                  .model = member(&Subnet::dns_servers),
                  .given = Given::both,
                  .absent = "[]",
                  .filter = false});
  rows.push_back({.name = "host_routes",
                  .type = host_routes(),
                  .model = member(&Subnet::host_routes, show_routes),
                  .given = Given::both,
                  .absent = "[]",
                  .filter = false});
  rows.push_back({.name = "ipv6_ra_mode",
                  .type = mode_type(),
                  .model = member(&Subnet::ra_mode, mode_name),
                  .given = Given::post,
                  .absent = "null",
                  .sort = true});
  rows.push_back({.name = "ipv6_address_mode",
                  .type = mode_type(),
                  .model = member(&Subnet::address_mode, mode_name),
                  .given = Given::post,
                  .absent = "null",
                  .sort = true});
}

// How a subnet takes its CIDR from a subnet pool.
void add_pool(std::vector<Attribute>& rows) {
  rows.push_back({.name = "subnetpool_id",
                  .type = uuid(),
                  .model = member(&Subnet::subnetpool),
                  .given = Given::post,
                  .null_is_absent = true,
                  .absent = "null",
                  .sort = true});
  rows.push_back({.name = "use_default_subnetpool",
                  .type = boolean(),
                  .model = {"use_default_subnetpool"},
                  .given = Given::post,
                  .absent = "false",
                  .filter = false,
                  .alias = "default-subnetpools"});
  rows.push_back({.name = "prefixlen",
                  .type = integer(0, 128),
                  .model = {"prefixlen"},
                  .given = Given::post,
                  .null_is_absent = true,
                  .absent = "the pool's default_prefixlen",
                  .filter = false,
                  .alias = "subnet_allocation"});
}

}  // namespace

Resource subnets() {
  Resource resource{
      .singular = "subnet", .plural = "subnets", .kind = model::Kind::subnet, .not_found = "SubnetNotFound"};
  add_standard<Subnet>(resource);
  auto& rows = resource.attributes;
  rows.push_back({.name = "network_id",
                  .type = uuid(),
                  .model = member(&Subnet::network),
                  .given = Given::post,
                  .required = true,
                  .sort = true});
  add_addressing(rows);
  rows.push_back({.name = "enable_dhcp",
                  .type = boolean(),
                  .model = member(&Subnet::enable_dhcp),
                  .given = Given::both,
                  .absent = "true",
                  .sort = true});
  add_pool(rows);
  rows.push_back({.name = "service_types",
                  .type = texts(255),
                  .model = member(&Subnet::service_types),
                  .given = Given::both,
                  .absent = "[]",
                  .filter = false,
                  .alias = "subnet-service-types"});
  rows.push_back({.name = "segment_id",
                  .type = or_null(uuid()),
                  .model = member(&Subnet::segment),
                  .given = Given::both,
                  .absent = "null",
                  .sort = true,
                  .alias = "segment"});
  rows.push_back({.name = "dns_publish_fixed_ip",
                  .type = boolean(),
                  .model = member(&Subnet::dns_publish_fixed_ip),
                  .given = Given::both,
                  .absent = "false",
                  .filter = false,
                  .alias = "subnet-dns-publish-fixed-ip"});
  resource.check = check_version;
  resource.parent = {.word = "network", .kind = model::Kind::network, .id = member(&Subnet::network)};
  resource.indexes.push_back(
      {"network_id", [](const model::Snapshot& snapshot, const json::value& value) -> std::optional<std::vector<Uuid>> {
         std::vector<Uuid> ids;
         const auto network = Uuid::parse(value.get_string());
         if (!network) return ids;
         for (const SubnetId id : snapshot.subnets_of(NetworkId{*network})) ids.push_back(id.uuid);
         return ids;
       }});
  return resource;
}

}  // namespace tarn::api::dialect
