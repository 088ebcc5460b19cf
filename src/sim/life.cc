#include "sim/life.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/world.h"

namespace tarn::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t networks_max = 3;
constexpr std::size_t ports_max = 8;

class Player {
 public:
  Player(std::uint64_t seed, Life& life) : world_(seed, 1 + seed % 2), life_(life) {}

  World& world() { return world_; }

  void play() {
    add_network();
    const std::uint32_t acts = 6 + below(14);
    for (std::uint32_t i = 0; i < acts && world_.violations().empty(); ++i) {
      act();
      world_.steps(below(4) == 0 ? below(400) : below(30));
    }
  }

  void tell(std::string what) { life_.story.push_back(std::move(what)); }

 private:
  struct Port {
    PortId id;
    std::size_t network = 0;
    std::size_t node = 0;
  };

  std::uint32_t below(std::uint32_t bound) { return world_.choice().below(bound); }
  std::size_t some_node() { return below(static_cast<std::uint32_t>(world_.nodes())); }

  void act() {
    using Act = void (Player::*)();
    static constexpr std::array<std::pair<std::uint32_t, Act>, 14> acts{{{2, &Player::add_network},
                                                                         {8, &Player::add_port},
                                                                         {10, &Player::plug},
                                                                         {5, &Player::unplug},
                                                                         {4, &Player::remove_port},
                                                                         {3, &Player::turn_port},
                                                                         {6, &Player::turn_agent},
                                                                         {4, &Player::turn_server},
                                                                         {4, &Player::cut},
                                                                         {3, &Player::turn_switch},
                                                                         {2, &Player::turn_database},
                                                                         {3, &Player::change_weather},
                                                                         {2, &Player::refuse_some},
                                                                         {2, &Player::forget_history}}};
    std::uint32_t sum = 0;
    for (const auto& [weight, what] : acts) sum += weight;
    std::uint32_t at = below(sum);
    for (const auto& [weight, what] : acts) {
      if (at < weight) return (this->*what)();
      at -= weight;
    }
  }

  void add_network() {
    if (networks_.size() == networks_max) return;
    networks_.push_back(world_.cloud().network());
    world_.cloud().subnet(networks_.back(), "10.0.0.0/24");  // all alike: they must not meet
    tell("network " + std::to_string(networks_.size()) + " is created");
  }
  void add_port() {
    if (ports_.size() == ports_max) return;
    const std::size_t network = below(static_cast<std::uint32_t>(networks_.size()));
    const std::size_t node = some_node();
    ports_.push_back({world_.port(networks_[network], node), network, node});
    tell("a port of network " + std::to_string(network + 1) + " is bound to " + world_.node(node).host());
  }
  void plug() {
    if (ports_.empty()) return add_port();
    const Port& port = ports_[below(static_cast<std::uint32_t>(ports_.size()))];
    const bool is_plugged =
        std::ranges::any_of(world_.attachments(), [&](const Attachment& at) { return at.port == port.id; });
    if (is_plugged) return;
    tell(world_.plug(port.id, port.node).interface + " is plugged into " + world_.node(port.node).host());
  }
  void unplug() {
    if (world_.attachments().empty()) return;
    auto at = world_.attachments().begin();
    std::advance(at, below(static_cast<std::uint32_t>(world_.attachments().size())));
    tell(at->interface + " is unplugged");
    world_.unplug(Attachment(*at));
  }
  void remove_port() {
    if (ports_.empty()) return;
    const std::size_t which = below(static_cast<std::uint32_t>(ports_.size()));
    tell("a port of network " + std::to_string(ports_[which].network + 1) + " is deleted");
    world_.cloud().remove(ports_[which].id);
    ports_.erase(ports_.begin() + static_cast<std::ptrdiff_t>(which));
  }
  void turn_port() {
    if (ports_.empty()) return;
    const Port& port = ports_[below(static_cast<std::uint32_t>(ports_.size()))];
    const bool up = (*world_.cloud().snapshot().find(port.id))->admin_state_up;
    world_.cloud().update(port.id, {{"admin_state_up", !up}});
    tell(std::string("a port is turned ") + (up ? "down" : "up"));
  }
  void turn_agent() {
    Node& node = world_.node(some_node());
    tell("the agent of " + node.host() + (node.agent_runs() ? " is killed" : " is started"));
    if (node.agent_runs()) {
      node.crash_agent();
    } else {
      node.start_agent();
    }
  }
  void turn_server() {
    tell(world_.cloud().running() ? "the server is killed" : "the server is started");
    if (world_.cloud().running()) {
      world_.cloud().crash();
    } else {
      world_.cloud().start();
    }
  }
  void cut() {
    Node& node = world_.node(some_node());
    switch (below(3)) {
      case 0:
        tell("the database line of " + node.host() + " is cut");
        return world_.network().cut(node.database_path());
      case 1:
        tell("the OpenFlow line of " + node.host() + " is cut");
        return world_.network().cut(node.switch_path());
      default:
        tell("the feed is cut");
        return world_.lines().cut();
    }
  }
  void turn_switch() {
    const std::size_t node = some_node();
    if (world_.node(node).switch_runs()) {
      tell("the switch of " + world_.node(node).host() + " is killed");
      return world_.node(node).crash_switch();
    }
    constexpr std::array<std::pair<Node::Flows, const char*>, 3> ways{
        {{Node::Flows::lost, " without its flows"},
         {Node::Flows::restored, " with its flows"},
         {Node::Flows::awaited, " with flow-restore-wait"}}};
    const auto& [flows, words] = ways[below(3)];
    tell("the switch of " + world_.node(node).host() + " is started" + words);
    world_.start_switch(node, flows);
  }
  void turn_database() {
    Node& node = world_.node(some_node());
    tell("ovsdb-server of " + node.host() + (node.database_runs() ? " is killed" : " is started"));
    if (node.database_runs()) {
      node.crash_database();
    } else {
      node.start_database();
    }
  }
  void change_weather() {
    Faults& faults = world_.network().faults();
    const bool bad = faults.split == 0;
    faults = bad ? Faults{.refuse = 1500, .cut = 150, .split = 2500, .delay = 2500} : Faults{};
    tell(bad ? "lines become bad" : "lines become good");
  }
  void refuse_some() {
    Node& node = world_.node(some_node());
    if (!node.switch_runs()) return;
    const std::uint64_t salt = world_.choice().bits();
    node.vswitchd().refuse([salt](const wire::of::AddFlow& add) {
      return ContentHash().add(salt).add(std::uint64_t{add.key.table}).add(std::uint64_t{add.key.priority}).value() %
                 8 ==
             0;
    });
    tell("the switch of " + node.host() + " refuses some flows");
  }
  void forget_history() {
    Node& node = world_.node(some_node());
    node.database().forget_history();
    tell("the database of " + node.host() + " is compacted");
  }

  World world_;
  Life& life_;
  std::vector<NetworkId> networks_;
  std::vector<Port> ports_;
};

// A restarted agent whose wish and world agree attempts nothing.
void check_adoption(World& world) {
  for (std::size_t i = 0; i < world.nodes() && world.violations().empty(); ++i) {
    Node& node = world.node(i);
    node.crash_agent();
    node.start_agent(reconcile::Writes::forbid);
    const bool adopted = world.run_until([&] { return node.in_sync(); }, 40s);
    world.run_until([] { return false; }, 5s);
    const Node::Attempts attempts = node.attempts();
    if (world.violations().empty() && (!adopted || attempts.made + attempts.forbidden > 0)) {
      world.violated("adoption: the agent of " + node.host() + " attempted writes after a restart at rest");
    }
    node.crash_agent();
    node.start_agent();
  }
}

}  // namespace

Life live(std::uint64_t seed) {
  Life life;
  Player player(seed, life);
  player.play();
  World& world = player.world();
  if (world.violations().empty()) {
    player.tell("everything heals");
    world.settle();
  }
  if (world.violations().empty()) world.stays_silent(70s);
  if (world.violations().empty()) check_adoption(world);
  if (world.violations().empty()) world.settle();
  life.violations = world.violations();
  life.trace = world.trace();
  life.steps = world.scheduler().steps();
  return life;
}

}  // namespace tarn::sim
