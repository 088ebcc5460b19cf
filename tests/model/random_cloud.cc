#include "random_cloud.h"

#include <map>

#include "filled_row.h"

namespace tarn::model::test {
namespace {

std::string host(unsigned number) {
  return number == 0 ? "" : "host-" + std::to_string(number);
}

Port random_port(RandomCloud& chance, const Uuid& id) {
  Port port;
  port.id = {id};
  port.network = {RandomCloud::id(Kind::network, chance.below(4))};
  port.standard.project_id = chance.below(2) == 0 ? "blue" : "red";
  port.mac = Mac{{0xfa, 0x16, 0x3e, 0, 0, static_cast<std::uint8_t>(chance.below(12))}};
  for (unsigned i = chance.below(3); i > 0; --i) {
    const SubnetId subnet{RandomCloud::id(Kind::subnet, chance.below(4))};
    port.fixed_ips.push_back({subnet, Ip::from_v4(0x0a000000 + chance.below(12))});
  }
  port.binding_host = host(chance.below(RandomCloud::hosts));
  if (!port.binding_host.empty()) port.vif_type = chance.below(4) == 0 ? VifType::binding_failed : VifType::ovs;
  port.status = chance.below(2) == 0 ? PortStatus::down : PortStatus::active;
  return port;
}

Network random_network(RandomCloud& chance, const Uuid& id) {
  Network network;
  network.id = {id};
  network.mtu = 1400 + chance.below(3);
  network.type = static_cast<NetworkType>(chance.below(3));
  if (network.type != NetworkType::vxlan) network.physical_network = "physnet";
  if (network.type != NetworkType::flat) network.segmentation_id = 1 + chance.below(6);
  return network;
}

Subnet random_subnet(RandomCloud& chance, const Uuid& id) {
  Subnet subnet;
  subnet.id = {id};
  subnet.network = {RandomCloud::id(Kind::network, chance.below(4))};
  subnet.cidr = Prefix::of(Ip::from_v4(0x0a000000 + (chance.below(4) << 8)), 24);
  if (chance.below(2) == 0) subnet.subnetpool = {RandomCloud::id(Kind::subnetpool, chance.below(4))};
  return subnet;
}

Agent random_agent(RandomCloud& chance, const Uuid& id) {
  Agent agent;
  agent.id = {id};
  agent.host = host(1 + chance.below(RandomCloud::hosts - 1));
  if (chance.below(4) != 0) agent.tunnel_address = "192.0.2." + std::to_string(chance.below(4));
  return agent;
}

SubnetPool random_pool(RandomCloud& chance, const Uuid& id) {
  SubnetPool pool;
  pool.id = {id};
  pool.prefixes = {Prefix::of(Ip::from_v4(0x0a000000 + (chance.below(4) << 16)), 16)};
  if (chance.below(2) == 0) pool.address_scope = {RandomCloud::id(Kind::address_scope, chance.below(4))};
  return pool;
}

template <class R>
R random_filled(RandomCloud& chance, const Uuid& id) {
  R row;
  fill(row, [&chance](unsigned bound) { return chance.below(bound); });
  row.id = {id};
  return row;
}

}  // namespace

Uuid RandomCloud::id(Kind kind, unsigned number) {
  Uuid uuid;
  uuid.bytes[0] = static_cast<std::uint8_t>(kind);
  uuid.bytes[15] = static_cast<std::uint8_t>(number);
  return uuid;
}

Row RandomCloud::row(Kind kind, unsigned number) {
  const Uuid uuid = id(kind, number);
  switch (kind) {
    case Kind::network:
      return random_network(*this, uuid);
    case Kind::subnet:
      return random_subnet(*this, uuid);
    case Kind::port:
      return random_port(*this, uuid);
    case Kind::agent:
      return random_agent(*this, uuid);
    case Kind::subnetpool:
      return random_pool(*this, uuid);
    default:
      break;
  }
  std::optional<Row> row;
  Rows::at(kind, [&]<class R>(std::type_identity<R>) { row = random_filled<R>(*this, uuid); });
  return *row;
}

Change RandomCloud::change(const Snapshot& before) {
  std::map<std::pair<Kind, unsigned>, std::optional<Row>> edits;
  for (unsigned i = 1 + below(5); i > 0; --i) {
    const Kind kind = below(2) == 0 ? Kind::port : static_cast<Kind>(below(std::variant_size_v<Row>));
    const unsigned number = below(kind == Kind::port ? 3 * rows_of_a_kind : rows_of_a_kind);
    std::optional<Row>& edit = edits[{kind, number}];
    const Versioned<Port>* held = before.find(PortId{id(kind, number)});
    if (below(8) == 0 && kind == Kind::port && held != nullptr) {
      edit = *held->row;
    } else if (below(4) != 0) {
      edit = row(kind, number);
    } else {
      edit.reset();
    }
  }
  Change change;
  for (auto& [key, row] : edits) change.edits.push_back({key.first, id(key.first, key.second), std::move(row)});
  return change;
}

}  // namespace tarn::model::test
