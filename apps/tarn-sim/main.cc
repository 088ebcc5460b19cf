// tarn-sim: explores simulated clouds, replays and shortens what it finds.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>

#include "explore.h"

int main(int argc, char** argv) {
  using namespace tarn;
  using namespace tarn::sim_app;
  CLI::App app("Explores simulated clouds: workloads and faults in any order, with every law checked after every step.",
               "tarn-sim");
  app.set_version_flag("--version", TARN_VERSION);
  Wanted wanted;
  std::string story;
  std::uint32_t hosts = 1;
  bool json = false;
  std::vector<std::string> gears = gear_names;
  gears.emplace_back("all");
  app.add_option("--gear", wanted.gear, "What is played: stories drawn by chance, or those around each scenario")
      ->check(CLI::IsMember(gears))
      ->capture_default_str();
  app.add_option("--runs", wanted.runs, "How many stories are drawn by chance [1000]")
      ->check(CLI::Range(1, 1'000'000'000));
  app.add_option("--seed", wanted.seed, "Of the first story drawn; the next ones follow")->capture_default_str();
  app.add_option("--processes", wanted.processes, "At the same time [one for each core]")->check(CLI::Range(1, 64));
  app.add_option("--failures", wanted.failures_max, "How many to shorten before it stops")->check(CLI::Range(1, 100));
  app.add_flag("--first", wanted.first_only, "Ends with the first gear that finds something, and shortens nothing");
  app.add_option("--story", story, "Plays this story instead, as a failure printed it");
  app.add_option("--hosts", hosts, "Of that story")->check(CLI::Range(1, 3));
  app.add_flag("--json", json, "Prints JSON");
  std::string pages;
  std::string pages_to_write;
  app.add_option("--pages", pages, "Folder of the sequence pages: fails when one does not follow the code");
  app.add_option("--write-pages", pages_to_write, "Writes them")->excludes("--pages");
  CLI11_PARSE(app, argc, argv);
  wanted.write_pages = !pages_to_write.empty();
  wanted.pages = wanted.write_pages ? pages_to_write : pages;
  if (!wanted.pages.empty() && wanted.gear != "all") {
    std::fprintf(stderr, "tarn-sim: the pages tell of all gears; leave out --gear\n");
    return 1;
  }
  if (!story.empty()) {
    Result<sim::Acts> acts = sim::parse_acts(story);
    if (acts) return replay({wanted.seed, hosts, std::move(*acts)}, json);
    std::fprintf(stderr, "tarn-sim: %s\n", acts.error().message.c_str());
    return 1;
  }
  return explore(wanted, json);
}
