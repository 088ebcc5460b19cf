// The switch's database as our domains see it, worked out row by row from the replica. Pure and incremental: folding
// changes gives what building anew would give. Owned by the OVSDB driver; decides nothing.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/bridge.h"
#include "domain/flow_export.h"
#include "domain/network_number.h"
#include "domain/ofport_pin.h"
#include "domain/plugged_interface.h"
#include "domain/switch_port.h"
#include "domain/zone_timeouts.h"
#include "reconcile/domain.h"
#include "wire/ovsdb/replica.h"

namespace tarn::host {

// The columns the picture is made of.
wire::ovsdb::MonitoredTables pictured_tables();

// What is not as it was. `everything`: the line broke or came back, look at all of it again.
struct OvsdbChanges {
  bool everything = false;
  bool node = false;  // the node's own facts
  std::set<std::string> bridges;
  std::set<std::string> ports;
  std::set<std::string> pins;
  std::set<NetworkId> networks;
  std::set<domain::FlowExport::Key> exports;
  std::set<domain::ZoneTimeouts::Key> zones;
  std::set<std::string> interfaces;

  [[nodiscard]] bool empty() const {
    return !everything && !node && bridges.empty() && ports.empty() && pins.empty() && networks.empty() &&
           exports.empty() && zones.empty() && interfaces.empty();
  }
  bool operator==(const OvsdbChanges&) const = default;
};

class OvsdbPicture {
 public:
  // Network numbers are written on the bridge of this name, and its traffic is what may be exported.
  explicit OvsdbPicture(std::string integration_bridge) : integration_bridge_(std::move(integration_bridge)) {}

  // `replica` has `changes` folded in already. Tells what is different now, and nothing that is not.
  OvsdbChanges fold(const std::vector<wire::ovsdb::RowChange>& changes, const wire::ovsdb::Replica& replica);

  [[nodiscard]] const reconcile::Actual<domain::Bridge>& bridges() const { return bridges_; }
  [[nodiscard]] const reconcile::Actual<domain::SwitchPort>& ports() const { return ports_; }
  [[nodiscard]] const reconcile::Actual<domain::OfportPin>& pins() const { return pins_; }
  [[nodiscard]] const reconcile::Actual<domain::NetworkNumber>& numbers() const { return numbers_; }
  [[nodiscard]] const reconcile::Actual<domain::FlowExport>& exports() const { return exports_; }
  [[nodiscard]] const reconcile::Actual<domain::ZoneTimeouts>& zones() const { return zones_; }
  [[nodiscard]] const domain::PluggedInterfaces& facts() const { return facts_; }

  // The row of that name; the zero UUID when there is none.
  [[nodiscard]] Uuid bridge_row(std::string_view name) const;
  [[nodiscard]] Uuid port_row(std::string_view name) const;
  [[nodiscard]] Uuid interface_row(std::string_view name) const;
  // Of what holds the zones (domain::ZoneTimeouts).
  [[nodiscard]] Uuid datapath_row() const { return datapath_row_; }
  [[nodiscard]] const std::string& integration_bridge() const { return integration_bridge_; }

 private:
  using Owners = std::map<Uuid, Uuid>;                     // a row → the row that lists it
  using Names = std::map<std::string, Uuid, std::less<>>;  // name → row
  struct Touched {
    std::set<std::string> bridges, ports, interfaces;
  };

  Touched index(const std::vector<wire::ovsdb::RowChange>& changes, const wire::ovsdb::Replica& replica);
  void project_bridge(const std::string& name, const wire::ovsdb::Replica& replica, OvsdbChanges& changed);
  void project_port(const std::string& name, const wire::ovsdb::Replica& replica, OvsdbChanges& changed);
  void project_interface(const std::string& name, const wire::ovsdb::Replica& replica, OvsdbChanges& changed);
  void project_numbers(const wire::ovsdb::Replica& replica, OvsdbChanges& changed);
  void project_exports(const wire::ovsdb::Replica& replica, OvsdbChanges& changed);
  void project_zones(const std::vector<wire::ovsdb::RowChange>& changes, const wire::ovsdb::Replica& replica,
                     OvsdbChanges& changed);
  void project_node(const wire::ovsdb::Replica& replica, OvsdbChanges& changed);
  [[nodiscard]] std::string bridge_of_port(const Uuid& port, const wire::ovsdb::Replica& replica) const;

  std::string integration_bridge_;
  Owners bridge_of_;  // Port row → Bridge row
  Owners port_of_;    // Interface row → Port row
  Names bridge_rows_;
  Names port_rows_;
  Names interface_rows_;
  Uuid datapath_row_;

  reconcile::Actual<domain::Bridge> bridges_;
  reconcile::Actual<domain::SwitchPort> ports_;
  reconcile::Actual<domain::OfportPin> pins_;
  reconcile::Actual<domain::NetworkNumber> numbers_;
  reconcile::Actual<domain::FlowExport> exports_;
  reconcile::Actual<domain::ZoneTimeouts> zones_;
  domain::PluggedInterfaces facts_;
};

}  // namespace tarn::host
