// The API beside neutron-server, as Debian has it, with its database and its queue, on the same machine in the same
// rounds: the same requests by as many clients. Neutron has a thousand ports, because it takes minutes to make them;
// Tarn has a hundred times as many.
#include <boost/json.hpp>
#include <functional>

#include "bench_server.h"
#include "http_load.h"
#include "peers/namespaces.h"
#include "peers/neutron_central.h"
#include "peers/neutron_config.h"
#include "process_cost.h"

namespace tarn::bench {
namespace {

namespace json = boost::json;

constexpr int tarn_ports = 100'000;
constexpr int neutron_ports = 1'000;
constexpr std::size_t clients = 64;
constexpr std::size_t page = 1'000;

// One of the two, as the same client sees it.
struct Side {
  std::uint16_t port = 0;
  std::string network_namespace;  // where it listens; empty: here
  std::string wish;               // the body of a POST for a port
  std::vector<std::string> ids;   // of ports that stay, sorted
  std::size_t scale = 1;          // how many times as many requests it is asked
};

struct Figures {
  std::vector<double> per_second, latencies_ms;
};

struct Asked {
  std::string name;
  std::size_t requests = 0;  // of the slower side
  // Everything about one run: a POST is followed by the DELETE of what it made.
  std::function<Result<LoadFigures>(const Side&, std::size_t requests)> run;
};

Result<LoadFigures> drive_at(const Side& side, Load load) {
  load.port = side.port;
  load.clients = std::min(clients, load.requests);
  if (side.network_namespace.empty()) return drive(load);
  const peers::Visit visit(side.network_namespace);
  return drive(load);
}

std::string one_of(const Side& side, std::size_t number) {
  return "/v2.0/ports/" + side.ids[number * 7919 % side.ids.size()];
}

// Where there are just as many as a page holds, it begins at the first.
std::string page_of(const Side& side, std::size_t number) {
  const std::string base = "/v2.0/ports?admin_state_up=True&sort_key=id&sort_dir=asc&limit=" + std::to_string(page);
  if (side.ids.size() <= page) return base;
  return base + "&marker=" + side.ids[number * 7919 % (side.ids.size() - page)];
}

std::function<void(const std::string&)> remember(std::vector<std::string>& made) {
  return [&made](const std::string& body) {
    made.push_back(json::value_to<std::string>(json::parse(body).at("port").at("id")));
  };
}

Result<LoadFigures> remove_all(const Side& side, const std::vector<std::string>& made) {
  const auto ask = [&made](std::size_t number) { return LoadRequest{"DELETE", "/v2.0/ports/" + made[number], {}}; };
  return drive_at(side, {.requests = made.size(), .status = 204, .ask = ask});
}

Result<LoadFigures> get_one(const Side& side, std::size_t requests) {
  return drive_at(side, {.requests = requests,
                         .ask = [&](std::size_t number) { return LoadRequest{"GET", one_of(side, number), {}}; }});
}

Result<LoadFigures> get_page(const Side& side, std::size_t requests) {
  return drive_at(side, {.requests = requests,
                         .ask = [&](std::size_t number) { return LoadRequest{"GET", page_of(side, number), {}}; }});
}

Result<LoadFigures> post_and_remove(const Side& side, std::size_t requests, bool posts_count) {
  std::vector<std::string> made;
  const auto ask = [&side](std::size_t) { return LoadRequest{"POST", "/v2.0/ports", side.wish}; };
  Result<LoadFigures> posted =
      drive_at(side, {.requests = requests, .status = 201, .ask = ask, .answered = remember(made)});
  if (!posted) return posted;
  Result<LoadFigures> removed = remove_all(side, made);
  return !removed || !posts_count ? std::move(removed) : std::move(posted);
}

// Eight reads of one port, a page and a write: what a dashboard and a compute node ask together.
Result<LoadFigures> mixed(const Side& side, std::size_t requests) {
  const auto ask = [&](std::size_t number) -> LoadRequest {
    if (number % 10 == 8) return {"GET", page_of(side, number), {}};
    if (number % 10 != 9) return {"GET", one_of(side, number), {}};
    return {"PUT", one_of(side, number), R"({"port": {"description": ")" + std::to_string(number) + R"("}})"};
  };
  return drive_at(side, {.requests = requests, .ask = ask});
}

std::vector<Asked> all_asked() {
  return {{"GET one", 200, get_one},
          {"GET a page of 1,000", 8, get_page},
          {"POST", 64, [](const Side& side, std::size_t requests) { return post_and_remove(side, requests, true); }},
          {"DELETE", 64, [](const Side& side, std::size_t requests) { return post_and_remove(side, requests, false); }},
          {"mixed", 200, mixed}};
}

Status add(const Side& side, const Asked& asked, Figures& figures) {
  if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
  Result<LoadFigures> run = asked.run(side, asked.requests * side.scale);
  if (!run) return std::unexpected(run.error());
  figures.per_second.push_back(run->per_second());
  figures.latencies_ms.insert(figures.latencies_ms.end(), run->latencies_ms.begin(), run->latencies_ms.end());
  return {};
}

Result<Side> neutron_side(const peers::NeutronCentral& neutron) {
  const auto network =
      neutron.ask_api("POST", "/v2.0/networks", json::object{{"network", json::object{{"name", "bench"}}}});
  if (!network) return std::unexpected(network.error());
  const std::string id = json::value_to<std::string>(network->at("network").at("id"));
  const json::object subnet{{"network_id", id}, {"cidr", "10.0.0.0/16"}, {"ip_version", 4}, {"enable_dhcp", false}};
  if (auto made = neutron.ask_api("POST", "/v2.0/subnets", json::object{{"subnet", subnet}}); !made)
    return std::unexpected(made.error());
  // Of no host: it has no agent here, and would try to bind each port ten times.
  const json::object wish{
      {"network_id", id}, {"device_owner", "compute:nova"}, {"device_id", "5e0b1a52-3f36-4a34-8c0e-4a1f0f6d7a11"}};
  Side side{peers::neutron_api_port, neutron.network_namespace(), json::serialize(json::object{{"port", wish}}), {}, 1};
  constexpr int at_once = 50;  // more take longer than a client waits
  while (static_cast<int>(side.ids.size()) < neutron_ports) {
    if (stop_asked()) return fail(ErrorCode::unavailable, "stopped");
    const auto made =
        neutron.ask_api("POST", "/v2.0/ports", json::object{{"ports", json::array(at_once, json::value(wish))}});
    if (!made) return std::unexpected(made.error());
    for (const json::value& port : made->at("ports").as_array())
      side.ids.push_back(json::value_to<std::string>(port.at("id")));
  }
  std::ranges::sort(side.ids);
  return side;
}

double mib_of(pid_t pid) {
  return static_cast<double>(pss_bytes(pid)) / (1 << 20);
}

// `mib`: what the server takes while it has as many ports as Neutron.
Result<Side> tarn_side(const BenchServer& server, double& mib) {
  Side side{server.port(), {}, json::serialize(json::object{{"port", server.port_wish()}}), {}, 100};
  for (const int count : {neutron_ports, tarn_ports - neutron_ports}) {
    const Result<std::vector<std::string>> ids = server.make_ports(count);
    if (!ids) return std::unexpected(ids.error());
    side.ids.insert(side.ids.end(), ids->begin(), ids->end());
    if (count == neutron_ports) mib = mib_of(server.pid());
  }
  std::ranges::sort(side.ids);
  return side;
}

std::vector<Cell> row_of(const std::string& name, const Figures& tarn, const Figures& neutron) {
  return {name,
          spread_of(tarn.per_second),
          quantile_of(tarn.latencies_ms, 0.5),
          quantile_of(tarn.latencies_ms, 0.99),
          spread_of(neutron.per_second),
          quantile_of(neutron.latencies_ms, 0.5),
          quantile_of(neutron.latencies_ms, 0.99),
          spread_of(tarn.per_second).median / spread_of(neutron.per_second).median};
}

Sheet memory_of(double with_few, double with_many, const peers::NeutronCentral& neutron) {
  double api = 0;
  double rest = 0;
  for (const sandbox::ProcessMark& mark : peers::processes_in(neutron.network_namespace()))
    (is_called(mark.pid, "neutron-server") ? api : rest) += mib_of(mark.pid);
  return {"memory",
          "Memory, MiB: tarn-server with as many ports as Neutron (" + std::to_string(neutron_ports) + ") and with " +
              std::to_string(tarn_ports) + ", after the rounds",
          {{"tarn", "tarn-server"},
           {"tarn_many", "with its many"},
           {"neutron", "neutron-server"},
           {"rest", "its database and queue"},
           {"times", "x with as many"}},
          {{with_few, with_many, api, rest, (api + rest) / with_few}}};
}

}  // namespace

Result<Report> measure_api_beside_neutron(const Settings& settings) {
  Result<std::unique_ptr<peers::Namespace>> place = peers::Namespace::make("tarn-bench-neutron");
  if (!place) return std::unexpected(place.error());
  const Result<std::unique_ptr<peers::NeutronCentral>> neutron =
      peers::NeutronCentral::raise(std::move(*place), {}, stop_asked);
  if (!neutron) return std::unexpected(neutron.error());
  const Result<std::unique_ptr<BenchServer>> server = BenchServer::raise(settings);
  if (!server) return std::unexpected(server.error());
  tell("making the ports of both");
  double mib_with_few = 0;
  const Result<Side> ours = tarn_side(**server, mib_with_few);
  if (!ours) return std::unexpected(ours.error());
  const Result<Side> theirs = neutron_side(**neutron);
  if (!theirs) return std::unexpected(theirs.error());
  const std::vector<Asked> asked = all_asked();
  std::vector<std::pair<Figures, Figures>> figures(asked.size());
  for (int round = 0; round < settings.rounds; ++round) {
    tell("round " + std::to_string(round + 1));
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (Status done = add(*ours, asked[i], figures[i].first); !done) return std::unexpected(done.error());
      if (Status done = add(*theirs, asked[i], figures[i].second); !done) return std::unexpected(done.error());
    }
  }
  Sheet sheet{"api_vs_neutron",
              "The API beside neutron-server, 64 clients; median (least to most) of " + std::to_string(settings.rounds),
              {{"request", "request"},
               {"tarn_per_second", "Tarn/s"},
               {"tarn_p50_ms", "p50 ms"},
               {"tarn_p99_ms", "p99 ms"},
               {"neutron_per_second", "Neutron/s"},
               {"neutron_p50_ms", "p50 ms"},
               {"neutron_p99_ms", "p99 ms"},
               {"times", "x"}},
              {}};
  for (std::size_t i = 0; i < asked.size(); ++i)
    sheet.rows.push_back(row_of(asked[i].name, figures[i].first, figures[i].second));
  return Report{{std::move(sheet), memory_of(mib_with_few, mib_of((*server)->pid()), **neutron)}};
}

}  // namespace tarn::bench
