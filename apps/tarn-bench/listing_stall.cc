// How long the switch's one forwarding thread is kept from packets by a listing of all flows, asked for in one question
// and in many: as the agent does it, with longer answers and with shorter ones.
#include <array>
#include <limits>

#include "agent/lanes.h"
#include "benchmarks.h"
#include "stall.h"
#include "wire/openflow/flow_questions.h"

namespace tarn::bench {
namespace {

constexpr std::uint32_t listed_ports[] = {100, 500, 2'000};

// How many flows an answer is to hold; the agent's own way is one of them.
constexpr std::uint32_t at_once = std::numeric_limits<std::uint32_t>::max();
constexpr std::array<std::uint32_t, 4> ways{at_once, 2'048, wire::of::SessionBounds().answer_flows, 128};

std::int64_t questions_for(const FlowTable& flows, std::uint32_t answer_flows) {
  std::vector<wire::of::TableStats> tables;
  for (const auto& [key, spec] : flows) {
    if (tables.empty() || tables.back().table != key.table) tables.push_back({.table = key.table});
    ++tables.back().flows;
  }
  return static_cast<std::int64_t>(wire::of::flow_questions(tables, answer_flows).size());
}

// The ways take turns, so that the machine's moods are shared.
Status try_listings(SwitchUnderProbe& ovs, int rounds, Rows& rows) {
  std::array<std::unique_ptr<host::OpenflowDriver>, ways.size()> lines;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    Result<std::unique_ptr<host::OpenflowDriver>> line = ovs.connect({.answer_flows = ways[i], .answer_growth_max = 1});
    if (!line) return std::unexpected(line.error());
    lines[i] = std::move(*line);
  }
  SwitchUnderProbe::Reconciler reconciler(ovs, agent::LaneSettings().bundle_steps_max);
  for (const std::uint32_t ports : listed_ports) {
    const FlowTable flows = all_of(sample_flows(ports));
    tell("listing " + std::to_string(flows.size()) + " flows");
    if (Status done = reconciler.reach(flows); !done) return done;
    std::array<Series, ways.size()> series;
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < ways.size(); ++i) {
        if (Status done = ovs.try_once([&] { return ovs.list(*lines[i]); }, series[i]); !done) return done;
      }
    }
    for (std::size_t i = 0; i < ways.size(); ++i) {
      const Cell aim = ways[i] == at_once ? Cell("all") : Cell(std::int64_t{ways[i]});
      series[i].labels = {static_cast<std::int64_t>(flows.size()), aim, questions_for(flows, ways[i])};
      rows.push_back(std::move(series[i]));
    }
  }
  return {};
}

}  // namespace

Result<Report> measure_listings(const Settings& settings) {
  SwitchUnderProbe ovs;
  if (Status done = ovs.start(sample_flows(listed_ports[0]).base); !done) return std::unexpected(done.error());
  Rows rows;
  if (Status done = try_listings(ovs, settings.rounds, rows); !done) return std::unexpected(done.error());
  const std::vector<Sample> samples = ovs.finish();
  Report report;
  report.sheets.push_back(
      sheet_of("listings", "One listing of all flows; median (least to most) of " + std::to_string(settings.rounds),
               {{"flows", "flows"}, {"answer_flows", "in an answer"}, {"questions", "questions"}}, rows, samples));
  return report;
}

}  // namespace tarn::bench
