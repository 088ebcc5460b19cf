// One host's models (database, switch, pipes between) and a loop for the product's drivers above them.
#pragma once

#include <gtest/gtest.h>

#include "sim/model_ovsdb.h"
#include "sim/model_switch.h"

namespace tarn::sim {

namespace ovsdb = wire::ovsdb;
namespace of = wire::of;

inline void make_bridge(OvsDatabase& database) {
  ASSERT_TRUE(database.write(
      {ovsdb::Insert{"Interface", {{"name", Datum::of("br-int")}, {"type", Datum::of("internal")}}, "i"},
       ovsdb::Insert{"Port", {{"name", Datum::of("br-int")}, {"interfaces", Datum::of(ovsdb::NamedUuid{"i"})}}, "p"},
       ovsdb::Insert{"Bridge", {{"name", Datum::of("br-int")}, {"ports", Datum::of(ovsdb::NamedUuid{"p"})}}, "b"},
       ovsdb::Mutate{
           "Open_vSwitch", database.root(), {{"bridges", ovsdb::Mutator::insert, Datum::of(ovsdb::NamedUuid{"b"})}}}}));
}

struct OneHost {
  explicit OneHost(std::uint64_t seed, ModelOvsdb::Kind kind = ModelOvsdb::Kind::standalone)
      : choice(seed),
        scheduler(choice),
        network(scheduler),
        server(scheduler, network, "/run/db.sock", database, kind) {
    make_bridge(database);
    vswitchd = std::make_unique<ModelSwitch>(scheduler, network, database, datapath,
                                             ModelSwitch::Settings{"br-int", "/run", {}});
    loop = scheduler.make_loop("agent");
    dialer = network.dialer(*loop);
  }
  rt::Seeded choice;
  Scheduler scheduler;
  Network network;
  OvsDatabase database;
  Datapath datapath;
  ModelOvsdb server;
  std::unique_ptr<ModelSwitch> vswitchd;
  std::unique_ptr<SimLoop> loop;
  std::unique_ptr<rt::Dialer> dialer;
};

inline of::FlowKey key(std::uint16_t priority) {
  return {0, priority, of::Match{of::FieldValue::number(of::Field::in_port, priority)}};
}

}  // namespace tarn::sim
