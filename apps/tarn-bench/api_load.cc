// The API under 64 clients, each kind of request beside an empty Beast handler that answers as many bytes, and writes
// beside SQLite's own group commits; the sides take turns in every round.
#include <boost/json.hpp>
#include <functional>

#include "bench_server.h"
#include "empty_server.h"
#include "group_commits.h"
#include "http_load.h"
#include "model/codec.h"
#include "process_cost.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

constexpr int ports = 10'000;
constexpr std::size_t clients = 64;
constexpr std::size_t groups = 100;

struct Case {
  std::string name;
  Load load;
  bool writes = false;
};

struct Measured {
  std::vector<double> per_second, cpu_us, empty_per_second, rows_per_second;
  std::vector<double> latencies_ms;
};

// As the store holds a port of this benchmark.
std::size_t stored_bytes() {
  model::Port port;
  port.standard.project_id = std::string(32, 'p');
  port.fixed_ips = {{{}, Ip::from_v4(0x0a000102U)}};
  port.device_id = std::string(36, 'd');
  port.device_owner = "compute:nova";
  port.binding_host = "host1";
  return model::encode(port).size();
}

Result<double> empty_per_second(const Case& asked, std::size_t body_bytes) {
  const auto server = EmptyServer::listen(asked.load.status, std::string(body_bytes, ' '));
  if (!server) return std::unexpected(server.error());
  Load load = asked.load;
  load.port = (*server)->port();
  load.answered = nullptr;
  const Result<LoadFigures> figures = drive(load);
  if (!figures) return std::unexpected(figures.error());
  return figures->per_second();
}

Status measure(const BenchServer& server, const Case& asked, Measured& measured) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  const double before = cpu_ms(server.pid());
  Result<LoadFigures> ours = drive(asked.load);
  if (!ours) return std::unexpected(ours.error());
  const double spent_us = 1e3 * (cpu_ms(server.pid()) - before);
  measured.cpu_us.push_back(spent_us / static_cast<double>(asked.load.requests));
  measured.per_second.push_back(ours->per_second());
  measured.latencies_ms.insert(measured.latencies_ms.end(), ours->latencies_ms.begin(), ours->latencies_ms.end());
  const Result<double> empty = empty_per_second(asked, ours->body_bytes);
  if (!empty) return std::unexpected(empty.error());
  measured.empty_per_second.push_back(*empty);
  if (!asked.writes) return {};
  const Result<double> rows = commit_groups({server.folder() / "limit.db", stored_bytes(), clients, groups});
  if (!rows) return std::unexpected(rows.error());
  measured.rows_per_second.push_back(*rows);
  return {};
}

double percent(const std::vector<double>& part, const std::vector<double>& whole) {
  return 100 * spread_of(part).median / spread_of(whole).median;
}

std::vector<Cell> row_of(const std::string& name, const Measured& measured) {
  std::vector<Cell> row{name,
                        spread_of(measured.per_second),
                        quantile_of(measured.latencies_ms, 0.5),
                        quantile_of(measured.latencies_ms, 0.99),
                        spread_of(measured.cpu_us).median,
                        spread_of(measured.empty_per_second),
                        percent(measured.per_second, measured.empty_per_second)};
  if (measured.rows_per_second.empty()) {
    row.insert(row.end(), {Cell("-"), Cell("-")});
  } else {
    row.insert(row.end(), {Cell(spread_of(measured.rows_per_second)),
                           Cell(percent(measured.per_second, measured.rows_per_second))});
  }
  return row;
}

// `made` holds the ports that POST makes and DELETE removes.
std::vector<Case> cases(const BenchServer& server, const std::vector<std::string>& ids,
                        std::vector<std::string>& made) {
  const std::string wish = json::serialize(json::object{{"port", server.port_wish()}});
  const auto one = [&ids](std::size_t number) {
    return LoadRequest{"GET", "/v2.0/ports/" + ids[number * 7919 % ids.size()], {}};
  };
  const auto page = [&ids](std::size_t number) {
    return LoadRequest{"GET", "/v2.0/ports?limit=1000&marker=" + ids[number * 7919 % (ids.size() - 1'000)], {}};
  };
  const auto post = [wish](std::size_t) { return LoadRequest{"POST", "/v2.0/ports", wish}; };
  const auto remember = [&made](const std::string& body) {
    made.push_back(json::value_to<std::string>(json::parse(body).at("port").at("id")));
  };
  const auto remove = [&made](std::size_t number) { return LoadRequest{"DELETE", "/v2.0/ports/" + made[number], {}}; };
  return {{"GET one", {server.port(), clients, 20'000, 200, one}},
          {"GET 1,000 of 10,000", {server.port(), clients, 256, 200, page}},
          {"POST", {server.port(), clients, 8'000, 201, post, remember}, true},
          {"DELETE", {server.port(), clients, 8'000, 204, remove}, true}};
}

}  // namespace

Result<Report> measure_api(const Settings& settings) {
  if (settings.vs_neutron) return measure_api_beside_neutron(settings);
  Result<std::unique_ptr<BenchServer>> server = BenchServer::raise(settings);
  if (!server) return std::unexpected(server.error());
  tell("making " + std::to_string(ports) + " ports");
  Result<std::vector<std::string>> ids = (*server)->make_ports(ports);
  if (!ids) return std::unexpected(ids.error());
  std::ranges::sort(*ids);  // so that a page of 1,000 begins at each marker taken
  std::vector<std::string> made;
  const std::vector<Case> asked = cases(**server, *ids, made);
  std::vector<Measured> measured(asked.size());
  for (int round = 0; round < settings.rounds; ++round) {
    tell("round " + std::to_string(round + 1));
    made.clear();
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (Status done = measure(**server, asked[i], measured[i]); !done) return std::unexpected(done.error());
    }
  }
  Sheet sheet{"api",
              "The API under 64 clients, " + std::to_string(ports) + " ports; median (least to most) of " +
                  std::to_string(settings.rounds),
              {{"request", "request"},
               {"per_second", "requests/s"},
               {"p50_ms", "p50 ms"},
               {"p99_ms", "p99 ms"},
               {"server_cpu_us", "server CPU us"},
               {"empty_per_second", "empty handler/s"},
               {"percent_of_empty", "% of it"},
               {"rows_per_second", "SQLite rows/s"},
               {"percent_of_rows", "% of it"}},
              {}};
  for (std::size_t i = 0; i < asked.size(); ++i) sheet.rows.push_back(row_of(asked[i].name, measured[i]));
  return Report{{std::move(sheet)}};
}

}  // namespace tarn::bench
