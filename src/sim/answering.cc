#include "sim/answering.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "model/gateways.h"
#include "sim/exits.h"
#include "sim/groups.h"
#include "sim/withdrawal.h"

namespace tarn::sim {
namespace {

// Longer than an agent waits for somebody whom nobody has ever seen (src/agent/lookout.cc).
constexpr rt::Duration patience = std::chrono::seconds(6);

std::uint64_t facts_of(const Scene& scene) {
  ContentHash hash;
  hash.add(scene.cloud.snapshot().revision()).add(scene.wires.version());
  for (const auto& node : scene.nodes) {
    hash.add(node->database().last_commit()).add(std::uint64_t{is_dead(*node)}).add(std::uint64_t{node->agent_runs()});
    hash.add(node->wish() != nullptr ? node->brain().revision() : 0);
  }
  return hash.value();
}

// By then an agent whose switch was started again has put its flows back, and asked for its next hops a few times
// (src/agent/announcer.cc).
constexpr rt::Duration neighbours_within = std::chrono::seconds(6);

// What the cloud tells the node is what it told it once, as far as it matters there: which host answers for a gateway
// does not.
bool says_the_same(const model::Snapshot& cloud, const Node& node, const model::Slice& once) {
  const model::SlicePatch patch = model::difference(once, model::slice(cloud, node.host()));
  return patch.removed.empty() && std::ranges::all_of(patch.put, [&](const auto& each) {
           const model::SliceItem* before = once.find(each.first);
           return before != nullptr && *before->row == *each.second.row;
         });
}

// It knows all there is to know, and nothing keeps it from acting on it.
bool knows_and_acts(const Node& node, const Scene& scene, const Network& network) {
  return is_settled(scene.cloud, node) && can_act(node, network) && !may_refuse(node) &&
         !network.is_slow(node.database_path());
}

bool all_can_act(const Scene& scene, const Network& network) {
  return std::ranges::all_of(scene.nodes,
                             [&](const auto& node) { return is_dead(*node) || knows_and_acts(*node, scene, network); });
}

}  // namespace

class Answering::Look {
 public:
  // `waited`: for as long nothing has changed.
  Look(const Scene& scene, rt::Duration waited)
      : scene_(scene), cloud_(scene.cloud.snapshot()), is_patient_(waited >= patience), waited_(waited) {}

  std::vector<std::string> run() {
    std::map<std::pair<std::uint64_t, Ip>, bool> asked;
    for (const Outdoors::Address& address : scene_.outdoors.addresses) asked[{address.tci, address.ip}] = false;
    for (const auto& [id, router] : cloud_.table<model::Router>()) {
      for (const model::Gateway& gateway : router->gateways) {
        const auto* port = cloud_.find(gateway.port);
        for (const Family family : {Family::v4, Family::v6}) {
          const auto address = port == nullptr ? std::nullopt : address_of(**port, family);
          if (!address) continue;
          const auto key = std::pair(tci_of(**cloud_.find(gateway.network)), *address);
          asked[key] = true;
          shared(key.first, key.second, router.row.get(), router->admin_state_up);
        }
      }
    }
    for (const auto& [id, floating] : cloud_.table<model::FloatingIp>()) {
      const auto key = std::pair(tci_of(**cloud_.find(floating->network)), floating->address);
      if (cloud_.is_referred(id, model::Kind::port_forwarding)) {
        asked[key] = true;
        shared(key.first, key.second, router_of(*floating), is_up(*floating));
      } else if (floating->port) {
        asked[key] = true;
        of_instance(key.first, floating->address, **cloud_.find(*floating->port), router_of(*floating),
                    floating->network);
      }
    }
    for (const auto& [tci, address] : scene_.outdoors.answered) asked.try_emplace({tci, address}, false);
    for (const auto& [id, proxy] : cloud_.table<model::NdpProxy>()) {
      const model::Router& router = **cloud_.find<model::Router>(proxy->router.uuid);
      if (!router.enable_ndp_proxy || router.gateways.empty()) continue;
      const NetworkId network = router.gateways.front().network;
      const auto key = std::pair(tci_of(**cloud_.find(network)), proxy->address);
      asked[key] = true;
      of_instance(key.first, proxy->address, **cloud_.find(proxy->port), &router, network);
    }
    for (const auto& [key, is_somebodys] : asked) {
      if (!is_somebodys) compare(key.second, answerers(scene_, key.first, key.second), {}, 0);
    }
    if (waited_ < neighbours_within) return std::move(broken_);
    for (const Attachment& from : scene_.attachments) handed_over(from);
    return std::move(broken_);
  }

  // Nodes without an agent that knew what there is to know still: what they handed over then.
  std::vector<std::string> run_alone(const std::map<std::size_t, Known>& known, const Network& network) {
    for (const auto& [node, then] : known) {
      const Node& own = *scene_.nodes[node];
      if (own.agent_runs() || is_dead(own) || own.waits_for_flows() || !own.vswitchd().has_looked()) continue;
      if (then.joined != is_joined(node) || !says_the_same(cloud_, own, then.told)) continue;
      for (const Handing& handing : then.handed) alone(handing, network);
    }
    return std::move(broken_);
  }

  // What run() saw, to be told from what comes.
  [[nodiscard]] std::map<std::size_t, Known> known() {
    std::map<std::size_t, Known> all;
    for (const Handing& handing : handed_) {
      const std::size_t node = handing.from.node;
      const auto [at, is_new] = all.try_emplace(node, Known{{}, is_joined(node), {}});
      if (is_new) at->second.told = model::slice(cloud_, scene_.nodes[node]->host());
      at->second.handed.insert(handing);
    }
    return all;
  }

 private:
  // Null where none leads to it.
  [[nodiscard]] const model::Router* router_of(const model::FloatingIp& floating) const {
    const auto* router = floating.router ? cloud_.find<model::Router>(floating.router->uuid) : nullptr;
    return router == nullptr ? nullptr : router->row.get();
  }
  [[nodiscard]] bool is_up(const model::FloatingIp& floating) const {
    const model::Router* router = router_of(floating);
    return router != nullptr && router->admin_state_up;
  }
  [[nodiscard]] bool is_joined(std::size_t node) const {
    return scene_.wires.reaches_segment(scene_.nodes[node]->tunnel_address());
  }
  [[nodiscard]] bool offers(std::size_t node) const { return offers_segment(cloud_, scene_.nodes[node]->host()); }

  // Who has no wire outside, or must not use it, gets there by a host that is there.
  void handed_over(const Attachment& from) {
    constexpr std::uint16_t source_port = 4060;
    // An agent could not tell the cloud yet that its host is on the segment, or is not any more.
    if (is_dead(*scene_.nodes[from.node]) || offers(from.node) != scene_.nodes[from.node]->offers_segment()) return;
    for (const Exit& exit : exits_of(scene_, from)) {
      const model::Port& own = *port_of(scene_, from.port);
      const Packet packet = outward(own, exit, source_port);
      if (!exit.is_central || !may_send(cloud_, own, packet)) continue;
      if (left_by(deliveries(scene_, from, packet), exit))
        handed_.insert({from, exit.gateway, exit.inside.family});
      else
        broken_.push_back("answering: nobody lets out what " + text(scene_, from) + " hands over");
    }
  }

  // Its switch finds those who let it out, as long as these know all there is to know.
  void alone(const Handing& handing, const Network& network) {
    constexpr std::uint16_t source_port = 4061;
    if (!scene_.attachments.contains(handing.from)) return;
    for (const Exit& exit : exits_of(scene_, handing.from)) {
      if (!exit.is_central || exit.gateway != handing.gateway || exit.inside.family != handing.family) continue;
      const bool others_can = std::ranges::all_of(exit.through, [&](std::size_t i) {
        return i == handing.from.node || knows_and_acts(*scene_.nodes[i], scene_, network);
      });
      const Packet packet = outward(*port_of(scene_, handing.from.port), exit, source_port);
      if (others_can && !left_by(deliveries(scene_, handing.from, packet), exit))
        broken_.push_back("answering: nobody lets out what " + text(scene_, handing.from) +
                          " hands over while it has no agent");
    }
  }

  // An address that several hosts may answer for. Of three, one that sees no other is taken to be cut off.
  void shared(std::uint64_t tci, const Ip& address, const model::Router* router, bool is_up) {
    std::vector<std::size_t> may;
    for (std::size_t i = 0; i < scene_.nodes.size(); ++i)
      if (offers(i) && (router == nullptr || !bars(cloud_, router->id, scene_.nodes[i]->host()))) may.push_back(i);
    // An agent could not tell the cloud yet that its host is not on the segment any more.
    if (std::ranges::any_of(may, [&](std::size_t i) { return !scene_.nodes[i]->offers_segment(); })) return;
    const auto sees = [&](std::size_t a, std::size_t b) {
      return !is_dead(*scene_.nodes[b]) &&
             scene_.wires.connects(scene_.nodes[a]->tunnel_address(), scene_.nodes[b]->tunnel_address());
    };
    const bool unseen = std::ranges::any_of(may, [&](std::size_t i) { return !sees(may.front(), i); });
    if (unseen && scene_.wires.waits_for_somebody() && !is_patient_) return;
    std::vector<std::size_t> able;
    for (const std::size_t i : may) {
      if (is_dead(*scene_.nodes[i]) || !is_joined(i)) continue;
      const auto others = std::ranges::count_if(
          may, [&](std::size_t other) { return other != i && sees(i, other) && is_joined(other); });
      if (may.size() <= 2 || others > 0) able.push_back(i);
    }
    // Of two that do not see each other each is the only one left.
    if (may.size() == 2 && able.size() == 2 && !sees(able[0], able[1])) return;
    if (router != nullptr) able = preferred(std::move(able), router->chosen_hosts);
    compare(address, answerers(scene_, tci, address), is_up ? able : std::vector<std::size_t>(), 1);
  }

  // The first one that was chosen; all of them, where none of them was.
  [[nodiscard]] std::vector<std::size_t> preferred(std::vector<std::size_t> able,
                                                   const std::vector<std::string>& chosen) const {
    for (const std::string& host : chosen) {
      const auto found = std::ranges::find_if(able, [&](std::size_t i) { return scene_.nodes[i]->host() == host; });
      if (found != able.end()) return {*found};
    }
    return able;
  }

  // The address of an instance is answered for where that is bound, a central one as its router's is.
  void of_instance(std::uint64_t tci, const Ip& address, const model::Port& port, const model::Router* router,
                   NetworkId network) {
    std::vector<std::size_t> able;
    const bool is_up = router != nullptr && router->admin_state_up;
    const std::string& home = model::bound_host(port);
    const bool is_taken_in_turns = !takers_of(cloud_, port).empty();
    const bool is_central = !home.empty() && router != nullptr && model::is_central(cloud_, router->id, network, home);
    if (is_taken_in_turns || is_central) return shared(tci, address, router, is_up);
    for (std::size_t i = 0; i < scene_.nodes.size(); ++i) {
      if (home == scene_.nodes[i]->host() && offers(i) && port.admin_state_up && is_up && !is_dead(*scene_.nodes[i]) &&
          is_joined(i))
        able.push_back(i);
    }
    compare(address, answerers(scene_, tci, address), able, 1);
  }

  // As many as `wanted` of those who are able, if there are any, and nobody else.
  void compare(const Ip& address, const std::vector<std::size_t>& answering, const std::vector<std::size_t>& able,
               std::size_t wanted) {
    const bool among =
        std::ranges::all_of(answering, [&](std::size_t each) { return std::ranges::find(able, each) != able.end(); });
    if (among && answering.size() == std::min(wanted, able.size())) return;
    std::string names;
    for (const std::size_t each : answering) names += " " + scene_.nodes[each]->host();
    broken_.push_back("answering: for " + address.text() + " outside answers" + (names.empty() ? " nobody" : names) +
                      ", of " + std::to_string(able.size()) + " that could");
  }

  const Scene& scene_;
  const model::Snapshot& cloud_;
  bool is_patient_;
  rt::Duration waited_;
  std::set<Handing> handed_;
  std::vector<std::string> broken_;
};

// An agent that was told something else may have begun to do it, whatever it is told later.
void Answering::doubt(const Scene& scene) {
  const model::Snapshot& cloud = scene.cloud.snapshot();
  ContentHash hash;
  hash.add(cloud.revision());
  for (const auto& node : scene.nodes) hash.add(std::uint64_t{node->agent_runs()});
  if (std::exchange(doubted_, hash.value()) == hash.value()) return;
  std::erase_if(known_, [&](const auto& each) {
    const Node& node = *scene.nodes[each.first];
    return node.agent_runs() && !says_the_same(cloud, node, each.second.told);
  });
}

std::vector<std::string> Answering::look(const Scene& scene, const Network& network, rt::Instant now) {
  if (scene.outdoors.addresses.empty()) return {};
  if (const std::uint64_t facts = facts_of(scene); facts != facts_) {
    facts_ = facts;
    since_ = now;
    judged_ = judged_alone_ = false;
    doubt(scene);
  }
  const rt::Duration waited = now - since_;
  if (judged_ || waited < at_once || !scene.wires.quiet()) return {};
  if (!all_can_act(scene, network)) {
    if (judged_alone_ || waited < neighbours_within) return {};
    judged_alone_ = true;
    return Look(scene, waited).run_alone(known_, network);
  }
  judged_ = waited >= patience || (waited >= neighbours_within && !scene.wires.waits_for_somebody());
  Look look(scene, waited);
  std::vector<std::string> broken = look.run();
  if (judged_) known_ = look.known();
  return broken;
}

std::vector<std::string> announced_at_rest(const Scene& scene) {
  std::vector<std::string> broken;
  const model::Snapshot& cloud = scene.cloud.snapshot();
  for (const auto& [id, router] : cloud.table<model::Router>()) {
    for (const model::Gateway& gateway : router->gateways) {
      const model::Port& port = **cloud.find(gateway.port);
      const auto address = address_of(port, Family::v4);
      const std::uint64_t tci = tci_of(**cloud.find(gateway.network));
      const auto answering = address ? answerers(scene, tci, *address) : std::vector<std::size_t>();
      if (answering.size() != 1) continue;
      const std::string* place = scene.wires.place(tci, port.mac);
      const Node& node = *scene.nodes[answering.front()];
      if (place != nullptr && *place == node.tunnel_address()) continue;
      broken.push_back("answering: " + node.host() + " answers for " + address->text() + " and did not announce it: " +
                       (place == nullptr ? "nobody ever did" : "it was heard last at " + *place));
    }
  }
  return broken;
}

}  // namespace tarn::sim
