#include "sim/taking.h"

#include <algorithm>

#include "sim/groups.h"
#include "sim/ways.h"

namespace tarn::sim {
namespace {

constexpr std::uint16_t calling_port = 6200;
constexpr std::uint16_t far_port = 5000;

// The address that the instance may take, where a router leads to it.
std::optional<Ip> takeable(const Scene& scene, const Attachment& at) {
  if (!wired(scene, at)) return std::nullopt;
  const model::Port& port = *port_of(scene, at.port);
  const auto pairs = model::single_pairs(port);
  if (pairs.empty() || routers_at(scene, at).empty()) return std::nullopt;
  const Ip address = pairs.front().address.address;
  const auto fixed = std::ranges::find_if(port.fixed_ips, [](const auto& each) { return each.address.is_v4(); });
  if (fixed == port.fixed_ips.end()) return std::nullopt;
  const bool beside = (**scene.cloud.snapshot().find(fixed->subnet)).cidr.contains(address);
  return beside ? std::optional(address) : std::nullopt;
}

}  // namespace

class Taking::Look {
 public:
  Look(const Scene& scene, const std::set<std::size_t>& settled, Taking& law)
      : scene_(scene), cloud_(scene.cloud.snapshot()), settled_(settled), law_(law) {}

  std::vector<std::string> run() {
    for (const Attachment& to : scene_.attachments) {
      const auto address = takeable(scene_, to);
      if (!address) continue;
      may_take_.insert(to);
      for (const Attachment& from : scene_.attachments) prepare(from, to, *address);
      for (const Exit& exit : exits_of(scene_, to)) prepare_calls(exit, to, *address);
    }
    law_.ready_ = std::move(now_);
    std::erase_if(law_.holders_, [&](const auto& each) { return !may_take_.contains(each.second.at); });
    for (const auto& [way, terms] : law_.ready_) follow(way);
    return std::move(broken_);
  }

 private:
  [[nodiscard]] bool connects(std::size_t a, std::size_t b) const {
    return scene_.wires.connects(scene_.nodes[a]->tunnel_address(), scene_.nodes[b]->tunnel_address());
  }
  [[nodiscard]] bool is_settled(std::size_t node) const { return settled_.contains(node); }

  void note(const Way& way, const std::string& terms, bool both_settled) {
    const auto before = law_.ready_.find(way);
    if (both_settled || (before != law_.ready_.end() && before->second == terms)) now_.emplace(way, terms);
  }

  // Of two that may take it, the one hears what the other says.
  void prepare(const Attachment& from, const Attachment& to, const Ip& address) {
    if (!wired(scene_, from) || !connects(from.node, to.node)) return;
    const model::Port& sender = *port_of(scene_, from.port);
    const model::Port& receiver = *port_of(scene_, to.port);
    std::string terms = address.text() + terms_of(receiver);
    if (sender.network == receiver.network) {
      if (takeable(scene_, from) != address) return;
    } else {
      const auto by = crossing(scene_, from, to, Family::v4);
      if (!by) return;
      terms += " " + by->there.text() + " " + by->back.text() + terms_of(sender);
    }
    note({from, 0, {}, to}, terms, is_settled(from.node) && is_settled(to.node));
  }

  // By the floating IPs of ports that hold the address for whoever takes it.
  void prepare_calls(const Exit& exit, const Attachment& to, const Ip& address) {
    const model::Port& receiver = *port_of(scene_, to.port);
    for (const PortId& holder : cloud_.holders_of(receiver.network, address)) {
      for (const Uuid& id : cloud_.referrers(holder.uuid, model::Kind::floatingip)) {
        const model::FloatingIp& floating = **cloud_.find<model::FloatingIp>(id);
        if (floating.port != holder || floating.fixed_address != address || floating.router != exit.router ||
            floating.network != exit.network)
          continue;
        const Mac mac = (**cloud_.find(floating.own_port)).mac;
        calls_[floating.address] = {exit.tci, mac};
        for (const std::size_t landing : landings(scene_, to, exit.router))
          note({std::nullopt, landing, floating.address, to},
               exit.terms + " " + mac.text() + address.text() + terms_of(receiver),
               is_settled(landing) && is_settled(to.node) && !may_refuse(*scene_.nodes[landing]));
      }
    }
  }

  // What goes that way now, if whoever may take it there is the one that did.
  void follow(const Way& way) {
    const model::Port& receiver = *port_of(scene_, way.to.port);
    const Ip address = *takeable(scene_, way.to);
    const auto holder = law_.holders_.find({receiver.network, address});
    if (holder == law_.holders_.end() || holder->second.at != way.to) return;
    if (way.from) return follow(way, receiver, address, holder->second);
    const auto& [tci, mac] = calls_.at(way.called);
    const Packet call = inward(tci, way.called, mac, calling_port, far_port);
    if (!may_get(cloud_, receiver, Packet(call).set(Field::ipv4_dst, address))) return;
    compare(deliveries_from_outside(scene_, way.landing, tci, call), holder->second,
            "a call for " + way.called.text() + " by " + scene_.nodes[way.landing]->host());
  }
  void follow(const Way& way, const model::Port& receiver, const Ip& address, const Holder& holder) {
    const model::Port& sender = *port_of(scene_, way.from->port);
    const auto by = crossing(scene_, *way.from, way.to, Family::v4);
    const auto source = address_of(sender, Family::v4);
    if (!by || !source) return;
    const Packet packet = udp(sender.mac, by->there, *source, address);
    if (!groups_let(cloud_, sender, receiver, packet)) return;
    compare(deliveries(scene_, *way.from, packet), holder,
            "what " + text(scene_, *way.from) + " sends to " + address.text());
  }

  void compare(const std::vector<Delivery>& out, const Holder& holder, const std::string& what) {
    const auto times = std::ranges::count_if(out, [&](const Delivery& each) { return each.is_at(holder.at); });
    if (times != 1)
      broken_.push_back("taking: " + what + " comes " + std::to_string(times) + " times to " + text(scene_, holder.at) +
                        ", which took it");
    for (const Attachment& other : holder.heard)
      if (std::ranges::any_of(out, [&](const Delivery& each) { return each.is_at(other); }))
        broken_.push_back("taking: " + what + " comes to " + text(scene_, other) + ", and " + text(scene_, holder.at) +
                          " took it");
  }

  const Scene& scene_;
  const model::Snapshot& cloud_;
  const std::set<std::size_t>& settled_;
  Taking& law_;
  std::map<Way, std::string> now_;
  std::set<Attachment> may_take_;
  std::map<Ip, std::pair<std::uint64_t, Mac>> calls_;  // how a floating IP is asked for outside
  std::vector<std::string> broken_;
};

namespace {

// Whoever had the address has it until he hears that another took it, and answers the announcement.
void answer_late(const Scene& scene, const Attachment& at, const model::Port& taker, const Ip& address) {
  const model::Port* port = port_of(scene, at.port);
  if (port != nullptr) send(scene, at, arp_reply(port->mac, address, taker.mac, address));
}

}  // namespace

void Taking::took(const Scene& scene, const Attachment& at, const Ip& address) {
  const model::Port* port = port_of(scene, at.port);
  if (port == nullptr) return;
  send(scene, at, arp_request(port->mac, address, address));
  const auto is_ready = [&](const Attachment& to) {
    const Node& node = *scene.nodes[to.node];
    return ready_.contains({at, 0, {}, to}) && node.switch_runs() && !node.waits_for_flows();
  };
  const std::pair key(port->network, address);
  const auto before = holders_.find(key);
  if (before != holders_.end() && before->second.at != at) answer_late(scene, before->second.at, *port, address);
  holders_.erase(key);
  if (!is_ready(at)) return;
  Holder holder{at, {}};
  for (const Attachment& to : scene.attachments)
    if (to != at && takeable(scene, to) == address && is_ready(to)) holder.heard.insert(to);
  holders_.emplace(key, std::move(holder));
}

std::vector<std::string> Taking::look(const Scene& scene, const std::set<std::size_t>& settled) {
  return Look(scene, settled, *this).run();
}

void Taking::forget(std::size_t node) {
  std::erase_if(ready_, [node](const auto& each) {
    const Way& way = each.first;
    return way.to.node == node || (way.from ? way.from->node : way.landing) == node;
  });
  forget_neighbours(node);
}

void Taking::forget_neighbours(std::size_t node) {
  std::erase_if(holders_, [node](const auto& each) { return each.second.at.node == node; });
}

}  // namespace tarn::sim
