#include "agent/lanes.h"

#include <algorithm>
#include <type_traits>

namespace tarn::agent {
namespace {

reconcile::LaneOptions options(const LaneSettings& settings, bool grants) {
  reconcile::LaneOptions options;
  options.writes = settings.writes;
  options.batch_steps_max = settings.bundle_steps_max;
  options.grants = grants;
  return options;
}

template <class Lane>
struct DomainOf;
template <class D>
struct DomainOf<reconcile::Lane<D>> {
  using type = D;
};
template <class Lane>
using domain_of = typename DomainOf<std::remove_cvref_t<Lane>>::type;

// The lanes as Order ranks their domains; within a rank the first here starts first.
template <class... Each>
std::vector<reconcile::Machine::Rank> ranked(Each&... lanes) {
  std::vector<reconcile::Machine::Rank> ranks(1 + std::max({Order::index_of<domain_of<Each>>()...}));
  (ranks[Order::index_of<domain_of<Each>>()].push_back(&lanes), ...);
  return ranks;
}

}  // namespace

Lanes::Lanes(rt::Loop& loop, rt::Choice& choice, host::OvsdbDriver& database, host::OpenflowDriver& flows_driver,
             const ServiceFolders& folders, reconcile::Target<domain::BgpItem>& daemon, const LaneSettings& settings)
    : bridges(database.bridges(), loop, choice, options(settings, false)),
      switch_ports(database.ports(), loop, choice, options(settings, false)),
      numbers(database.numbers(), loop, choice, options(settings, false)),
      meters(flows_driver.meters(), loop, choice, options(settings, false)),
      pins(database.pins(), loop, choice, options(settings, false)),
      flows(flows_driver, loop, choice, options(settings, true)),
      exports(database.exports(), loop, choice, options(settings, false)),
      zones(database.zones(), loop, choice, options(settings, false)),
      instances(folders.instances, loop, choice, options(settings, false)),
      names(folders.names, loop, choice, options(settings, false)),
      bgp(daemon, loop, choice, options(settings, false)),
      machine(loop, ranked(bridges, switch_ports, numbers, meters, pins, flows, exports, zones, instances, names),
              settings.audit_every),
      announcing(loop, {{&bgp}}, settings.audit_every) {}

void Lanes::want(const reconcile::Whole<render::Tables>& wish) {
  for_each(*wish, [&](auto& lane, const auto& table) {
    lane.want(reconcile::derive([&](const render::Tables&) { return table; }, wish));
  });
}

void Lanes::want(const render::Patches& patch) {
  for_each(patch, [](auto& lane, const auto& part) {
    if (!part.empty()) lane.want(part);
  });
}

void Lanes::want_remembered(const render::Tables& wish) {
  for_each(wish,
           [](auto& lane, const auto& table) { lane.want(reconcile::Journaled<domain_of<decltype(lane)>>{table}); });
}

}  // namespace tarn::agent

namespace tarn::reconcile {
template class Lane<domain::Bridge>;
template class Lane<domain::SwitchPort>;
template class Lane<domain::NetworkNumber>;
template class Lane<domain::Meter>;
template class Lane<domain::OfportPin>;
template class Lane<domain::Flow>;
template class Lane<domain::FlowExport>;
template class Lane<domain::ZoneTimeouts>;
template class Lane<domain::InstanceFile>;
template class Lane<domain::NameFile>;
template class Lane<domain::BgpItem>;
}  // namespace tarn::reconcile
