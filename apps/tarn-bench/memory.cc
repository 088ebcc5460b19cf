// What one more port costs the server in memory: the process's proportional set size with few ports and with many,
// freshly started each, so that nothing but what it keeps is counted.
#include "bench_server.h"
#include "process_cost.h"

namespace tarn::bench {
namespace {

// More than the store's history and SQLite's cache hold, so that both are full in either count.
constexpr int few = 20'000;
constexpr int many = 60'000;

}  // namespace

Result<Report> measure_memory(const Settings& settings) {
  std::vector<double> grown, loaded;
  for (int round = 0; round < settings.rounds; ++round) {
    tell("round " + std::to_string(round + 1));
    Result<std::unique_ptr<BenchServer>> server = BenchServer::raise(settings);
    if (!server) return std::unexpected(server.error());
    if (auto made = (*server)->make_ports(few); !made) return std::unexpected(made.error());
    const std::int64_t before = pss_bytes((*server)->pid());
    if (Status again = (*server)->start_again(); !again) return std::unexpected(again.error());
    const std::int64_t before_loaded = pss_bytes((*server)->pid());
    if (auto made = (*server)->make_ports(many - few); !made) return std::unexpected(made.error());
    grown.push_back(static_cast<double>(pss_bytes((*server)->pid()) - before) / (many - few));
    if (Status again = (*server)->start_again(); !again) return std::unexpected(again.error());
    loaded.push_back(static_cast<double>(pss_bytes((*server)->pid()) - before_loaded) / (many - few));
  }
  Sheet sheet{"server",
              "Memory of one port in the server, from " + std::to_string(few) + " to " + std::to_string(many) +
                  " ports; median (least to most) of " + std::to_string(settings.rounds),
              {{"server", "server"}, {"bytes_per_port", "bytes/port"}},
              {{"that made them, in bulk", spread_of(grown)}, {"started with them", spread_of(loaded)}}};
  return Report{{std::move(sheet)}};
}

}  // namespace tarn::bench
