#include "route_trial.h"

#include "route_sides.h"

namespace tarn::bench {
namespace {

// A side, and what it took to give each of its routers one route at once, and to take it back.
struct Entrant {
  Contender contender;
  RouteSide* side = nullptr;  // the contender's
  std::vector<TimedChange> added_everywhere, removed_everywhere;
};

Result<std::vector<Entrant>> raise_entrants(const Settings& settings) {
  std::vector<Entrant> entrants;
  const auto add = [&entrants](Result<std::unique_ptr<RouteSide>> raised) -> Status {
    if (!raised) return std::unexpected(raised.error());
    RouteSide* const side = raised->get();
    entrants.push_back({{std::move(*raised), nullptr, {}}, side, {}, {}});
    return {};
  };
  if (Status done = add(raise_own_routes(settings)); !done) return std::unexpected(done.error());
  if (settings.vs_ovn)
    if (Status done = add(raise_ovn_routes()); !done) return std::unexpected(done.error());
  return entrants;
}

Status try_round(Entrant& entrant, int round) {
  if (Status done = try_changes(entrant.contender, round); !done) return done;
  const auto flows = many_things * static_cast<std::int64_t>(entrant.contender.figures.added.back().flows);
  const auto added = time_change(entrant.contender, [&] { return entrant.side->add_everywhere(); }, flows);
  if (!added) return std::unexpected(added.error());
  const auto removed = time_change(entrant.contender, [&] { return entrant.side->remove_everywhere(); }, flows);
  if (!removed) return std::unexpected(removed.error());
  entrant.added_everywhere.push_back(*added);
  entrant.removed_everywhere.push_back(*removed);
  return {};
}

Sheet everywhere_sheet(const std::vector<Entrant>& entrants, int rounds) {
  Sheet sheet{"routes_everywhere",
              "One route more on each of " + std::to_string(many_things) + " routers; median (least to most) of " +
                  std::to_string(rounds),
              {{"side", "side"},
               {"answered_ms", "asked to all answered ms"},
               {"added_ms", "to last flow ms"},
               {"reported_ms", "to reported ms"},
               {"flows_added", "flows changed"},
               {"removed_ms", "removed: to last flow ms"}},
              {}};
  for (const Entrant& entrant : entrants) {
    const auto spread = [](const std::vector<TimedChange>& changes, double TimedChange::* figure) {
      return spread_of(figures_of(changes, figure));
    };
    sheet.rows.push_back({entrant.side->name(), spread(entrant.added_everywhere, &TimedChange::answered_ms),
                          spread(entrant.added_everywhere, &TimedChange::last_flow_ms),
                          spread(entrant.added_everywhere, &TimedChange::reported_ms),
                          spread(entrant.added_everywhere, &TimedChange::flows),
                          spread(entrant.removed_everywhere, &TimedChange::last_flow_ms)});
  }
  return sheet;
}

}  // namespace

Result<std::vector<Sheet>> measure_routes(const Settings& settings) {
  const ChangeWords words{"route", "One route more on one of " + std::to_string(many_things) + " routers here",
                          "router"};
  Result<std::vector<Entrant>> entrants = raise_entrants(settings);
  if (!entrants) return std::unexpected(entrants.error());
  for (Entrant& entrant : *entrants) {
    if (Status done = gather(entrant.contender, words); !done) return std::unexpected(done.error());
  }
  for (int round = 0; round < settings.rounds; ++round) {
    tell("routes, round " + std::to_string(round + 1));
    for (Entrant& entrant : *entrants) {
      if (Status done = try_round(entrant, round); !done) return std::unexpected(done.error());
    }
  }
  std::vector<const Contender*> contenders;
  for (const Entrant& entrant : *entrants) contenders.push_back(&entrant.contender);
  std::vector<Sheet> sheets = change_sheets(contenders, words);
  sheets.push_back(everywhere_sheet(*entrants, settings.rounds));
  return sheets;
}

}  // namespace tarn::bench
