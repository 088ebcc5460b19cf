// A model ovs-vswitchd: gives the interfaces of the database their numbers, and serves the integration bridge's
// management socket in OpenFlow 1.5 bytes. One object is one life of the process: destroying it is its crash. The
// database and the datapath are other objects and survive. Decides like the real one, never kinder.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/datapath.h"
#include "sim/ovs_database.h"
#include "sim/pipe.h"
#include "sim/refusal.h"
#include "sim/wires.h"
#include "wire/openflow/message.h"
#include "wire/openflow/meter.h"

namespace tarn::sim {

// The integration bridge's port to the physical segment.
std::string segment_port();

class ModelSwitch {
 public:
  struct Settings {
    std::string bridge = "br-int";
    std::string rundir;  // the socket is "<rundir>/<bridge>.mgmt"
    FlowTable restored;  // what a start-up script puts back before anything else
    // To other hosts and to the physical segment; null: there are none. `address` is where tunnels end here.
    Wires* wires = nullptr;
    std::string address = {};
  };
  struct Counters {
    std::uint64_t connections = 0;
    std::uint64_t adds = 0;               // flows added or changed, over the socket
    std::uint64_t deletes = 0;            // flows named by a delete, over the socket
    std::uint64_t refusals = 0;           // steps refused
    std::uint64_t unknown = 0;            // messages outside the vocabulary: a delete by wildcard would be one
    std::uint64_t flow_questions = 0;     // requests for flows answered
    std::uint64_t answer_flows_most = 0;  // in one of those answers
  };

  // All outlive it. Starts with reading the database; without `flow-restore-wait` the datapath loses what it had.
  ModelSwitch(Scheduler& scheduler, Network& network, OvsDatabase& database, Datapath& datapath, Settings settings);
  ~ModelSwitch();
  ModelSwitch(const ModelSwitch&) = delete;
  ModelSwitch& operator=(const ModelSwitch&) = delete;

  [[nodiscard]] const FlowTable& flows() const { return flows_; }
  [[nodiscard]] const std::map<std::uint32_t, wire::of::MeterSpec>& meters() const { return meters_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }

  // A foreign writer: `ovs-ofctl add-flow` of somebody else.
  void put(const wire::of::FlowKey& key, wire::of::FlowSpec spec);
  // Steps for which this is true are refused ("table full").
  void refuse(RefusesFlow judge) { refuses_ = std::move(judge); }
  [[nodiscard]] bool refuses_anything() const { return refuses_ != nullptr; }
  [[nodiscard]] bool refuses(const wire::of::AddFlow& add) const { return refuses_ && refuses_(add); }
  // How many DHCP offers of the agent's have left for the interface.
  [[nodiscard]] std::uint64_t offers_to(const std::string& interface) const;
  // What a Controller action sends to whoever listens.
  void packet_in(const wire::of::PacketIn& packet);
  // Nothing has changed in the database that it has not seen yet.
  [[nodiscard]] bool has_looked() const { return !look_posted_; }

 private:
  class Client;
  friend class Client;

  void accepted(std::unique_ptr<rt::Stream> stream);
  void gone(std::uint64_t client);
  void reconfigure_soon();
  void reconfigure();
  // The numbers that the bridge's interfaces have from now on.
  PortNumbers number_ports(const std::map<std::string, Uuid>& interfaces);
  [[nodiscard]] std::uint32_t free_number(const PortNumbers& taken);
  [[nodiscard]] std::map<std::string, Uuid> interfaces_of(const Row& bridge) const;
  [[nodiscard]] bool waits_for_flows() const;
  void write(wire::ovsdb::Transaction& writes, const char* table, const Uuid& uuid, const char* column,
             const Datum& value);
  // switch_wires.cc
  void join_wires();
  // Answers with the ports that are alive.
  LivePorts speak(const std::map<std::string, Uuid>& interfaces, const PortNumbers& ports,
                  wire::ovsdb::Transaction& writes);
  void look_at_segment(wire::ovsdb::Transaction& writes);
  void frame_came(const Packet& frame);
  void packet_out(const wire::of::PacketOut& packet);
  void emit(const std::vector<Emission>& emissions);
  void forward();                               // the datapath takes over tables and ports, unless it is told to wait
  void learn(const std::vector<Learned>& all);  // what packets made of the tables
  void apply(const wire::of::AddFlow& add);
  void apply(const wire::of::DeleteFlow& remove);
  // Nothing, or why the switch refuses (switch_meters.cc).
  std::optional<wire::of::ErrorReply> change(const wire::of::PutMeter& meter);
  std::optional<wire::of::ErrorReply> change(const wire::of::DeleteMeter& meter);
  [[nodiscard]] bool knows_meters_of(const wire::of::FlowSpec& spec) const;

  Scheduler& scheduler_;
  Network& network_;
  OvsDatabase& database_;
  Datapath& datapath_;
  Settings settings_;
  std::unique_ptr<SimLoop> loop_;
  FlowTable flows_;
  std::map<std::uint32_t, wire::of::MeterSpec> meters_;
  PortNumbers ports_;
  LivePorts alive_;
  bool bridge_there_ = false;
  std::uint32_t next_number_ = 1;
  bool look_posted_ = false;
  std::uint64_t watch_ = 0;
  Counters counters_;
  std::map<std::string, std::uint64_t> offers_;
  RefusesFlow refuses_;
  std::uint64_t clients_made_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Client>> clients_;
  std::unique_ptr<Network::Listener> listener_;
};

}  // namespace tarn::sim
