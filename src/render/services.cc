// What an instance asks of the services of its node (metadata by HTTP, names) goes there from an address that says who
// asks (domain/instance_file.h). Both ways pass the port's security groups like everything else the instance sends and
// gets.
#include <algorithm>

#include "answer/identity.h"
#include "render/routers.h"

namespace tarn::render {

namespace {

constexpr std::uint64_t protocol_tcp = 6;
constexpr std::uint64_t http_port = 80;
constexpr std::uint64_t names_port = 53;

Match question(const Ip& service, std::uint64_t protocol, std::uint64_t door) {
  return of_family(service) & number(Field::ip_proto, protocol) & destined_to(service) &
         number(protocol == protocol_tcp ? Field::tcp_dst : Field::udp_dst, door);
}

void add_way(FlowSink& flows, const LiveNetwork& network, const model::Port& port, const Attachment& at,
             std::uint32_t service, const Ip& address, const Ip& service_side) {
  const bool v4 = address.is_v4();
  flows.add(Stage::services, Priority::low,
            of_family(address) & in_network(network.number) & number(reg::source, at.number()) & sent_from(address),
            {call(Stage::commit), set(v4 ? Field::ipv4_src : Field::ipv6_src, service_side),
             set(Field::eth_src, domain::service_switch_mac), set(Field::eth_dst, domain::service_end_mac),
             of::Output{service}});
  flows.add(Stage::classify, Priority::low,
            of_family(address) & number(Field::in_port, service) & untagged() & destined_to(service_side),
            {set(v4 ? Field::ipv4_dst : Field::ipv6_dst, address),
             set(Field::eth_src, answer::service_mac(network.row->id)), set(Field::eth_dst, port.mac),
             set(Field::metadata, network.number), set(reg::origin, static_cast<std::uint64_t>(Origin::local))},
            Stage::l2);
}

std::optional<std::uint32_t> service_port(View& view) {
  const auto* ofport = view.number(key_of(Table::service_port));
  return ofport == nullptr ? std::nullopt : std::optional(*ofport);
}

}  // namespace

void add_service_port(Tables& tables, View& view, const NodeConfig& config, const std::string& unit) {
  if (config.service_interface.empty()) return;
  tables.switch_ports.emplace(
      config.service_interface,
      domain::SwitchPort::Spec{config.integration_bridge, domain::SwitchPort::Type::system, {}, unit});
  if (const auto ofport = service_port(view))
    tables.ofport_pins.emplace(config.service_interface, domain::OfportPin::Spec{*ofport});
}

void add_service_rules(FlowSink& flows, View& view) {
  const NodeConfig* config = view.config();
  if (config == nullptr || !service_port(view)) return;
  const auto lead = [&](std::uint64_t protocol, std::uint64_t door) {
    for (const Ip& service : {answer::service_address(), answer::service_address6()})
      flows.add(Stage::answers, Priority::middle, question(service, protocol, door), {}, Stage::services);
  };
  lead(protocol_tcp, http_port);
  if (!config->names) return;
  lead(protocol_udp, names_port);
  lead(protocol_tcp, names_port);
}

void add_service_resolution(FlowSink& flows, View& view, const LiveNetwork& network) {
  if (service_port(view))
    add_router_resolution(flows, network.number, answer::service_mac(network.row->id), answer::service_address6());
}

void add_service_way(FlowSink& flows, Tables& tables, View& view, const LiveNetwork& network, const model::Port& port,
                     const Attachment& at) {
  const NodeConfig* config = view.config();
  if (config == nullptr || config->service_interface.empty()) return;
  domain::InstanceFile::Spec file{.port = port.id,
                                  .network = port.network,
                                  .instance_id = port.device_id,
                                  .project_id = port.standard.project_id,
                                  .host_name = port.dns_name,
                                  .mac = port.mac,
                                  .addresses = {}};
  for (const auto& fixed : port.fixed_ips) file.addresses.push_back(fixed.address);
  const std::vector<Ip> addresses = file.addresses;
  tables.instances.emplace(at.number(), std::move(file));
  // Until the service knows this port by this number it would take it for another, or for nobody.
  const auto service = service_port(view);
  if (!service || view.number(key_of(Table::instance, port.id.uuid, at.number())) == nullptr) return;
  std::size_t index = 0;
  for (const Ip& address : addresses)
    if (address.is_v4() && index < domain::asking_addresses_max)
      add_way(flows, network, port, at, *service, address, domain::service_side4(at.number(), index++));
  add_way(flows, network, port, at, *service, Ip::link_local(port.mac), domain::service_side6(at.number()));
}

}  // namespace tarn::render
