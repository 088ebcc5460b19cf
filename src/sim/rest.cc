#include "sim/rest.h"

#include <algorithm>
#include <boost/json.hpp>

#include "agent/explain.h"
#include "sim/announcing.h"
#include "sim/answering.h"
#include "sim/groups.h"
#include "sim/isolation_outside.h"
#include "sim/traffic.h"
#include "sim/ways.h"

namespace tarn::sim {

namespace of = wire::of;

namespace {

// What is allowed comes once, and nowhere else if it is for one alone; what is not allowed comes never.
void look_at_traffic(const Scene& scene, const Attachment& from, const Attachment& to,
                     std::vector<std::string>& broken) {
  const model::Port* sender = port_of(scene, from.port);
  const model::Port* receiver = port_of(scene, to.port);
  if (sender == nullptr || receiver == nullptr) return;
  for (const Traffic kind : all_traffic) {
    auto packet = sent(scene, kind, from, to);
    const bool reaches = packet.has_value();
    if (!packet) packet = packet_of(kind, *sender, *receiver);
    // Where an address is, is told whether or not its owner is up.
    const bool is_told = kind == Traffic::arp_request && sender->network == receiver->network;
    if (!packet || (is_told && !reaches)) continue;
    const bool is_allowed = reaches && groups_let(scene.cloud.snapshot(), *sender, *receiver, *packet);
    const auto out = deliveries(scene, from, *packet);
    const std::size_t came = times(kind, out, from, to, *receiver);
    const bool elsewhere = is_allowed && is_private(kind) && out.size() > came;
    if (came == (is_allowed ? 1 : 0) && !elsewhere) continue;
    broken.push_back("convergence: " + std::string(words(kind)) + " of " + text(scene, from) + " for " +
                     text(scene, to) + " came " + std::to_string(came) + " times, " +
                     (is_allowed ? "which is allowed" : "which is not allowed") +
                     (elsewhere ? ", and elsewhere, too" : ""));
  }
}

// Each listener hears what those say and get that it listens to, as often as it asked for, and nothing else.
void look_at_copies(const Scene& scene, const Attachment& from, const Attachment& to,
                    std::vector<std::string>& broken) {
  const model::Port* sender = port_of(scene, from.port);
  const model::Port* receiver = port_of(scene, to.port);
  if (sender == nullptr || receiver == nullptr) return;
  const auto packet = packet_of(Traffic::datagram4, *sender, *receiver);
  if (!packet) return;
  const model::Snapshot& cloud = scene.cloud.snapshot();
  const bool sent = wired(scene, from);
  const auto out = deliveries(scene, from, *packet);
  const bool got = std::ranges::any_of(scene.attachments, [&](const Attachment& at) {  // wherever it is plugged
    return at.port == to.port && times(Traffic::datagram4, out, from, at, *receiver) > 0;
  });
  const auto heard = copies(scene, from, *packet);
  for (const Attachment& at : scene.attachments) {
    if (!scene.listeners.contains(at.port) || scene.networks.at(at.port) == sender->network) continue;
    std::ptrdiff_t wanted = 0;
    for (const auto& [id, flow] : cloud.table<model::TapFlow>()) {
      if ((**cloud.find<model::TapService>(flow->service.uuid)).port != at.port || !wired(scene, at)) continue;
      wanted += (flow->source == from.port && sent ? 1 : 0) + (flow->source == to.port && got ? 1 : 0);
    }
    const auto came = std::ranges::count_if(heard, [&](const Delivery& each) { return each.is_at(at); });
    if (came == wanted) continue;
    broken.push_back("copies: " + text(scene, at) + " heard " + std::to_string(came) + " times, not " +
                     std::to_string(wanted) + ", what " + text(scene, from) + " said to " + text(scene, to));
  }
}

void look_at_status(const Scene& scene, std::vector<std::string>& broken) {
  for (const Attachment& at : scene.attachments) {
    const bool is_wired = std::ranges::any_of(
        scene.attachments, [&](const Attachment& each) { return each.port == at.port && wired(scene, each); });
    if (port_of(scene, at.port) == nullptr || scene.cloud.active(at.port) == is_wired) continue;
    broken.push_back("status: " + text(scene, at) + " should " + (is_wired ? "" : "not ") + "be ACTIVE");
  }
  for (const auto& [id, row] : scene.cloud.snapshot().ports()) {
    const bool is_wired = std::ranges::any_of(
        scene.attachments, [&](const Attachment& at) { return at.port.uuid == id && wired(scene, at); });
    if (row->status == model::PortStatus::active && !is_wired) {
      broken.push_back("status: port " + id.text() + " is ACTIVE and plugged nowhere");
    }
  }
}

void look_at_node(const Scene& scene, const Node& node, std::vector<std::string>& broken) {
  if (!node.agent_runs()) return;
  if (!is_told(scene.cloud, node)) broken.push_back("feed: not told all that concerns it at rest: " + node.host());
  const boost::json::object plan = agent::plan_of(node.brain());
  if (plan.at("complete") != true || plan.at("empty") != true) {
    broken.push_back("plan: not empty at rest at " + node.host() + ": " + boost::json::serialize(plan));
  }
  const auto wanted = node.brain().renderer().tables().flows;
  std::size_t ours = 0;
  for (const auto& [key, seen] : node.vswitchd().flows()) {
    if (domain::Flow::ownership(key, seen) == reconcile::Ownership::foreign) continue;
    ++ours;
    const auto wish = wanted.find(key);
    if (wish != wanted.end() && wish->second == seen.spec) continue;
    broken.push_back("leftover: a flow that nobody wishes for at " + node.host() + ": " + of::text(key, seen.spec));
  }
  if (node.vswitchd().meters() != node.brain().renderer().tables().meters)
    broken.push_back("leftover: the meters are not those that are wished for at " + node.host());
  if (ours < wanted.size()) broken.push_back("leftover: flows are missing at " + node.host());
}

}  // namespace

std::vector<std::string> at_rest(const Scene& scene) {
  std::vector<std::string> broken;
  look_at_status(scene, broken);
  for (const Attachment& from : scene.attachments) {
    for (const Attachment& to : scene.attachments) {
      if (from == to) continue;
      look_at_traffic(scene, from, to, broken);
      if (!scene.listeners.empty()) look_at_copies(scene, from, to, broken);
    }
  }
  for (std::string& each : outside_at_rest(scene)) broken.push_back(std::move(each));
  for (std::string& each : announced_at_rest(scene)) broken.push_back(std::move(each));
  for (std::string& each : announcing(scene)) broken.push_back(std::move(each));
  for (const auto& node : scene.nodes) look_at_node(scene, *node, broken);
  return broken;
}

}  // namespace tarn::sim
