#include "sim/stage.h"

#include <algorithm>

#include "sim/refusal.h"

namespace tarn::sim {

using namespace std::chrono_literals;

namespace {

constexpr Faults bad_lines{.refuse = 1500, .cut = 150, .split = 2500, .delay = 2500};
constexpr rt::Duration slowness = 2s;

// What a rule of a kind says: of those that traffic.h's packets meet, and of those that they do not.
boost::json::object rule_of_kind(std::uint32_t kind, SecurityGroupId group, SecurityGroupId other) {
  boost::json::object given{{"group", group.text()}, {"direction", "ingress"}, {"ip_version", 4}};
  switch (kind) {
    case 1:
      given["remote_group"] = group.text();
      break;
    case 2:
      given["protocol"] = "udp";
      given["first"] = 5000;
      given["last"] = 5000;
      break;
    case 3:
      given["remote_group"] = other.text();
      given["protocol"] = "udp";
      given["first"] = 4097;
      given["last"] = 6001;
      break;
    case 4:
      given["remote_prefix"] = "10.0.0.0/30";
      break;
    case 5:
      given["ip_version"] = 6;
      given["remote_group"] = group.text();
      break;
    case 6:
      given["ip_version"] = 6;
      break;
    case 7:
      given["direction"] = "egress";
      given["remote_group"] = other.text();
      break;
    default:
      given["protocol"] = "tcp";
      break;
  }
  return given;
}

}  // namespace

Stage::Stage(rt::Choice& choice, std::uint32_t hosts) : choice_(choice), world_(choice_, hosts) {}

std::optional<std::size_t> Stage::host(std::uint32_t number) const {
  if (number == 0 || number > world_.nodes()) return std::nullopt;
  return number - 1;
}

const Attachment* Stage::attachment(const PortId& port) const {
  const auto found = std::ranges::find_if(world_.attachments(), [&](const Attachment& at) {
    return at.port == port && tap_vlan_of(at.interface).vlan_id == 0;
  });
  return found == world_.attachments().end() ? nullptr : &*found;
}

std::string Stage::name_of(const std::string& uuid) const {
  std::string found;
  const auto look_in = [&](const auto& ids, const std::string& word) {
    for (const auto& [number, id] : ids)
      if (id.text() == uuid) found = word + std::to_string(number);
  };
  look_in(networks_, "network ");
  look_in(routers_, "router ");
  look_in(externals_, "external network ");
  look_in(floatings_, "floating IP ");
  if (!found.empty()) return found;
  for (const auto& [number, port] : ports_) {
    if (port.id.text() == uuid) return "port " + std::to_string(number);
  }
  return {};
}

void Stage::perform(const Act& act) {
  if (act.deed <= Deed::port_up) return of_cloud(act);
  if (act.deed <= Deed::unplug) return of_hypervisor(act);
  if (act.deed >= Deed::kill_server && act.deed <= Deed::free_disk) return of_server(act.deed);
  if (act.deed == Deed::pick) return choice_.pick(act.numbers[0]);
  if (act.deed == Deed::steps) return world_.steps(act.numbers[0]);
  if (act.deed == Deed::settle) return static_cast<void>(world_.settle());
  if (act.deed >= Deed::cut_feed && act.deed <= Deed::good_lines) return of_lines(act);
  if (act.deed >= Deed::lose_power) return of_machines(act);
  const auto node = host(act.numbers[0]);
  if (!node || !world_.node(*node).powered()) return;
  if (act.deed <= Deed::adopt) return of_agent(act.deed, *node);
  if (act.deed <= Deed::start_switch_announced) return of_switch(act.deed, *node);
  if (act.deed <= Deed::compact_database) return of_database(act.deed, *node);
  of_lines(act);
}

void Stage::create_network(std::uint32_t number, bool pooled) {
  const auto found = networks_.find(number);
  if (found != networks_.end() && world_.cloud().snapshot().find(found->second) != nullptr) return;
  networks_[number] = world_.cloud().network();
  // All networks are alike: they must not meet. But for the last, which a router can join with any other.
  const bool apart = number == networks_max;
  if (pooled) {
    pools_[networks_[number]] = {{Family::v4, world_.cloud().pool(apart ? "10.3.0.0/16" : "10.0.0.0/16")},
                                 {Family::v6, world_.cloud().pool(apart ? "fd00:13::/32" : "fd00:10::/32")}};
  }
  subnets_[number] = {world_.cloud().subnet(networks_[number], apart ? "10.3.0.0/24" : "10.0.0.0/24",
                                            from_pool(networks_[number], Family::v4))};
}

void Stage::of_cloud(const Act& act) {
  Cloud& cloud = world_.cloud();
  const std::uint32_t number = act.numbers[0];
  if (act.deed <= Deed::pooled) return create_network(number, act.deed == Deed::pooled);
  if (act.deed == Deed::scope || act.deed == Deed::unscope) return of_scopes(act);
  if (act.deed >= Deed::group && act.deed <= Deed::remove_rule) return of_security(act);
  if (act.deed == Deed::limit || act.deed == Deed::change_limit || act.deed == Deed::limit_gateway)
    return of_limits(act);
  if (act.deed == Deed::carry || act.deed == Deed::drop_carried) return of_trunks(act);
  if (act.deed == Deed::listen || act.deed == Deed::stop_listening) return of_listeners(act);
  if (act.deed == Deed::record || act.deed == Deed::stop_recording) return of_records(act);
  if (act.deed >= Deed::router && act.deed <= Deed::router_up) return of_routers(act);
  if (act.deed >= Deed::external && act.deed <= Deed::stop_forwarding) return of_outside(act);
  if (act.deed == Deed::let_take || act.deed == Deed::forbid_take) return of_virtual(act);
  const std::uint32_t of_network = act.deed == Deed::port ? act.numbers[1] : number;
  const auto network = networks_.find(of_network);
  if (act.deed == Deed::remove_network || act.deed == Deed::subnet || act.deed == Deed::subnet6 ||
      act.deed == Deed::port) {
    if (network == networks_.end()) return;
    if (act.deed == Deed::remove_network) return cloud.remove(network->second);
    if (act.deed == Deed::subnet) {
      cloud.subnet(network->second, "10.0." + std::to_string(act.numbers[1] % 200) + ".0/24",
                   from_pool(network->second, Family::v4));
      return;
    }
    if (act.deed == Deed::subnet6) {
      const bool apart = number == networks_max;
      subnets_[number].push_back(cloud.subnet6(network->second, apart ? "fd00:13::/64" : "fd00:10::/64",
                                               number % 2 == 0 ? "dhcpv6-stateful" : "slaac",
                                               from_pool(network->second, Family::v6)));
      return;
    }
    const auto node = host(act.numbers[2]);
    const auto known = ports_.find(number);
    if (!node || (known != ports_.end() && cloud.snapshot().find(known->second.id) != nullptr)) return;
    if (known != ports_.end() && attachment(known->second.id) != nullptr) return;  // what is plugged keeps its number
    ports_[number] = {world_.port(network->second, *node), *node};
    return;
  }
  of_port(act);
}

void Stage::of_port(const Act& act) {
  Cloud& cloud = world_.cloud();
  const auto port = ports_.find(act.numbers[0]);
  if (port == ports_.end()) return;
  const PortId id = port->second.id;
  if (act.deed == Deed::remove_port) cloud.remove(id);
  if (act.deed == Deed::port_down) cloud.update(id, {{"admin_state_up", false}});
  if (act.deed == Deed::port_up) cloud.update(id, {{"admin_state_up", true}});
  if (act.deed == Deed::secure) cloud.update(id, {{"port_security_enabled", true}});
  if (act.deed == Deed::unsecure)
    cloud.update(id, {{"port_security_enabled", false}, {"security_groups", boost::json::array()}});
  if (act.deed == Deed::port_groups) {
    boost::json::array groups;
    for (const auto& [number, group] : groups_) {
      if ((act.numbers[1] >> (number - 1) & 1) != 0) groups.emplace_back(group.text());
    }
    cloud.update(id, {{"security_groups", std::move(groups)}});
  }
  if (act.deed != Deed::move_port) return;
  const auto node = host(act.numbers[1]);
  if (!node) return;
  port->second.node = *node;
  cloud.update(id, {{"binding_host", world_.node(*node).host()}});
}

// A port gets its trunk when it is first asked for; a bound one has to be let go for that.
void Stage::of_trunks(const Act& act) {
  Cloud& cloud = world_.cloud();
  const auto port = ports_.find(act.numbers[0]);
  const auto parent = ports_.find(act.numbers[1]);
  if (port == ports_.end() || parent == ports_.end() || port == parent) return;
  const auto trunk = trunks_.find(parent->second.id);
  if (act.deed == Deed::drop_carried) {
    boost::json::object entry{{"port", port->second.id.text()}};
    if (trunk != trunks_.end()) cloud.update(trunk->second, {{"remove_sub_ports", boost::json::array{entry}}});
    return;
  }
  const bool has_trunk = trunk != trunks_.end() && cloud.snapshot().find<model::Trunk>(trunk->second.uuid) != nullptr;
  if (!has_trunk) {
    cloud.update(parent->second.id, {{"binding_host", ""}});
    trunks_[parent->second.id] = cloud.trunk(parent->second.id);
    cloud.update(parent->second.id, {{"binding_host", world_.node(parent->second.node).host()}});
  }
  boost::json::object entry{{"port", port->second.id.text()}, {"segmentation", "vlan"}};
  entry["segmentation_id"] = world_.carry(port->second.id, parent->second.id);
  cloud.update(trunks_.at(parent->second.id), {{"add_sub_ports", boost::json::array{entry}}});
}

// Whoever listens is in another network, so that a copy and a packet for itself are told apart.
void Stage::of_listeners(const Act& act) {
  Cloud& cloud = world_.cloud();
  const auto port = ports_.find(act.numbers[0]);
  const auto listener = ports_.find(act.numbers[1]);
  if (port == ports_.end() || listener == ports_.end()) return;
  const std::pair pair(port->second.id, listener->second.id);
  const auto flow = listened_.find(pair);
  const bool listens = flow != listened_.end() && cloud.snapshot().find<model::TapFlow>(flow->second.uuid) != nullptr;
  if (act.deed == Deed::stop_listening) {
    if (listens) cloud.remove(flow->second);
    return;
  }
  const Scene scene = world_.scene();
  if (listens || scene.networks.at(pair.first) == scene.networks.at(pair.second)) return;
  const auto service = services_.find(pair.second);
  if (service == services_.end() || cloud.snapshot().find<model::TapService>(service->second.uuid) == nullptr)
    services_[pair.second] = cloud.tap_service(pair.second);
  world_.listens(pair.second);
  listened_[pair] = cloud.tap_flow(services_.at(pair.second), pair.first);
}

void Stage::of_records(const Act& act) {
  Cloud& cloud = world_.cloud();
  const std::uint32_t number = act.numbers[0];
  const auto group = groups_.find(number);
  const auto log = logs_.find(number);
  const bool records = log != logs_.end() && cloud.snapshot().find<model::Log>(log->second.uuid) != nullptr;
  if (act.deed == Deed::stop_recording) {
    if (records) cloud.remove(log->second);
  } else if (!records && group != groups_.end()) {
    logs_[number] = cloud.log(group->second);
  }
}

// The first router has the gateway addresses of its subnets, the others have ports that were made for them.
void Stage::of_routers(const Act& act) {
  Cloud& cloud = world_.cloud();
  const std::uint32_t number = act.numbers[0];
  const auto router = routers_.find(number);
  const bool is_there =
      router != routers_.end() && cloud.snapshot().find<model::Router>(router->second.uuid) != nullptr;
  if (act.deed == Deed::router) {
    if (!is_there) routers_[number] = cloud.router();
    return;
  }
  if (router == routers_.end()) return;
  const RouterId id = router->second;
  if (act.deed == Deed::router_down || act.deed == Deed::router_up)
    return cloud.update(id, {{"admin_state_up", act.deed == Deed::router_up}});
  const auto network = networks_.find(act.numbers[1]);
  const auto add = [&](const char* kind, const std::string& uuid) {
    cloud.update(id, {{"add_interface", boost::json::object{{kind, uuid}}}});
  };
  if (act.deed == Deed::attach) {
    if (network == networks_.end()) return;
    if (number != 1) return add("port", cloud.port(network->second, "").text());
    for (const SubnetId& subnet : subnets_[act.numbers[1]]) add("subnet", subnet.text());
    return;
  }
  for (const PortId& interface : cloud.snapshot().interfaces_of(id)) {
    const model::Port& port = **cloud.snapshot().find(interface);
    if (act.deed == Deed::detach && (network == networks_.end() || port.network != network->second)) continue;
    cloud.update(id, {{"remove_interface", boost::json::object{{"port", interface.text()}}}});
  }
  if (act.deed == Deed::remove_router) cloud.remove(id);
}

// Policies are made when they are first asked for. The first limits both ways and marks, the second what a port gets,
// by bytes and by packets.
void Stage::of_limits(const Act& act) {
  Cloud& cloud = world_.cloud();
  const std::uint32_t number = act.deed == Deed::change_limit ? act.numbers[0] : act.numbers[1];
  if (number <= policies_max && !policies_.contains(number)) {
    const QosPolicyId policy = cloud.qos_policy();
    const QosRuleId rule =
        cloud.qos_rule(policy, {{"type", "bandwidth_limit"}, {"direction", "ingress"}, {"rate", 900}});
    if (number == 1) {
      cloud.qos_rule(policy, {{"type", "bandwidth_limit"}, {"direction", "egress"}, {"rate", 800}, {"burst", 100}});
      cloud.qos_rule(policy, {{"type", "dscp_marking"}, {"dscp", 26}});
    } else {
      cloud.qos_rule(policy, {{"type", "packet_rate_limit"}, {"direction", "ingress"}, {"rate", 2}});
    }
    policies_[number] = {policy, rule};
  }
  const auto policy = policies_.find(number);
  if (act.deed == Deed::change_limit) return cloud.update(policy->second.second, {{"rate", 900 + act.numbers[1]}});
  boost::json::value wanted = nullptr;
  if (policy != policies_.end()) wanted = policy->second.first.text();
  if (act.deed == Deed::limit_gateway) return limit_gateway(act.numbers[0], wanted);
  const auto port = ports_.find(act.numbers[0]);
  if (port != ports_.end()) cloud.update(port->second.id, {{"qos_policy", wanted}});
}

// Groups are never the same ones again: who made a second group 1 has made another group.
void Stage::of_security(const Act& act) {
  Cloud& cloud = world_.cloud();
  const std::uint32_t number = act.numbers[0];
  const auto group = groups_.find(number);
  const bool is_there = group != groups_.end() && cloud.snapshot().find<model::SecurityGroup>(group->second.uuid);
  if (act.deed == Deed::group) {
    if (!is_there) groups_[number] = cloud.security_group(number != groups_max);
    return;
  }
  if (group == groups_.end()) return;  // one that is on its way may be spoken of
  if (act.deed == Deed::remove_group) return cloud.remove(group->second);
  const std::pair kind(number, act.numbers[1]);
  if (act.deed == Deed::rule) {
    const auto remote = groups_.find(1 + number % groups_max);
    rules_[kind] = cloud.rule(
        rule_of_kind(act.numbers[1], group->second, remote == groups_.end() ? group->second : remote->second));
    return;
  }
  const auto rule = rules_.find(kind);
  if (rule != rules_.end()) cloud.remove(rule->second);
}

// A hypervisor plugs and unplugs also while nobody listens; a machine without power does neither.
void Stage::of_hypervisor(const Act& act) {
  if (act.deed == Deed::take) return of_virtual(act);
  const auto port = ports_.find(act.numbers[0]);
  if (port == ports_.end()) return;
  const Attachment* at = attachment(port->second.id);
  if (act.deed == Deed::plug) {
    if (at == nullptr && world_.node(port->second.node).powered()) world_.plug(port->second.id, port->second.node);
  } else if (at != nullptr && world_.node(at->node).powered()) {
    world_.unplug(Attachment(*at));
  }
}

void Stage::of_server(Deed deed) {
  Cloud& cloud = world_.cloud();
  if (deed == Deed::fill_disk || deed == Deed::free_disk) return cloud.disk().set_full(deed == Deed::fill_disk);
  if (deed == Deed::start_server) {
    if (!cloud.running()) cloud.start();
    return;
  }
  cloud.crash(deed == Deed::cut_server_power ? Cloud::Crash::power : Cloud::Crash::process);
}

void Stage::of_agent(Deed deed, std::size_t index) {
  Node& node = world_.node(index);
  if (deed == Deed::kill_agent) return node.crash_agent();
  if (deed == Deed::adopt) return world_.check_adoption(index);
  if (deed == Deed::offer || deed == Deed::stop_offering) return world_.offer_segment(index, deed == Deed::offer);
  if (!node.agent_runs()) node.start_agent();
}

void Stage::of_switch(Deed deed, std::size_t index) {
  Node& node = world_.node(index);
  if (deed == Deed::kill_switch) {
    if (node.switch_runs()) node.crash_switch();
    return;
  }
  if (deed == Deed::announce_restart) return node.announce_restart();
  if (node.switch_runs()) return;
  const Node::Flows flows = deed == Deed::start_switch_lost       ? Node::Flows::lost
                            : deed == Deed::start_switch_restored ? Node::Flows::restored
                            : deed == Deed::start_switch_awaited  ? Node::Flows::awaited
                                                                  : Node::Flows::announced;
  world_.start_switch(index, flows);
}

void Stage::of_database(Deed deed, std::size_t index) {
  Node& node = world_.node(index);
  if (deed == Deed::compact_database) return node.database().forget_history();
  if (deed == Deed::kill_database && node.database_runs()) node.crash_database();
  if (deed == Deed::start_database && !node.database_runs()) node.start_database();
}

void Stage::of_lines(const Act& act) {
  Network& network = world_.network();
  if (act.deed == Deed::cut_feed) return world_.lines().cut();
  if (act.deed == Deed::bad_lines) return static_cast<void>(network.faults() = bad_lines);
  if (act.deed == Deed::good_lines) return static_cast<void>(network.faults() = {});
  const std::size_t index = *host(act.numbers[0]);
  Node& node = world_.node(index);
  if (act.deed == Deed::cut_database) return network.cut(node.database_path());
  if (act.deed == Deed::cut_openflow) return network.cut(node.switch_path());
  if (act.deed >= Deed::cut_segment && act.deed <= Deed::join_hosts) return of_wires(act.deed, index);
  if (act.deed == Deed::foreign) return world_.write_foreign(index, act.numbers[1]);
  if (act.deed >= Deed::slow_host && act.deed <= Deed::quick_host) {
    network.slow_down(node.database_path(), act.deed == Deed::quick_host ? rt::Duration(0) : slowness);
    return network.slow_down(node.switch_path(), act.deed == Deed::slow_host ? slowness : rt::Duration(0));
  }
  if (act.deed == Deed::refuse || act.deed == Deed::accept) {
    if (node.switch_runs()) node.vswitchd().refuse(act.deed == Deed::refuse ? some_flows(act.numbers[1]) : nullptr);
    return;
  }
  if (node.database_runs()) node.ovsdb().refuse(act.deed == Deed::refuse_rows ? some_rows(act.numbers[1]) : nullptr);
}

void Stage::of_machines(const Act& act) {
  if (act.deed == Deed::join) {
    if (world_.nodes() < hosts_max) world_.add_node();
    return;
  }
  if (act.deed == Deed::lose_gateway || act.deed == Deed::boot_gateway) return of_gateway_hosts(act);
  const auto node = host(act.numbers[0]);
  if (!node) return;
  if (act.deed == Deed::lose_power && world_.node(*node).powered()) world_.lose_power(*node);
  if (act.deed == Deed::boot && !world_.node(*node).powered()) world_.boot(*node);
}

Performance::Performance(const Story& story) : scheduling_(story.seed), stage_(scheduling_, story.hosts) {
  for (const Act& act : story.acts) perform(act);
}

void Performance::perform(const Act& act) {
  if (stage_.world().violations().empty()) stage_.perform(act);
}

Life Performance::finish() {
  World& world = stage_.world();
  const auto well = [&] { return world.violations().empty(); };
  if (well()) world.settle();
  if (well()) world.stays_silent(70s);  // longer than an audit
  for (std::size_t i = 0; i < world.nodes() && well(); ++i) world.check_adoption(i);
  if (well()) world.settle();
  return {world.violations(), world.trace(), world.scheduler().steps(), stage_.choice().bounds()};
}

Life play(const Story& story) {
  return Performance(story).finish();
}

}  // namespace tarn::sim
