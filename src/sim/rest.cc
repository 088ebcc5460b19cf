#include "sim/rest.h"

#include <algorithm>
#include <boost/json.hpp>

#include "agent/explain.h"
#include "sim/traffic.h"

namespace tarn::sim {

namespace of = wire::of;

std::vector<std::string> at_rest(const Scene& scene) {
  std::vector<std::string> broken;
  for (const Attachment& from : scene.attachments) {
    const bool is_wired = wired(scene, from);
    if (port_of(scene, from.port) != nullptr && scene.cloud.active(from.port) != is_wired) {
      broken.push_back("status: " + text(scene, from) + " should " + (is_wired ? "" : "not ") + "be ACTIVE");
    }
    for (const Attachment& to : scene.attachments) {
      const auto packet = datagram(scene, from.port, to.port);
      if (from == to || !packet) continue;
      const auto out = deliveries(scene, from, *packet);
      const auto times = std::ranges::count(out, Delivery{to.node, to.interface});
      const bool is_allowed = allowed(scene, from, to);
      if (times == (is_allowed ? 1 : 0)) continue;
      broken.push_back("convergence: " + text(scene, from) + " reaches " + text(scene, to) + " " +
                       std::to_string(times) + " times, " + (is_allowed ? "which is allowed" : "which is not allowed"));
    }
  }
  for (const auto& [id, row] : scene.cloud.snapshot().ports()) {
    const bool is_wired = std::ranges::any_of(
        scene.attachments, [&](const Attachment& at) { return at.port.uuid == id && wired(scene, at); });
    if (row->status == model::PortStatus::active && !is_wired) {
      broken.push_back("status: port " + id.text() + " is ACTIVE and plugged nowhere");
    }
  }
  for (const auto& node : scene.nodes) {
    if (!node->agent_runs()) continue;
    const boost::json::object plan = agent::plan_of(node->brain());
    if (plan.at("complete") != true || plan.at("empty") != true) {
      broken.push_back("plan: not empty at rest at " + node->host() + ": " + boost::json::serialize(plan));
    }
    const auto wanted = node->brain().renderer().tables().flows;
    std::size_t ours = 0;
    for (const auto& [key, seen] : node->vswitchd().flows()) {
      if (domain::Flow::ownership(key, seen) == reconcile::Ownership::foreign) continue;
      ++ours;
      const auto wish = wanted.find(key);
      if (wish != wanted.end() && wish->second == seen.spec) continue;
      broken.push_back("leftover: a flow that nobody wishes for at " + node->host() + ": " + of::text(key, seen.spec));
    }
    if (ours < wanted.size()) broken.push_back("leftover: flows are missing at " + node->host());
  }
  return broken;
}

}  // namespace tarn::sim
