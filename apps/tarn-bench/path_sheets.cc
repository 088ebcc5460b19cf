#include "path_sheets.h"

#include "path_table.h"

namespace tarn::bench {
namespace {

struct Sides {
  std::unique_ptr<PathSide> own;
  std::unique_ptr<PathSide> ovn;  // none where nobody asked for it
  std::unique_ptr<PlainSide> plain;
};

enum LineNumber : std::size_t {
  plain_inside,
  own_inside,
  ovn_inside,
  plain_vxlan,
  own_across,
  plain_geneve,
  ovn_across,
};
std::vector<PathLine> make_lines() {
  return {{"one host", "NORMAL", plain_inside, {}},      {"one host", "Tarn", plain_inside, {}},
          {"one host", "OVN", plain_inside, {}},         {"two hosts, VXLAN", "NORMAL", plain_vxlan, {}},
          {"two hosts, VXLAN", "Tarn", plain_vxlan, {}}, {"two hosts, Geneve", "NORMAL", plain_geneve, {}},
          {"two hosts, Geneve", "OVN", plain_geneve, {}}};
}

Result<Sides> raise_sides(const Settings& settings, Topology topology) {
  Sides sides;
  Result<std::unique_ptr<PathSide>> own = raise_own_side(settings, topology);
  if (!own) return std::unexpected(own.error());
  sides.own = std::move(*own);
  Result<std::unique_ptr<PlainSide>> plain = PlainSide::raise();
  if (!plain) return std::unexpected(plain.error());
  sides.plain = std::move(*plain);
  if (!settings.vs_ovn) return sides;
  Result<std::unique_ptr<PathSide>> ovn = raise_ovn_side(topology);
  if (!ovn) return std::unexpected(ovn.error());
  sides.ovn = std::move(*ovn);
  return sides;
}

Status try_all(const Sides& sides, std::vector<PathLine>& lines) {
  const auto turn = [&lines](const PathSide& side, Reach reach, LineNumber line) {
    const Status tried = try_path(side.path(reach), lines[line].figures);
    return tried ? tried : fail(tried.error().code, side.name() + ": " + tried.error().message);
  };
  if (Status done = sides.plain->use(Tunnel::vxlan); !done) return done;
  if (Status done = turn(*sides.plain, Reach::inside, plain_inside); !done) return done;
  if (Status done = turn(*sides.own, Reach::inside, own_inside); !done) return done;
  if (sides.ovn) {
    if (Status done = turn(*sides.ovn, Reach::inside, ovn_inside); !done) return done;
  }
  if (Status done = turn(*sides.plain, Reach::across, plain_vxlan); !done) return done;
  if (Status done = turn(*sides.own, Reach::across, own_across); !done) return done;
  if (!sides.ovn) return {};
  if (Status done = sides.plain->use(Tunnel::geneve); !done) return done;
  if (Status done = turn(*sides.plain, Reach::across, plain_geneve); !done) return done;
  return turn(*sides.ovn, Reach::across, ovn_across);
}

}  // namespace

Result<std::vector<Sheet>> measure_paths(const Settings& settings, Topology topology) {
  keep_freed_memory();
  const Result<Sides> sides = raise_sides(settings, topology);
  if (!sides) return std::unexpected(sides.error());
  std::vector<PathLine> lines = make_lines();
  for (int round = 0; round < settings.rounds; ++round) {
    tell("packets, round " + std::to_string(round + 1));
    if (Status done = try_all(*sides, lines); !done) return std::unexpected(done.error());
  }
  return path_sheets(lines, {}, settings.rounds);
}

}  // namespace tarn::bench
