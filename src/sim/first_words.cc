#include "sim/first_words.h"

#include <algorithm>

#include "agent/early_questions.h"
#include "render/punt.h"
#include "sim/traffic.h"
#include "wire/dhcp/client4.h"
#include "wire/packet/transport.h"

namespace tarn::sim {
namespace {

namespace dhcp = wire::dhcp;
namespace packet = wire::packet;

const Ip nobody = Ip::from_v4(0);
const Ip everybody = Ip::from_v4(0xffffffff);

bool has_lease(const model::Snapshot& cloud, const model::Port& port) {
  return std::ranges::any_of(port.fixed_ips, [&](const model::FixedIp& fixed) {
    const auto* subnet = cloud.find<model::Subnet>(fixed.subnet.uuid);
    return fixed.address.is_v4() && subnet != nullptr && (*subnet)->enable_dhcp;
  });
}

bool is_active(const Node& node, PortId port) {
  if (!node.agent_runs()) return false;
  const auto& ports = node.brain().progress().ports();
  const auto found = ports.find(port);
  return found != ports.end() && found->second == model::PortStatus::active;
}

bool hears(const Node& node) {
  return node.switch_runs() && node.agent_runs() && node.hears_switch();
}

}  // namespace

void FirstWords::ask(const Scene& scene, const Attachment& at, std::uint32_t number) {
  Node& node = *scene.nodes[at.node];
  const Mac& mac = scene.macs.at(at.port);
  const Packet question = udp(mac, packet::broadcast_mac, nobody, everybody)
                              .set(Field::udp_src, dhcp::client_port4)
                              .set(Field::udp_dst, dhcp::server_port4);
  for (const Emission& emission : node.datapath().emissions(number, question)) {
    const auto punt = render::decode_punt(emission.userdata);
    if (emission.port != wire::of::port_controller || !punt || punt->reason != render::PuntReason::dhcp4) continue;
    Packet told = emission.packet;
    wire::of::PacketIn to_agent;
    to_agent.metadata = told.set(Field::in_port, number).description();
    to_agent.userdata = emission.userdata;
    to_agent.packet = dhcp::discover4(mac);
    node.vswitchd().packet_in(to_agent);
  }
}

void FirstWords::look(const Scene& scene, rt::Instant now) {
  std::erase_if(words_, [&](const auto& each) { return !scene.attachments.contains(each.first); });
  for (const Attachment& at : scene.attachments) {
    const auto known = words_.find(at);
    if (known != words_.end()) {
      if (!known->second.is_over) follow(scene, at, known->second, now);
      continue;
    }
    const Node& node = *scene.nodes[at.node];
    const TapVlan place = tap_vlan_of(at.interface);
    const auto number = node.datapath().number_of(place.tap);
    if (place.vlan_id != 0 || !number) continue;
    const bool is_heard = hears(node);
    const std::uint64_t offers = is_heard ? node.vswitchd().offers_to(at.interface) : 0;
    words_.emplace(at, Word{.said = now, .is_over = !is_heard, .offers = offers, .jobs = node.agent_jobs()});
    if (is_heard) ask(scene, at, *number);
  }
}

void FirstWords::follow(const Scene& scene, const Attachment& at, Word& word, rt::Instant now) {
  const Node& node = *scene.nodes[at.node];
  word.is_over = !hears(node) || node.agent_jobs() < word.jobs || node.vswitchd().offers_to(at.interface) > word.offers;
  word.jobs = node.agent_jobs();
  if (!word.waited && is_active(node, at.port)) word.waited = now - word.said;
}

std::vector<std::string> FirstWords::at_rest(const Scene& scene) const {
  std::vector<std::string> broken;
  for (const auto& [at, word] : words_) {
    const model::Port* port = port_of(scene, at.port);
    const bool is_owed = !word.is_over && word.waited && *word.waited < agent::EarlyQuestions::kept_for;
    if (!is_owed || port == nullptr || !has_lease(scene.cloud.snapshot(), *port)) continue;
    broken.push_back("first word: " + text(scene, at) + " asked once when it was plugged, and was not answered");
  }
  return broken;
}

}  // namespace tarn::sim
