#include "sim/continuity_outside.h"

#include <algorithm>

#include "sim/groups.h"

namespace tarn::sim {
namespace {

constexpr std::uint16_t first_connection = 4100;
constexpr std::uint16_t new_each_time = 4000;
constexpr std::uint16_t far_port = 5000;
constexpr std::uint16_t calling_port = 6000;
constexpr std::uint16_t first_call = 8200;
constexpr std::uint16_t connections_most = 1000;

bool is_at(const std::vector<Delivery>& out, const Attachment& at, const Ip& address, std::uint16_t port) {
  const Field field = address.is_v4() ? Field::ipv4_dst : Field::ipv6_dst;
  return std::ranges::any_of(out, [&](const Delivery& each) {
    return each.is_at(at) && each.packet.ip(field) == address && each.packet.number(Field::udp_dst) == port;
  });
}

}  // namespace

class ContinuityOutside::Look {
 public:
  // `settled` null: all of it is demanded.
  Look(const Scene& scene, const std::set<std::size_t>* settled, ContinuityOutside& law)
      : scene_(scene), cloud_(scene.cloud.snapshot()), settled_(settled), law_(law) {}

  std::vector<std::string> run() {
    law_.streams_.prune(scene_);
    for (const Attachment& at : scene_.attachments) {
      if (may_refuse_now(at.node)) continue;
      for (const Exit& exit : exits_of(scene_, at)) {
        if (std::ranges::none_of(exit.through, [&](std::size_t each) { return may_refuse_now(each); }))
          look_at(at, exit);
      }
      for (const Forwarded& forwarded : forwarded_to(scene_, at)) look_at(at, forwarded);
    }
    law_.came_ = std::move(now_);
    law_.opened_ = std::move(opened_);
    law_.called_ = std::move(called_);
    return std::move(broken_);
  }

 private:
  [[nodiscard]] bool is_settled(std::size_t node) const { return settled_ == nullptr || settled_->contains(node); }
  [[nodiscard]] bool may_refuse_now(std::size_t node) const {
    return scene_.nodes[node]->switch_runs() && may_refuse(*scene_.nodes[node]);
  }

  // `passes` is asked where it was promised, or may be promised from now on.
  template <class Passes>
  bool probe(const Probe& probe, const std::string& terms, const std::string& what, Passes&& passes,
             const std::vector<std::size_t>& passed = {}) {
    const auto before = law_.came_.find(probe);
    const bool promised = before != law_.came_.end() && before->second == terms;
    const bool settled = is_settled(probe.at.node) && is_settled(probe.landing) &&
                         std::ranges::all_of(passed, [&](std::size_t each) { return is_settled(each); });
    if (!promised && !settled) return false;
    const bool came = passes();
    if (came) now_.emplace(probe, terms);
    if (!came && promised) broken_.push_back("continuity: " + text(scene_, probe.at) + " no longer " + what);
    if (!came && !promised && settled_ == nullptr)
      broken_.push_back("convergence: " + text(scene_, probe.at) + " is at rest, and it is not so that it " + what);
    return came;
  }

  void look_at(const Attachment& at, const Exit& exit) {
    const model::Port& own = *port_of(scene_, at.port);
    const std::string terms = exit.terms + " " + exit.far.text() + terms_of(own);
    const Packet fresh = outward(own, exit, new_each_time);
    if (may_send(cloud_, own, fresh)) {
      const bool gets_out = probe(
          {at, exit.gateway, exit.inside.family, Way::out, at.node, 0, exit.is_central}, terms, "gets outside",
          [&] { return left_by(deliveries(scene_, at, fresh), exit).has_value(); }, exit.through);
      if (is_stateful(cloud_, own) || !own.port_security_enabled) {
        look_at_connection(at, exit, terms, gets_out);
        look_at_stream(at, exit);
      }
    }
    // A floating IP that is the instance's own address translates nothing, and leads nowhere.
    if (!exit.is_called || (exit.is_translated && !exit.is_floating) ||
        (exit.is_floating && exit.address == exit.inside))
      return;
    const Packet call = inward(exit.tci, exit.address, exit.mac, calling_port, far_port);
    if (!may_get(cloud_, own, inward(exit.tci, exit.inside, exit.mac, calling_port, far_port))) return;
    const std::string called = exit.terms + terms_of(own);  // whether the gateway is the first one does not matter
    std::optional<std::size_t> came_by;
    for (const std::size_t landing : landings(scene_, at, exit.router)) {
      const bool at_home = exit.is_floating && !exit.is_central;
      if ((at_home && landing != at.node) || may_refuse_now(landing)) continue;
      if (probe({at, exit.gateway, exit.inside.family, Way::call, landing}, called,
                "is called by " + exit.address.text(), [&] {
                  return is_at(deliveries_from_outside(scene_, landing, exit.tci, call), at, exit.inside, far_port);
                }))
        came_by = landing;
    }
    if (exit.is_floating) look_at_answered(at, exit, called, came_by);
  }

  // Who was called by an address answers as that, by the gateway that the call came in by, whichever goes first.
  void look_at_answered(const Attachment& at, const Exit& exit, const std::string& terms,
                        std::optional<std::size_t> came_by) {
    const model::Port& own = *port_of(scene_, at.port);
    if (own.port_security_enabled && !is_stateful(cloud_, own)) return;
    const Connection key{at, exit.gateway, exit.inside.family};
    const auto known = law_.called_.find(key);
    if (known != law_.called_.end() && known->second.terms == terms) {
      called_.emplace(*known);
    } else if (came_by && is_settled(at.node) && is_settled(*came_by)) {
      const auto port = static_cast<std::uint16_t>(first_call + law_.connections_++ % connections_most);
      send_from_outside(scene_, *came_by, exit.tci, inward(exit.tci, exit.address, exit.mac, port, far_port));
      called_.emplace(key, Called{terms, port});
    }
    const auto called = called_.find(key);
    if (called == called_.end()) return;
    const Packet answer = answer_to_call(own, exit, called->second.port, far_port);
    probe(
        {at, exit.gateway, exit.inside.family, Way::answered, at.node, 0, exit.is_central}, terms,
        "answers as " + exit.address.text() + " by the gateway that it was called by",
        [&] { return left_by(deliveries(scene_, at, answer), exit).has_value(); }, exit.through);
  }

  // One that is open stays as it was translated, and its answers come wherever they come in.
  void look_at_connection(const Attachment& at, const Exit& exit, const std::string& terms, bool gets_out) {
    const model::Port& own = *port_of(scene_, at.port);
    const Connection key{at, exit.gateway, exit.inside.family};
    const auto known = law_.opened_.find(key);
    if (known != law_.opened_.end() && known->second.terms == terms) {
      opened_.emplace(*known);
    } else if (gets_out && is_settled(at.node)) {
      const auto port = static_cast<std::uint16_t>(first_connection + law_.connections_++ % connections_most);
      const Packet packet = outward(own, exit, port);
      const auto seen = left_by(send(scene_, at, packet), exit);
      if (!seen) return broken_.push_back("continuity: " + text(scene_, at) + " got outside, and then did not");
      opened_.emplace(key, Opened{terms, packet, *seen});
    }
    const auto opened = opened_.find(key);
    if (opened == opened_.end()) return;
    const auto& [unused, sent, seen] = opened->second;
    probe(
        {at, exit.gateway, exit.inside.family, Way::connection, at.node, 0, exit.is_central}, terms,
        "is seen outside as it was", [&] { return left_by(deliveries(scene_, at, sent), exit) == seen; }, exit.through);
    if (!exit.is_called) return;
    const auto door = static_cast<std::uint16_t>(seen.number(Field::udp_src));
    const auto own_port = static_cast<std::uint16_t>(sent.number(Field::udp_src));
    const Packet answer = inward(exit.tci, exit.address, exit.mac, far_port, door)
                              .set(exit.far.is_v4() ? Field::ipv4_src : Field::ipv6_src, exit.far);
    for (const std::size_t landing : landings(scene_, at, exit.router)) {
      if ((exit.is_floating && !exit.is_central && landing != at.node) || may_refuse_now(landing)) continue;
      probe({at, exit.gateway, exit.inside.family, Way::answer, landing}, terms,
            "hears answers from outside by " + scene_.nodes[landing]->host(), [&] {
              return is_at(deliveries_from_outside(scene_, landing, exit.tci, answer), at, exit.inside, own_port);
            });
    }
  }

  void look_at_stream(const Attachment& at, const Exit& exit) {
    if (!exit.block) return law_.streams_.end(at, exit.gateway);
    law_.streams_.look_at(scene_, at, exit,
                          {[this](std::size_t node) { return is_settled(node); },
                           [this](std::size_t node) { return may_refuse_now(node); }, settled_ == nullptr, broken_});
  }

  void look_at(const Attachment& at, const Forwarded& forwarded) {
    const model::Port& own = *port_of(scene_, at.port);
    const Ip address = *address_of(own, Family::v4);
    const Packet call = inward(forwarded.tci, forwarded.address, forwarded.mac, calling_port, forwarded.external_port);
    Packet inside = call;
    if (!may_get(cloud_, own, inside.set(Field::ipv4_dst, address).set(Field::udp_dst, forwarded.internal_port)))
      return;
    for (const std::size_t landing : landings(scene_, at, forwarded.router)) {
      if (may_refuse_now(landing)) continue;
      probe({at, {}, Family::v4, Way::forwarded, landing, forwarded.external_port}, forwarded.terms + terms_of(own),
            "is called by a forwarded port of " + forwarded.address.text(), [&] {
              return is_at(deliveries_from_outside(scene_, landing, forwarded.tci, call), at, address,
                           forwarded.internal_port);
            });
    }
  }

  const Scene& scene_;
  const model::Snapshot& cloud_;
  const std::set<std::size_t>* settled_;
  ContinuityOutside& law_;
  std::map<Probe, std::string> now_;
  std::map<Connection, Opened> opened_;
  std::map<Connection, Called> called_;
  std::vector<std::string> broken_;
};

std::vector<std::string> ContinuityOutside::look(const Scene& scene, const std::set<std::size_t>& settled) {
  if (scene.outdoors.addresses.empty()) return {};
  return Look(scene, &settled, *this).run();
}

std::vector<std::string> ContinuityOutside::at_rest(const Scene& scene) {
  if (scene.outdoors.addresses.empty()) return {};
  return Look(scene, nullptr, *this).run();
}

void ContinuityOutside::forget(std::size_t node) {
  std::erase_if(came_, [&](const auto& each) {
    return each.first.at.node == node || each.first.landing == node || each.first.by_others;
  });
  std::erase_if(opened_, [&](const auto& each) { return each.first.at.node == node; });
  std::erase_if(called_, [&](const auto& each) { return each.first.at.node == node; });
  streams_.forget(node);
}

}  // namespace tarn::sim
