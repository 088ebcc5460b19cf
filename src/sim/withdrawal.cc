#include "sim/withdrawal.h"

namespace tarn::sim {
namespace {

// The port as the agent was told of it, if it is to be wired here.
const model::Port* granted_port(const Scene& scene, const model::Slice& slice, const Attachment& at) {
  const model::SliceItem* item = slice.find("port/" + at.port.text());
  const auto* port = item == nullptr ? nullptr : std::get_if<model::Port>(item->row.get());
  if (port == nullptr || !port->admin_state_up || !is_place_of(scene, at, *port)) return nullptr;
  const model::SliceItem* above = slice.find("network/" + port->network.text());
  const auto* network = above == nullptr ? nullptr : std::get_if<model::Network>(above->row.get());
  return network != nullptr && network->admin_state_up ? port : nullptr;
}

}  // namespace

bool can_act(const Node& node, const Network& network) {
  return node.wish() != nullptr && node.hears_switch() && !node.waits_for_flows() &&
         node.brain().lanes().flows.whole() && !network.is_slow(node.switch_path());
}

std::vector<std::string> Withdrawal::look(const Scene& scene, const Network& network, rt::Instant now) {
  std::vector<std::string> broken;
  std::erase_if(grants_, [&](const auto& each) { return !scene.attachments.contains(each.first); });
  for (const Attachment& at : scene.attachments) {
    const Node& node = *scene.nodes[at.node];
    if (!can_act(node, network)) {
      grants_.erase(at);
      continue;
    }
    const auto found = grants_.find(at);
    const model::Revision told = node.brain().revision();
    if (found != grants_.end() && found->second.told == told && !found->second.withdrawn) continue;
    if (const model::Port* port = granted_port(scene, *node.wish(), at)) {
      grants_.insert_or_assign(at, Grant{*port, told, {}, false});
      continue;
    }
    if (found == grants_.end() || found->second.judged) continue;
    Grant& grant = found->second;
    if (!grant.withdrawn) grant.withdrawn = now;
    if (now - *grant.withdrawn < at_once) continue;
    grant.judged = true;
    for (std::string& each : judge(scene, at, grant)) broken.push_back(std::move(each));
  }
  return broken;
}

std::vector<std::string> Withdrawal::judge(const Scene& scene, const Attachment& at, const Grant& grant) const {
  std::vector<std::string> broken;
  for (const Traffic kind : {Traffic::broadcast, Traffic::arp_request, Traffic::detection}) {
    const auto packet = packet_of(kind, grant.port, grant.port);
    if (!packet || deliveries(scene, at, *packet).empty()) continue;
    broken.push_back("withdrawal: " + std::string(words(kind)) + " of " + text(scene, at) +
                     " is still heard, long after its agent was told otherwise");
  }
  for (const auto& [from, other] : grants_) {
    if (from.node != at.node || other.withdrawn || other.port.network != grant.port.network) continue;
    const auto packet = packet_of(Traffic::datagram4, other.port, grant.port);
    if (!packet || times(Traffic::datagram4, deliveries(scene, from, *packet), from, at, grant.port) == 0) continue;
    broken.push_back("withdrawal: " + text(scene, at) + " still hears " + text(scene, from) +
                     ", long after its agent was told otherwise");
  }
  return broken;
}

}  // namespace tarn::sim
