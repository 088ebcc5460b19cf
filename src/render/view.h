// What one unit looks at while it renders. Every look is recorded, also one that found nothing, so that the renderer
// knows exactly which units an edit concerns. Lives for one rendering; never changes a row.
#pragma once

#include <set>

#include "render/rows.h"

namespace tarn::render {

class View {
 public:
  explicit View(const Rows& rows) : rows_(rows) {}

  const model::Network* network(const NetworkId& id) {
    return slice_row<model::Network>(key_of(Table::network, id.uuid));
  }
  const model::Subnet* subnet(const SubnetId& id) { return slice_row<model::Subnet>(key_of(Table::subnet, id.uuid)); }
  const model::Port* port(const PortId& id) { return slice_row<model::Port>(key_of(Table::port, id.uuid)); }
  const model::Peer* peer(const PortId& id) { return slice_row<model::Peer>(key_of(Table::peer, id.uuid)); }
  const model::Node* node(const std::string& host) { return slice_row<model::Node>(key_of(Table::node, host)); }

  const model::SecurityGroupRule* rule(const SecurityGroupRuleId& id) {
    return slice_row<model::SecurityGroupRule>(key_of(Table::rule, id.uuid));
  }

  const model::QosRule* limit(const QosRuleId& id) { return slice_row<model::QosRule>(key_of(Table::limit, id.uuid)); }

  const model::Log* log(const Uuid& id) { return slice_row<model::Log>(key_of(Table::log, id)); }
  const model::Tap* tap(const TapServiceId& id) { return slice_row<model::Tap>(key_of(Table::tap, id.uuid)); }
  const model::TapFlow* tap_flow(const Uuid& id) { return slice_row<model::TapFlow>(key_of(Table::tap_flow, id)); }
  const model::TapMirror* tap_mirror(const Uuid& id) {
    return slice_row<model::TapMirror>(key_of(Table::tap_mirror, id));
  }

  const model::Router* router(const RouterId& id) { return slice_row<model::Router>(key_of(Table::router, id.uuid)); }
  const model::RouterInterface* interface(const Uuid& port) {
    return slice_row<model::RouterInterface>(key_of(Table::interface, port));
  }

  const model::SubnetPool* pool(const SubnetPoolId& id) {
    return slice_row<model::SubnetPool>(key_of(Table::pool, id.uuid));
  }

  const model::RouterGateway* gateway(const PortId& id) {
    return slice_row<model::RouterGateway>(key_of(Table::gateway, id.uuid));
  }
  const model::OutsideNetwork* outside(const NetworkId& id) {
    return slice_row<model::OutsideNetwork>(key_of(Table::outside, id.uuid));
  }
  const model::OutsideSubnet* outside_subnet(const Uuid& id) {
    return slice_row<model::OutsideSubnet>(key_of(Table::outside_subnet, id));
  }
  const model::FloatingAddress* floating(const Uuid& id) {
    return slice_row<model::FloatingAddress>(key_of(Table::floating, id));
  }
  const model::ProxiedAddress* proxied(const Uuid& id) {
    return slice_row<model::ProxiedAddress>(key_of(Table::proxied, id));
  }
  const model::MovedPort* moved(const Uuid& id) { return slice_row<model::MovedPort>(key_of(Table::moved, id)); }
  const model::PortBlock* block(const Uuid& id) { return slice_row<model::PortBlock>(key_of(Table::block, id)); }

  const model::ForwardedPorts* forwarding(const Uuid& id) {
    return slice_row<model::ForwardedPorts>(key_of(Table::forwarding, id));
  }

  const model::Speaker* speaker(const Uuid& id) { return slice_row<model::Speaker>(key_of(Table::speaker, id)); }
  const model::SpeakerPeer* speaker_peer(const RowKey& key) { return slice_row<model::SpeakerPeer>(key); }
  const model::SpeakerRoute* speaker_route(const RowKey& key) { return slice_row<model::SpeakerRoute>(key); }

  const NodeConfig* config() { return fact<NodeConfig>(key_of(Table::config)); }
  const Plugged* plugged(const PortId& id) { return fact<Plugged>(key_of(Table::plugged, id.uuid)); }
  const std::uint32_t* number(const RowKey& key) { return fact<std::uint32_t>(key); }

  const Bucket& bucket(const RowKey& key) {
    reads_.insert(key);
    return rows_.bucket(key);
  }

  // What was looked at, and the newest version among the slice rows that were found.
  [[nodiscard]] const std::set<RowKey>& reads() const { return reads_; }
  [[nodiscard]] model::Revision version() const { return version_; }

 private:
  template <class T>
  const T* fact(const RowKey& key) {
    reads_.insert(key);
    const RowValue* value = rows_.find(key);
    return value == nullptr ? nullptr : std::get_if<T>(value);
  }
  template <class R>
  const R* slice_row(const RowKey& key) {
    const auto* item = fact<model::SliceItem>(key);
    if (item == nullptr) return nullptr;
    version_ = std::max(version_, item->version);
    return std::get_if<R>(item->row.get());
  }

  const Rows& rows_;
  std::set<RowKey> reads_;
  model::Revision version_ = 0;
};

}  // namespace tarn::render
