#include "sim/stage.h"

#include <algorithm>

#include "sim/refusal.h"

namespace tarn::sim {

using namespace std::chrono_literals;

namespace {

constexpr Faults bad_lines{.refuse = 1500, .cut = 150, .split = 2500, .delay = 2500};
constexpr rt::Duration slowness = 2s;

}  // namespace

Stage::Stage(rt::Choice& choice, std::uint32_t hosts) : choice_(choice), world_(choice_, hosts) {}

std::optional<std::size_t> Stage::host(std::uint32_t number) const {
  if (number == 0 || number > world_.nodes()) return std::nullopt;
  return number - 1;
}

const Attachment* Stage::attachment(const PortId& port) const {
  const auto found = std::ranges::find_if(world_.attachments(), [&](const Attachment& at) { return at.port == port; });
  return found == world_.attachments().end() ? nullptr : &*found;
}

std::string Stage::name_of(const std::string& uuid) const {
  for (const auto& [number, id] : networks_) {
    if (id.text() == uuid) return "network " + std::to_string(number);
  }
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

void Stage::create_network(std::uint32_t number) {
  const auto found = networks_.find(number);
  if (found != networks_.end() && world_.cloud().snapshot().find(found->second) != nullptr) return;
  networks_[number] = world_.cloud().network();
  world_.cloud().subnet(networks_[number], "10.0.0.0/24");  // all networks alike: they must not meet
}

void Stage::of_cloud(const Act& act) {
  Cloud& cloud = world_.cloud();
  const std::uint32_t number = act.numbers[0];
  if (act.deed == Deed::network) return create_network(number);
  const std::uint32_t of_network = act.deed == Deed::port ? act.numbers[1] : number;
  const auto network = networks_.find(of_network);
  if (act.deed == Deed::remove_network || act.deed == Deed::subnet || act.deed == Deed::subnet6 ||
      act.deed == Deed::port) {
    if (network == networks_.end()) return;
    if (act.deed == Deed::remove_network) return cloud.remove(network->second);
    if (act.deed == Deed::subnet) {
      cloud.subnet(network->second, "10.0." + std::to_string(act.numbers[1] % 200) + ".0/24");
      return;
    }
    if (act.deed == Deed::subnet6) {
      cloud.subnet6(network->second, "fd00:10::/64", number % 2 == 0 ? "dhcpv6-stateful" : "slaac");
      return;
    }
    const auto node = host(act.numbers[2]);
    const auto known = ports_.find(number);
    if (!node || (known != ports_.end() && cloud.snapshot().find(known->second.id) != nullptr)) return;
    if (known != ports_.end() && attachment(known->second.id) != nullptr) return;  // what is plugged keeps its number
    ports_[number] = {world_.port(network->second, *node), *node};
    return;
  }
  const auto port = ports_.find(number);
  if (port == ports_.end()) return;
  if (act.deed == Deed::remove_port) cloud.remove(port->second.id);
  if (act.deed == Deed::port_down) cloud.update(port->second.id, {{"admin_state_up", false}});
  if (act.deed == Deed::port_up) cloud.update(port->second.id, {{"admin_state_up", true}});
  if (act.deed != Deed::move_port) return;
  const auto node = host(act.numbers[1]);
  if (!node) return;
  port->second.node = *node;
  cloud.update(port->second.id, {{"binding_host", world_.node(*node).host()}});
}

// A hypervisor plugs and unplugs also while nobody listens; a machine without power does neither.
void Stage::of_hypervisor(const Act& act) {
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
  const auto node = host(act.numbers[0]);
  if (!node) return;
  if (act.deed == Deed::lose_power && world_.node(*node).powered()) world_.lose_power(*node);
  if (act.deed == Deed::boot && !world_.node(*node).powered()) world_.boot(*node);
}

Life play(const Story& story) {
  rt::Seeded scheduling(story.seed);
  Stage stage(scheduling, story.hosts);
  World& world = stage.world();
  const auto well = [&] { return world.violations().empty(); };
  for (const Act& act : story.acts) {
    if (well()) stage.perform(act);
  }
  if (well()) world.settle();
  if (well()) world.stays_silent(70s);  // longer than an audit
  for (std::size_t i = 0; i < world.nodes() && well(); ++i) world.check_adoption(i);
  if (well()) world.settle();
  return {world.violations(), world.trace(), world.scheduler().steps(), stage.choice().bounds()};
}

}  // namespace tarn::sim
