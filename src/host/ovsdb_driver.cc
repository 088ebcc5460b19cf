#include "host/ovsdb_driver.h"

#include <utility>

#include "host/ovsdb_target.h"

namespace tarn::host {

namespace ovsdb = wire::ovsdb;

namespace {

OvsdbChanges everything_changed() {
  OvsdbChanges changes;
  changes.everything = changes.node = true;
  return changes;
}

}  // namespace

struct OvsdbDriver::Targets {
  explicit Targets(OvsdbDriver& driver)
      : bridges(driver), ports(driver), pins(driver), numbers(driver), exports(driver), zones(driver) {}

  OvsdbTarget<domain::Bridge> bridges;
  OvsdbTarget<domain::SwitchPort> ports;
  OvsdbTarget<domain::OfportPin> pins;
  OvsdbTarget<domain::NetworkNumber> numbers;
  OvsdbTarget<domain::FlowExport> exports;
  OvsdbTarget<domain::ZoneTimeouts> zones;
};

OvsdbDriver::OvsdbDriver(rt::Loop& loop, rt::Dialer& dialer, rt::Choice& choice, Options options)
    : loop_(loop),
      picture_(std::move(options.integration_bridge)),
      line_(loop, dialer, choice, std::move(options.path), pictured_tables(),
            {[this](const ovsdb::Changed& what) { changed(what); }, [this] { broken(); }}),
      apply_(loop, line_, picture_, writes_),
      targets_(std::make_unique<Targets>(*this)) {}

OvsdbDriver::~OvsdbDriver() = default;

void OvsdbDriver::start() {
  line_.start();
}

reconcile::Target<domain::Bridge>& OvsdbDriver::bridges() {
  return targets_->bridges;
}
reconcile::Target<domain::SwitchPort>& OvsdbDriver::ports() {
  return targets_->ports;
}
reconcile::Target<domain::OfportPin>& OvsdbDriver::pins() {
  return targets_->pins;
}
reconcile::Target<domain::NetworkNumber>& OvsdbDriver::numbers() {
  return targets_->numbers;
}
reconcile::Target<domain::FlowExport>& OvsdbDriver::exports() {
  return targets_->exports;
}
reconcile::Target<domain::ZoneTimeouts>& OvsdbDriver::zones() {
  return targets_->zones;
}

const reconcile::Whole<domain::PluggedInterfaces>* OvsdbDriver::facts() const {
  return facts_.has_value() ? &*facts_ : nullptr;
}

void OvsdbDriver::post(rt::Job job) {
  loop_.post([alive = std::weak_ptr<int>(alive_), job = std::move(job)]() mutable {
    if (!alive.expired()) job();
  });
}

void OvsdbDriver::changed(const ovsdb::Changed& what) {
  const ovsdb::Replica& replica = *line_.replica();
  if (what.became_whole) {
    picture_ = OvsdbPicture(picture_.integration_bridge());
    static_cast<void>(picture_.fold(replica.changes_since(ovsdb::Replica(replica.schema())), replica));
    reconcile::Collector<domain::PluggedInterfaces> collector;
    collector.so_far() = picture_.facts();
    facts_.emplace(std::move(collector).finish());
    tell(everything_changed());
    return;
  }
  const OvsdbChanges changes = picture_.fold(what.changes, replica);
  facts_->fold([&](domain::PluggedInterfaces& facts) {
    facts.node = picture_.facts().node;
    for (const std::string& name : changes.interfaces) {
      const auto now = picture_.facts().interfaces.find(name);
      if (now == picture_.facts().interfaces.end()) {
        facts.interfaces.erase(name);
      } else {
        facts.interfaces.insert_or_assign(name, now->second);
      }
    }
  });
  if (!changes.empty()) tell(changes);
}

void OvsdbDriver::broken() {
  facts_.reset();
  tell(everything_changed());
}

void OvsdbDriver::tell(const OvsdbChanges& changes) {
  if (changes.everything) {
    targets_->bridges.hint_everything();
    targets_->ports.hint_everything();
    targets_->pins.hint_everything();
    targets_->numbers.hint_everything();
    targets_->exports.hint_everything();
    targets_->zones.hint_everything();
  } else {
    targets_->bridges.hint(changes.bridges);
    targets_->ports.hint(changes.ports);
    targets_->pins.hint(changes.pins);
    targets_->numbers.hint(changes.networks);
    targets_->exports.hint(changes.exports);
    targets_->zones.hint(changes.zones);
  }
  if (on_change_) on_change_(changes);
}

void OvsdbDriver::clear_flow_restore_wait(reconcile::Writes writes, reconcile::Completion<reconcile::Outcome> done) {
  const bool is_clear = facts_.has_value() && !(*facts_)->node.flow_restore_wait;
  if (writes == reconcile::Writes::forbid && !is_clear) {
    ++writes_.forbidden;
    post([done = std::move(done)]() mutable {
      done(reconcile::Refused{{ErrorCode::forbidden, {}, "writing is forbidden"}});
    });
    return;
  }
  OvsdbTask task{0, [](OvsdbEdit& edit, const OvsdbView& view) {
                   if (view.picture.facts().node.flow_restore_wait) add_clear_flow_restore_wait(edit, view);
                   return Status();
                 }};
  apply_.run({std::move(task)}, "tarn: flows are restored",
             [done = std::move(done)](std::vector<reconcile::Outcome> outcomes) mutable {
               done(std::move(outcomes.front()));
             });
}

}  // namespace tarn::host
