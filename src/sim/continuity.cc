#include "sim/continuity.h"

#include <algorithm>

#include "sim/groups.h"
#include "sim/ways.h"

namespace tarn::sim {

namespace {

// What else the flows of both ports are made of: a switch that refuses some of the new ones may cut them off.
std::string terms_of(const model::Port& sender, const model::Port& receiver) {
  std::string text;
  for (const model::Port* port : {&sender, &receiver}) {
    text += port->port_security_enabled ? "secured" : "open";
    for (const SecurityGroupId& group : port->security_groups) text += " " + group.text();
    if (port->qos_policy) text += " " + port->qos_policy->text();
  }
  return text;
}

std::optional<Packet> echo(const model::Port& sender, const model::Port& router) {
  const auto source = address_of(sender, Family::v4);
  const auto target = address_of(router, Family::v4);
  if (!source || !target) return std::nullopt;
  return udp(sender.mac, router.mac, *source, *target)
      .set(Field::ip_proto, 1)
      .set(Field::udp_src, 0)
      .set(Field::udp_dst, 0)
      .set(Field::icmp_type, 8);  // RFC 792
}

bool is_answered(const Scene& scene, const Attachment& from, const model::Port& sender, const model::Port& router,
                 const Packet& echo) {
  const Ip target = *address_of(router, Family::v4);
  const auto heard = [&](const Packet& packet, auto&& is_it) {
    return std::ranges::any_of(deliveries(scene, from, packet),
                               [&](const Delivery& each) { return each.is_at(from) && is_it(each.packet); });
  };
  return heard(echo, [&](const Packet& packet) { return packet.ip(Field::ipv4_src) == target; }) &&
         heard(arp_request(sender.mac, *address_of(sender, Family::v4), target),
               [&](const Packet& packet) { return is_arp_reply(packet) && packet.mac(Field::arp_sha) == router.mac; });
}

}  // namespace

// A wish that was withdrawn and came back may still be on its way as two changes.
bool Continuity::is_settled(const Scene& scene, std::size_t index) const {
  return !distrusted_.contains(index) && sim::is_settled(scene.cloud, *scene.nodes[index]);
}

std::vector<std::string> Continuity::look(const Scene& scene) {
  std::vector<std::string> broken;
  std::set<std::size_t> settled;
  for (std::size_t i = 0; i < scene.nodes.size(); ++i) {
    if (is_settled(scene, i)) settled.insert(i);
  }
  std::map<Probe, Seen> now;
  for (const Attachment& from : scene.attachments) {
    for (const Attachment& to : scene.attachments) {
      if (from == to || !wired(scene, from) || !wired(scene, to)) continue;
      const std::string& there = scene.nodes[to.node]->tunnel_address();
      if (!scene.wires.connects(scene.nodes[from.node]->tunnel_address(), there)) continue;
      const model::Port& sender = *port_of(scene, from.port);
      const model::Port& receiver = *port_of(scene, to.port);
      const bool both_settled = settled.contains(from.node) && settled.contains(to.node);
      const std::string terms = terms_of(sender, receiver);
      const bool may_be_refused = may_refuse(*scene.nodes[from.node]) || may_refuse(*scene.nodes[to.node]);
      for (const Traffic kind : all_traffic) {
        const Probe probe{{from, to}, kind};
        auto packet = sent(scene, kind, from, to);
        const auto before = established_.find(probe);
        const bool promised = packet && before != established_.end() && before->second.packet == *packet &&
                              !(may_be_refused && before->second.terms != terms);
        if (!packet || (!promised && !both_settled)) continue;
        if (!groups_let(scene.cloud.snapshot(), sender, receiver, *packet)) continue;
        const bool came = times(kind, deliveries(scene, from, *packet), from, to, receiver) > 0;
        if (!came && promised) {
          broken.push_back("continuity: " + text(scene, from) + " no longer reaches " + text(scene, to) + " by " +
                           std::string(words(kind)));
        }
        if (came) now.emplace(probe, Seen{std::move(*packet), both_settled ? terms : before->second.terms});
      }
      if (!may_be_refused) look_at_answers(scene, {from, to}, both_settled, now, broken);
    }
  }
  look_at_routers(scene, settled, broken);
  for (std::string& each : outside_.look(scene, settled)) broken.push_back(std::move(each));
  for (std::string& each : taking_.look(scene, settled)) broken.push_back(std::move(each));
  established_ = std::move(now);
  return broken;
}

// A router that answered does so for as long as it is there: to echo requests, and to who asks for its address.
void Continuity::look_at_routers(const Scene& scene, const std::set<std::size_t>& settled,
                                 std::vector<std::string>& broken) {
  std::map<std::pair<Attachment, PortId>, Packet> answered;
  for (const Attachment& from : scene.attachments) {
    if (!wired(scene, from)) continue;
    const model::Port& sender = *port_of(scene, from.port);
    if (sender.port_security_enabled && !is_stateful(scene.cloud.snapshot(), sender)) continue;
    for (const model::Port* router : routers_at(scene, from)) {
      const auto packet = echo(sender, *router);
      if (!packet || !may_send(scene.cloud.snapshot(), sender, *packet)) continue;
      const std::pair key(from, router->id);
      const auto before = answered_.find(key);
      const bool promised =
          before != answered_.end() && before->second == *packet && !may_refuse(*scene.nodes[from.node]);
      if (!promised && !settled.contains(from.node)) continue;
      const bool came = is_answered(scene, from, sender, *router, *packet);
      if (!came && promised) broken.push_back("continuity: " + text(scene, from) + " hears no more of its router");
      if (came) answered.emplace(key, *packet);
    }
  }
  answered_ = std::move(answered);
}

// Once a datagram was let through, its answer is, for as long as a rule lets such datagrams through.
void Continuity::look_at_answers(const Scene& scene, const Pair& pair, bool both_settled, std::map<Probe, Seen>& now,
                                 std::vector<std::string>& broken) {
  const auto& [from, to] = pair;
  const model::Snapshot& cloud = scene.cloud.snapshot();
  const model::Port& sender = *port_of(scene, from.port);
  const model::Port& receiver = *port_of(scene, to.port);
  const auto datagram = sent(scene, Traffic::datagram4, from, to);
  const auto answer = sent(scene, Traffic::answer, from, to);
  const bool remembers = datagram && is_stateful(cloud, sender) && is_stateful(cloud, receiver);
  if (!remembers) {
    opened_.erase(pair);
    return;
  }
  if (both_settled && now.contains({pair, Traffic::datagram4}) && opened_[pair] != *datagram) {
    send(scene, from, *datagram);
    opened_[pair] = *datagram;
  }
  const auto opened = opened_.find(pair);
  if (opened == opened_.end() || opened->second != *datagram) return;
  const auto before = established_.find({pair, Traffic::answer});
  const bool was_promised = before != established_.end() && before->second.packet == *answer;
  if ((!both_settled && !was_promised) || !groups_let(cloud, sender, receiver, *datagram)) return;
  const auto out = deliveries(scene, to, *answer);
  const bool came = std::ranges::any_of(out, [&](const Delivery& each) { return each.is_at(from); });
  if (!came) broken.push_back("continuity: no answer from " + text(scene, to) + " comes to " + text(scene, from));
  if (came) now.emplace(Probe{pair, Traffic::answer}, Seen{*answer, {}});
}

}  // namespace tarn::sim
