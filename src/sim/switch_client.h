// One OpenFlow connection of the model switch, as its server side: cuts the stream into messages and answers each.
// Belongs to model_switch.cc; it holds bundles until their commit and no table of its own.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "sim/model_switch.h"
#include "wire/openflow/codec.h"

namespace tarn::sim {

class ModelSwitch::Client {
 public:
  Client(ModelSwitch& owner, std::uint64_t id, std::unique_ptr<rt::Stream> stream);
  void packet_in(const wire::of::PacketIn& packet);

 private:
  using Change = std::variant<wire::of::AddFlow, wire::of::DeleteFlow>;
  struct Bundle {
    bool closed = false;
    std::vector<std::pair<std::uint32_t, Change>> changes;  // with the transaction id of each
  };

  void received(ByteView bytes);
  void handle(const wire::of::Message& message, std::uint32_t xid);
  void bundle_control(const wire::of::BundleControl& control, std::uint32_t xid);
  void bundle_add(const wire::of::BundleAdd& add, std::uint32_t xid);
  [[nodiscard]] bool commit(const Bundle& bundle);
  void count_tables(std::uint32_t xid);
  void list(const wire::of::FlowDescRequest& request, std::uint32_t xid);
  void list_meters(std::uint32_t xid);
  template <class MeterChange>
  void change_meter(const MeterChange& change, std::uint32_t xid);
  void send(const wire::of::Message& message, std::uint32_t xid);

  ModelSwitch& switch_;
  std::uint64_t id_;
  std::unique_ptr<rt::Stream> stream_;
  Bytes input_;
  bool wants_packets_ = false;
  std::map<std::uint32_t, Bundle> bundles_;
};

}  // namespace tarn::sim
