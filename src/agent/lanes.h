// The agent's domains in their order, each with its lane. The order is the law; the asserts say why it is so.
// Owned by the brain; holds the machine that runs the lanes and decides nothing else.
#pragma once

#include "domain/bgp.h"
#include "domain/bridge.h"
#include "domain/flow.h"
#include "domain/flow_export.h"
#include "domain/instance_file.h"
#include "domain/meter.h"
#include "domain/name_file.h"
#include "domain/network_number.h"
#include "domain/ofport_pin.h"
#include "domain/switch_port.h"
#include "domain/zone_timeouts.h"
#include "host/openflow_driver.h"
#include "host/ovsdb_driver.h"
#include "reconcile/lane.h"
#include "reconcile/machine.h"
#include "reconcile/order.h"
#include "render/outputs.h"

namespace tarn::agent {

// A pin goes out before the flows of its port and is not awaited. A number does not move while the switch runs, so the
// flows are right at once; the pin keeps it over a restart. The switch looks at all its interfaces anew when it hears
// of one, which an awaited pin would put before every port's flows (docs/performance.md).
using Order = reconcile::Order<reconcile::Rank<domain::Bridge>, reconcile::Rank<domain::SwitchPort>,
                               reconcile::Rank<domain::NetworkNumber>, reconcile::Rank<domain::Meter>,
                               reconcile::Rank<domain::OfportPin, domain::Flow, domain::FlowExport,
                                               domain::ZoneTimeouts, domain::InstanceFile, domain::NameFile>>;
static_assert(Order::after<domain::SwitchPort, domain::Bridge>());     // a port sits on a bridge
static_assert(Order::after<domain::NetworkNumber, domain::Bridge>());  // numbers are recorded on the bridge
static_assert(Order::after<domain::Flow, domain::NetworkNumber>());    // flows match on numbers …
static_assert(Order::after<domain::Flow, domain::SwitchPort>());       // … and on tunnel and patch ports
static_assert(Order::after<domain::Flow, domain::Meter>());            // a meter takes its flows along when it goes
static_assert(Order::after<domain::OfportPin, domain::Bridge>());      // a pin is on an interface of the bridge
static_assert(Order::after<domain::FlowExport, domain::Bridge>());     // the bridge refers to it
static_assert(Order::after<domain::ZoneTimeouts, domain::NetworkNumber>());  // a zone is a number

struct LaneSettings {
  reconcile::Writes writes = reconcile::Writes::allow;
  std::size_t bundle_steps_max = 256;  // docs/performance.md: what one bundle may hold
  rt::Duration audit_every = std::chrono::seconds(60);
};

// The folders of what the services of the node may know.
struct ServiceFolders {
  reconcile::Target<domain::InstanceFile>& instances;
  reconcile::Target<domain::NameFile>& names;
};

class Lanes {
 public:
  Lanes(rt::Loop& loop, rt::Choice& choice, host::OvsdbDriver& database, host::OpenflowDriver& flows_driver,
        const ServiceFolders& folders, reconcile::Target<domain::BgpItem>& daemon, const LaneSettings& settings);

  reconcile::Lane<domain::Bridge> bridges;
  reconcile::Lane<domain::SwitchPort> switch_ports;
  reconcile::Lane<domain::NetworkNumber> numbers;
  reconcile::Lane<domain::Meter> meters;
  reconcile::Lane<domain::OfportPin> pins;
  reconcile::Lane<domain::Flow> flows;
  reconcile::Lane<domain::FlowExport> exports;
  reconcile::Lane<domain::ZoneTimeouts> zones;
  reconcile::Lane<domain::InstanceFile> instances;
  reconcile::Lane<domain::NameFile> names;
  reconcile::Lane<domain::BgpItem> bgp;
  reconcile::Machine machine;     // of all of them but the last
  reconcile::Machine announcing;  // of the last: a BGP daemon that is away keeps nothing else waiting

  // Calls visit(lane, table) for each lane with its part of a render::Outputs.
  template <class Outputs, class Visit>
  void for_each(Outputs& outputs, Visit&& visit) {
    visit(bridges, outputs.bridges);
    visit(switch_ports, outputs.switch_ports);
    visit(numbers, outputs.numbers);
    visit(meters, outputs.meters);
    visit(pins, outputs.ofport_pins);
    visit(flows, outputs.flows);
    visit(exports, outputs.exports);
    visit(zones, outputs.zones);
    visit(instances, outputs.instances);
    visit(names, outputs.names);
    visit(bgp, outputs.bgp);
  }
  template <class Visit>
  void for_each(Visit&& visit) const {
    visit(bridges);
    visit(switch_ports);
    visit(numbers);
    visit(meters);
    visit(pins);
    visit(flows);
    visit(exports);
    visit(zones);
    visit(instances);
    visit(names);
    visit(bgp);
  }

  void want(const reconcile::Whole<render::Tables>& wish);
  void want(const render::Patches& patch);
  void want_remembered(const render::Tables& wish);
};

}  // namespace tarn::agent

// A lane is much code: each is compiled once, in lanes.cc.
namespace tarn::reconcile {
extern template class Lane<domain::Bridge>;
extern template class Lane<domain::SwitchPort>;
extern template class Lane<domain::NetworkNumber>;
extern template class Lane<domain::Meter>;
extern template class Lane<domain::OfportPin>;
extern template class Lane<domain::Flow>;
extern template class Lane<domain::FlowExport>;
extern template class Lane<domain::ZoneTimeouts>;
extern template class Lane<domain::InstanceFile>;
extern template class Lane<domain::NameFile>;
extern template class Lane<domain::BgpItem>;
}  // namespace tarn::reconcile
