#include "sample_flows.h"

#include <memory>

#include "render/renderer.h"
#include "switch_lab.h"

namespace tarn::bench {
namespace {

constexpr std::uint32_t tunnel_port = 60000;

Uuid uuid_of(std::uint8_t kind, std::uint32_t number) {
  Uuid id;
  id.bytes[0] = kind;
  for (unsigned i = 0; i < 4; ++i) id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

void put(render::Rows& rows, model::SliceRow row) {
  const model::SliceName name = model::name_of(row);
  const model::SliceItem item{1, std::make_shared<const model::SliceRow>(std::move(row))};
  rows.set_slice_row(name, &item);
}

}  // namespace

SampleFlows sample_flows(std::uint32_t ports) {
  model::Network network;
  network.id = {uuid_of(1, 1)};
  network.segmentation_id = 101;
  network.mtu = 1450;
  model::Subnet subnet;
  subnet.id = {uuid_of(2, 1)};
  subnet.network = network.id;
  subnet.cidr = Prefix::of(Ip::from_v4(0x0a000000U), 16);

  render::Rows rows;
  render::Facts facts;
  facts.config = {"host1", Ip::from_v4(0xc0000201U), {}, "br-int", "netdev", {}, {}};
  facts.bridges = {"br-int"};
  facts.tunnel_port = tunnel_port;
  facts.numbers[network.id] = 1;
  put(rows, network);
  put(rows, subnet);
  std::set<std::uint64_t> crowd;  // cookies of its ports
  for (std::uint32_t number = 1; number <= ports; ++number) {
    const PortIdentity identity = identity_of(number);
    model::Port port;
    port.id = {uuid_of(3, number)};
    port.network = network.id;
    port.mac = identity.mac;
    port.fixed_ips = {{subnet.id, identity.address}};
    facts.plugged[port.id] = {"tap" + std::to_string(number), number, {}};
    if (number > 2) crowd.insert(render::cookie_of({render::UnitClass::port, port.id.uuid, 0}));
    put(rows, std::move(port));
  }
  rows.set_facts(facts);

  render::Renderer renderer(render::node_units());
  renderer.update(rows, rows.keys());
  SampleFlows sample;
  for (auto& [key, spec] : renderer.tables().flows) {
    FlowTable& table = crowd.contains(spec.cookie) ? sample.crowd : sample.base;
    table.insert_or_assign(key, spec);
  }
  return sample;
}

FlowTable all_of(const SampleFlows& sample) {
  FlowTable all = sample.base;
  all.insert(sample.crowd.begin(), sample.crowd.end());
  return all;
}

}  // namespace tarn::bench
