// One OVSDB domain as a Target over the driver's picture. Belongs to ovsdb_driver.cc, which owns one of each; holds no
// state but who wants to be woken.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/ovsdb_driver.h"

namespace tarn::host {

inline const reconcile::Actual<domain::Bridge>& table_of(const OvsdbPicture& picture, domain::Bridge) {
  return picture.bridges();
}
inline const reconcile::Actual<domain::SwitchPort>& table_of(const OvsdbPicture& picture, domain::SwitchPort) {
  return picture.ports();
}
inline const reconcile::Actual<domain::OfportPin>& table_of(const OvsdbPicture& picture, domain::OfportPin) {
  return picture.pins();
}
inline const reconcile::Actual<domain::NetworkNumber>& table_of(const OvsdbPicture& picture, domain::NetworkNumber) {
  return picture.numbers();
}
inline const reconcile::Actual<domain::FlowExport>& table_of(const OvsdbPicture& picture, domain::FlowExport) {
  return picture.exports();
}

inline const reconcile::Actual<domain::ZoneTimeouts>& table_of(const OvsdbPicture& picture, domain::ZoneTimeouts) {
  return picture.zones();
}

template <reconcile::Domain D>
class OvsdbTarget final : public reconcile::Target<D> {
 public:
  explicit OvsdbTarget(OvsdbDriver& driver) : driver_(driver) {}

  void list(reconcile::Completion<Result<reconcile::Whole<reconcile::Actual<D>>>> done) override {
    driver_.post([this, done = std::move(done)]() mutable {
      if (const Status whole = driver_.status(); !whole) return done(fail(whole.error()));
      reconcile::Collector<reconcile::Actual<D>> collector;
      collector.so_far() = table_of(driver_.picture_, D());
      done(std::move(collector).finish());
    });
  }

  void apply(std::vector<reconcile::Step<D>> batch, reconcile::Writes writes,
             reconcile::Completion<std::vector<reconcile::Outcome>> done) override {
    if (writes == reconcile::Writes::forbid) {
      driver_.writes_.forbidden += batch.size();
      driver_.post([count = batch.size(), done = std::move(done)]() mutable {
        const Error why{ErrorCode::forbidden, {}, "writing is forbidden"};
        done(std::vector<reconcile::Outcome>(count, reconcile::Refused{why}));
      });
      return;
    }
    std::string comment = "tarn: " + std::string(D::name) + ", " + std::to_string(batch.size()) + " steps";
    std::vector<OvsdbTask> tasks;
    for (reconcile::Step<D>& step : batch) {
      const std::uint64_t group = group_of(step);
      tasks.push_back({group, [step = std::move(step)](OvsdbEdit& edit, const OvsdbView& view) {
                         return add_step(edit, view, step);
                       }});
    }
    driver_.apply_.run(std::move(tasks), std::move(comment), std::move(done));
  }

  void on_hint(std::function<void(reconcile::Hint<D>)> maybe_changed) override { hint_ = std::move(maybe_changed); }

  void hint_everything() const {
    if (hint_) hint_({true, {}});
  }
  void hint(const std::set<typename D::Key>& keys) const {
    if (!hint_ || keys.empty()) return;
    reconcile::Hint<D> hint{false, {}};
    const auto& table = table_of(driver_.picture_, D());
    for (const auto& key : keys) {
      const auto found = table.find(key);
      hint.changed.emplace(key, found != table.end() ? std::optional(found->second) : std::nullopt);
    }
    hint_(std::move(hint));
  }

 private:
  static std::uint64_t group_of(const reconcile::Step<D>& step) {
    if (const auto* create = std::get_if<reconcile::Create<D>>(&step)) return D::group(create->key, create->want);
    if (const auto* change = std::get_if<reconcile::Change<D>>(&step)) return D::group(change->key, change->want);
    const auto& remove = std::get<reconcile::Remove<D>>(step);
    return D::group(remove.key, remove.have);
  }

  OvsdbDriver& driver_;
  std::function<void(reconcile::Hint<D>)> hint_;
};

}  // namespace tarn::host
