#include "exits.h"

#include <array>

#include "destinations.h"
#include "gateway_world.h"
#include "path_table.h"
#include "wired_outside.h"

namespace tarn::bench {
namespace {

enum class Exit { gateway, floating };
constexpr std::array exits{Exit::gateway, Exit::floating};
constexpr std::array travels{Travel::out, Travel::back};

// One way outside on one side, and the line that it fills.
struct Turn {
  Path path;
  std::size_t line;
};

struct Sides {
  std::vector<std::unique_ptr<GatewayWorld>> worlds;
  std::unique_ptr<WiredOutside> plain;
};

std::string way_name(Exit exit, Travel travel) {
  return std::string(exit == Exit::gateway ? "SNAT" : "floating IP") + (travel == Travel::out ? ", out" : ", back");
}

Result<Sides> raise_sides(const Settings& settings) {
  Sides sides;
  const auto add = [&sides](Result<std::unique_ptr<GatewayWorld>> world) -> Status {
    if (!world) return std::unexpected(world.error());
    sides.worlds.push_back(std::move(*world));
    return {};
  };
  if (Status done = add(raise_own_gateways(settings)); !done) return std::unexpected(done.error());
  if (settings.vs_ovn)
    if (Status done = add(raise_ovn_gateways(std::nullopt)); !done) return std::unexpected(done.error());
  Result<std::unique_ptr<WiredOutside>> plain = WiredOutside::raise();
  if (!plain) return std::unexpected(plain.error());
  sides.plain = std::move(*plain);
  return sides;
}

Result<Path> path_of(GatewayWorld& world, const KnownAs& known, Exit exit, Travel travel) {
  const Result<Mac> seen = world.outside().answers_for(known.outside);
  if (!seen) return fail(seen.error().code, world.name() + ", " + known.outside.text() + ": " + seen.error().message);
  Path path{known.end, world.outside().ends().front(), travel, {}};
  path.from.router = *seen;
  const std::vector<sandbox::Host> hosts = world.hosts();
  const PathSwitch home{"instance's", hosts.front()};
  const PathSwitch gateway{"gateway's", hosts.at(GatewayWorld::gateway_host - 1)};
  path.switches = {home};
  if (exit == Exit::floating) return path;
  if (travel == Travel::back) path.switches.insert(path.switches.begin(), gateway);
  if (travel == Travel::out && world.leaves_by_gateway()) path.switches.push_back(gateway);
  return path;
}

// For each way the plain one first, then the others', so that what burdens a turn burdens its neighbours.
Result<std::vector<Turn>> turns_of(Sides& sides, std::vector<PathLine>& lines) {
  std::vector<std::array<KnownAs, 2>> known;
  for (const auto& world : sides.worlds) {
    const Result<KnownAs> plain = world->by_gateway();
    if (!plain) return std::unexpected(plain.error());
    const Result<KnownAs> named = world->add_floating();
    if (!named) return std::unexpected(named.error());
    known.push_back({*plain, *named});
  }
  std::vector<Turn> turns;
  for (const Travel travel : travels) {
    const std::size_t limit = lines.size();
    lines.push_back({travel == Travel::out ? "out" : "back", "NORMAL", limit, {}});
    turns.push_back({sides.plain->path(travel), limit});
    for (const Exit exit : exits) {
      for (std::size_t i = 0; i < sides.worlds.size(); ++i) {
        GatewayWorld& world = *sides.worlds[i];
        const Result<Path> path = path_of(world, known[i][exit == Exit::gateway ? 0 : 1], exit, travel);
        if (!path) return std::unexpected(path.error());
        turns.push_back({*path, lines.size()});
        lines.push_back({way_name(exit, travel), world.name(), limit, {}});
      }
    }
  }
  return turns;
}

constexpr std::uint16_t first_spray = 30'000;  // none of PacketFlood's, and a new one with each round

// One round more of each way out, but the plain one.
Status try_round(const std::vector<Turn>& turns, std::vector<PathLine>& lines, std::vector<DestinationLine>& many) {
  for (const Turn& turn : turns) {
    PathLine& line = lines[turn.line];
    const auto named = [&line](const Error& error) {
      return fail(error.code, line.way + ", " + line.side + ": " + error.message);
    };
    if (const Status tried = try_path(turn.path, line.figures); !tried) return named(tried.error());
    if (turn.path.travel == Travel::back || turn.line == line.limit) continue;
    DestinationLine& sprayed = many[turn.line];
    sprayed.way = line.way;
    sprayed.side = line.side;
    const auto source = static_cast<std::uint16_t>(first_spray + sprayed.figures.us_each.size());
    const PathSwitch& home = turn.path.switches.front();
    if (const Status tried = try_destinations(turn.path.from, home.host, source, sprayed.figures); !tried)
      return named(tried.error());
  }
  return {};
}

}  // namespace

Result<std::vector<Sheet>> measure_exits(const Settings& settings) {
  keep_freed_memory();
  Result<Sides> sides = raise_sides(settings);
  if (!sides) return std::unexpected(sides.error());
  std::vector<PathLine> lines;
  const Result<std::vector<Turn>> turns = turns_of(*sides, lines);
  if (!turns) return std::unexpected(turns.error());
  std::vector<DestinationLine> many(lines.size());
  for (int round = 0; round < settings.rounds; ++round) {
    tell("packets to the outside, round " + std::to_string(round + 1));
    if (const Status tried = try_round(*turns, lines, many); !tried) return std::unexpected(tried.error());
  }
  std::vector<Sheet> sheets = path_sheets(lines, {"exit_", " to the outside and back"}, settings.rounds);
  sheets.push_back(destination_sheet(many, settings.rounds));
  return sheets;
}

}  // namespace tarn::bench
