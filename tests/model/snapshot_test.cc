// The snapshot's indexes say exactly what its tables say, whatever was edited in whatever order.
#include "model/snapshot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "random_cloud.h"

namespace tarn::model {
namespace {

using test::RandomCloud;

// What the indexes must answer, computed from the tables alone.
void expect_indexes_match_tables(const Snapshot& cloud) {
  for (unsigned n = 0; n < RandomCloud::rows_of_a_kind; ++n) {
    const NetworkId network{RandomCloud::id(Kind::network, n)};
    std::set<SubnetId> subnets;
    for (const auto& [id, subnet] : cloud.subnets()) {
      if (subnet->network == network) subnets.insert({id});
    }
    const std::vector<SubnetId> listed = cloud.subnets_of(network);
    EXPECT_EQ(listed, std::vector<SubnetId>(subnets.begin(), subnets.end()));

    std::set<PortId> ports;
    std::set<std::string> hosts;
    for (const auto& [id, port] : cloud.ports()) {
      if (port->network != network) continue;
      ports.insert({id});
      if (!bound_host(*port).empty()) hosts.insert(bound_host(*port));
    }
    std::vector<PortId> ports_listed = cloud.ports_of(network);
    std::ranges::sort(ports_listed);
    EXPECT_EQ(ports_listed, std::vector<PortId>(ports.begin(), ports.end()));
    EXPECT_EQ(cloud.hosts_of(network), std::vector<std::string>(hosts.begin(), hosts.end()));
    for (unsigned h = 1; h < RandomCloud::hosts; ++h) {
      const std::string host = "host-" + std::to_string(h);
      EXPECT_EQ(cloud.host_has(network, host), hosts.contains(host));
      std::vector<PortId> bound;
      for (const PortId& id : ports) {
        if (bound_host(**cloud.find(id)) == host) bound.push_back(id);
      }
      EXPECT_EQ(cloud.ports_bound(network, host), bound);
    }
    EXPECT_FALSE(cloud.host_has(network, ""));
  }
  for (unsigned n = 0; n < RandomCloud::rows_of_a_kind; ++n) {
    const Uuid pool = RandomCloud::id(Kind::subnetpool, n);
    std::vector<Uuid> subnets;
    for (const auto& [id, subnet] : cloud.subnets()) {
      if (subnet->subnetpool && subnet->subnetpool->uuid == pool) subnets.push_back(id);
    }
    EXPECT_EQ(cloud.referrers(pool, Kind::subnet), subnets);
    EXPECT_EQ(cloud.is_referred(pool, Kind::subnet), !subnets.empty());
    EXPECT_FALSE(cloud.is_referred(pool, Kind::port));
  }
  std::map<std::string, std::vector<Uuid>> ports_of_project{{"blue", {}}, {"red", {}}};
  for (const auto& [id, port] : cloud.ports()) ports_of_project[port->standard.project_id].push_back(id);
  for (const auto& [project, ids] : ports_of_project) {
    std::vector<Uuid> owned;
    for (const auto& [id, nothing] : cloud.owned(Kind::port, project)) owned.push_back(id);
    EXPECT_EQ(owned, ids);
    EXPECT_EQ(cloud.count(Kind::port, project), ids.size());
  }
  EXPECT_EQ(cloud.count(Kind::network, ""), cloud.networks().size());
  for (unsigned h = 1; h < RandomCloud::hosts; ++h) {
    const std::string host = "host-" + std::to_string(h);
    std::vector<PortId> wanted;
    for (const auto& [id, port] : cloud.ports()) {
      if (port->binding_host == host) wanted.push_back({id});
    }
    EXPECT_EQ(cloud.ports_on(host), wanted);
  }
}

void expect_moved_ports_are_known_where_they_were_and_are(const Snapshot& cloud) {
  std::map<NetworkId, std::set<std::string>> hosts;
  for (const std::string host : {"host-1", "host-2", "host-3"}) {
    std::map<NetworkId, std::vector<PortId>> moved;
    std::vector<PortId> all;
    for (const auto& [id, port] : cloud.ports()) {
      if (port->left_hosts.empty() || bound_host(*port).empty()) continue;
      if (port->binding_host != host && std::ranges::count(port->left_hosts, host) == 0) continue;
      all.push_back({id});
      moved[port->network].push_back({id});
      hosts[port->network].insert(host);
    }
    EXPECT_EQ(cloud.moved_ports(host), all);
    for (const auto& [network, ports] : moved) EXPECT_EQ(cloud.moved_ports(network, host), ports);
  }
  for (unsigned n = 0; n < 4; ++n) {
    const NetworkId network{RandomCloud::id(Kind::network, n)};
    const std::set<std::string>& wanted = hosts[network];
    EXPECT_EQ(cloud.hosts_of_moved(network), std::vector<std::string>(wanted.begin(), wanted.end()));
  }
}

void expect_groups_are_used_where_their_ports_are(const Snapshot& cloud) {
  for (unsigned n = 0; n < RandomCloud::groups; ++n) {
    const SecurityGroupId group{RandomCloud::id(Kind::security_group, n)};
    std::set<std::string> hosts;
    for (const auto& [id, port] : cloud.ports())
      if (port->port_security_enabled && std::ranges::count(port->security_groups, group) != 0)
        hosts.insert(bound_host(*port));
    hosts.erase("");
    EXPECT_EQ(cloud.hosts_using(group), std::vector<std::string>(hosts.begin(), hosts.end()));
    for (const std::string host : {"", "host-1", "host-2", "host-3"})
      EXPECT_EQ(cloud.host_uses(group, host), hosts.contains(host)) << host;
  }
}

// Where rows claim the same address, MAC, segment or host, the index names one of the claimants; where nobody claims
// it, nobody is named.
void expect_owners_are_claimants(const Snapshot& cloud) {
  std::map<Snapshot::SubnetAndIp, std::set<PortId>> addresses;
  std::map<Snapshot::NetworkAndMac, std::set<PortId>> macs;
  for (const auto& [id, port] : cloud.ports()) {
    macs[{port->network.uuid, port->mac}].insert({id});
    for (const FixedIp& ip : port->fixed_ips) addresses[{ip.subnet.uuid, ip.address}].insert({id});
  }
  for (const auto& [key, owner] : cloud.addresses()) EXPECT_TRUE(addresses[key].contains(owner));
  for (const auto& [key, claimants] : macs) {
    const auto owner = cloud.owner_of(NetworkId{key.network}, key.mac);
    EXPECT_TRUE(!owner || claimants.contains(*owner));
  }
  std::map<Snapshot::Segment, std::set<Uuid>> segments;
  for (const auto& [id, network] : cloud.networks()) segments[Snapshot::segment_of(*network)].insert(id);
  for (const auto& [id, row] : cloud.table<Segment>())
    segments[{row->type, row->physical_network, row->segmentation_id}].insert(row->network.uuid);
  for (const auto& [id, service] : cloud.table<TapService>()) segments[Snapshot::segment_of(*service)].insert(id);
  for (const auto& [segment, owner] : cloud.segments()) EXPECT_TRUE(segments[segment].contains(owner));
}

TEST(Snapshot, IndexesAlwaysSayWhatTheTablesSay) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    RandomCloud chance(seed);
    Snapshot cloud;
    for (Revision revision = 1; revision <= 30; ++revision) {
      cloud = cloud.with(chance.change(cloud), revision);
      expect_indexes_match_tables(cloud);
      expect_moved_ports_are_known_where_they_were_and_are(cloud);
      expect_groups_are_used_where_their_ports_are(cloud);
      expect_owners_are_claimants(cloud);
      ASSERT_FALSE(HasFailure()) << "seed " << seed << " revision " << revision;
    }
  }
}

TEST(Snapshot, AnAddressMayMoveBetweenPortsInOneChangeInEitherOrder) {
  Port first;
  first.id = {RandomCloud::id(Kind::port, 1)};
  first.mac.bytes[5] = 1;
  const FixedIp address{{RandomCloud::id(Kind::subnet, 1)}, Ip::from_v4(0x0a000005)};
  first.fixed_ips = {address};
  Port second = first;
  second.id = {RandomCloud::id(Kind::port, 2)};
  second.mac.bytes[5] = 2;
  second.fixed_ips.clear();
  const Snapshot before =
      Snapshot().with({{{Kind::port, first.id.uuid, first}, {Kind::port, second.id.uuid, second}}}, 1);
  std::swap(first.fixed_ips, second.fixed_ips);
  Change change{{{Kind::port, first.id.uuid, first}, {Kind::port, second.id.uuid, second}}};
  EXPECT_EQ(before.with(change, 2).owner_of(address.subnet, address.address), second.id);
  std::ranges::reverse(change.edits);
  EXPECT_EQ(before.with(change, 2).owner_of(address.subnet, address.address), second.id);
}

TEST(Snapshot, LoadedFromItsRowsIsTheSameCloud) {
  RandomCloud chance(5);
  Snapshot cloud;
  for (Revision revision = 1; revision <= 40; ++revision) cloud = cloud.with(chance.change(cloud), revision);
  std::vector<StoredRow> rows;
  const auto keep = [&rows](const auto& table) {
    for (const auto& [id, row] : table) rows.push_back({row.modified, *row.row});
  };
  keep(cloud.agents());
  keep(cloud.ports());
  keep(cloud.subnets());
  keep(cloud.networks());
  const Snapshot loaded = Snapshot::load(rows, 40);
  EXPECT_EQ(loaded.revision(), 40U);
  EXPECT_EQ(loaded.ports().size(), cloud.ports().size());
  for (const auto& [id, port] : cloud.ports()) {
    const Versioned<Port>* found = loaded.find(PortId{id});
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->modified, port.modified);
    EXPECT_EQ(**found, *port);
  }
  expect_indexes_match_tables(loaded);
}

TEST(Snapshot, RowsCarryTheRevisionThatWroteThem) {
  RandomCloud chance(9);
  const Row row = chance.row(Kind::network, 1);
  const Snapshot first = Snapshot().with({{{Kind::network, id_of(row), row}}}, 7);
  const Snapshot second =
      first.with({{{Kind::network, RandomCloud::id(Kind::network, 2), chance.row(Kind::network, 2)}}}, 9);
  EXPECT_EQ(second.find(NetworkId{id_of(row)})->modified, 7U);
  EXPECT_EQ(second.find(NetworkId{id_of(row)})->row, first.find(NetworkId{id_of(row)})->row);
  EXPECT_EQ(second.revision(), 9U);
  EXPECT_TRUE(second.ports().shares(first.ports()));
}

}  // namespace
}  // namespace tarn::model
