// A page of 1,000 ports while there are more and more of them: what stands beside a page must not make it slower.
#include <algorithm>

#include "bench_server.h"
#include "http_load.h"

namespace tarn::bench {
namespace {

constexpr std::size_t page = 1'000;
constexpr std::size_t requests = 300;

// Begins anywhere, where there are more ports than a page holds.
std::string target(const std::vector<std::string>& ids, std::size_t number) {
  std::string text = "/v2.0/ports?admin_state_up=True&limit=" + std::to_string(page);
  if (ids.size() > page) text += "&marker=" + ids[number * 7919 % (ids.size() - page)];
  return text;
}

}  // namespace

Result<Report> measure_pages(const Settings& settings) {
  Sheet sheet{"pages",
              "A page of 1,000 ports, filtered and by a marker, one client, " + std::to_string(requests) + " requests",
              {{"ports", "ports"}, {"p50_ms", "p50 ms"}, {"p99_ms", "p99 ms"}},
              {}};
  const Result<std::unique_ptr<BenchServer>> server = BenchServer::raise(settings);
  if (!server) return std::unexpected(server.error());
  std::vector<std::string> ids;
  for (const int size : {1'000, 10'000, 100'000, 1'000'000}) {
    tell("making " + std::to_string(size) + " ports");
    const Result<std::vector<std::string>> more = (*server)->make_ports(size - static_cast<int>(ids.size()));
    if (!more) return std::unexpected(more.error());
    ids.insert(ids.end(), more->begin(), more->end());
    std::ranges::sort(ids);
    tell("asking for pages");
    const auto ask = [&ids](std::size_t number) { return LoadRequest{"GET", target(ids, number), {}}; };
    const Result<LoadFigures> figures =
        drive({.port = (*server)->port(), .clients = 1, .requests = requests, .ask = ask});
    if (!figures) return std::unexpected(figures.error());
    sheet.rows.push_back(
        {std::int64_t{size}, quantile_of(figures->latencies_ms, 0.5), quantile_of(figures->latencies_ms, 0.99)});
  }
  return Report{{std::move(sheet)}};
}

}  // namespace tarn::bench
