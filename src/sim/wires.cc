#include "sim/wires.h"

#include <algorithm>

#include "sim/traffic.h"

namespace tarn::sim {
namespace {

// Three packets of a session at 50 ms each must be missed (docs/routing.md, BFD).
constexpr rt::Duration loss_least = std::chrono::milliseconds(112);
constexpr std::uint32_t loss_spread_ms = 40;
// A session takes up to 2.4 s to come up (the same).
constexpr rt::Duration up_least = std::chrono::milliseconds(100);
constexpr std::uint32_t up_spread_ms = 2'300;

bool is_for_all(const Mac& mac) {
  return mac.is_multicast();
}

}  // namespace

Upstream upstream_of(std::uint64_t tci) {
  return {{{0x52, 0x54, 0, 0, 0, static_cast<std::uint8_t>(tci)}},
          Ip::parse(tci == 0 ? "203.0.113.1" : "198.51.100.1").value(),
          Ip::parse(tci == 0 ? "fd00:203::" : "fd00:198::").value()};
}

Wires::Wires(Scheduler& scheduler) : scheduler_(scheduler), loop_(scheduler.make_loop("wires")) {}

void Wires::up(const std::string& own, Ends ends) {
  ends_.insert_or_assign(own, std::make_shared<Ends>(std::move(ends)));
}

// A new life of the switch has seen nobody yet.
void Wires::down(const std::string& own) {
  ends_.erase(own);
  spoken_.erase(own);
  std::erase_if(sessions_, [&](const auto& each) { return each.first.first == own; });
  look();
}

void Wires::speak(const std::string& own, const Sessions& sessions) {
  if (spoken_[own] == sessions) return;
  spoken_[own] = sessions;
  std::erase_if(sessions_,
                [&](const auto& each) { return each.first.first == own && !sessions.contains(each.first.second); });
  for (const auto& [remote, path_down] : sessions) sessions_[{own, remote}];
  look();
}

Wires::Status Wires::status(const std::string& own, const std::string& remote) const {
  const auto found = sessions_.find({own, remote});
  const Session none;
  const Session& session = found == sessions_.end() ? none : found->second;
  const bool lost = session.was_up && !session.up;
  return {{"state", session.up ? "up" : "down"},
          {"forwarding", session.up && !session.path_down ? "true" : "false"},
          {"diagnostic", lost ? "Control Detection Time Expired" : "No Diagnostic"}};
}

void Wires::cut_from_hosts(const std::string& own, bool cut) {
  if (cut)
    lonely_.insert(own);
  else
    lonely_.erase(own);
  look();
}

void Wires::cut_from_segment(const std::string& own, bool cut) {
  if (cut)
    severed_.insert(own);
  else
    severed_.erase(own);
  ++version_;
  if (const auto ends = ends_.find(own); ends != ends_.end()) ends->second->changed();
}

void Wires::heal() {
  for (const std::string& own : std::set<std::string>(severed_)) cut_from_segment(own, false);
  lonely_.clear();
  look();
}

bool Wires::connects(const std::string& a, const std::string& b) const {
  return a == b || (!lonely_.contains(a) && !lonely_.contains(b));
}

std::pair<bool, bool> Wires::truth(const Pair& pair) const {
  const auto& [own, remote] = pair;
  const auto other = spoken_.find(remote);
  if (other == spoken_.end() || !connects(own, remote)) return {false, false};
  const auto back = other->second.find(own);
  return back == other->second.end() ? std::pair(false, false) : std::pair(true, back->second);
}

// What is otherwise than a switch was told, it is told once BFD has noticed.
void Wires::look() {
  ++version_;
  for (auto& [pair, session] : sessions_) {
    const auto [up, path_down] = truth(pair);
    if (session.up == up && session.path_down == path_down) {
      session.pending.reset();
    } else if (!session.pending) {
      const bool rises = up && !session.up;
      const std::uint32_t spread = scheduler_.choice().below(rises ? up_spread_ms : loss_spread_ms);
      session.pending = loop_->after((rises ? up_least : loss_least) + std::chrono::milliseconds(spread),
                                     [this, told = pair] { tell(told); });
    }
  }
}

void Wires::tell(const Pair& pair) {
  Session& session = sessions_.at(pair);
  std::tie(session.up, session.path_down) = truth(pair);
  session.was_up = session.was_up || session.up;
  const rt::TimerHandle done = std::move(session.pending);
  session.pending.reset();
  ++version_;
  if (const auto ends = ends_.find(pair.first); ends != ends_.end()) ends->second->changed();
}

bool Wires::quiet() const {
  return std::ranges::all_of(sessions_, [](const auto& each) { return each.second.pending == nullptr; });
}

bool Wires::waits_for_somebody() const {
  return std::ranges::any_of(sessions_, [](const auto& each) { return !each.second.was_up; });
}

void Wires::emit(const std::string& own, const Packet& frame) {
  if (!reaches_segment(own)) return;
  const std::uint64_t tci = frame.number(Field::vlan_tci);
  const Mac to = frame.mac(Field::eth_dst);
  if (std::string& at = places_[{tci, frame.mac(Field::eth_src)}]; at != own) {
    at = own;
    ++version_;
  }
  const std::string* known = place(tci, to);
  for (const auto& [other, ends] : ends_) {
    if (other != own && (known == nullptr || *known == other)) deliver(other, frame);
  }
  if (is_for_all(to) || to == upstream_of(tci).mac) answer(frame);
}

const std::string* Wires::place(std::uint64_t tci, const Mac& mac) const {
  const auto found = is_for_all(mac) ? places_.end() : places_.find({tci, mac});
  return found == places_.end() ? nullptr : &found->second;
}

void Wires::deliver(const std::string& to, const Packet& frame) {
  loop_->post([this, to, frame] {
    const auto ends = ends_.find(to);
    if (ends != ends_.end() && reaches_segment(to)) std::shared_ptr<Ends>(ends->second)->frame(frame);
  });
}

void Wires::answer(const Packet& question) {
  const Upstream upstream = upstream_of(question.number(Field::vlan_tci));
  if (is_arp_request(question) && question.ip(Field::arp_tpa) == upstream.address)
    answer_to(question,
              arp_reply(upstream.mac, upstream.address, question.mac(Field::arp_sha), question.ip(Field::arp_spa)));
  if (is_solicitation(question) && question.ip(Field::nd_target) == upstream.address6)
    answer_to(question, advertisement(upstream.mac, upstream.address6, upstream.address6)
                            .set(Field::ipv6_dst, question.ip(Field::ipv6_src)));
}

void Wires::answer_to(const Packet& question, const Packet& answer) {
  const std::uint64_t tci = question.number(Field::vlan_tci);
  const Mac mac = question.mac(Field::eth_src);
  if (const std::string* asker = place(tci, mac))
    deliver(*asker, Packet(answer).set(Field::eth_dst, mac).set(Field::vlan_tci, tci));
}

}  // namespace tarn::sim
