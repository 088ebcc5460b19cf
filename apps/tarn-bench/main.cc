// tarn-bench: measures real parts on this machine, and prints a table or JSON.
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>

#include "benchmarks.h"

namespace tarn::bench {
namespace {

struct Benchmark {
  const char* name;
  const char* purpose;
  Result<Report> (*measure)(const Settings& settings);
};
constexpr Benchmark benchmarks[] = {
    {"bundle", "how long OpenFlow bundles stop a switch's forwarding", measure_bundles},
    {"listing", "how long listings of all flows stop a switch's forwarding", measure_listings},
    {"restart", "what a restarted agent with many ports does, and for how long", measure_restarts},
    {"port", "from the request for a port to ACTIVE", measure_ports},
    {"wire", "ports plugged at once, until all are ACTIVE, beside a bare switch", measure_wiring},
    {"pipeline", "what a packet, a port and a rule cost the switch, beside plain switching", measure_pipeline},
    {"route", "what a packet by a router, and to the outside, costs the switch, beside plain switching",
     measure_routing},
    {"failover", "a gateway that dies, or loses its wires, and one that comes back", measure_failovers},
    {"churn", "thousands of random operations, and what is left of them", measure_churn},
    {"faststart", "whether the first DHCP question of instances started in a hurry is answered", measure_fast_starts},
    {"api", "requests of 64 clients, beside an empty handler and SQLite's own commits", measure_api},
    {"pages", "a page of 1,000 ports among a thousand to a million", measure_pages},
    {"memory", "what one more port costs server and agent in memory", measure_memory},
};

// Held back rather than handled: stop_asked() looks for them where it is safe to stop.
void hold_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// JSON of an unexpected shape is thrown by its library: caught here, so that what was started has been ended.
Result<Report> measured(const Benchmark& benchmark, const Settings& settings) {
  try {
    return benchmark.measure(settings);
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::internal, thrown.what());
  }
}

int run(const Benchmark& benchmark, const Settings& settings, bool json) {
  if (geteuid() != 0) {
    std::fprintf(stderr, "bench: makes network namespaces: run as root\n");
    return 1;
  }
  hold_stop_signals();
  const Result<Report> report = measured(benchmark, settings);
  if (!report) {
    std::fprintf(stderr, "bench: %s\n", report.error().message.c_str());
    return 1;
  }
  if (json) {
    std::printf("%s\n", boost::json::serialize(json_of(benchmark.name, *report)).c_str());
  } else {
    for (const Sheet& sheet : report->sheets) std::printf("%s\n", text_of(sheet).c_str());
  }
  if (report->failure.empty()) return 0;
  std::fprintf(stderr, "bench: %s\n", report->failure.c_str());
  return 1;
}

}  // namespace

bool stop_asked() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
}

Result<std::string> make_folder(const std::string& parent) {
  std::string folder = parent + "/tarn-bench-XXXXXX";  // mkdtemp(3) fills in the end
  if (mkdtemp(folder.data()) == nullptr) return fail(ErrorCode::unavailable, "cannot make a folder in " + parent);
  return folder;
}

void tell(const std::string& line) {
  std::fprintf(stderr, "  > %s\n", line.c_str());
}

}  // namespace tarn::bench

int main(int argc, char** argv) {
  using namespace tarn::bench;
  CLI::App app("Measures Tarn's real parts on this machine.", "bench");
  app.set_version_flag("--version", TARN_VERSION);
  Settings settings;
  settings.programs = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  bool json = false;
  app.add_flag("--json", json, "The same figures with stable field names");
  app.add_option("--rounds", settings.rounds, "How often each thing is measured")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--ports", settings.ports, "Sizes of wire, restart and faststart: 1,100,1000")
      ->delimiter(',')
      ->check(CLI::Range(1, 5000));
  app.add_flag("--vs-ovn", settings.vs_ovn,
               "wire, restart, pipeline, route and failover: the same with OVN, in the same rounds");
  app.add_flag("--vs-neutron", settings.vs_neutron, "wire, restart and api: the same with Neutron, in the same rounds");
  app.add_option("--soak", settings.soak_minutes, "Minutes for which failover looks out for false alarms, under load")
      ->check(CLI::Range(1, 600));
  app.add_option("--operations", settings.operations, "How many churn does")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--seed", settings.seed, "What chooses the operations of churn")->capture_default_str();
  app.fallthrough();
  app.require_subcommand(1);
  for (const Benchmark& benchmark : benchmarks) app.add_subcommand(benchmark.name, benchmark.purpose);
  CLI11_PARSE(app, argc, argv);
  for (const Benchmark& benchmark : benchmarks) {
    if (app.got_subcommand(benchmark.name)) return run(benchmark, settings, json);
  }
  return 1;
}
