// Acts about addresses that move between instances. Each network has one, held by a port that is bound nowhere and is
// made when it is first asked for.
#include <algorithm>

#include "sim/stage.h"

namespace tarn::sim {

namespace {

// Of a network by its number: in the subnet that it is made with.
Ip virtual_address(std::uint32_t network) {
  return Ip::parse(network == networks_max ? "10.3.0.200" : "10.0.0.200").value();
}

}  // namespace

PortId Stage::holder_on(std::uint32_t network) {
  const NetworkId id = networks_.at(network);
  const auto [holder, is_new] = holders_.try_emplace(id);
  if (is_new) {
    const boost::json::array address{boost::json::object{{"address", virtual_address(network).text()}}};
    holder->second = world_.cloud().port(id, "", {{"fixed_ips", address}});
  }
  return holder->second;
}

void Stage::of_virtual(const Act& act) {
  const auto port = ports_.find(act.numbers[0]);
  if (port == ports_.end()) return;
  const PortId id = port->second.id;
  const NetworkId of = world_.scene().networks.at(id);
  const auto network = std::ranges::find(networks_, of, &std::pair<const std::uint32_t, NetworkId>::second);
  if (network == networks_.end()) return;
  if (act.deed == Deed::take) {
    const Attachment* at = attachment(id);
    if (at != nullptr && world_.node(at->node).powered()) world_.take(*at, virtual_address(network->first));
    return;
  }
  boost::json::array pairs;
  if (act.deed == Deed::let_take) {
    holder_on(network->first);
    pairs.emplace_back(boost::json::object{{"address", virtual_address(network->first).text()}});
  }
  world_.cloud().update(id, {{"allowed_address_pairs", std::move(pairs)}});
}

}  // namespace tarn::sim
