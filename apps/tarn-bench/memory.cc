// What one more port costs server and agent in memory: a process's proportional set size with few ports and with many,
// as it has become and freshly started, so that what it merely has not given back is seen apart from what it keeps.
#include <signal.h>

#include "bench_cloud.h"
#include "bench_server.h"

namespace tarn::bench {
namespace {

// More than the store's history and SQLite's cache hold, so that both are full in either count.
constexpr int server_few = 20'000;
constexpr int server_many = 60'000;
// Plugged into one switch; each takes the switch longer than the one before.
constexpr int agent_few = 500;
constexpr int agent_many = 2'500;

// Bytes of one port, of a process that got them one after another and of one that began with them.
struct PortBytes {
  std::vector<double> grown, loaded;
};

Status weigh_server(const Settings& settings, PortBytes& bytes) {
  Result<std::unique_ptr<BenchServer>> server = BenchServer::raise(settings);
  if (!server) return std::unexpected(server.error());
  if (auto made = (*server)->make_ports(server_few); !made) return std::unexpected(made.error());
  const std::int64_t before = pss_bytes((*server)->pid());
  if (Status again = (*server)->start_again(); !again) return again;
  const std::int64_t before_loaded = pss_bytes((*server)->pid());
  constexpr int more = server_many - server_few;
  if (auto made = (*server)->make_ports(more); !made) return std::unexpected(made.error());
  bytes.grown.push_back(static_cast<double>(pss_bytes((*server)->pid()) - before) / more);
  if (Status again = (*server)->start_again(); !again) return again;
  bytes.loaded.push_back(static_cast<double>(pss_bytes((*server)->pid()) - before_loaded) / more);
  return {};
}

std::int64_t agent_bytes(BenchCloud& cloud) {
  const std::optional<sandbox::ProcessMark> agent = cloud.sandbox().host(1).running(sandbox::agent_name);
  return agent ? pss_bytes(agent->pid) : 0;
}

Status wire_more(BenchCloud& cloud, int ports) {
  if (Status wired = cloud.wire_ports(ports); !wired) return wired;
  if (auto rests = cloud.ask_agent("await_in_sync"); !rests) return std::unexpected(rests.error());
  return {};
}

Result<std::int64_t> restarted_agent_bytes(BenchCloud& cloud) {
  const sandbox::Host host = cloud.sandbox().host(1);
  host.stop(sandbox::agent_name, SIGTERM);
  if (Status started = host.start_agent(); !started) return std::unexpected(started.error());
  if (auto synced = cloud.ask_agent("await_in_sync"); !synced) return std::unexpected(synced.error());
  return agent_bytes(cloud);
}

Status weigh_agent(const Settings& settings, PortBytes& bytes) {
  Result<std::unique_ptr<BenchCloud>> cloud = BenchCloud::raise(settings);
  if (!cloud) return std::unexpected(cloud.error());
  if (Status wired = wire_more(**cloud, agent_few); !wired) return wired;
  const std::int64_t before = agent_bytes(**cloud);
  const Result<std::int64_t> before_loaded = restarted_agent_bytes(**cloud);
  if (!before_loaded) return std::unexpected(before_loaded.error());
  constexpr int more = agent_many - agent_few;
  if (Status wired = wire_more(**cloud, more); !wired) return wired;
  bytes.grown.push_back(static_cast<double>(agent_bytes(**cloud) - before) / more);
  const Result<std::int64_t> loaded = restarted_agent_bytes(**cloud);
  if (!loaded) return std::unexpected(loaded.error());
  bytes.loaded.push_back(static_cast<double>(*loaded - *before_loaded) / more);
  return {};
}

Sheet sheet_of(const std::string& process, const std::string& what, const PortBytes& bytes) {
  return {process,
          "Memory of one port in the " + process + ", " + what + "; median (least to most) of " +
              std::to_string(bytes.grown.size()),
          {{process, process}, {"bytes_per_port", "bytes/port"}},
          {{"that got them", spread_of(bytes.grown)}, {"started with them", spread_of(bytes.loaded)}}};
}

std::string from_to(int few, int many) {
  return "from " + std::to_string(few) + " to " + std::to_string(many);
}

}  // namespace

Result<Report> measure_memory(const Settings& settings) {
  PortBytes server, agent;
  for (int round = 0; round < settings.rounds; ++round) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    tell("round " + std::to_string(round + 1));
    if (Status weighed = weigh_server(settings, server); !weighed) return std::unexpected(weighed.error());
    if (Status weighed = weigh_agent(settings, agent); !weighed) return std::unexpected(weighed.error());
  }
  return Report{{sheet_of("server", from_to(server_few, server_many) + " ports", server),
                 sheet_of("agent", from_to(agent_few, agent_many) + " ports plugged into its host", agent)}};
}

}  // namespace tarn::bench
