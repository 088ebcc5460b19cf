// What a port's workload is told about itself, and the flows that bring its questions to the agent.
#include <algorithm>

#include "answer/identity.h"
#include "base/host_name.h"
#include "render/punt.h"
#include "render/render_units.h"

namespace tarn::render {

namespace {

using model::Ipv6Mode;

std::vector<answer::ExtraOption> extra_options(const model::Port& port, int ip_version) {
  std::vector<answer::ExtraOption> options;
  for (const auto& option : port.extra_dhcp_opts)
    if (option.ip_version == ip_version) options.push_back({option.name, option.value});
  return options;
}

// What a network's ports are told of names.
struct Naming {
  std::string domain;
  std::vector<Ip> own_servers;  // this node's, where a subnet names none
};

Naming naming_of(View& view, const model::Network& network) {
  const NodeConfig* config = view.config();
  if (config == nullptr || !config->names) return {network.dns_domain, {}};
  return {domain_of_network(network.dns_domain), {answer::service_address(), answer::service_address6()}};
}

// As Neutron has it: the unspecified address alone means that nobody is to be told.
std::vector<Ip> dns_servers(const Naming& naming, const model::Subnet& subnet) {
  if (subnet.dns_servers.size() == 1 && subnet.dns_servers.front().is_zero()) return {};
  if (!subnet.dns_servers.empty()) return subnet.dns_servers;
  std::vector<Ip> servers = naming.own_servers;
  std::erase_if(servers, [&](const Ip& server) { return server.family != subnet.cidr.address.family; });
  return servers;
}

void add_servers(std::vector<Ip>& to, const std::vector<Ip>& servers) {
  for (const Ip& server : servers)
    if (std::ranges::find(to, server) == to.end()) to.push_back(server);
}

answer::Dhcp4Lease lease4(const model::Network& network, const Naming& naming, const model::Port& port,
                          const model::Subnet& subnet, const Ip& address) {
  answer::Dhcp4Lease lease;
  lease.server_mac = answer::service_mac(network.id);
  lease.server_id = answer::service_address();
  lease.address = address;
  lease.prefix_length = subnet.cidr.length;
  lease.router = subnet.gateway;
  lease.dns_servers = dns_servers(naming, subnet);
  lease.mtu = network.mtu;
  lease.domain_name = naming.domain;
  lease.host_name = port.dns_name;
  // The server is on the link, outside the subnet: a client that renews by unicast must find it there.
  lease.routes.push_back({Prefix::of(answer::service_address(), 32), Ip::from_v4(0)});
  for (const auto& route : subnet.host_routes) lease.routes.push_back({route.destination, route.nexthop});
  lease.extra = extra_options(port, 4);
  return lease;
}

// What the port's IPv6 subnets together ask for.
struct Ipv6Wish {
  std::optional<answer::Dhcp6Lease> lease;
  std::optional<answer::Advertisement> advertisement;
};

void add_lease(Ipv6Wish& wish, const model::Network& network, const Naming& naming, const model::Port& port,
               const model::Subnet& subnet, const Ip& address) {
  if (!wish.lease) {
    wish.lease.emplace();
    wish.lease->server_mac = answer::service_mac(network.id);
    wish.lease->domain_name = naming.domain;
    wish.lease->extra = extra_options(port, 6);
  }
  if (subnet.address_mode == Ipv6Mode::dhcpv6_stateful) wish.lease->addresses.push_back(address);
  add_servers(wish.lease->dns_servers, dns_servers(naming, subnet));
}

// The longest that RFC 4861 section 6.2.1 allows: nobody forgets its router while an agent is away.
constexpr std::uint16_t router_lifetime_s = 9000;

// Of the routers on the network that are up and have IPv6 addresses there, the one with the lowest id; null for none.
const model::RouterInterface* advertised_router(View& view, const NetworkId& network) {
  const model::RouterInterface* first = nullptr;
  for (const auto& [key, count] : view.bucket(key_of(Table::interfaces_on, network.uuid))) {
    const model::RouterInterface* interface = view.interface(key.id);
    const model::Router* router = interface == nullptr ? nullptr : view.router(interface->router);
    if (router == nullptr || !router->admin_state_up || !interface->admin_state_up) continue;
    const bool speaks = std::ranges::any_of(interface->fixed_ips, [](const auto& ip) { return !ip.address.is_v4(); });
    if (speaks && (first == nullptr || interface->router < first->router)) first = interface;
  }
  return first;
}

void add_advertisement(View& view, Ipv6Wish& wish, const model::Network& network, const Naming& naming,
                       const model::Subnet& subnet) {
  if (!wish.advertisement) {
    wish.advertisement.emplace();
    const model::RouterInterface* router = advertised_router(view, network.id);
    wish.advertisement->router_mac = router != nullptr ? router->mac : answer::service_mac(network.id);
    wish.advertisement->mtu = network.mtu;
    // Where no router is, nobody is told to use one.
    wish.advertisement->router_lifetime_s = router != nullptr ? router_lifetime_s : 0;
    if (!naming.domain.empty()) wish.advertisement->dns_search.push_back(naming.domain);
  }
  answer::Advertisement& said = *wish.advertisement;
  const bool stateful = subnet.ra_mode == Ipv6Mode::dhcpv6_stateful;
  said.managed = said.managed || stateful;
  said.other = said.other || stateful || subnet.ra_mode == Ipv6Mode::dhcpv6_stateless;
  said.prefixes.push_back({subnet.cidr, !stateful, true});
  add_servers(said.dns_servers, dns_servers(naming, subnet));
}

// What an instance asks of the agent.
struct Asked {
  PuntReason reason{};
  Match match;
};
std::vector<Asked> questions() {
  return {{PuntReason::dhcp4, udp(ethertype_ipv4, dhcp4_client_port, dhcp4_server_port)},
          {PuntReason::dhcp6, udp(ethertype_ipv6, dhcp6_client_port, dhcp6_server_port)},
          {PuntReason::router_solicitation, icmpv6(icmpv6_router_solicitation)}};
}

bool has_answer(const answer::PortAnswers& answers, PuntReason asked) {
  if (asked == PuntReason::dhcp4) return answers.dhcp4.has_value();
  if (asked == PuntReason::dhcp6) return answers.dhcp6.has_value();
  return answers.advertisement.has_value();
}

}  // namespace

answer::PortAnswers answers_for(View& view, const model::Network& network, const model::Port& port) {
  answer::PortAnswers answers;
  answers.mac = port.mac;
  const Naming naming = naming_of(view, network);
  Ipv6Wish wish;
  for (const auto& fixed : port.fixed_ips) {
    const model::Subnet* subnet = view.subnet(fixed.subnet);
    if (subnet == nullptr || !subnet->enable_dhcp) continue;
    if (fixed.address.is_v4()) {
      // A client has one lease: the first address, as the API lists them.
      if (!answers.dhcp4) answers.dhcp4 = lease4(network, naming, port, *subnet, fixed.address);
      continue;
    }
    const bool leased =
        subnet->address_mode == Ipv6Mode::dhcpv6_stateful || subnet->address_mode == Ipv6Mode::dhcpv6_stateless;
    if (leased) add_lease(wish, network, naming, port, *subnet, fixed.address);
    if (subnet->ra_mode != Ipv6Mode::none) add_advertisement(view, wish, network, naming, *subnet);
  }
  answers.dhcp6 = std::move(wish.lease);
  answers.advertisement = std::move(wish.advertisement);
  return answers;
}

void add_punts(FlowSink& flows, const answer::PortAnswers& answers, const model::Port& port, const Attachment& at) {
  for (const Asked& question : questions()) {
    if (!has_answer(answers, question.reason)) continue;
    flows.add(Stage::answers, Priority::middle, question.match & number(reg::source, at.number()),
              {of::Controller{0xffff, encode(Punt{question.reason, port.id}), domain::Meter::of_questions(at.ofport)}});
  }
}

// In a second, by those who share a meter: some instances that start, and no more than an agent answers beside its
// work.
void add_question_meters(Tables& tables) {
  constexpr std::uint32_t questions_rate = 1000;
  constexpr of::MeterSpec spec{of::MeterSpec::Unit::packets, questions_rate, questions_rate};
  for (std::uint32_t share = 0; share < domain::Meter::shares_of_questions; ++share)
    tables.meters.emplace(domain::Meter::of_questions(share), spec);
  tables.meters.emplace(domain::Meter::of_early_questions, spec);
}

// An interface that no port's flows know; never the tunnel, nor another bridge, nor the services.
void add_early_punts(FlowSink& flows, View& view, const NodeConfig& config) {
  constexpr auto early = static_cast<std::uint16_t>(static_cast<std::uint16_t>(Priority::miss) + 1);
  const auto keep_out = [&](const std::uint32_t* ofport) {
    if (ofport != nullptr) flows.add(Stage::classify, early + 1, {number(Field::in_port, *ofport)}, {});
  };
  for (const auto& [physical, bridge] : config.bridge_mappings)
    keep_out(view.number(key_of(Table::patch_port, physical)));
  keep_out(view.number(key_of(Table::service_port)));
  const Match of_interface{untagged(), number(Field::tunnel_dst, 0),
                           FieldValue::ip(Field::tunnel_ipv6_dst, Ip::parse("::").value())};
  for (const Asked& question : questions())
    flows.add(Stage::classify, early, question.match & of_interface,
              {of::Controller{0xffff, encode(Punt{question.reason, {}}), domain::Meter::of_early_questions}});
}

}  // namespace tarn::render
