#include "sim/meetings.h"

#include <algorithm>

#include "sim/exits.h"
#include "sim/groups.h"

namespace tarn::sim {
namespace {

constexpr std::uint16_t calling_port = 4002;  // that nothing else is sent from
constexpr std::uint16_t called_port = 5000;   // which stories let anybody send to

struct Meeting {
  Attachment from;
  Exit out;
  Attachment to;
  Exit called;
};

Packet call(const Scene& scene, const Meeting& each, std::uint16_t source_port) {
  return outward(*port_of(scene, each.from.port), each.out, source_port)
      .set(Field::ipv4_dst, each.called.address)
      .set(Field::udp_dst, called_port);
}

bool may_meet(const Scene& scene, const Meeting& each) {
  const bool has_addresses = each.out.inside.is_v4() && each.out.address != each.out.inside &&
                             each.called.is_floating && each.called.is_called &&
                             each.called.address != each.called.inside;
  if (!has_addresses || each.out.network != each.called.network || each.out.address == each.called.address)
    return false;
  for (const Exit* way : {&each.out, &each.called})
    for (const std::size_t node : way->through)
      if (may_refuse(*scene.nodes[node])) return false;
  const model::Snapshot& cloud = scene.cloud.snapshot();
  const Packet heard = inward(each.called.tci, each.called.inside, each.called.mac, calling_port, called_port)
                           .set(Field::ipv4_src, each.out.address);
  return may_send(cloud, *port_of(scene, each.from.port), call(scene, each, calling_port)) &&
         may_get(cloud, *port_of(scene, each.to.port), heard);
}

std::vector<Meeting> meetings(const Scene& scene) {
  std::vector<Meeting> all;
  std::vector<std::pair<Attachment, Exit>> ways;
  for (const Attachment& at : scene.attachments)
    for (Exit& exit : exits_of(scene, at)) ways.emplace_back(at, std::move(exit));
  for (const auto& [from, out] : ways) {
    for (const auto& [to, called] : ways) {
      Meeting each{from, out, to, called};
      if (from != to && may_meet(scene, each)) all.push_back(std::move(each));
    }
  }
  return all;
}

}  // namespace

void call_each_other(const Scene& scene, std::uint16_t source_port) {
  for (const Meeting& each : meetings(scene)) send(scene, each.from, call(scene, each, source_port));
}

std::vector<std::string> meetings_at_rest(const Scene& scene) {
  std::vector<std::string> broken;
  for (const Meeting& each : meetings(scene)) {
    const auto out = deliveries(scene, each.from, call(scene, each, calling_port));
    const auto heard = std::ranges::count_if(out, [&](const Delivery& one) {
      return one.is_at(each.to) && one.packet.ip(Field::ipv4_dst) == each.called.inside &&
             one.packet.ip(Field::ipv4_src) == each.out.address && one.packet.number(Field::udp_dst) == called_port;
    });
    if (heard == 1) continue;
    broken.push_back("convergence: " + text(scene, each.to) + " is called by " + each.called.address.text() + " from " +
                     text(scene, each.from) + ", which is " + each.out.address.text() + " outside, and hears it " +
                     std::to_string(heard) + " times");
  }
  return broken;
}

}  // namespace tarn::sim
